"""Did it all go out? Every message by state, why some wait, and what to do about those that are unclear."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pakdee.domain.calendar import day_bounds
from pakdee.domain.vocabulary import BatchState, OnUnknown
from pakdee.house import House
from pakdee.jobs.answering import unhappy_answers
from pakdee.jobs.offers import shortages
from pakdee.jobs.remaining import Rest, remaining
from pakdee.jobs.subjects import SubjectTest, subject_tests

if TYPE_CHECKING:
    from pakdee.journal import CanaryProgress, DayStatus, Stop
    from pakdee.journal import UnclearBatch as Found

_OPEN = {
    BatchState.QUEUED: "wait",
    BatchState.SENDING: "are being sent",
    BatchState.UNKNOWN: "have no clear answer from SendGrid",
}
_SETTLED = tuple(state for state in BatchState if state.is_terminal)


@dataclass(frozen=True)
class StatusReport:
    """Did the day go out? `answer` is one sentence; `exit_code` 0 yes, 3 partly, 1 nothing ran.

    Args:
        campaigns: messages by state, a row per campaign.
        rest: what is due by the end of the day and not done, of earlier days too, and why.
        reasons: messages of the day by what was told about them.
        canaries: how far those are that go ahead, in sentences.
        stops: what is stopped, why, and how it goes on, in sentences.
        next_steps: what to do, in sentences.
        offers: campaigns in which somebody got nothing, since an offer ran out, in sentences.
        tests: how the subjects of campaigns that test them did, of this day's messages.
    """

    day: dt.date
    answer: str
    exit_code: int
    campaigns: tuple[dict[str, object], ...] = ()
    rest: tuple[Rest, ...] = ()
    reasons: tuple[str, ...] = ()
    canaries: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    tests: tuple[SubjectTest, ...] = ()


@dataclass(frozen=True)
class UnclearBatch:
    """A request of which nobody knows whether it was taken, and what would settle it."""

    batch: str
    campaign: str
    day: dt.date
    messages: int
    state: str
    since: dt.datetime
    why: str
    settled_by: str


def status(house: House, day: dt.date | None = None) -> StatusReport:
    """Did everything due on `day` (default: today in the shop's zone) go out?"""
    found = house.journal.day_status(day or house.today())
    answer, code = _answer(found)
    return StatusReport(
        day=found.day,
        answer=answer,
        exit_code=code,
        campaigns=tuple(_campaign_row(found, name) for name in sorted({*found.messages, *found.held_out})),
        rest=_rest(house, found),
        reasons=tuple(_reasons(found)),
        canaries=tuple(_canary(house, c) for c in found.canaries if c.waiting and not c.has_passed),
        stops=tuple(map(_stopped, found.stops)),
        next_steps=tuple(_next_steps(house, found)),
        offers=tuple(shortages(_verdicts(found))),
        tests=subject_tests(house, found.day, found.day + dt.timedelta(days=1)),
    )


def unclear(house: House) -> list[UnclearBatch]:
    """Every request without a clear answer, whatever its day, the longest first."""
    return [_unclear(house, found) for found in house.journal.unclear_batches()]


# ── the answer ────────────────────────────────────────────────────────────────────────────────────
def _answer(found: DayStatus) -> tuple[str, int]:
    day, states = found.day, _states(found)
    total = sum(states.values())
    if not found.runs:
        return f"Nothing ran: no mail was planned for {day}.", 1
    if not found.is_planned:
        return f"Partly done: planning of {day} did not finish.", 3
    if not total:
        return f"Done: {day} was planned, and there was nothing to send.", 0
    if not found.open:
        how = _listed([f"{states[state]:,} {state}" for state in _SETTLED if states[state]])
        return f"Done: all {total:,} messages of {day} are settled{how and f': {how}'}.", 0
    left = _listed([f"{states[state]:,} {told}" for state, told in _OPEN.items() if states[state]])
    return f"Partly done: of {total:,} messages of {day}, {left}.", 3


def _states(found: DayStatus) -> Counter[BatchState]:
    states: Counter[BatchState] = Counter()
    for counts in found.messages.values():
        states.update(counts)
    return states


def _listed(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def _campaign_row(found: DayStatus, name: str) -> dict[str, object]:
    states = found.messages.get(name, {})
    row: dict[str, object] = {"campaign": name}
    row |= {str(state): states.get(state, 0) for state in BatchState}
    return row | {"held out": found.held_out.get(name, 0)}


# ── why, and what then ────────────────────────────────────────────────────────────────────────────
def _verdicts(found: DayStatus) -> dict[str, Counter[str]]:
    """Customers per verdict in all runs of the day, by campaign."""
    verdicts: dict[str, Counter[str]] = {}
    for run in found.runs:
        for campaign, counts in run.verdicts.items():
            verdicts.setdefault(campaign, Counter()).update(counts)
    return verdicts


def _rest(house: House, found: DayStatus) -> tuple[Rest, ...]:
    """What could go now and does not; what is due later today comes by itself."""
    ends = day_bounds(found.day, house.zone)[1]
    due = house.clock() if found.day == house.today() else ends
    return remaining(house, due, outcomes={}, requests=0, refusals={}).rest if found.open else ()


def _reasons(found: DayStatus) -> Iterator[str]:
    for (campaign, state, why), messages in sorted(found.reasons.items()):
        yield f"{messages:,} {state} in {campaign}: {why}"


def _canary(house: House, canary: CanaryProgress) -> str:
    if canary.passes_at is None:
        return (
            f"Canary of {canary.campaign}: {canary.messages:,} go ahead, {canary.settled:,} of them are"
            f" settled; the other {canary.waiting:,} follow some time after the last of these"
        )
    return (
        f"Canary of {canary.campaign}: {canary.messages:,} went ahead, the other {canary.waiting:,} follow"
        f" from {clock(house, canary.passes_at)} on"
    )


def _stopped(stop: Stop) -> str:
    what, again = stop.scope or "everything", f"pakdee resume {stop.scope or ''}".strip()
    return f"Stopped by {stop.by}: {what}, because {stop.because}. It goes on after: {again} --because TEXT"


def _next_steps(house: House, found: DayStatus) -> Iterator[str]:
    states, gap = _states(found), house.journal.gap()
    if gap is not None:
        yield (
            f"The journal was restored, and the lost one may have sent mails of {span(*gap)}: what is planned"
            " again for it is held until events or you settle it."
        )
    if not found.is_planned:
        yield f"Plan and send it: pakdee run --as-of {found.day}"
        last = None if found.runs else house.journal.last_day()
        if last is not None:
            yield f"The day that ran last is {last}; see it: pakdee status --day {last}"
    elif states[BatchState.QUEUED] and found.oldest_due and found.oldest_due > house.clock():
        yield f"Nothing: the first that wait are due at {clock(house, found.oldest_due)}."
    if states[BatchState.UNKNOWN] or states[BatchState.UNCONFIRMED]:
        yield "See requests without a clear answer, and settle them: pakdee status --unknown"
    if unhappy := unhappy_answers(house, found.day):
        yield (
            f"Unhappy answers of this day: {unhappy:,}."
            f" Read and reply: pakdee export answers --since {found.day}"
        )


# ── unclear requests ──────────────────────────────────────────────────────────────────────────────
def _unclear(house: House, found: Found) -> UnclearBatch:
    return UnclearBatch(
        batch=found.batch_id,
        campaign=found.campaign,
        day=found.due_on,
        messages=found.messages,
        state=str(found.state),
        since=found.since.astimezone(house.zone),
        why=found.reason,
        settled_by=_settled_by(house, found),
    )


def _settled_by(house: House, found: Found) -> str:
    """What may still happen by itself, and when a person is asked."""
    delivery, until = house.settings.delivery, found.since + house.settings.delivery.quiet
    if found.state is BatchState.UNCONFIRMED:
        return "its events, or your word"
    if found.is_restored or delivery.unknown is OnUnknown.HOLD:
        return f"its events; else unconfirmed from {clock(house, until)}"
    return f"its events; else sent again from {clock(house, until)}, if proven absent"


def span(first: dt.date, last: dt.date) -> str:
    """One day, or the first and the last."""
    return f"{first}" if first == last else f"{first} to {last}"


def clock(house: House, instant: dt.datetime) -> str:
    """The shop's time of day, with the day where it is not today."""
    local = instant.astimezone(house.zone)
    return f"{local:%H:%M}" if local.date() == house.today() else f"{local:%Y-%m-%d %H:%M}"
