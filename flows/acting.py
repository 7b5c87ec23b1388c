"""How a task that acts is run: never from a cache, and again only where that may help."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State

from pakdee.house import House, open_house

Result = TypeVar("Result")


def may_pass(_task: object, _run: object, state: State[object]) -> bool:
    """True for a failure that may pass by itself. One that carries a next step waits for a person.

    Acting twice is safe in any case: the journal knows what was done.
    """
    return not hasattr(state.data, "next_step")


acting = partial(
    task,
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=[10, 60],
    retry_condition_fn=may_pass,
)


async def in_house(job: Callable[[House], Result]) -> Result:
    """Do one job over this project in a thread, so that the flow's heartbeat goes on."""
    return await asyncio.to_thread(lambda: job(open_house()))
