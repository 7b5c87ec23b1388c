"""A bar in Prefect while a job works: at most one update a second, and only from one place."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from uuid import UUID

from prefect.artifacts import acreate_progress_artifact, aupdate_progress_artifact

PAUSE = 1.0  # seconds between two updates; each is a request to the server


@dataclass
class Bar:
    """Call it from the job's thread with (what, done, of all); `end` it when the job is done."""

    artifact: UUID
    loop: asyncio.AbstractEventLoop
    _last: float = field(default=0.0)

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
        if of_all and now - self._last >= PAUSE:
            self._last = now
            asyncio.run_coroutine_threadsafe(self._move(100 * done / of_all), self.loop)

    async def end(self) -> None:
        """The bar at 100 %."""
        await self._move(100.0)

    async def _move(self, percent: float) -> None:
        await aupdate_progress_artifact(artifact_id=self.artifact, progress=min(percent, 100.0))
