"""Programmes and facts of one customer, in as few words as a test needs."""

import datetime as dt
from decimal import Decimal

from pakdee.domain.accounting import (
    Account,
    Activity,
    Conversion,
    Facts,
    Order,
    Person,
    Refund,
    ShopEntry,
    SurveyAnswer,
    account,
)
from pakdee.domain.program import Program

UTC = dt.UTC
JOINED = dt.date(2024, 1, 1)


def program(earn=(), unit=None, **more) -> Program:
    """A programme in dollars; `about` are further keys of its first block."""
    about = {"name": {"en": "Club"}, "currency": "USD", "unit": {"name": {"en": "point"}, **(unit or {})}}
    return Program.model_validate({"program": {**about, **more.pop("about", {})}, "earn": list(earn), **more})


def levels(*ids_and_amounts, money="USD", **more):
    """Levels of tiers; `more` are further keys of a level, by its id."""
    return [
        {"id": name, "title": {"en": name}, "at": f"{at} {money}" if money else at, **more.get(name, {})}
        for name, at in ids_and_amounts
    ]


def at(day: dt.date, hour=12, minute=0) -> dt.datetime:
    """An instant of a day."""
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def order(day, amount, order_id=None, hour=12, **more) -> Order:
    """An order; its id is its day unless given."""
    return Order(order_id or f"o-{day}", day, at(day, hour), Decimal(str(amount)), **more)


def refund(of: Order, day, amount, line=None) -> Refund:
    """Money paid back for an order."""
    return Refund(f"r-{of.id}-{day}-{line}-{amount}", of.id, day, Decimal(str(amount)), line)


def activity(kind, day, activity_id=None, hour=12, amount=None, **more) -> Activity:
    """Something done; its id is its type and day unless given."""
    worth = None if amount is None else Decimal(str(amount))
    return Activity(activity_id or f"{kind}-{day}", kind, day, at(day, hour), worth, **more)


def spent(day, units, kind="redeem") -> ShopEntry:
    """Units that the shop booked; negative ones are taken."""
    return ShopEntry(f"{kind}-{day}-{units}", kind, day, units)


def answer(survey, day, answer_id=None) -> SurveyAnswer:
    """An answer to a survey."""
    return SurveyAnswer(answer_id or f"a-{survey}-{day}", survey, day, at(day))


def conversion(converted, day) -> Conversion:
    """A friend who became a customer."""
    return Conversion(f"c-{converted}-{day}", day, at(day), converted)


def facts(*rows, person=None, **more) -> Facts:
    """Facts of these rows, each put where it belongs; who is not described joined on 1 January 2024."""
    tables = {Order: "orders", Refund: "refunds", Activity: "activities", ShopEntry: "entries"}
    tables |= {SurveyAnswer: "answers", Conversion: "conversions"}
    sorted_rows = {name: tuple(r for r in rows if isinstance(r, kind)) for kind, name in tables.items()}
    return Facts(person=person or Person(joined_on=JOINED), **sorted_rows, **more)


def of(rules: Program, day: dt.date, *rows, leap_birthday="02-28", **more) -> Account:
    """The account of these facts on the morning of a day."""
    return account(facts(*rows, **more), rules, day, leap_birthday=leap_birthday)


def booked(found: Account, *kinds) -> list[tuple]:
    """(kind, day, units) of the entries of these kinds, or of all."""
    return [(e.kind, e.day, e.units) for e in found.entries if not kinds or e.kind in kinds]
