"""What earns units, and how many."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pakdee.domain.accounting.facts import Facts, Order, RuleNames
from pakdee.domain.accounting.people import birthday_in, told_birth_date
from pakdee.domain.program import EarnRule, Program, Unit


@dataclass(frozen=True)
class Deed:
    """Something that may earn: `when` as rules call it, `source` as entries do."""

    when: str
    source: str
    rules: RuleNames = None
    order: Order | None = None


def deeds(facts: Facts, today: dt.date, leap_birthday: str) -> Iterator[Deed]:
    """What happened on a day that may earn, in the order of time."""
    if facts.person.joined_on == today:
        yield Deed("join", "join")
    if _has_birthday(facts, today, leap_birthday):
        yield Deed("birthday", str(today.year))
    for order in facts.orders:
        if order.day == today and order.counts:
            yield Deed("order", order.id, order.rules, order)
    for activity in facts.activities:
        if activity.day == today:
            yield Deed(activity.type, activity.id, activity.rules)
    yield from _answers(facts, today)
    yield from _conversions(facts, today)


def _has_birthday(facts: Facts, today: dt.date, leap_birthday: str) -> bool:
    """Whether it is a birthday after the customer came, of which the shop knew by then."""
    since = facts.person.joined_on or facts.first_day
    return (
        since is not None
        and since < today
        and told_birth_date(facts.person, today)
        and birthday_in(today.year, facts.person, leap_birthday) == today
    )


def _answers(facts: Facts, today: dt.date) -> Iterator[Deed]:
    seen = set()
    for answer in facts.answers:
        if answer.day == today and answer.survey_id not in seen:
            yield Deed("survey", answer.id, answer.rules)
        seen.add(answer.survey_id)


def _conversions(facts: Facts, today: dt.date) -> Iterator[Deed]:
    seen = set()
    for conversion in facts.conversions:
        if conversion.day == today and conversion.converted_customer_id not in seen:
            yield Deed("referral", conversion.id, conversion.rules)
        seen.add(conversion.converted_customer_id)


def fits(rule: EarnRule, deed: Deed, facts: Facts, today: dt.date) -> bool:
    """Whether a deed is one of those a rule means."""
    return (
        rule.when == deed.when
        and (deed.rules is None or rule.name in deed.rules)
        and today in facts.only_on.get(rule.name, {today})
        and (not rule.proof or (rule.name, deed.source) in facts.proven)
    )


def units_of(
    rule: EarnRule, program: Program, facts: Facts, order: Order | None, factor: Decimal, by: dt.date
) -> int:
    """Units of a deed by one rule, an order's by what is kept of it on the evening of `by`; no cap yet."""
    unit, each = program.program.unit, Fraction(rule.give) * Fraction(factor)
    if order is None:
        return _rounded(each, unit)
    if rule.per is None:
        return _rounded(each, unit) if facts.kept(order, by) > 0 else 0
    return sum(
        _rounded_by_amount(kept / Fraction(rule.per.amount), each, unit)
        for kept in _parts(unit, facts, order, by)
    )


def _parts(unit: Unit, facts: Facts, order: Order, by: dt.date) -> Sequence[Fraction]:
    """What is rounded by itself: the order, or each of its lines."""
    if unit.scope == "line":
        return facts.kept_of_lines(order, by)
    return [Fraction(facts.kept(order, by))]


def _rounded_by_amount(times: Fraction, each: Fraction, unit: Unit) -> int:
    """42.90 at 10 for each 1: 420 where only full amounts count, else 429."""
    return _rounded((math.floor(times) if unit.round == "floor" else times) * each, unit)


def _rounded(units: Fraction, unit: Unit) -> int:
    return math.floor(units) if unit.round == "floor" else math.floor(units + Fraction(1, 2))
