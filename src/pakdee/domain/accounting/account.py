"""A customer's account: every day of their life in the programme, from the first to the last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from pakdee.domain.accounting.earning import Deed, deeds, fits, units_of
from pakdee.domain.accounting.facts import Facts, Order
from pakdee.domain.accounting.grants import Issued, bought_with_units, cheapest_reward, free_of_cost, issued
from pakdee.domain.accounting.people import is_member, is_too_young
from pakdee.domain.accounting.periods import Tally
from pakdee.domain.accounting.queue import Entry, Lot, Queue
from pakdee.domain.accounting.tiers import (
    Standing,
    contributions,
    is_rewritten,
    lowest,
    next_standing,
    standing_after,
)
from pakdee.domain.program import EarnRule, Grant, Program

_DAY = dt.timedelta(days=1)
_TAKEN_BY_THE_SHOP = frozenset({"redeem", "donate", "adjust"})


@dataclass(frozen=True)
class Account:
    """All that the programme knows of a customer on the morning of a day.

    Attributes:
        balance: units that can be used; negative where units that were spent have been taken back.
        pending: units earned that cannot be used yet. All entries together give balance + pending.
        tier: None for who is no member, or where the programme has no tiers.
        tier_history: the standing at the end of each day on which it changed.
        lots: units that can be used, in the order in which they will be.
        reward: what the cheapest reward costs that the member may choose now; None where there is none.
        reward_since: the first day in whose evening, today in the morning, there were units enough for it.
    """

    entries: tuple[Entry, ...]
    balance: int
    pending: int
    tier: str | None
    tier_history: tuple[Standing, ...]
    grants: tuple[Issued, ...]
    lots: tuple[Lot, ...]
    reward: int | None
    reward_since: dt.date | None


def account(facts: Facts, program: Program, day: dt.date, *, leap_birthday: str) -> Account:
    """The account as of `day`: all facts of earlier days, and what runs out or can be used on that morning.

    Args:
        leap_birthday: "02-28" or "03-01", the day of 29 February in common years.
    """
    life = _Life(facts.before(day), program, day, leap_birthday)
    for today in life.days():
        life.live(today)
    life.wake(day)
    return life.account()


@dataclass(frozen=True)
class _Gift:
    """What a rule gave for an order."""

    rule: EarnRule
    order: Order
    factor: Decimal
    units: int


class _Life:
    """One customer's state, changed day after day."""

    def __init__(self, facts: Facts, program: Program, day: dt.date, leap_birthday: str) -> None:
        self._facts, self._program, self._day = facts, program, day
        self._leap_birthday = leap_birthday
        self._queue = Queue(program.expiry)
        self._tally = Tally()
        self._gifts: list[_Gift] = []
        self._entries: list[Entry] = []
        self._grants: list[Issued] = []
        self._history: list[Standing] = []
        self._evenings: dict[dt.date, int] = {}
        self._standing = Standing(day, lowest(program.tiers), None) if program.tiers else None

    def days(self) -> Iterator[dt.date]:
        """Every day from the first fact to the one before the account's."""
        today = self._facts.first_day or self._day
        while today < self._day:
            yield today
            today += _DAY

    def live(self, today: dt.date) -> None:
        """One whole day, in the order in which things happen."""
        tier = self._tier(today)
        self._earn(today, tier)
        self._add(today)
        self._give(today, tier)
        self.wake(today)
        self._keep_alive(today, tier)
        self._take_back(today)
        self._use(today)
        self._buy_all(today, tier)
        self._settle_tier(today)
        self._evenings[today] = self._queue.balance

    def wake(self, today: dt.date) -> None:
        """Units whose last day is over run out, then those whose day has come can be used."""
        for lot in self._queue.run_out(today):
            self._book("expire", "expiry", lot.name, lot.name, today, -lot.left)
        self._queue.arrive(today)

    def account(self) -> Account:
        """What has become of it."""
        reward = self._reward()
        return Account(
            tuple(self._entries),
            self._queue.balance,
            self._queue.pending,
            self._tier(self._day - _DAY),
            tuple(self._history),
            tuple(self._grants),
            tuple(lot for lot in self._queue.lots if lot.left),
            reward,
            self._first_with(reward),
        )

    def _reward(self) -> int | None:
        yesterday = self._day - _DAY
        if not is_member(self._facts.person, self._program.program, yesterday):
            return None
        return cheapest_reward(self._program, self._facts, self._day, self._tier(yesterday))

    def _first_with(self, units: int | None) -> dt.date | None:
        left = self._evenings | {self._day: self._queue.balance}
        return next((day for day, balance in left.items() if units is not None and balance >= units), None)

    # ── earning ──────────────────────────────────────────────────────────────────────────────────
    def _earn(self, today: dt.date, tier: str | None) -> None:
        person, about = self._facts.person, self._program.program
        if not is_member(person, about, today) or is_too_young(person, about, today, self._leap_birthday):
            return
        for deed in deeds(self._facts, today, self._leap_birthday):
            for rule in self._program.earn:
                if fits(rule, deed, self._facts, today):
                    self._earn_by(rule, deed, today, rule.by_tier.get(tier or "", Decimal(1)))

    def _earn_by(self, rule: EarnRule, deed: Deed, today: dt.date, factor: Decimal) -> None:
        before_refunds = dt.date.min
        full = units_of(rule, self._program, self._facts, deed.order, factor, before_refunds)
        units = self._tally.allowed(rule.name, rule.cap, today, full)
        if units <= 0:
            return
        self._tally.count(rule.name, rule.cap, today, units)
        if deed.order:
            self._gifts.append(_Gift(rule, deed.order, factor, units))
        self._put(
            "earn", rule.name, deed.source, today, units, rule.pending.after(today) if rule.pending else today
        )

    def _add(self, today: dt.date) -> None:
        """What the shop added by itself."""
        for row in self._facts.entries:
            if row.day == today and row.kind == "adjust" and row.units > 0:
                self._put("adjust", "adjust", row.id, today, row.units, today)

    # ── taking back, using ───────────────────────────────────────────────────────────────────────
    def _take_back(self, today: dt.date) -> None:
        """A refund takes back what the amount that is kept would not have earned."""
        for gift in self._gifts:
            if not gift.rule.reverse or not self._facts.is_refunded_on(gift.order, today):
                continue
            taken = self._worth(gift, today - _DAY) - self._worth(gift, today)
            lot = self._queue.lot(f"{gift.rule.name}:{gift.order.id}")
            if lot and taken > 0:
                self._queue.take_back(lot, taken)
                source, available_on = f"{gift.order.id}:{today}", max(today, lot.available_on)
                self._book("reverse", gift.rule.name, source, lot.name, today, -taken, available_on)

    def _worth(self, gift: _Gift, by: dt.date) -> int:
        """Units of a gift that the amount kept by the evening of `by` is worth."""
        worth = units_of(gift.rule, self._program, self._facts, gift.order, gift.factor, by)
        return min(gift.units, worth)

    def _use(self, today: dt.date) -> None:
        """What the shop booked: units spent, given away or taken."""
        for row in self._facts.entries:
            if row.day == today and row.kind in _TAKEN_BY_THE_SHOP and row.units < 0:
                self._queue.use(-row.units)
                self._book(row.kind, row.kind, row.id, None, today, row.units)

    def _keep_alive(self, today: dt.date, tier: str | None) -> None:
        """Units run out later where the customer did what keeps them alive, or holds such a tier."""
        expiry = self._program.expiry
        if expiry and (tier in expiry.by_tier or self._deeds_of(today) & set(expiry.keep_alive)):
            self._queue.keep_alive(today)

    def _deeds_of(self, today: dt.date) -> set[str]:
        facts = self._facts
        return (
            {"order" for row in facts.orders if row.day == today and row.counts}
            | {"redeem" for row in facts.entries if row.day == today and row.kind == "redeem"}
            | {row.type for row in facts.activities if row.day == today}
        )

    # ── grants and tiers ─────────────────────────────────────────────────────────────────────────
    def _give(self, today: dt.date, tier: str | None) -> None:
        """What happened today gives, as often as the cap allows; units come into the account at once."""
        if not is_member(self._facts.person, self._program.program, today):
            return
        for grant, source, value in free_of_cost(self._program, self._facts, today, self._day - _DAY, tier):
            if self._may_have(grant, today):
                self._grants.append(issued(grant, source, today, value))
                if grant.units:
                    self._put("adjust", grant.id, source, today, grant.units, today)

    def _buy_all(self, today: dt.date, tier: str | None) -> None:
        """What the balance pays for in the evening, as often as balance and cap allow."""
        if not is_member(self._facts.person, self._program.program, today):
            return
        for grant, cost in bought_with_units(self._program, self._facts, today, tier):
            number = 1
            while self._queue.balance >= cost and self._may_have(grant, today):
                self._buy(grant, cost, f"{grant.id}:{today}:{number}", today)
                number += 1

    def _may_have(self, grant: Grant, today: dt.date) -> bool:
        """Whether the cap lets the grant be given once more today; then it is counted."""
        units = grant.units or grant.cost or 1
        allowed = self._tally.allowed(f"grant:{grant.id}", grant.cap, today, units) == units
        if allowed:
            self._tally.count(f"grant:{grant.id}", grant.cap, today, units)
        return allowed

    def _buy(self, grant: Grant, cost: int, source: str, today: dt.date) -> None:
        self._queue.use(cost)
        self._book("redeem", grant.id, source, None, today, -cost)
        self._grants.append(issued(grant, source, today))

    def _settle_tier(self, today: dt.date) -> None:
        """The tier at the end of a day; after a refund, from scratch by what is known now."""
        tiers, before = self._program.tiers, self._standing
        if tiers is None or before is None:
            return
        known = contributions(tiers, self._program.earn, self._facts, self._entries, today)
        if is_rewritten(tiers, self._facts, today):
            now = standing_after(tiers, known, self._facts.first_day or today, today)
            term_is_over = now.reason == "downgrade" and now.day == today
            now = now if now.rank >= before.rank or term_is_over else replace(now, reason="return")
        else:
            now = next_standing(tiers, known, before, today)
        self._standing = now
        if (now.rank, now.ends_on) != (before.rank, before.ends_on):
            self._history.append(replace(now, day=today))

    def _tier(self, member_on: dt.date) -> str | None:
        """The tier since the last evening; who is no member on a day has none."""
        tiers, about = self._program.tiers, self._program.program
        if tiers is None or self._standing is None or not is_member(self._facts.person, about, member_on):
            return None
        return tiers.levels[self._standing.rank - 1].id

    # ── the book ─────────────────────────────────────────────────────────────────────────────────
    def _put(
        self, kind: str, rule: str, source: str, today: dt.date, units: int, available_on: dt.date
    ) -> None:
        lot = f"{rule}:{source}"
        self._queue.put(lot, units, available_on)
        self._book(kind, rule, source, lot, today, units, available_on)

    def _book(
        self,
        kind: str,
        rule: str,
        source: str,
        lot: str | None,
        today: dt.date,
        units: int,
        available_on: dt.date | None = None,
    ) -> None:
        if units:
            self._entries.append(Entry(kind, rule, source, lot, today, available_on or today, units))
