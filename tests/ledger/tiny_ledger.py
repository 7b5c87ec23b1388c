"""Hand-written ledgers: a few rows in canonical Parquet, and their features as plain Python values."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from pakdee.ledger import Snapshot, ledger_features

ZONE = ZoneInfo("Asia/Bangkok")
DAY = dt.date(2026, 11, 22)

Row = dict[str, Any]

TYPES = {
    "customers": {
        "customer_id": "VARCHAR",
        "joined_on": "DATE",
        "birth_year": "INTEGER",
        "birth_month": "INTEGER",
        "birth_day": "INTEGER",
        "birth_recorded_on": "DATE",
        "locale": "VARCHAR",
        "declared_channel": "VARCHAR",
        "marketing_consent": "BOOLEAN",
        "consent_at": "TIMESTAMPTZ",
        "is_staff": "BOOLEAN",
    },
    "persons": {
        "customer_id": "VARCHAR",
        "email": "VARCHAR",
        "first_name": "VARCHAR",
        "last_name": "VARCHAR",
    },
    "orders": {
        "order_id": "VARCHAR",
        "customer_id": "VARCHAR",
        "ordered_at": "TIMESTAMPTZ",
        "ordered_on": "DATE",
        "net_amount": "DECIMAL(18,4)",
        "discount_amount": "DECIMAL(18,4)",
        "channel": "VARCHAR",
        "status": "VARCHAR",
        "offer_id": "VARCHAR",
        "promised_on": "DATE",
        "delivered_at": "TIMESTAMPTZ",
    },
    "order_lines": {
        "order_id": "VARCHAR",
        "line_no": "BIGINT",
        "product_id": "VARCHAR",
        "category": "VARCHAR",
        "quantity": "DECIMAL(18,4)",
        "net_amount": "DECIMAL(18,4)",
        "unit_list_price": "DECIMAL(18,4)",
    },
    "refunds": {
        "refund_id": "VARCHAR",
        "order_id": "VARCHAR",
        "line_no": "BIGINT",
        "amount": "DECIMAL(18,4)",
        "refunded_on": "DATE",
    },
    "products": {
        "product_id": "VARCHAR",
        "name": "VARCHAR",
        "category": "VARCHAR",
        "cycle_days": "INTEGER",
        "is_listed": "BOOLEAN",
    },
    "point_entries": {
        "entry_id": "VARCHAR",
        "customer_id": "VARCHAR",
        "order_id": "VARCHAR",
        "lot_id": "VARCHAR",
        "kind": "VARCHAR",
        "units": "DECIMAL(18,4)",
        "occurred_at": "TIMESTAMPTZ",
        "occurred_on": "DATE",
        "available_on": "DATE",
        "expires_at": "TIMESTAMPTZ",
        "expires_on": "DATE",
    },
    "activities": {
        "customer_id": "VARCHAR",
        "type": "VARCHAR",
        "occurred_at": "TIMESTAMPTZ",
        "occurred_on": "DATE",
        "product_id": "VARCHAR",
        "amount": "DECIMAL(18,4)",
        "rating": "DECIMAL(18,4)",
    },
    "survey_responses": {
        "response_id": "VARCHAR",
        "survey_id": "VARCHAR",
        "customer_id": "VARCHAR",
        "question": "VARCHAR",
        "score": "DECIMAL(18,4)",
        "scale_max": "DECIMAL(18,4)",
        "asked_at": "TIMESTAMPTZ",
        "answered_at": "TIMESTAMPTZ",
    },
    "tickets": {
        "ticket_id": "VARCHAR",
        "customer_id": "VARCHAR",
        "opened_at": "TIMESTAMPTZ",
        "closed_at": "TIMESTAMPTZ",
        "at_fault": "VARCHAR",
    },
    "referrals": {
        "referral_id": "VARCHAR",
        "referrer_id": "VARCHAR",
        "invited_at": "TIMESTAMPTZ",
        "converted_customer_id": "VARCHAR",
        "converted_order_id": "VARCHAR",
        "converted_at": "TIMESTAMPTZ",
    },
    "memberships": {
        "membership_id": "VARCHAR",
        "customer_id": "VARCHAR",
        "plan_id": "VARCHAR",
        "status": "VARCHAR",
        "started_on": "DATE",
        "ends_on": "DATE",
        "price": "DECIMAL(18,4)",
    },
    "donations": {
        "donation_id": "VARCHAR",
        "customer_id": "VARCHAR",
        "amount": "DECIMAL(18,4)",
        "paid_on": "DATE",
    },
    "grants_issued": {"customer_id": "VARCHAR", "issued_at": "TIMESTAMPTZ"},
    "preferences": {
        "preference_id": "VARCHAR",
        "customer_id": "VARCHAR",
        "key": "VARCHAR",
        "value": "VARCHAR",
        "stated_at": "TIMESTAMPTZ",
    },
}

ARROW = {
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "BOOLEAN": pa.bool_(),
    "DECIMAL(18,4)": pa.decimal128(18, 4),
    "TIMESTAMPTZ": pa.timestamp("us", tz="UTC"),
}


def ago(days, day=DAY):
    """The day `days` before `day`."""
    return day - dt.timedelta(days=days)


def at(days, hour=12):
    """The instant `days` before DAY at `hour` o'clock in the shop's zone."""
    return dt.datetime.combine(ago(days), dt.time(hour), ZONE)


def order(customer_id, on, amount, **more):
    """One order; its instant is noon in the shop's zone, its id unique unless given."""
    noon = dt.datetime.combine(on, dt.time(12), ZONE)
    named = f"{customer_id}-{on}-{amount}"
    row = {"order_id": named, "customer_id": customer_id, "ordered_at": noon, "ordered_on": on}
    return row | {"net_amount": Decimal(str(amount))} | more


def line(order_id, line_no, product_id, amount, **more):
    """One order line of one piece."""
    row = {"order_id": order_id, "line_no": line_no, "product_id": product_id, "quantity": Decimal(1)}
    return row | {"net_amount": Decimal(str(amount))} | more


def refund(order_id, amount, on, line_no=None):
    """One refund."""
    row = {"refund_id": f"r-{order_id}-{on}-{line_no}", "order_id": order_id, "line_no": line_no}
    return row | {"amount": Decimal(str(amount)), "refunded_on": on}


def answer(who: str, days: int, score: int, **more: Any) -> Row:
    """An answer to the NPS question, asked two days before."""
    row = {"response_id": f"{who}{days}", "survey_id": "s", "customer_id": who, "question": "nps"}
    told = {"score": Decimal(score), "scale_max": Decimal(10), "asked_at": at(days + 2)}
    return row | told | {"answered_at": at(days)} | more


def act(who: str, days: int, type_: str, rating: int | None = None, product: str | None = None) -> Row:
    """One activity."""
    rated = None if rating is None else Decimal(rating)
    row = {"customer_id": who, "type": type_, "occurred_at": at(days), "occurred_on": ago(days)}
    return row | {"rating": rated, "product_id": product}


def ticket(who: str, opened: int, closed: int | None, fault: str | None = None) -> Row:
    """A ticket opened and closed so many days ago, at noon."""
    row = {"ticket_id": f"{who}{opened}", "customer_id": who, "opened_at": at(opened), "at_fault": fault}
    return row | {"closed_at": None if closed is None else at(closed)}


def invitation(who: str, days: int, friend: str | None = None, won: int | None = None, **more: Any) -> Row:
    """Somebody invited so many days ago, and won so many days ago."""
    row = {"referral_id": f"{who}{days}{friend}", "referrer_id": who, "invited_at": at(days)}
    return row | {"converted_customer_id": friend, "converted_at": None if won is None else at(won)} | more


def parcel(who: str, delivered: int, promised: int | None, **more: Any) -> Row:
    """An order delivered at noon so many days ago."""
    on = None if promised is None else ago(promised)
    named = {"order_id": f"{who}-{delivered}", "promised_on": on, "delivered_at": at(delivered)}
    return order(who, ago(delivered + 3), 100, **(named | more))


def buyers(*ids):
    """Customers of whom nothing but the id is known."""
    return [{"customer_id": customer_id} for customer_id in ids]


def shop(folder: Path, *, customers, **tables) -> Snapshot:
    """A snapshot of these rows; columns no row names are absent, as in a shop that does not know them."""
    folder.mkdir(parents=True, exist_ok=True)
    people = sorted(customers, key=lambda row: row["customer_id"])
    persons = [
        {"customer_id": row["customer_id"], "email": f"{row['customer_id']}@example.com"} for row in people
    ]
    given = {"customers": people, "persons": persons, **tables}
    paths = {name: _write(folder / f"{name}.parquet", name, rows) for name, rows in given.items()}
    provides = {
        f"{name}.{c}" for name, rows in given.items() for row in rows for c in row if row[c] is not None
    }
    provides |= {name for name, rows in given.items() if rows}
    return Snapshot("tiny", folder, {"zone": ZONE.key}, paths, frozenset(provides), None)


def _write(path: Path, table: str, rows) -> Path:
    columns = [name for name in TYPES[table] if any(name in row for row in rows)] or list(TYPES[table])
    schema = pa.schema([(name, ARROW[TYPES[table][name]]) for name in columns])
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), path)
    return path


def features(snapshot: Snapshot, day=DAY, leap_birthday="02-28") -> dict[str, dict]:
    """Features by customer id and name."""
    out = snapshot.path / f"features-{day}-{leap_birthday}.parquet"
    return by_customer(ledger_features(snapshot, day=day, zone=ZONE, leap_birthday=leap_birthday, out=out))


def by_customer(path: Path) -> dict[str, dict]:
    """The rows of a Parquet file of features by customer id."""
    return {row.pop("customer_id"): row for row in pq.read_table(path).to_pylist()}
