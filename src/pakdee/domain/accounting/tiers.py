"""Tiers: a state that changes at the end of a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pakdee.domain.accounting.facts import Facts
from pakdee.domain.accounting.queue import Entry
from pakdee.domain.program import EarnRule, Level, Tiers
from pakdee.domain.spans import Span

_DAY = dt.timedelta(days=1)
Contribution = tuple[dt.date, Decimal]
"""How much a fact adds to what tiers go by, and its day."""


@dataclass(frozen=True)
class Standing:
    """The tier at the end of a day: the place of its level, counted from 1, and the last day of its term."""

    day: dt.date
    rank: int
    ends_on: dt.date | None
    reason: str = "start"


def standing_after(tiers: Tiers, facts: Iterable[Contribution], first: dt.date, last: dt.date) -> Standing:
    """The standing at the end of `last`, from scratch: from the lowest tier, day after day."""
    known = list(facts)
    standing = Standing(first, lowest(tiers), None)
    today = first
    while today <= last:
        standing = next_standing(tiers, known, standing, today)
        today += _DAY
    return standing


def next_standing(tiers: Tiers, facts: Sequence[Contribution], before: Standing, today: dt.date) -> Standing:
    """The standing at the end of a day, by the one before."""
    earned = _rank(tiers, _metric(tiers, facts, today, _window_start(tiers, today)), keep=False)
    if earned > before.rank:
        return Standing(today, earned, _term_end(tiers, today), "qualify")
    ends_on = before.ends_on
    if ends_on is None or today != _decided_on(tiers, ends_on):
        return before
    kept = _rank(tiers, _metric(tiers, facts, today, _window_start(tiers, today, ends_on)), keep=True)
    rank = max(earned, _rank_at_end(tiers, before.rank, kept))
    ends = _term_end(tiers, ends_on) if rank > lowest(tiers) else None
    return Standing(today, rank, ends, "keep" if rank == before.rank else "downgrade")


def lowest(tiers: Tiers) -> int:
    """The level everyone has."""
    return _reachable(tiers)[0][0]


def contributions(
    tiers: Tiers, rules: Sequence[EarnRule], facts: Facts, entries: Iterable[Entry], today: dt.date
) -> list[Contribution]:
    """What counts for the tier, as it is known at the end of a day."""
    if tiers.metric == "units_earned":
        return _units(tiers, rules, entries)
    if tiers.metric == "activity_sum":
        done = [row for row in facts.activities if row.type == tiers.activity and row.day <= today]
        return [(row.day, Decimal(1) if row.amount is None else row.amount) for row in done]
    return _bought(tiers, facts, today)


def is_rewritten(tiers: Tiers, facts: Facts, today: dt.date) -> bool:
    """Whether what a day brings changes what counted on earlier days: money paid back."""
    returned = any(order.is_return and order.day == today for order in facts.orders)
    refunded = any(refund.day == today for refund in facts.refunds)
    return tiers.on_return == "recompute" and (returned or refunded)


def _bought(tiers: Tiers, facts: Facts, today: dt.date) -> list[Contribution]:
    """What is kept of each order, or 1 for it, on its day."""
    refunds_known_by = today if tiers.on_return == "recompute" else dt.date.min
    orders = [order for order in facts.orders if order.counts and order.day <= today]
    kept = [(order.day, facts.kept(order, refunds_known_by)) for order in orders]
    if not tiers.in_money:
        return [(day, Decimal(1)) for day, amount in kept if amount > 0]
    if tiers.on_return == "ignore":
        return kept
    returns = [(order.day, -order.amount) for order in facts.orders if order.is_return and order.day <= today]
    return _less_returns(tiers, kept, returns)


def _less_returns(
    tiers: Tiers, bought: Iterable[Contribution], returns: Iterable[Contribution]
) -> list[Contribution]:
    """A return that is a row of its own names no order: it takes back what was bought last before it.

    Where tiers go by calendar years, only what was bought in its year. What is more counts against its day.
    """
    left, owed = sorted(bought), []
    for day, amount in sorted(returns):
        still = amount
        for place, (bought_on, there) in reversed(list(enumerate(left))):
            if _window_start(tiers, day) <= bought_on <= day:
                left[place] = bought_on, there - min(there, still)
                still -= min(there, still)
        owed.append((day, -still))
    return left + owed


def _units(tiers: Tiers, rules: Sequence[EarnRule], entries: Iterable[Entry]) -> list[Contribution]:
    """Units earned on their day, less what refunds took of them."""
    counting = {rule.name for rule in rules if rule.counts_for_tier}
    kinds = {"earn", "reverse"} if tiers.on_return == "recompute" else {"earn"}
    entries = list(entries)
    earned_on = {entry.lot: entry.day for entry in entries if entry.kind == "earn"}
    return [
        (earned_on[entry.lot], Decimal(entry.units))
        for entry in entries
        if entry.kind in kinds and entry.rule in counting
    ]


def _metric(tiers: Tiers, facts: Iterable[Contribution], today: dt.date, start: dt.date) -> Decimal:
    """What adds up in the window that ends with `today`, of which the window's length ago is no part."""
    window = tiers.window
    return sum(
        (
            amount
            for day, amount in facts
            if start <= day <= today and (not isinstance(window, Span) or window.after(day) > today)
        ),
        Decimal(0),
    )


def _window_start(tiers: Tiers, today: dt.date, ends_on: dt.date | None = None) -> dt.date:
    """1 January of the term's last year, or of this one, where tiers go by calendar years."""
    return dt.date((ends_on or today).year, 1, 1) if tiers.window == "calendar_year" else dt.date.min


def _rank(tiers: Tiers, amount: Decimal, *, keep: bool) -> int:
    """The highest level that an amount reaches, or keeps; the lowest where it reaches none."""
    reached = [
        place
        for place, level in _reachable(tiers)
        if (level.keep_threshold if keep else level.threshold) <= amount
    ]
    return max(reached, default=lowest(tiers))


def _rank_at_end(tiers: Tiers, rank: int, kept: int) -> int:
    """Where a member stands after a term in which they did enough for the level `kept`."""
    if kept >= rank or tiers.drop == "never":
        return rank
    if tiers.drop == "requalify":
        return kept
    return max(place for place, _ in _reachable(tiers) if place < rank)


def _reachable(tiers: Tiers) -> list[tuple[int, Level]]:
    """Places, counted from 1, and levels that are not by invitation."""
    return [(place, level) for place, level in enumerate(tiers.levels, 1) if not level.invite]


def _term_end(tiers: Tiers, start: dt.date) -> dt.date | None:
    if isinstance(tiers.keep, Span):
        return tiers.keep.after(start)
    return dt.date(start.year + 1, 12, 31) if tiers.keep == "end_of_next_year" else None


def _decided_on(tiers: Tiers, ends_on: dt.date) -> dt.date:
    """The day at whose end it is decided whether a tier is kept."""
    return tiers.grace.after(ends_on) if tiers.grace else ends_on
