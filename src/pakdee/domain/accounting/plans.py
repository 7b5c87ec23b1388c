"""What a customer's terms of paid plans come to on a day, looked at one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pakdee.domain.program import Membership

_DAY = dt.timedelta(days=1)
_OVER = frozenset({"lapsed", "cancelled"})
"""States that say, of a term without a last day, that it is over."""


@dataclass(frozen=True)
class Term:
    """One term as the shop wrote it down; `ends_on` is its last day, None where nobody said."""

    id: str
    plan: str
    status: str
    started_on: dt.date
    ends_on: dt.date | None = None
    auto_renew: bool | None = None
    price: Decimal | None = None


@dataclass(frozen=True)
class PlanStanding:
    """What is told of a customer's paid plan on the morning of a day; see `docs/programme.md`."""

    plan: str = "none"
    status: str = "none"
    ends_on: dt.date | None = None
    renews: bool = False
    reminded_on: dt.date | None = None
    refund_due: bool = False


def plan_standing(
    terms: Iterable[Term], uses: Collection[dt.date], rules: Membership | None, day: dt.date
) -> PlanStanding:
    """The standing as of `day`, from terms that began before it.

    Args:
        uses: days of orders, redemptions and activities before `day`.
    """
    known = sorted((term for term in terms if term.started_on < day), key=_in_time)
    if not known:
        return PlanStanding()
    last, number = known[-1], len(known) - 1
    status = _status(last, is_first=number == 0, rules=rules, day=day)
    runs = status in {"trial", "active"}
    return PlanStanding(
        last.plan if runs or status == "grace" else "none",
        status,
        last.ends_on,
        runs and last.status != "cancelled" and _wishes(last, rules),
        _reminded_on(last, rules, day),
        bool(rules and rules.refund) and _went_unused(known, uses, rules, day),
    )


def plan_on(terms: Iterable[Term], rules: Membership | None, today: dt.date) -> str | None:
    """The plan whose benefits a customer had on a day, by the terms that had begun by then."""
    known = sorted((term for term in terms if term.started_on <= today), key=_in_time)
    if not known:
        return None
    last = known[-1]
    if last.ends_on is None:
        return None if last.status in _OVER else last.plan
    return last.plan if today <= _graced(last, rules) else None


def _in_time(term: Term) -> tuple[dt.date, dt.date, str]:
    return term.started_on, term.ends_on or dt.date.max, term.id


def _status(term: Term, *, is_first: bool, rules: Membership | None, day: dt.date) -> str:
    """The state of the latest term; one that ended yesterday may be renewed today, so it still runs."""
    if _runs(term, day):
        trial_until = _trial_until(term, rules, is_first=is_first)
        at = min(day, term.ends_on) if term.ends_on else day
        return "trial" if trial_until and trial_until >= at else "active"
    if term.status == "cancelled":
        return "cancelled"
    if term.ends_on is None or not (rules and rules.lapse_grace):
        return "grace" if term.status == "grace" else "lapsed"
    return "grace" if _graced(term, rules) >= day else "lapsed"


def _runs(term: Term, day: dt.date) -> bool:
    if term.ends_on is None:
        return term.status not in _OVER | {"grace"}
    return term.ends_on >= day - _DAY


def _graced(term: Term, rules: Membership | None) -> dt.date:
    """The last day of benefits of a term that is not renewed."""
    ends_on = term.ends_on or dt.date.max
    if term.status == "cancelled" or rules is None or rules.lapse_grace is None:
        return ends_on
    return rules.lapse_grace.after(ends_on)


def _trial_until(term: Term, rules: Membership | None, *, is_first: bool) -> dt.date | None:
    """The last day that costs nothing, None where the term is paid from its beginning."""
    stated = next((plan.trial for plan in (rules.plans if rules else ()) if plan.id == term.plan), None)
    ends = [term.ends_on] if term.ends_on else []
    ends += [stated.after(term.started_on) - _DAY] if stated else []
    is_free = is_first and stated is not None and not term.price
    return min(ends, default=dt.date.max) if term.status == "trial" or is_free else None


def _wishes(term: Term, rules: Membership | None) -> bool:
    """Whether a running term goes on by itself."""
    if rules is None:
        return bool(term.auto_renew)
    return rules.renew == "auto" and term.auto_renew is not False


def _reminded_on(term: Term, rules: Membership | None, day: dt.date) -> dt.date | None:
    """The latest day on which the member was to be told that the running term ends."""
    if term.ends_on is None or term.ends_on < day:
        return None
    days = [span.before(term.ends_on) for span in (rules.remind if rules else ())]
    return max((due for due in days if term.started_on <= due <= day), default=None)


def _went_unused(
    known: Sequence[Term], uses: Collection[dt.date], rules: Membership | None, day: dt.date
) -> bool:
    """Whether nothing was used in the paid term that ended last."""
    ended = []
    for number, term in enumerate(known):
        until = _until(term, known[number + 1] if number + 1 < len(known) else None)
        trial_until = _trial_until(term, rules, is_first=number == 0)
        if until is None or until >= day or term.price == 0:
            continue
        paid_from = term.started_on if trial_until is None else max(term.started_on, _after(trial_until))
        if paid_from <= until:
            ended.append((until, paid_from))
    if not ended:
        return False
    until, paid_from = max(ended)
    return not any(paid_from <= use <= until for use in uses)


def _until(term: Term, following: Term | None) -> dt.date | None:
    """A term's last day; the next one ends it, too."""
    ends = [term.ends_on] if term.ends_on else []
    ends += [following.started_on - _DAY] if following else []
    return min(ends, default=None)


def _after(day: dt.date) -> dt.date:
    return day if day == dt.date.max else day + _DAY
