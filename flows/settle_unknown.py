"""Every quarter of an hour: look again at requests whose outcome is not known."""

from __future__ import annotations

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_table_artifact

from flows.acting import acting, in_house
from pakdee import jobs


@acting(name="settle")
async def settled() -> jobs.Settled:
    """What was found out about open batches."""
    return await in_house(jobs.settle_unknown)


@flow(name="settle-unknown")
async def settle_unknown() -> int:
    """Settle batches left open by a crash or an unclear answer, by evidence. Returns those still unknown."""
    report = await settled()
    await acreate_table_artifact(
        key="open-batches", table=report.as_rows(), description="Batches by state after settling"
    )
    get_run_logger().info("Batches whose outcome is still unknown: %d.", report.unknown)
    return report.unknown
