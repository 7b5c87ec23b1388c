"""A few cases worked out from the rules, so that a shopkeeper can check them against what was meant."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from pakdee.domain.accounting import Facts, Line, Order, Refund
from pakdee.domain.accounting.earning import units_of
from pakdee.domain.accounting.queue import Queue
from pakdee.domain.accounting.tiers import standing_after
from pakdee.domain.program import EarnRule, Program
from pakdee.domain.program.earning import ORDER
from pakdee.domain.units import Money
from pakdee.saying.programme.earning import as_written
from pakdee.saying.programme.words import Teller

_DAY, _LATER = dt.date(2026, 3, 15), dt.date(2026, 3, 20)
_FULL_AMOUNTS = 20  # an order of about so many shows what a rule gives
_WITH_A_REST = Decimal("4.29")  # so many amounts have a rest, which is dropped or counted
_ASKS_AN_AMOUNT = re.compile(r"\b\w+_amount\b")


def examples(teller: Teller, program: Program) -> Iterator[str]:
    """Orders, a refund, the end of units and of a tier."""
    rules = [rule for rule in program.earn if rule.when == ORDER and not _hangs_on_the_amount(rule)]
    if rules:
        yield from _orders(teller, program, rules)
        yield from _refund(teller, program, rules)
    yield from _end(teller, program)
    yield from _term(teller, program)


def _hangs_on_the_amount(rule: EarnRule) -> bool:
    """Whether an example would have to be of an amount that the condition asks for."""
    return rule.where is not None and bool(_ASKS_AN_AMOUNT.search(rule.where))


def _orders(teller: Teller, program: Program, rules: Sequence[EarnRule]) -> Iterator[str]:
    always = [rule for rule in rules if not rule.where]
    amount = _round_amount(program, rules)
    if always:
        yield _told(teller, program, always, amount)
        for rule in always[:1]:
            if rule.per:
                yield _told(teller, program, always, Money(rule.per.amount * _WITH_A_REST, rule.per.currency))
    for rule in rules:
        if rule.where:
            yield _told(teller, program, [*always, rule], amount, as_written(rule.where))


def _told(teller: Teller, program: Program, rules: Sequence[EarnRule], amount: Money, where: str = "") -> str:
    """What an order gives, and to members of tiers that get more."""
    given = teller.count(_units(program, rules, amount))
    key = "order_where" if where else "order"
    told = [teller.say("examples", key, amount=teller.money(amount), where=where, units=given)]
    for level in program.tiers.levels if program.tiers else ():
        if any(level.id in rule.by_tier for rule in rules):
            units = teller.count(_units(program, rules, amount, tier=level.id))
            told.append(teller.say("examples", "by_tier", tier=teller.words(level.title), units=units))
    return " ".join(told)


def _refund(teller: Teller, program: Program, rules: Sequence[EarnRule]) -> Iterator[str]:
    """What a refund takes back of what every order earns, else of the first condition's."""
    taking = [rule for rule in rules if rule.reverse]
    shown = [rule for rule in taking if not rule.where] or taking[:1]
    if not shown:
        return
    where = as_written(shown[0].where or "")
    amount = _round_amount(program, shown)
    part = Money(amount.amount / 4, amount.currency)
    taken = _units(program, shown, amount) - _units(program, shown, amount, refunded=part.amount)
    amounts = {"part": teller.money(part), "amount": teller.money(amount)}
    key = "refund_where" if where else "refund"
    yield teller.say("examples", key, where=where, units=teller.count(taken), **amounts)


def _units(
    program: Program,
    rules: Sequence[EarnRule],
    amount: Money,
    *,
    tier: str = "",
    refunded: Decimal = Decimal(0),
) -> int:
    line = Line(1, amount.amount)
    order = Order("example", _DAY, dt.datetime.combine(_DAY, dt.time(), dt.UTC), amount.amount, lines=(line,))
    refunds = (Refund("example", order.id, _LATER, refunded),) if refunded else ()
    facts = Facts(orders=(order,), refunds=refunds)
    return sum(
        _capped(rule, units_of(rule, program, facts, order, rule.by_tier.get(tier, Decimal(1)), _LATER))
        for rule in rules
    )


def _capped(rule: EarnRule, units: int) -> int:
    """What the cap leaves of a member's first order in its period."""
    return min(units, rule.cap.units) if rule.cap and rule.cap.units else units


def _round_amount(program: Program, rules: Sequence[EarnRule]) -> Money:
    """A power of ten that is some amounts of each rule."""
    largest = max((rule.per.amount for rule in rules if rule.per), default=Decimal(1)) * _FULL_AMOUNTS
    return Money(
        Decimal(10) ** (largest.adjusted() + (largest.normalize().as_tuple().digits != (1,))),
        program.program.currency,
    )


def _end(teller: Teller, program: Program) -> Iterator[str]:
    queue = Queue(program.expiry)
    queue.put("example", 1, _DAY)
    queue.arrive(_DAY)
    last_on = queue.lots[0].last_on
    if last_on and program.earn:
        units = teller.units[:1].upper() + teller.units[1:]
        yield teller.say("examples", "expiry", units=units, first=teller.day(_DAY), last=teller.day(last_on))


def _term(teller: Teller, program: Program) -> Iterator[str]:
    """Until when the highest tier that can be earned is held."""
    if program.tiers is None:
        return
    level = [level for level in program.tiers.levels if not level.invite][-1]
    standing = standing_after(program.tiers, [(_DAY, level.threshold)], _DAY, _DAY)
    if standing.ends_on:
        yield teller.say(
            "examples",
            "tier",
            tier=teller.words(level.title),
            first=teller.day(_DAY),
            last=teller.day(standing.ends_on),
        )
