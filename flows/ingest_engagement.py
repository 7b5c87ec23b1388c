"""Every few minutes: read what the provider reported about the mails."""

from __future__ import annotations

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_table_artifact

from flows.acting import act
from pakdee import jobs
from pakdee.jobs import tables


@flow(name="ingest-engagement")
async def ingest_engagement() -> int:
    """Turn stored webhooks into engagement events, suppressions and withdrawals. Returns the new events."""
    report = await act("read the inbox", jobs.ingest)
    await acreate_table_artifact(
        key="engagement", table=tables.inbox(report), description="What was read from the inbox"
    )
    log = get_run_logger()
    log.info("New engagement events: %d.", report.new)
    for campaign in report.stopped:
        log.warning("%s was stopped: too much of it bounced or was reported. See: pakdee status", campaign)
    return report.new
