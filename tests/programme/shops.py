"""Random small shops as the engine reads them: the rows of `accounting_draws` in canonical Parquet."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from accounting_draws import ONLY_AS, ONLY_IN, WHERE, Shop

from pakdee.domain.condition import Condition
from pakdee.domain.program import Program

TEXT, DAY, WHOLE = pa.string(), pa.date32(), pa.int32()
INSTANT, NUMBER = pa.timestamp("us", tz="UTC"), pa.decimal128(18, 4)
TABLES = {
    "customers": {
        "customer_id": TEXT,
        "joined_on": DAY,
        "birth_year": WHOLE,
        "birth_month": WHOLE,
        "birth_day": WHOLE,
        "birth_recorded_on": DAY,
    },
    "persons": {"customer_id": TEXT, "email": TEXT},
    "orders": {
        "order_id": TEXT,
        "customer_id": TEXT,
        "ordered_at": INSTANT,
        "ordered_on": DAY,
        "net_amount": NUMBER,
        "channel": TEXT,
        "status": TEXT,
        "recorded_at": INSTANT,
    },
    "order_lines": {"order_id": TEXT, "line_no": pa.int64(), "net_amount": NUMBER},
    "refunds": {
        "refund_id": TEXT,
        "order_id": TEXT,
        "line_no": pa.int64(),
        "amount": NUMBER,
        "refunded_on": DAY,
    },
    "activities": {
        "activity_id": TEXT,
        "customer_id": TEXT,
        "type": TEXT,
        "occurred_at": INSTANT,
        "occurred_on": DAY,
        "amount": NUMBER,
        "proof_key": TEXT,
    },
    "point_entries": {
        "entry_id": TEXT,
        "customer_id": TEXT,
        "kind": TEXT,
        "units": NUMBER,
        "occurred_at": INSTANT,
        "occurred_on": DAY,
    },
    "referrals": {
        "referral_id": TEXT,
        "referrer_id": TEXT,
        "invited_at": INSTANT,
        "converted_customer_id": TEXT,
        "converted_at": INSTANT,
    },
    "memberships": {
        "membership_id": TEXT,
        "customer_id": TEXT,
        "plan_id": TEXT,
        "status": TEXT,
        "started_on": DAY,
        "ends_on": DAY,
        "auto_renew": pa.bool_(),
        "price": NUMBER,
    },
    "survey_responses": {
        "response_id": TEXT,
        "survey_id": TEXT,
        "customer_id": TEXT,
        "answered_at": INSTANT,
    },
}


def write(shop: Shop, folder: Path) -> dict[str, Path]:
    """One Parquet file per table with rows, and `part`, the table of all customers."""
    folder.mkdir(parents=True, exist_ok=True)
    there = {name: shop.tables[name] for name in TABLES if shop.tables[name]}
    paths = {name: folder / f"{name}.parquet" for name in there}
    for name, rows in there.items():
        pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema(TABLES[name])), paths[name])
    return paths


def customers_of(paths: dict[str, Path], folder: Path) -> Path:
    """A table of all customers without a feature, as a stage before the programme leaves it."""
    out = folder / "customers_only.parquet"
    pq.write_table(pq.read_table(paths["customers"], columns=["customer_id"]), out)
    return out


def conditions_of(rules: Program) -> dict[str, Condition]:
    """The conditions of the earn rules, by the name of the rule."""
    return {
        rule.name: Condition(f"earn:{rule.name}", rule.where, rule.where, _READS[rule.where])
        for rule in rules.earn
        if rule.where
    }


def grant_conditions_of(rules: Program) -> dict[str, Condition]:
    """The conditions of the grants, by their ids; they ask the tier or the plan."""
    return {
        grant.id: Condition(grant.column, grant.where, grant.where, frozenset({grant.where.split()[0]}))
        for grant in rules.grants
        if grant.where in ONLY_AS | ONLY_IN
    }


_READS = {text: frozenset({text.split()[0]}) for text in WHERE}
