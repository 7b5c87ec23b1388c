"""Send what is due: workers side by side, watched over; the brake is read at each claim."""

from __future__ import annotations

import datetime as dt
import os
import socket
import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta

from pakdee.domain.calendar import day_bounds
from pakdee.domain.vocabulary import Guard
from pakdee.house import House
from pakdee.jobs.breakers import heed_breakers
from pakdee.jobs.planning import Progress, no_progress
from pakdee.jobs.remaining import SendReport, refused, remaining
from pakdee.jobs.settling import settle_unknown
from pakdee.jobs.worker import Sent, Worker, patiently

PATIENCE = timedelta(seconds=90)  # how long a run waits, without anything sent, for a provider that asks to
LOOK = 3.0  # seconds between two looks at the breakers while workers are busy, if looking takes no longer
_STEP = 0.1  # seconds; a clock that is not the machine's may reach an instant earlier
SETTLED = ("accepted", "refused", "unknown")


def send_due(house: House, day: dt.date | None = None, *, progress: Progress = no_progress) -> SendReport:
    """Send every request that is due, several at once; ends when none is left, stopped or unreachable.

    Only the journal and the operator's file are needed: any machine that reaches both can send.

    Args:
        day: in twin mode everything up to the end of this business day counts as due.

    Raises:
        NotReached, KeyRefused, SettingsError: nothing can be sent; what was not sent stays queued.
        JournalError: an outcome could not be recorded; that request counts as unknown.
    """
    run = _Run(house, _due_before(house, day), progress)
    run.go()
    return patiently(
        lambda: remaining(
            house, run.due_before, outcomes=run.outcomes, requests=run.requests, refusals=run.refusals
        )
    )


def send_run(house: House, run_id: str) -> SendReport:
    """Send the requests of one planning run alone, such as a test mail's, at once; raises as `send_due`."""
    run = _Run(house, house.clock(), no_progress, run_id=run_id)
    run.go()
    return SendReport(dict(run.outcomes), run.requests, tuple(refused(run.refusals)))


def _due_before(house: House, day: dt.date | None) -> dt.datetime:
    now = house.clock()
    if day is None or house.business_day(day) == house.today():
        return now
    return max(now, day_bounds(day, house.zone)[1]) if day > house.today() else now


class _Run:
    """Threads that share one journal and one sender; the first fatal error ends them all."""

    def __init__(
        self, house: House, due_before: dt.datetime, progress: Progress, run_id: str | None = None
    ) -> None:
        self.house, self.due_before, self._progress, self._run_id = house, due_before, progress, run_id
        house.require_keys()
        house.sender  # noqa: B018 - made here: a worker must not find out after its claim that it cannot be
        self.outcomes: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.requests = 0
        self._fatal: Exception | None = None
        self._lock = threading.Lock()
        self._asked_to_wait: dt.datetime | None = None
        self._total = 0

    def go(self) -> None:
        """Send until nothing more can be sent now; raises what made that so, if it was an error."""
        self._settle()
        self._total = patiently(lambda: self.house.journal.open_messages(self.due_before))
        if self._total:
            patiently(lambda: heed_breakers(self.house))
        waited, before = timedelta(0), 0
        while True:
            self._work()
            if self._fatal:
                raise self._fatal
            if self._settle() and self._is_guarded:
                continue
            pause, self._asked_to_wait = self._pause(), None
            if self.outcomes["accepted"] > before:
                waited, before = timedelta(0), self.outcomes["accepted"]
            waited += pause
            if not pause or waited > PATIENCE:
                return
            self._sleep(pause)

    @property
    def _is_guarded(self) -> bool:
        return self.house.settings.delivery.guard is Guard.SCHEDULED

    def _work(self) -> None:
        threads = self.house.settings.delivery.in_flight
        with ThreadPoolExecutor(threads) as pool:
            busy: set[Future[None]] = {
                pool.submit(self._guarded, f"{socket.gethostname()}:{os.getpid()}:{number}")
                for number in range(threads)
            }
            pause = LOOK
            while busy:
                _, busy = wait(busy, timeout=pause)
                if busy:
                    began = time.monotonic()
                    self._look_on()
                    pause = max(
                        LOOK, 10 * (time.monotonic() - began)
                    )  # looking never costs more than sending

    def _settle(self) -> int:
        """Settle what is unclear; how many requests are queued again by that."""
        return patiently(lambda: settle_unknown(self.house)).resent

    def _look_on(self) -> None:
        # The workers go on: an error here must reach them, or they would be waited for to their end.
        try:
            patiently(lambda: heed_breakers(self.house))
            if self._is_guarded:  # only for some minutes can a request be called back
                self._settle()
        except Exception as error:  # noqa: BLE001 - told by `go`
            self._fatal = self._fatal or error

    def _guarded(self, name: str) -> None:
        worker = Worker(self.house, name, run_id=self._run_id)
        try:
            while self._fatal is None and (sent := worker.send_next(self.due_before)):
                self._count(sent)
        except Exception as error:  # noqa: BLE001 - told by `go`; a thread would swallow it
            self._fatal = self._fatal or error

    def _count(self, sent: Sent) -> None:
        with self._lock:
            self.requests += 1
            if sent.outcome in SETTLED:
                self.outcomes[sent.outcome] += sent.messages
            if sent.outcome == "refused":
                self.refusals[sent.why] += sent.messages
            if sent.until is not None:
                self._asked_to_wait = max(self._asked_to_wait or sent.until, sent.until)
            done = sum(self.outcomes.values())
            self._progress("messages sent", done, max(done, self._total))

    def _pause(self) -> timedelta:
        """How long SendGrid asks this run to wait; zero if it does not."""
        if self._asked_to_wait is None:
            return timedelta(0)
        return max(self._asked_to_wait - self.house.clock(), timedelta(milliseconds=1))

    def _sleep(self, pause: timedelta) -> None:
        until, left = self.house.clock() + pause, pause.total_seconds()
        while left > 0 and self.house.clock() < until:
            time.sleep(min(left, _STEP))
            left -= _STEP
