"""Every night: SendGrid's own lists of addresses that must not be mailed."""

from __future__ import annotations

from prefect import flow, get_run_logger
from prefect.artifacts import acreate_table_artifact

from flows.acting import act
from pakdee import jobs
from pakdee.jobs import tables


@flow(name="sync-suppressions")
async def sync_suppressions() -> int:
    """Read what SendGrid will not mail into the journal. Returns the addresses not known before."""
    lists = await act("read the lists", jobs.sync_suppressions)
    await acreate_table_artifact(
        key="suppressions", table=tables.lists(lists), description="SendGrid's lists, read into the journal"
    )
    new = sum(found.new for found in lists)
    get_run_logger().info("Addresses not known before: %d.", new)
    return new
