"""What the journal tells: frozen rows, with times as UTC instants and days as dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from pakdee.domain.answer import Answer
from pakdee.domain.message import MessageKey, ReservedOffer, UsedOffer
from pakdee.domain.vocabulary import BatchState, ConsentState, EventKind, Purpose


@dataclass(frozen=True)
class Stop:
    """A stop in force. `scope` is a campaign, None stands for everything."""

    scope: str | None
    because: str
    by: str
    at: dt.datetime


@dataclass(frozen=True)
class Ceiling:
    """At most so many messages in batches whose latest claim is not older than `since`; tests left out."""

    messages: int
    since: dt.datetime


@dataclass(frozen=True)
class Family:
    """Requests of one original batch and of all that was split off it: how many were refused, and accepted.

    Args:
        waiting: messages in the largest part that is queued.
    """

    refused: int
    accepted: int
    waiting: int = 0


@dataclass(frozen=True)
class UnclearBatch:
    """A batch of which nobody can say whether it went out, for people to look at.

    Args:
        state: unknown, or unconfirmed when nothing more is expected.
        is_restored: a journal that was lost may have sent it.
    """

    batch_id: str
    campaign: str
    due_on: dt.date
    messages: int
    state: BatchState
    since: dt.datetime
    reason: str
    is_restored: bool


@dataclass(frozen=True)
class Due:
    """Messages of a campaign that are due and have no outcome.

    Args:
        smallest: messages in the smallest of these batches.
        canary_until: when what is behind a canary may go, None while the canary is open.
    """

    campaign: str
    state: BatchState
    messages: int
    batches: int
    smallest: int
    is_behind_canary: bool
    canary_until: dt.datetime | None


class Withdrawal(NamedTuple):
    """A customer's no, and where it came from."""

    customer_id: str
    at: dt.datetime
    source: str


@dataclass(frozen=True)
class CanaryProgress:
    """How far the messages of a campaign that go ahead are.

    Args:
        messages: that go ahead; `settled` of them have an outcome.
        waiting: messages behind them.
        passes_at: when the others may go, None while canaries are open.
        has_passed: the others may go.
    """

    campaign: str
    messages: int
    settled: int
    waiting: int
    passes_at: dt.datetime | None
    has_passed: bool


@dataclass(frozen=True)
class MessageRow:
    """One message and what became of it; `state` and `reason` are those of its batch.

    Args:
        settled_at: when the outcome was recorded, None while there is none.
    """

    key: MessageKey
    message_id: str
    batch_id: str
    run_id: str
    due_on: dt.date
    variant: str
    locale: str
    purpose: Purpose
    state: BatchState
    reason: str | None
    not_before: dt.datetime
    settled_at: dt.datetime | None
    address_hash: str
    is_test: bool
    offer: ReservedOffer | None


@dataclass(frozen=True)
class VariantMessages:
    """Messages of one campaign, day and variant of its subject that SendGrid took."""

    campaign: str
    variant: str
    due_on: dt.date
    messages: int


@dataclass(frozen=True)
class NotMailed:
    """A customer whom a campaign has won and who gets no mail of it.

    Args:
        is_held_out: deliberately; else another channel is to tell them.
        offer: what they get all the same.
    """

    key: MessageKey
    due_on: dt.date
    is_held_out: bool
    offer: ReservedOffer | None


@dataclass(frozen=True)
class ConsentEntry:
    """One entry of the consent log."""

    state: ConsentState
    at: dt.datetime
    source: str


@dataclass(frozen=True)
class EventEntry:
    """One engagement event of a message."""

    message_id: str
    kind: EventKind
    at: dt.datetime
    is_machine: bool
    reason: str | None


@dataclass(frozen=True)
class History:
    """All the journal knows about a customer, newest first."""

    messages: tuple[MessageRow, ...]
    not_mailed: tuple[NotMailed, ...]
    consents: tuple[ConsentEntry, ...]
    events: tuple[EventEntry, ...]
    answers: tuple[Answer, ...]
    used: tuple[UsedOffer, ...]


@dataclass(frozen=True)
class RunRow:
    """A planning run. `is_dead`: still planning, but its lease is over."""

    run_id: str
    state: str
    is_dead: bool
    started_at: dt.datetime
    finished_at: dt.datetime | None
    campaigns: tuple[str, ...]
    content_version: str
    snapshot_id: str
    reason: str | None
    verdicts: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class LastPlan:
    """The day a campaign was planned last, and its customers per verdict; empty when nobody was in it."""

    day: dt.date
    verdicts: Mapping[str, int]


@dataclass(frozen=True)
class DayStatus:
    """Whether a business day went out; tests are left out.

    Args:
        messages: by campaign and state, e.g. {"birthday": {"accepted": 120}}.
        held_out: by campaign.
        reasons: messages by (campaign, state, reason), for states that need one.
        oldest_due: the earliest time at which a message still open was due.
        stops: what is stopped now.
        canaries: how far those of this day's campaigns are.
    """

    day: dt.date
    runs: tuple[RunRow, ...]
    messages: Mapping[str, Mapping[BatchState, int]]
    held_out: Mapping[str, int]
    reasons: Mapping[tuple[str, BatchState, str], int]
    oldest_due: dt.datetime | None
    stops: tuple[Stop, ...]
    canaries: tuple[CanaryProgress, ...] = ()

    @property
    def open(self) -> int:
        """Messages without an outcome: queued, being sent, or unknown."""
        states = (BatchState.QUEUED, BatchState.SENDING, BatchState.UNKNOWN)
        return sum(counts.get(state, 0) for counts in self.messages.values() for state in states)

    @property
    def is_planned(self) -> bool:
        """Whether a planning run was finished."""
        return any(run.state == "enqueued" for run in self.runs)


@dataclass(frozen=True)
class FigureRow:
    """A metric's value on a day, or why there is none. `scope` is "" for the whole shop, else a campaign."""

    metric: str
    scope: str
    value: float | Decimal | None
    unit: str
    k: int | None
    n: int | None
    low: float | None
    high: float | None
    why_not: str | None
    definition: str
    currency: str | None


@dataclass(frozen=True)
class Backup:
    """A copy of the journal as of an instant; `messages` with those held out, `size` in bytes."""

    kept_at: dt.datetime
    messages: int
    size: int


@dataclass(frozen=True)
class Restored:
    """An older journal took the place of a lost one.

    Args:
        kept_at: the last instant it knows of.
        from_day, to_day: business days of which the lost one may have sent anything.
        held: messages that were open and may have gone out.
    """

    generation: int
    kept_at: dt.datetime
    from_day: dt.date
    to_day: dt.date
    held: int


def may_have_gone(kept_at: dt.datetime) -> str:
    """Why a batch is unclear whose fate only a lost journal knew."""
    return (
        f"the journal was restored from a backup of {kept_at:%Y-%m-%d %H:%M} UTC; it may have gone out since"
    )
