"""One worker's protocol: claim a request, send it once, write down what SendGrid said.

| SendGrid says | the request |
|---|---|
| taken | accepted |
| 400 | what it names stands apart, else halves; one mail alone is refused with SendGrid's words |
| 400 about what all mails share | refused, and the campaign is stopped |
| 413 | halves; one mail alone is refused |
| 429 | queued again, all workers wait |
| 401, 403, 404 and others about the call, not reached | queued again, the run ends |
| nothing, or nothing clear | unknown, see `settling` |

A claim is a promise for a while: who slept past it must not send, since others may have judged it by then.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from pakdee.domain.calendar import day_bounds
from pakdee.domain.errors import (
    DeliveryDelayed,
    DeliveryError,
    DeliveryRefused,
    DeliveryUnknown,
    JournalError,
    JournalUnfit,
    KeyRefused,
    NotReached,
)
from pakdee.domain.message import ClaimedBatch, Hold
from pakdee.domain.settlement import CANCEL_BEFORE
from pakdee.domain.vocabulary import Guard
from pakdee.house import House

if TYPE_CHECKING:
    from pakdee.journal import Ceiling

T = TypeVar("T")
SLEPT = "its worker slept past its time; nothing was sent"
HOPELESS = 25  # refusals of one request's parts, none accepted: what all of them share is wrong
SHORTEST_HOLD = dt.timedelta(minutes=15)
TWO_ROUNDS = dt.timedelta(minutes=10)  # of `send-due`: one of them finds a dead worker's request in time
PAUSE = dt.timedelta(seconds=30)  # after SendGrid failed to make a hold
LONGEST_LEASE = dt.timedelta(hours=1)  # what lies beyond, the journal takes for a clock that ran ahead
RETRIES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)  # seconds; a PostgreSQL that restarts is back within them
_OF_A_HOLD = re.compile(r"\b(batch_id|send_at)\b")
# The clock that also counts while the machine sleeps.
_SLEEPLESS = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


@dataclass(frozen=True, slots=True)
class Sent:
    """One request seen through: what came of it and for how many messages; `until` if all are to wait."""

    outcome: str
    messages: int
    why: str = ""
    until: dt.datetime | None = None


class Worker:
    """Sends requests one after the other; several share a house, each in a thread of its own.

    Args:
        run_id: only requests of this run, such as a test mail's; no ceiling and no guard hold them back.
        seconds: a clock that is never set and never sleeps.
    """

    def __init__(
        self,
        house: House,
        name: str,
        *,
        run_id: str | None = None,
        seconds: Callable[[], float] | None = None,
    ) -> None:
        self._house, self._name, self._run_id = house, name, run_id
        self._seconds = seconds or (lambda: time.clock_gettime(_SLEEPLESS))
        self._timeout = house.settings.sendgrid.timeout
        self._is_guarded = house.settings.delivery.guard is Guard.SCHEDULED and run_id is None

    @property
    def lease(self) -> dt.timedelta:
        """Longer than a request and its hold may take, or a slow answer would look like a dead worker."""
        return min(self._timeout * 2 + dt.timedelta(minutes=1), LONGEST_LEASE)

    def send_next(self, due_before: dt.datetime) -> Sent | None:
        """Claim one request and see it through; None when there is none to claim.

        Raises:
            NotReached, KeyRefused: nothing can be sent at all; the request is queued again.
            JournalError: the outcome could not be written down; the request will count as unknown.
        """
        from pakdee.delivery import without

        def claim() -> tuple[float, ClaimedBatch | None]:
            began = self._seconds()
            return began, self._house.journal.claim(
                due_before=due_before,
                lease=self.lease,
                worker=self._name,
                trim=without,
                run_id=self._run_id,
                ceiling=None if self._run_id else ceiling(self._house),
            )

        began, claimed = patiently(claim)
        return None if claimed is None else self._see_through(claimed, began)

    def _see_through(self, claimed: ClaimedBatch, began: float) -> Sent:
        try:
            hold = self._new_hold()
            is_late = partial(self._is_late, claimed, began)
            if why_not := self._why_not(claimed, hold, is_late):
                return self._again(claimed, why_not)
            receipt = self._house.sender.send(claimed, hold, is_late=is_late)
        except DeliveryDelayed as error:
            return self._wait(claimed, dt.timedelta(seconds=error.retry_after), error.what)
        except (NotReached, KeyRefused) as error:
            return self._not_sent(claimed, began, error)
        except DeliveryRefused as error:
            if _is_about_the_call(error, is_held=self._is_guarded):
                self._again(claimed, error.what)
                raise
            return self._refused(claimed, error)
        except DeliveryUnknown as error:
            why = error.what
            return self._recorded(claimed, "unknown", lambda: self._house.journal.unknown(claimed, why))
        return self._recorded(claimed, "accepted", lambda: self._house.journal.accepted(claimed, receipt))

    # ── before the request ────────────────────────────────────────────────────────────────────────
    def _new_hold(self) -> Hold | None:
        """With `guard = "scheduled"` a place at SendGrid where the request waits and can be called back."""
        if not self._is_guarded:
            return None
        try:
            return self._house.account.new_hold(send_at(self._house.clock(), self.lease))
        except (DeliveryDelayed, NotReached, KeyRefused):
            raise
        except DeliveryError as error:  # whatever it means, no mail has left
            raise DeliveryDelayed(
                error.what, where=error.where, next_step=error.next_step, retry_after=PAUSE.total_seconds()
            ) from error

    def _why_not(self, claimed: ClaimedBatch, hold: Hold | None, is_late: Callable[[], bool]) -> str | None:
        """Why the request must not be sent; None if it may."""
        if hold is not None and not self._tried(claimed, lambda: self._house.journal.held(claimed, hold)):
            return "its claim was lost before anything was sent"
        return SLEPT if is_late() else None

    def _is_late(self, claimed: ClaimedBatch, began: float) -> bool:
        """Whether too little of the claim is left for a request, by either clock: one may be wrong.

        Asked before the request, and by the sender before each write of it: the machine may sleep anywhere.
        """
        left = self.lease.total_seconds() - (self._seconds() - began)
        by_the_wall = (claimed.send_by - self._house.clock()).total_seconds()
        return min(left, by_the_wall) < self._timeout.total_seconds()

    # ── after it ──────────────────────────────────────────────────────────────────────────────────
    def _wait(self, claimed: ClaimedBatch, pause: dt.timedelta, why: str) -> Sent:
        until = self._house.clock() + pause
        self._tried(claimed, lambda: self._house.journal.delayed(claimed, until=until, reason=why))
        return Sent("delayed", claimed.size, why, until)

    def _not_sent(self, claimed: ClaimedBatch, began: float, error: DeliveryError) -> Sent:
        """Queued again. Raises the error, which ends the run, unless the worker only slept."""
        if self._is_late(claimed, began):
            return self._again(claimed, SLEPT)
        self._again(claimed, error.what)
        raise error

    def _again(self, claimed: ClaimedBatch, why: str) -> Sent:
        """Queued again, if the claim still stands: nobody knows better than we that nothing has left."""
        journal, now = self._house.journal, self._house.clock()
        return self._recorded(claimed, "queued", lambda: journal.not_reached(claimed, why, until=now))

    def _refused(self, claimed: ClaimedBatch, error: DeliveryRefused) -> Sent:
        from pakdee.delivery import messages_at, without

        journal = self._house.journal
        apart = messages_at(claimed.body, error.positions) if error.positions else frozenset()
        words, is_shared = error.what, claimed.size > 1 and (error.is_shared or self._is_hopeless(claimed))
        if is_shared:  # before more of the campaign is refused for it
            because = f"SendGrid refuses what its mails share: {words}"
            self._tried(claimed, lambda: journal.stop(claimed.campaign, because, by="SendGrid"))
        if is_shared or claimed.size in {1, len(apart)}:
            return self._recorded(claimed, "refused", lambda: journal.refused(claimed, words), words)
        return self._recorded(claimed, "split", lambda: journal.split(claimed, apart, without))

    def _is_hopeless(self, claimed: ClaimedBatch) -> bool:
        family = self._tried(claimed, lambda: self._house.journal.family(claimed))
        # As long as a larger part waits, it may be the one that is good.
        return family.refused >= HOPELESS and not family.accepted and claimed.size >= family.waiting

    def _recorded(
        self, claimed: ClaimedBatch, outcome: str, record: Callable[[], bool], why: str = ""
    ) -> Sent:
        return Sent(outcome if self._tried(claimed, record) else "claim lost", claimed.size, why)

    def _tried(self, claimed: ClaimedBatch, ask: Callable[[], T]) -> T:
        """What the journal says of a claim, asked again where it is away for a moment."""
        try:
            return patiently(ask)
        except JournalError as error:
            mend = error.next_step.rstrip(".")
            raise type(error)(
                f"the outcome of {claimed.size} messages could not be written down: {error.what}",
                where=error.where,
                next_step=f"{mend}; these count as unknown until their events or a person"
                " settle them, and are not repeated on a guess",
            ) from error


def _is_about_the_call(error: DeliveryRefused, *, is_held: bool) -> bool:
    """Whether it says nothing about the mails, but about the address called, or the place where they wait."""
    is_no_judgement = error.is_shared and error.status != 400
    return is_no_judgement or (is_held and _OF_A_HOLD.search(error.what) is not None)


def patiently(ask: Callable[[], T]) -> T:
    """What the journal says; asked again for some seconds where it is away, as a PostgreSQL that restarts.

    Raises:
        JournalUnfit: at once, since only a person can mend it.
        JournalError: it stays away.
    """
    for pause in RETRIES:
        try:
            return ask()
        except JournalUnfit:
            raise
        except JournalError:
            time.sleep(pause)
    return ask()


def send_at(now: dt.datetime, lease: dt.timedelta) -> dt.datetime:
    """Until when a request waits at SendGrid, in whole seconds.

    Long enough that a request whose worker died is found by one of the next two rounds, before the line from
    which on SendGrid no longer promises to heed a cancellation.
    """
    wait = max(SHORTEST_HOLD, lease + TWO_ROUNDS + CANCEL_BEFORE)
    return (now + wait).replace(microsecond=0) + dt.timedelta(seconds=1)


def ceiling(house: House) -> Ceiling | None:
    """How many messages may leave on the shop's present day while the domain warms up; None without limit."""
    from pakdee.journal import Ceiling

    today = house.today()
    most = house.settings.ramp.ceiling(today)
    return None if most is None else Ceiling(most, day_bounds(today, house.zone)[0])
