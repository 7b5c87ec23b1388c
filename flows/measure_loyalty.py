"""Every day: calculate whether it made anyone more loyal."""

from __future__ import annotations

from datetime import date

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_table_artifact

from flows.acting import act
from pakdee import jobs
from pakdee.jobs import tables


@flow(name="measure-loyalty")
async def measure_loyalty(as_of: date | None = None) -> int:
    """Calculate and keep the loyalty metrics. Returns how many figures there are.

    Args:
        as_of: the last of the 30 days measured; empty means today.
    """
    measurement = await act("measure", lambda house: jobs.measure(house, as_of))
    await acreate_table_artifact(
        key="loyalty-metrics",
        table=tables.figures(measurement),
        description=f"Loyalty metrics from {measurement.start} up to, not including, {measurement.end}",
    )
    get_run_logger().info("Figures up to %s: %d.", measurement.end, len(measurement.figures))
    return len(measurement.figures)
