"""Every few minutes: read what the provider reported about the mails."""

from __future__ import annotations

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_table_artifact

from flows.acting import acting, in_house
from pakdee import jobs


@acting(name="read the inbox")
async def ingested() -> jobs.IngestReport:
    """What the inbox held."""
    return await in_house(jobs.ingest)


@flow(name="ingest-engagement")
async def ingest_engagement() -> int:
    """Turn stored webhooks into engagement events, suppressions and withdrawals. Returns the new events."""
    report = await ingested()
    await acreate_table_artifact(
        key="engagement", table=report.as_rows(), description="Events read from the inbox, by kind"
    )
    get_run_logger().info("New engagement events: %d.", report.events)
    return report.events
