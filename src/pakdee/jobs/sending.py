"""Send what is due: claim, POST, record; several requests under way, the brake read at each claim."""

from __future__ import annotations

import datetime as dt
import os
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

from pakdee.domain.calendar import day_bounds
from pakdee.domain.errors import (
    DeliveryDelayed,
    DeliveryRefused,
    DeliveryUnknown,
    KeyRefused,
    NotReached,
)
from pakdee.domain.message import ClaimedBatch
from pakdee.house import House
from pakdee.jobs.planning import Progress, no_progress

PATIENCE = timedelta(seconds=90)  # how long a run waits for a provider that asks to wait


@dataclass(frozen=True)
class SendReport:
    """What happened to messages that were due, by outcome, and what ended the run early."""

    outcomes: dict[str, int] = field(default_factory=dict)
    still_due: int = 0
    stopped: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether all that was due was taken; what waited for the provider and was then taken counts."""
        return not (self.still_due or self.outcomes.get("refused") or self.outcomes.get("unknown"))

    @property
    def accepted(self) -> int:
        """Messages SendGrid took; whether they arrive, events tell."""
        return self.outcomes.get("accepted", 0)


def send_due(house: House, day: dt.date | None = None, *, progress: Progress = no_progress) -> SendReport:
    """Send every batch that is due, several at once; ends when none is left, stopped or unreachable.

    Args:
        day: in twin mode everything up to the end of this business day counts as due.

    Raises:
        NotReached, KeyRefused, SettingsError: nothing can be sent; what was not sent stays queued.
        JournalError: an outcome could not be recorded; that request counts as unknown.
    """
    workers = _Workers(house, _due_before(house, day), progress)
    workers.run()
    report = SendReport(
        dict(workers.outcomes),
        house.journal.open_messages(workers.due_before),
        tuple(stop.because for stop in house.journal.stops()),
    )
    if workers.fatal is not None:
        raise workers.fatal
    return report


def _due_before(house: House, day: dt.date | None) -> dt.datetime:
    now = house.clock()
    if day is None or house.business_day(day) == house.today():
        return now
    return max(now, day_bounds(day, house.zone)[1]) if day > house.today() else now


class _Workers:
    """Threads that share one journal and one sender; the first fatal error ends them all."""

    def __init__(self, house: House, due_before: dt.datetime, progress: Progress) -> None:
        self.house, self.due_before, self._progress = house, due_before, progress
        house.require_keys()
        self._sender = house.sender  # made here: a worker must not find out after its claim that it cannot be
        self.outcomes: Counter[str] = Counter()
        self.fatal: Exception | None = None
        self._lock = threading.Lock()
        self._asked_to_wait: dt.datetime | None = None
        # Longer than the request may take, or a slow answer would look like a dead worker.
        self._lease = house.settings.sendgrid.timeout * 2 + timedelta(minutes=1)
        self._total = 0

    def run(self) -> None:
        journal = self.house.journal
        journal.bury_dead()
        self._total = journal.open_messages(self.due_before)
        deadline = self.house.clock() + PATIENCE
        while True:
            with ThreadPoolExecutor(self.house.settings.delivery.in_flight) as pool:
                for worker in range(self.house.settings.delivery.in_flight):
                    pool.submit(self._guarded, f"{socket.gethostname()}:{os.getpid()}:{worker}")
            pause, self._asked_to_wait = self._asked_to_wait, None
            if self.fatal or pause is None or pause > deadline:
                return
            time.sleep(max(0.0, (pause - self.house.clock()).total_seconds()))
            self.due_before = max(self.due_before, self.house.clock())

    def _guarded(self, name: str) -> None:
        try:
            self._work(name)
        except Exception as error:  # noqa: BLE001 - told by send_due; a thread would swallow it
            self.fatal = self.fatal or error

    def _work(self, name: str) -> None:
        from pakdee.delivery import without

        while self.fatal is None:
            claimed = self.house.journal.claim(
                due_before=self.due_before, lease=self._lease, worker=name, trim=without
            )
            if claimed is None:
                return
            self._count(self._send(claimed), claimed.size)

    def _send(self, claimed: ClaimedBatch) -> str:
        journal, now = self.house.journal, self.house.clock
        try:
            receipt = self._sender.send(claimed)
        except DeliveryDelayed as error:
            until = now() + timedelta(seconds=error.retry_after)
            journal.delayed(claimed, until=until, reason=error.what)
            self._asked_to_wait = max(self._asked_to_wait or until, until)
            return "delayed"
        except (NotReached, KeyRefused) as error:
            journal.not_reached(claimed, error.what, until=now())
            raise
        except DeliveryRefused as error:
            journal.refused(claimed, error.what)
            return "refused"
        except DeliveryUnknown as error:
            journal.unknown(claimed, error.what)
            return "unknown"
        return "accepted" if journal.accepted(claimed, receipt) else "claim lost"

    def _count(self, outcome: str, messages: int) -> None:
        with self._lock:
            self.outcomes[outcome] += messages
            done = sum(self.outcomes.values())
            self._progress("messages sent", done, max(done, self._total))
