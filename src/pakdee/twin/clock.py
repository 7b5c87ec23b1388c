"""Time for rehearsals: a clock on which minutes pass in milliseconds."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable

Clock = Callable[[], float]


class ScaledClock:
    """Unix seconds that pass `scale` times as fast as those on the wall.

    Called, it gives unix seconds; `now` gives the same instant as a datetime. It can be pickled and survives
    a fork: processes that share one read the same time, also when one of them is started again.

    Args:
        start: what it shows at `anchor`; a datetime with a zone, or unix seconds.
        scale: seconds on this clock per second on the wall, above 0.
        anchor: unix seconds on the wall; now, unless given.

    Raises:
        ValueError: `scale` is not above 0, or `start` has no zone.
    """

    def __init__(self, start: dt.datetime | float, scale: float, anchor: float | None = None) -> None:
        if scale <= 0:
            raise ValueError(f"a clock runs forward: scale {scale} is not above 0")
        if isinstance(start, dt.datetime) and start.tzinfo is None:
            raise ValueError(f"{start} has no zone, so it is no instant")
        self.start = start.timestamp() if isinstance(start, dt.datetime) else float(start)
        self.scale = scale
        self.anchor = time.time() if anchor is None else anchor

    def __call__(self) -> float:
        """Unix seconds."""
        return self.start + (time.time() - self.anchor) * self.scale

    def now(self) -> dt.datetime:
        """The present instant, in UTC."""
        return dt.datetime.fromtimestamp(self(), dt.UTC)

    def real(self, seconds: float) -> float:
        """How long `seconds` of this clock take on the wall, in seconds: what to sleep."""
        return seconds / self.scale

    def __repr__(self) -> str:
        return f"ScaledClock({self.start}, {self.scale}, {self.anchor})"


def real_seconds(clock: Clock, seconds: float) -> float:
    """How long `seconds` of any clock take on the wall; one that is not scaled runs with the wall."""
    return clock.real(seconds) if isinstance(clock, ScaledClock) else seconds
