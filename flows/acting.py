"""How a flow acts: one job as one task, never from a cache, and again only where that may help."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar, cast

from prefect import task
from prefect.blocks.system import Secret
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from pakdee.house import House, open_house

KEY_BLOCK = "sendgrid-api-key"
Result = TypeVar("Result")


async def act(name: str, job: Callable[[House], Result]) -> Result:
    """Do one job over this project, shown in Prefect as the task `name`."""
    return cast("Result", await _do.with_options(name=name)(job))


def may_pass(_task: Task[..., Any], _run: TaskRun, state: State[Any]) -> bool:
    """True for a failure that may pass by itself. One that carries a next step waits for a person.

    Acting twice is safe in any case: the journal knows what was done.
    """
    return not hasattr(state.data, "next_step")


@task(
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=2,
    retry_delay_seconds=[10, 60],
    retry_condition_fn=may_pass,
)
async def _do(job: Callable[[House], object]) -> object:
    key = await _sendgrid_api_key()
    # In a thread, so that the flow's heartbeat goes on while the job computes.
    return await asyncio.to_thread(lambda: job(open_house(sendgrid_api_key=key)))


async def _sendgrid_api_key() -> str | None:
    """From Prefect's Secret block, for workers on other machines; without a block the environment has it."""
    try:
        block: Any = await Secret.aload(KEY_BLOCK)
    except ValueError:  # there is no such block
        return None
    return str(block.get())
