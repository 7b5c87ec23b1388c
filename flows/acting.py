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
PATIENCE = 30.0  # seconds for Prefect to say the key once more
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


async def _sendgrid_api_key() -> Callable[[], str] | None:
    """How to read Prefect's Secret block, again too, should SendGrid refuse an old key.

    For workers on other machines; without a block the environment has the key.
    """
    try:
        await _read_block()
    except ValueError:  # there is no such block
        return None
    loop = asyncio.get_running_loop()
    # Called from the job's thread, while this loop is free to answer.
    return lambda: asyncio.run_coroutine_threadsafe(_read_block(), loop).result(PATIENCE)


async def _read_block() -> str:
    block: Any = await Secret.aload(KEY_BLOCK)
    return str(block.get())
