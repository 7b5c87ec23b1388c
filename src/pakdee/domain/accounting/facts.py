"""What is known of one customer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Protocol, TypeVar

from pakdee.domain.accounting.plans import Term

RuleNames = frozenset[str] | None
"""Names of the earn rules whose `where` fits a fact; None where all fit."""

NEVER_AN_ORDER = frozenset({"cancelled", "returned"})


@dataclass(frozen=True)
class Person:
    """The customer; what is not known is None."""

    joined_on: dt.date | None = None
    birth_year: int | None = None
    birth_month: int | None = None
    birth_day: int | None = None
    birth_recorded_on: dt.date | None = None
    has_email: bool = True
    has_phone: bool = False


@dataclass(frozen=True)
class Line:
    """One line of an order."""

    number: int
    amount: Decimal


@dataclass(frozen=True)
class Order:
    """One order; `day` is the shop's, `instant` orders those of a day."""

    id: str
    day: dt.date
    instant: dt.datetime
    amount: Decimal
    status: str | None = None
    lines: tuple[Line, ...] = ()
    rules: RuleNames = None
    recorded_on: dt.date | None = None

    @property
    def counts(self) -> bool:
        """Whether it is an order at all; a refund later does not change that."""
        return self.amount > 0 and self.status not in NEVER_AN_ORDER

    @property
    def is_return(self) -> bool:
        """Whether it is a return that is a row of its own, without the order it belongs to."""
        return self.amount < 0 and self.status != "cancelled"


@dataclass(frozen=True)
class Refund:
    """Money paid back for an order, or for one of its lines."""

    id: str
    order_id: str
    day: dt.date
    amount: Decimal
    line: int | None = None


@dataclass(frozen=True)
class Activity:
    """Something else the customer did."""

    id: str
    type: str
    day: dt.date
    instant: dt.datetime
    amount: Decimal | None = None
    proof_key: str | None = None
    rules: RuleNames = None


@dataclass(frozen=True)
class ShopEntry:
    """Units the shop itself booked: redeem, donate, adjust; negative where units are taken."""

    id: str
    kind: str
    day: dt.date
    units: int
    recorded_on: dt.date | None = None


@dataclass(frozen=True)
class Conversion:
    """Someone whom the customer invited, and nobody before them, became a customer."""

    id: str
    day: dt.date
    instant: dt.datetime
    converted_customer_id: str
    rules: RuleNames = None


@dataclass(frozen=True)
class SurveyAnswer:
    """An answered question."""

    id: str
    survey_id: str
    day: dt.date
    instant: dt.datetime
    rules: RuleNames = None


class _Dated(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def day(self) -> dt.date: ...


_Row = TypeVar("_Row", bound=_Dated)


@dataclass(frozen=True)
class Facts:
    """All that is known of one customer, in any order; a row that comes twice counts once.

    Attributes:
        only_on: rule of a join or birthday with a condition → the days on which it holds.
        proven: (rule, activity id) of activities that are the first of their proof among all customers.
        gives: ids of the grants whose `where` holds for the customer; None where all hold.
        terms: of paid plans, as the shop wrote them down.
        only_as: grant whose `where` asks the tier → the tiers of the morning in which it holds.
        only_in: grant whose `where` asks the plan → the plans of the day in which it holds; "none" is one.
    """

    person: Person = Person()
    orders: tuple[Order, ...] = ()
    refunds: tuple[Refund, ...] = ()
    activities: tuple[Activity, ...] = ()
    entries: tuple[ShopEntry, ...] = ()
    conversions: tuple[Conversion, ...] = ()
    answers: tuple[SurveyAnswer, ...] = ()
    only_on: Mapping[str, frozenset[dt.date]] = field(default_factory=dict)
    proven: frozenset[tuple[str, str]] = frozenset()
    gives: frozenset[str] | None = None
    terms: tuple[Term, ...] = ()
    only_as: Mapping[str, frozenset[str]] = field(default_factory=dict)
    only_in: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def before(self, day: dt.date) -> Facts:
        """The facts known on the morning of `day`: those of earlier days, recorded by then, each once."""
        joined_on = self.person.joined_on
        return replace(
            self,
            person=replace(self.person, joined_on=joined_on if joined_on and joined_on < day else None),
            orders=_known(self.orders, day),
            refunds=_known(self.refunds, day),
            activities=_known(self.activities, day),
            entries=_known(self.entries, day),
            conversions=_known(self.conversions, day),
            answers=_known(self.answers, day),
            terms=tuple(term for term in self.terms if term.started_on < day),
        )

    @property
    def first_day(self) -> dt.date | None:
        """The day of the first thing that is known of the customer."""
        tables: tuple[Sequence[_Dated], ...] = (
            self.orders,
            self.activities,
            self.entries,
            self.conversions,
            self.answers,
        )
        days = [row.day for table in tables for row in table]
        return min([*days, self.person.joined_on] if self.person.joined_on else days, default=None)

    def paid_back(self, order: Order, by: dt.date) -> list[Refund]:
        """Refunds of an order up to and including `by`; none counts before its order."""
        return [row for row in self.refunds if row.order_id == order.id and max(row.day, order.day) <= by]

    def is_refunded_on(self, order: Order, today: dt.date) -> bool:
        """Whether a day brings a refund of an order."""
        return any(row.order_id == order.id and max(row.day, order.day) == today for row in self.refunds)

    def kept(self, order: Order, by: dt.date) -> Decimal:
        """What the shop keeps of an order after the refunds up to and including `by`; never less than 0."""
        return max(
            Decimal(0), order.amount - sum((row.amount for row in self.paid_back(order, by)), Decimal(0))
        )

    def kept_of_lines(self, order: Order, by: dt.date) -> list[Fraction]:
        """The same for each line: refunds without a line lower all lines in proportion."""
        if not order.lines or self.kept(order, by) == 0:
            return [Fraction(self.kept(order, by))]
        refunds = self.paid_back(order, by)
        lines = [line for line in order.lines if line.amount > 0]
        whole = sum((Fraction(line.amount) for line in lines), Fraction(0))
        of_all = sum((Fraction(row.amount) for row in refunds if row.line is None), Fraction(0))
        return [
            max(
                Fraction(0),
                Fraction(line.amount)
                - sum((Fraction(row.amount) for row in refunds if row.line == line.number), Fraction(0))
                - of_all * Fraction(line.amount) / whole,
            )
            for line in lines
        ]


def _known(rows: Iterable[_Row], day: dt.date) -> tuple[_Row, ...]:
    known = {row.id: row for row in rows if max(row.day, getattr(row, "recorded_on", None) or row.day) < day}
    return tuple(sorted(known.values(), key=_in_time))


def _in_time(row: _Dated) -> tuple[dt.date, float, str]:
    instant = getattr(row, "instant", None)
    return row.day, instant.timestamp() if instant else 0.0, row.id
