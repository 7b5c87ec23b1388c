"""Writing together: rows of threads that wait at the same time go into one transaction, so into one fsync."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

MOST = 500  # rows in one transaction, so that nobody waits long for others


@dataclass(slots=True, eq=False)
class _Waiting:
    row: tuple[Any, ...]
    is_done: bool = False
    error: BaseException | None = None


class Together:
    """Whoever gets the turn writes the rows of all who wait; each returns when its own row is committed."""

    def __init__(self, write: Callable[[Sequence[tuple[Any, ...]]], None]) -> None:
        self._write = write
        self._guard, self._turn = threading.Lock(), threading.Lock()
        self._waiting: list[_Waiting] = []

    def write(self, row: tuple[Any, ...]) -> None:
        """Returns when the row is committed; raises what hindered it."""
        mine = _Waiting(row)
        with self._guard:
            self._waiting.append(mine)
        with self._turn:
            while not mine.is_done:
                self._write_waiting()
        if mine.error is not None:
            raise mine.error

    def _write_waiting(self) -> None:
        with self._guard:
            taken, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
        try:
            self._write([one.row for one in taken])
        except BaseException as error:  # noqa: BLE001 - each of them raises it in its own thread
            for one in taken:
                one.error = error
        for one in taken:
            one.is_done = True
