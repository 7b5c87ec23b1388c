"""What takes long to find out: found out in the background, kept, and shown while newer is on its way."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from pakdee.domain.errors import PakdeeError

T = TypeVar("T")
AT_ONCE = 2
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kept(Generic[T]):
    """What is known.

    Args:
        value: None while nothing is known yet, or where it could not be found out.
        trouble: why it could not.
        version: of what it was made from.
        is_waiting: newer is on its way.
    """

    value: T | None = None
    trouble: PakdeeError | None = None
    version: str = ""
    made_at: dt.datetime | None = None
    is_waiting: bool = False


class Shelf:
    """Keeps the newest answer to each question, and finds out what has changed in threads of its own."""

    def __init__(self, clock: Callable[[], dt.datetime]) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._kept: dict[str, Kept[Any]] = {}
        self._pending: dict[str, Future[None]] = {}
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="desk")

    def ask(self, question: str, version: str, make: Callable[[], T], *, patience: float = 0) -> Kept[T]:
        """The answer as it is known; made anew if it is of another version.

        Args:
            patience: seconds to wait for the new one before the old one is given.
        """
        with self._lock:
            pending = self._pending.get(question)
            known = self._kept.get(question)
            if pending is None and (known is None or known.version != version):
                pending = self._pending[question] = self._pool.submit(self._make, question, version, make)
        if pending is not None and patience:
            wait_for([pending], timeout=patience)
        return self.peek(question)

    def peek(self, question: str) -> Kept[T]:
        """The answer as it is known; nothing is begun."""
        with self._lock:
            known = cast("Kept[T]", self._kept.get(question) or Kept())
            is_waiting = question in self._pending
        return Kept(known.value, known.trouble, known.version, known.made_at, is_waiting)

    def close(self) -> None:
        """Begin nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _make(self, question: str, version: str, make: Callable[[], T]) -> None:
        value, trouble = None, None
        try:
            value = make()
        except PakdeeError as error:
            trouble = error
        except Exception as error:  # noqa: BLE001 - told on the page; the desk goes on
            # Its kind alone: the words of a strange error may hold anything.
            _LOG.error("%s: %s", question.partition(" ")[0], type(error).__name__)
            trouble = PakdeeError(
                f"this could not be found out ({type(error).__name__})",
                where="the desk",
                next_step="run the same on the command line, which says more: pakdee check, or pakdee plan",
            )
        with self._lock:
            self._kept[question] = Kept(value, trouble, version, self._clock())
            self._pending.pop(question, None)
