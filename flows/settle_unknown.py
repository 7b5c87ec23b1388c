"""Every quarter of an hour: look again at requests whose outcome is not known."""

from __future__ import annotations

from prefect import flow, get_run_logger

from flows.acting import act
from pakdee import jobs


@flow(name="settle-unknown")
async def settle_unknown() -> int:
    """Settle what a crash or an unclear answer left open, by evidence. Returns the batches looked at."""
    found = await act("settle", jobs.settle_unknown)
    get_run_logger().info("Open batches nobody works on: %d.", found)
    return found
