"""Every few minutes: send what is due."""

from __future__ import annotations

from datetime import date

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_table_artifact

from flows.acting import acting, in_house
from pakdee import jobs


@acting(name="send")
async def sent(as_of: date | None) -> jobs.SendReport:
    """What became of every batch that was due."""
    return await in_house(lambda house: jobs.send_due(house, as_of))


@flow(name="send-due")
async def send_due(as_of: date | None = None) -> int:
    """Send every batch that is due. Returns the messages the provider accepted."""
    report = await sent(as_of)
    await acreate_table_artifact(
        key="send-report", table=report.as_rows(), description="Batches and messages by outcome"
    )
    get_run_logger().info("Accepted by the provider: %d messages.", report.accepted)
    return report.accepted
