"""Tiers of a few hand-written customers, worked out by the engine alone."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import duckdb
import pyarrow as pa
from tiny_ledger import ARROW, DAY, TYPES

from pakdee.domain.feature_text import column
from pakdee.domain.program import Program
from pakdee.domain.program.features import fitted
from pakdee.programme import tiering
from pakdee.programme.catalogue import feature_specs
from pakdee.programme.facts import lay_facts

D = dt.date

COLUMNS = TYPES | {
    "activities": {
        "activity_id": "VARCHAR",
        "customer_id": "VARCHAR",
        "type": "VARCHAR",
        "occurred_at": "TIMESTAMPTZ",
        "occurred_on": "DATE",
        "amount": "DECIMAL(18,4)",
    },
    "tier_changes": {
        "change_id": "VARCHAR",
        "customer_id": "VARCHAR",
        "to_tier": "VARCHAR",
        "changed_at": "TIMESTAMPTZ",
        "reason": "VARCHAR",
        "ends_on": "DATE",
    },
    "entries": {
        "customer_id": "VARCHAR",
        "kind": "VARCHAR",
        "rule": "VARCHAR",
        "source": "VARCHAR",
        "lot": "VARCHAR",
        "day": "DATE",
        "units": "BIGINT",
    },
}


def program(metric="net_spend", at=(0, 350, 1000), window="calendar_year", keep="end_of_next_year", **more):
    """A programme with the tiers insider, vib, rouge …; `levels` are further keys of a level, by its id."""
    ids, further = ("insider", "vib", "rouge", "noir"), more.pop("levels", {})
    money = " USD" if metric == "net_spend" else ""
    levels = [
        {"id": name, "title": {"en": name}, "at": f"{amount}{money}", **further.get(name, {})}
        for name, amount in zip(ids, at, strict=False)
    ]
    tiers = {"metric": metric, "window": window, "keep": keep, "levels": levels, **more}
    about = {"name": {"en": "Club"}, "currency": "USD", "unit": {"name": {"en": "point"}}}
    earn = [{"when": "order", "per": "1 USD", "give": 1}]
    return Program.model_validate({"program": about, "tiers": tiers, "earn": earn})


@dataclass
class Told:
    """What the engine tells of its customers.

    Attributes:
        history: (day, rank, last day of the term, reason), by customer, in the order of days.
        features: the tier features by customer.
    """

    history: dict[str, list[tuple]]
    features: dict[str, dict]


class Shop:
    """A shop whose tiers can be asked as of any day, and whose facts can grow meanwhile."""

    def __init__(self, rules, *, people=("ada",), **tables):
        self._rules, self._people = rules, people
        self._connection = duckdb.connect(config={"threads": 1})
        for name, rows in {"part": [{"customer_id": person} for person in people], **tables}.items():
            self._lay(name, rows)
        told = {"zone": "Asia/Bangkok", "leap_birthday": "02-28", "first": "", "last": "~"}
        for name, value in told.items():
            self._connection.execute(f"SET VARIABLE {name} = ?", [value])
        self._connection.execute("SET VARIABLE day = ?::DATE", [DAY])
        lay_facts(self._connection, rules, {})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._connection.close()

    def add(self, name, rows):
        """More rows of a table that is there."""
        if rows:
            self._connection.register("arrived", _table(name, rows))
            self._connection.execute(f"INSERT INTO laid_{name} BY NAME FROM arrived")

    def told(self, day, *, whole_history=True) -> Told:
        """What the engine tells as of a day."""
        self._connection.execute("SET VARIABLE day = ?::DATE", [day])
        tiering.lay_out(self._connection, self._rules, day, whole_history=whole_history)
        tiering.run(self._connection, self._rules)
        needs = bool(self._rules.program.needs)
        self._connection.execute(tiering.features(self._rules, members_only=needs))
        return Told(self._history(), self._features())

    def _lay(self, name, rows):
        self._connection.register("arrived", _table(name, rows))
        self._connection.execute(f"CREATE TABLE laid_{name} AS FROM arrived")
        self._connection.execute(f"CREATE VIEW {name} AS FROM laid_{name}")

    def _history(self):
        rows = self._connection.execute("FROM tier_history ORDER BY customer_id, day").fetchall()
        return {person: [row[1:] for row in rows if row[0] == person] for person in self._people}

    def _features(self):
        told = self._connection.table("tiers").columns
        wanted = [fitted(spec, self._rules) for spec in feature_specs() if spec.name in told]
        table = self._connection.sql(f"SELECT customer_id, {', '.join(map(column, wanted))} FROM tiers")
        return {row.pop("customer_id"): row for row in table.to_arrow_table().to_pylist()}


def tiers_of(rules, day=DAY, *, people=("ada",), whole_history=True, **tables) -> Told:
    """Tiers of the shop of these rows; `entries` are units already worked out."""
    with Shop(rules, people=people, **tables) as shop:
        return shop.told(day, whole_history=whole_history)


def _table(name, rows):
    types = COLUMNS.get(name, {"customer_id": "VARCHAR"})
    columns = [column for column in types if not rows or any(column in row for row in rows)]
    schema = pa.schema([(column, ARROW[types[column]]) for column in columns])
    return pa.Table.from_pylist(list(rows), schema=schema)


def entry(customer_id, on, units, source=None, kind="earn", rule="order", lot=None):
    """One entry of units; of kind reverse it takes from a lot."""
    source = source or f"s-{on}-{units}"
    row = {"customer_id": customer_id, "kind": kind, "rule": rule, "source": source, "day": on}
    return row | {"units": units, "lot": lot or f"{rule}:{source}"}


def did(customer_id, on, kind, amount=None, number=1):
    """One activity."""
    at = dt.datetime.combine(on, dt.time(12), dt.UTC)
    row = {"activity_id": f"{customer_id}-{on}-{number}", "customer_id": customer_id, "type": kind}
    return row | {
        "occurred_at": at,
        "occurred_on": on,
        "amount": None if amount is None else Decimal(str(amount)),
    }


def moved(customer_id, on, tier, ends_on=None, reason=None, hour=12):
    """One change of tier as the shop tells it."""
    at = dt.datetime.combine(on, dt.time(hour - 7), dt.UTC)
    row = {"change_id": f"{customer_id}-{on}-{hour}", "customer_id": customer_id, "to_tier": tier}
    return row | {"changed_at": at, "ends_on": ends_on, "reason": reason}
