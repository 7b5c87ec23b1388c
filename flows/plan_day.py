"""Every morning: decide who gets which mail today and put it into the journal."""

from __future__ import annotations

from datetime import date

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_table_artifact

from flows.acting import acting, in_house
from pakdee import jobs


@acting(name="decide and enqueue")
async def planned(as_of: date | None) -> jobs.DayPlan:
    """The day's plan, already in the journal."""
    return await in_house(lambda house: jobs.plan_day(house, as_of))


@flow(name="plan-day")
async def plan_day(as_of: date | None = None) -> int:
    """Decide who gets which mail and enqueue it. Returns the messages enqueued.

    Args:
        as_of: the shop's day to plan for; empty means today, so that a late run plans the day it runs on.
    """
    plan = await planned(as_of)
    await acreate_table_artifact(
        key="audience-funnel",
        table=plan.as_rows(),
        description=f"Customers per campaign and verdict on {plan.day}",
    )
    get_run_logger().info("Planned %s: %d messages.", plan.day, plan.messages)
    return plan.messages
