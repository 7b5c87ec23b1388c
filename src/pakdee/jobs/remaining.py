"""What a sending run leaves: every message that has no outcome yet, why, and what happens next."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pakdee.domain.vocabulary import BatchState, Guard, OnUnknown
from pakdee.house import House
from pakdee.jobs.worker import ceiling

if TYPE_CHECKING:
    from pakdee.journal import Due


@dataclass(frozen=True)
class Rest:
    """Messages that are not done: how many, where they stand, why, and what happens next, in words."""

    messages: int
    state: str
    why: str
    then: str


@dataclass(frozen=True)
class SendReport:
    """What happened to messages that were due.

    Args:
        outcomes: messages of this run: accepted, refused, unknown.
        requests: how many were made.
        rest: all that is due and not done, of this run and of others, and what was refused in this one.
        still_due: messages that are queued or being sent.
        stopped: why the brake is pulled, if it is.
    """

    outcomes: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    rest: tuple[Rest, ...] = ()
    still_due: int = 0
    stopped: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether all that was due is done: it was accepted, or is not to be sent."""
        return not self.rest

    @property
    def accepted(self) -> int:
        """Messages SendGrid took; whether they arrive, events tell."""
        return self.outcomes.get("accepted", 0)

    @property
    def answer(self) -> str:
        """One sentence for people."""
        if self.is_complete:
            return (
                f"Done: {self.accepted:,} messages accepted." if self.requests else "Done: nothing was due."
            )
        left = ", ".join(f"{rest.messages:,} {rest.state}" for rest in self.rest)
        return f"Partly done: {self.accepted:,} messages accepted, {left}."


def remaining(
    house: House,
    due_before: dt.datetime,
    *,
    outcomes: Mapping[str, int],
    requests: int,
    refusals: Mapping[str, int],
) -> SendReport:
    """The report of a run that ends now.

    Args:
        due_before: what is due later is no rest of this run.
        refusals: messages of this run by SendGrid's words.
    """
    due = house.journal.due(due_before)
    rest = [*_Causes(house, due).told(), *refused(refusals)]
    open_ = sum(found.messages for found in due if found.state is not BatchState.UNKNOWN)
    stops = tuple(stop.because for stop in house.journal.stops())
    return SendReport(dict(outcomes), requests, tuple(rest), open_, stops)


def refused(refusals: Mapping[str, int]) -> Iterator[Rest]:
    """What SendGrid refused, by its words."""
    then = "not sent again for this occasion; mend what SendGrid names before the next one"
    for words, messages in refusals.items():
        yield Rest(messages, "refused", words, then)


class _Causes:
    """Why each part of what is due did not go out."""

    def __init__(self, house: House, due: list[Due]) -> None:
        self._house, self._due = house, due
        self._stops = {stop.scope: stop.because for stop in house.journal.stops()}
        self._paced_until = house.journal.paced_until()
        self._ceiling = ceiling(house)
        self._sent = house.journal.sent_since(self._ceiling.since) if self._ceiling else 0

    def told(self) -> list[Rest]:
        """One line for each cause, the same cause of several campaigns together."""
        found: Counter[tuple[str, str, str]] = Counter()
        for one in self._due:
            found[self._cause(one)] += one.messages
        return [Rest(messages, *cause) for cause, messages in found.items()]

    def _cause(self, due: Due) -> tuple[str, str, str]:
        """State, why and what then."""
        if due.state is BatchState.UNKNOWN:
            return self._unknown()
        if due.state is BatchState.SENDING:
            then = "it sends them, or they count as unknown once its time is over"
            return "being sent", "another worker has them", then
        why, then = self._held(due)
        return "waiting", why, then

    def _unknown(self) -> tuple[str, str, str]:
        batches = sum(found.batches for found in self._due if found.state is BatchState.UNKNOWN)
        why = f"no clear answer from SendGrid in {batches} requests"
        delivery = self._house.settings.delivery
        if delivery.guard is Guard.SCHEDULED:
            then = "called back at SendGrid and sent again while there is time, else settled by their events"
        elif delivery.unknown is OnUnknown.RESEND:
            then = "accepted by their events, or sent again once these prove to be missing"
        else:
            then = "accepted by their events, else unconfirmed; see them with: pakdee status --unknown"
        return "unknown", why, then

    def _held(self, due: Due) -> tuple[str, str]:
        for scope in (None, due.campaign):
            if scope in self._stops:
                name = scope or "everything"
                then = f"pakdee resume {scope} --because TEXT" if scope else "pakdee resume --because TEXT"
                return f"{name} is stopped: {self._stops[scope]}", f"they go on after: {then}"
        if due.is_behind_canary:
            return f"{due.campaign} waits for its first messages", self._after_canary(due)
        if self._paced_until is not None:
            return "SendGrid asked to wait", f"they go on from {self._at(self._paced_until)} on"
        if self._ceiling is not None and due.smallest > self._ceiling.messages - self._sent:
            why = f"the ramp allows {self._ceiling.messages:,} messages today, {self._sent:,} were sent"
            return why, "they go on tomorrow"
        return "nothing holds them back", "the next run sends them"

    def _after_canary(self, due: Due) -> str:
        if due.canary_until is None:
            return "they go on once the first ones are settled and have waited their time"
        return f"they go on from {self._at(due.canary_until)} on, unless it is stopped"

    def _at(self, instant: dt.datetime) -> str:
        local, today = instant.astimezone(self._house.zone), self._house.today()
        return f"{local:%H:%M}" if local.date() == today else f"{local:%Y-%m-%d %H:%M}"
