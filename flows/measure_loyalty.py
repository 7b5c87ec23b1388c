"""Every day: calculate whether it made anyone more loyal."""

from __future__ import annotations

from datetime import date

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_table_artifact

from flows.acting import acting, in_house
from pakdee import jobs


@acting(name="measure")
async def measured(as_of: date | None) -> jobs.Measurement:
    """The figures of the day, already in the journal."""
    return await in_house(lambda house: jobs.measure(house, as_of))


@flow(name="measure-loyalty")
async def measure_loyalty(as_of: date | None = None) -> int:
    """Calculate and keep the loyalty metrics as of a day. Returns how many figures could be given."""
    measurement = await measured(as_of)
    await acreate_table_artifact(
        key="loyalty-metrics",
        table=measurement.as_rows(),
        description=f"Loyalty metrics as of {measurement.day}, each with its n, interval and definition",
    )
    get_run_logger().info("Figures as of %s: %d.", measurement.day, len(measurement.figures))
    return len(measurement.figures)
