"""Every few minutes: send what is due."""

from __future__ import annotations

from datetime import date

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact

from flows.acting import act
from flows.progress import Bar
from pakdee import jobs
from pakdee.jobs import tables


@flow(name="send-due")
async def send_due(as_of: date | None = None) -> int:
    """Send every batch that is due. Returns the messages the provider accepted.

    Args:
        as_of: in twin mode all of this day counts as due; empty means what is due by now.
    """
    bar = await Bar.begin("send-progress", "Messages that were due and are settled")
    report = await act("send", lambda house: jobs.send_due(house, as_of, progress=bar))
    await bar.end()
    await acreate_table_artifact(key="send-report", table=tables.outcomes(report), description=report.answer)
    status = await act("look back", lambda house: jobs.status(house, as_of))
    await acreate_markdown_artifact(
        key="day-summary", markdown=tables.summary(status), description=f"Did {status.day} go out?"
    )
    get_run_logger().info("%s", report.answer)
    return report.accepted
