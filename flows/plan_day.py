"""Every morning: decide who gets which mail today and put it into the journal."""

from __future__ import annotations

from datetime import date

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_table_artifact

from flows.acting import act
from flows.progress import Bar
from pakdee import jobs
from pakdee.jobs import tables


@flow(name="plan-day")
async def plan_day(as_of: date | None = None) -> int:
    """Decide who gets which mail and enqueue it. Returns the messages enqueued.

    Args:
        as_of: the shop's day to plan for; empty means today, so that a late run plans the day it runs on.
    """
    bar = await Bar.begin("plan-progress", "Customers decided about and mails frozen")
    plan = await act("decide and enqueue", lambda house: jobs.plan_day(house, as_of, progress=bar))
    await bar.end()
    await acreate_table_artifact(
        key="audience-funnel",
        table=tables.funnel(plan),
        description=f"Customers per campaign and verdict on {plan.day}",
    )
    get_run_logger().info("Planned %s: %d messages.", plan.day, plan.messages)
    return plan.messages
