"""Earn rules as queries: what each gives for the facts that fit it, and what refunds take back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pakdee.domain.condition import Condition
from pakdee.domain.program import EarnRule, Program
from pakdee.domain.program.earning import ORDER
from pakdee.programme.connecting import choice, statement, text
from pakdee.programme.limiting import capped_times, capped_units, of_members

_FACTS = {
    ORDER: "facts_orders",
    "join": "facts_joins",
    "birthday": "facts_birthdays",
    "referral": "facts_referrals",
    "survey": "facts_surveys",
}
IS_AN_ORDER = "net_amount > 0 AND coalesce(status, '') NOT IN ('cancelled', 'returned')"
"""Whether a row of orders is one at all; a refund later does not change that."""

_NO_LIMIT = str(2**62)
_TEN_THOUSANDTHS = 10_000  # of a currency unit: amounts as whole numbers, so that units are never off by one


@dataclass(frozen=True)
class Earning:
    """A programme's earn rules in SQL.

    Args:
        conditions: what the facts must be like, by the name of the rule.
    """

    program: Program
    conditions: Mapping[str, Condition]

    def earned(self) -> str:
        """All that is earned: customer_id, rule, source, day, available_on, happened_at, units."""
        return " UNION ALL ".join(self._earned(rule) for rule in self.program.earn)

    def reversed(self) -> str:
        """What refunds take back: customer_id, rule, source, lot, earned_on, available_on, day, units."""
        rules = [rule for rule in self.program.earn if rule.reverse and rule.when == ORDER]
        return " UNION ALL ".join(map(self._reversed, rules))

    @property
    def asks_tiers(self) -> bool:
        """Whether a rule gives more to members of a tier."""
        return any(rule.by_tier for rule in self.program.earn)

    @property
    def is_costly(self) -> bool:
        """Whether what is earned is better worked out once than by everyone who asks."""
        return any(rule.by_tier or rule.cap or rule.proof or rule.where for rule in self.program.earn)

    def proofs(self) -> str:
        """The activities that are the first with their proof among those of all customers that fit."""
        rules = [rule for rule in self.program.earn if rule.proof]
        return " UNION ALL ".join(
            statement("proofs").format(name=text(rule.name), fits=self._fits(rule)) for rule in rules
        )

    # ── one rule ─────────────────────────────────────────────────────────────────────────────────
    def _earned(self, rule: EarnRule) -> str:
        by_lines = self._by_lines(rule)
        amount = "line_amount" if by_lines else f"(net_amount * {_TEN_THOUSANDTHS})::BIGINT"
        units = self._units(rule, amount)
        given = statement("earned").format(
            name=text(rule.name),
            facts=self._facts(rule, "facts_lines" if by_lines else _FACTS.get(rule.when, "facts_activities")),
            fits=self._proven(rule),
            available=self._available(rule),
            units=f"sum({units})" if by_lines else units,
            grouped="GROUP BY ALL" if by_lines else "",
        )
        given = f"SELECT * FROM ({given}) WHERE units > 0"
        if rule.cap is None:
            return given
        if rule.cap.times is not None:
            return capped_times(given, rule.cap, rule.cap.times)
        return capped_units(given, rule.cap, rule.cap.units or 0)

    def _reversed(self, rule: EarnRule) -> str:
        by_lines = self._by_lines(rule)
        whole = "whole" if by_lines else "1"
        before, after = (self._units(rule, amount, whole) for amount in ("before", "after"))
        return statement("reversed").format(
            name=text(rule.name),
            facts=self._facts(rule, "line_steps" if by_lines else "refund_steps"),
            fits=self._fits(rule),
            available=self._available(rule),
            before=f"sum({before})" if by_lines else before,
            after=f"sum({after})" if by_lines else after,
            grouped="GROUP BY ALL" if by_lines else "",
            most="given" if rule.cap else _NO_LIMIT,
            given="JOIN (SELECT rule, source, units AS given FROM earned) USING (rule, source)"
            if rule.cap
            else "",
        )

    def _by_lines(self, rule: EarnRule) -> bool:
        return rule.per is not None and self.program.program.unit.scope == "line"

    def _facts(self, rule: EarnRule, view: str) -> str:
        """The facts of members, with the tier they held in the morning where the rule asks."""
        if rule.by_tier:
            view = statement("in_the_morning").format(facts=view)
        return of_members(view, self.program.program, of_age=True)

    def _fits(self, rule: EarnRule) -> str:
        tests = [f"({self.conditions[rule.name].sql})"] if rule.where is not None else []
        if rule.when == ORDER:
            tests.append(IS_AN_ORDER)
        elif rule.when not in _FACTS:
            tests.append(f"type = {text(rule.when)}")
        return " AND ".join(tests) or "true"

    def _proven(self, rule: EarnRule) -> str:
        fits = self._fits(rule)
        if rule.proof:
            fits += f" AND source IN (SELECT source FROM proofs WHERE rule = {text(rule.name)})"
        return fits

    def _available(self, rule: EarnRule) -> str:
        return f"(day + {rule.pending.sql})::DATE" if rule.pending else "day"

    def _units(self, rule: EarnRule, amount: str, whole: str = "1") -> str:
        """The SQL of the units for `amount`, in ten-thousandths, of which `whole` are one."""
        levels = self.program.tiers.levels if self.program.tiers else ()
        by_rank = [
            (f"morning = {rank}", self._by_factor(rule, rule.by_tier[level.id], amount, whole))
            for rank, level in enumerate(levels, 1)
            if level.id in rule.by_tier
        ]
        return choice(by_rank, self._by_factor(rule, Decimal(1), amount, whole))

    def _by_factor(self, rule: EarnRule, factor: Decimal, amount: str, whole: str) -> str:
        each, half_up = Fraction(rule.give) * Fraction(factor), self.program.program.unit.round == "nearest"
        if rule.per is None:
            units = int(each + Fraction(1, 2)) if half_up else int(each)
            return f"CASE WHEN {amount} > 0 THEN {units} ELSE 0 END" if rule.when == ORDER else str(units)
        per = Fraction(rule.per.amount) * _TEN_THOUSANDTHS
        if half_up:
            times = each / per
            over, under = times.numerator * 2, times.denominator
            return f"({amount} * {over} + {under} * {whole}) // ({2 * under} * {whole})"
        full = f"{amount} * {per.denominator} // ({per.numerator} * {whole})"
        return f"{full} * {each.numerator} // {each.denominator}"
