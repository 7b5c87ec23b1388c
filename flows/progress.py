"""A bar in Prefect while a job works: at most one update a second, and only from one place."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from uuid import UUID

from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact

PAUSE = 1.0  # seconds between two updates; each is a request to the server


@dataclass
class Bar:
    """Call it from the job's thread with (what, done, of all); `end` it when the job is done."""

    artifact: UUID
    loop: asyncio.AbstractEventLoop
    _moved_at: float = 0.0
    _moving: list[Future[None]] = field(default_factory=list)

    @classmethod
    async def begin(cls, key: str, description: str) -> Bar:
        """A bar at 0 %."""
        return cls(
            await acreate_progress_artifact(progress=0.0, key=key, description=description),
            asyncio.get_running_loop(),
        )

    def __call__(self, _what: str, done: int, of_all: int) -> None:
        """Move the bar, if it was not moved just now."""
        now = time.monotonic()
        if of_all and now - self._moved_at >= PAUSE:
            self._moved_at = now
            percent = min(100 * done / of_all, 100.0)
            self._moving = [asyncio.run_coroutine_threadsafe(self._move(percent), self.loop)]

    async def end(self) -> None:
        """The bar at 100 %, and no late update may turn it back."""
        for moving in self._moving:
            await asyncio.wrap_future(moving)
        await self._move(100.0)

    async def _move(self, percent: float) -> None:
        await aupdate_progress_artifact(artifact_id=self.artifact, progress=percent)
