"""Every few minutes: look again at requests whose outcome is not known."""

from __future__ import annotations

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_table_artifact

from flows.acting import act
from pakdee import jobs
from pakdee.jobs import tables


@flow(name="settle-unknown")
async def settle_unknown() -> int:
    """Settle what a crash or an unclear answer left open, by evidence. Returns the requests still open."""
    report = await act("settle", jobs.settle_unknown)
    found = await act("look back", jobs.unclear)
    await acreate_table_artifact(
        key="unclear-requests",
        table=tables.unclear_rows(found),
        description="Requests without a clear answer from SendGrid, and what would settle them",
    )
    log = get_run_logger()
    log.info(
        "Requests settled: %d; still unclear: %d.", sum(report.decided.values()) - report.open, report.open
    )
    for problem in report.problems:
        log.warning("%s", problem)
    return report.open
