"""Each customer's order days, counted as models of buying need them."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files

import pyarrow as pa

from pakdee.ledger.shapes import shaped
from pakdee.ledger.snapshot import Snapshot

MEMORY_LIMIT = "1GB"


def order_histories(snapshot: Snapshot, day: dt.date, until: dt.date | None = None) -> pa.Table:
    """One row per customer with a net order before `day`, in the order of customer_id.

    Columns: customer_id; `repeats`, order days after the first; `last_day` and `age`, days from the first
    order day to the last one and to `day`; `mean_amount`, kept per repeat order day, null without; `later`,
    order days in [day, until), 0 without `until`. Staff are left out.

    Raises:
        LedgerError: the facts cannot be read.
    """
    text = (files("pakdee.ledger") / "histories.sql").read_text("utf-8")
    with shaped(snapshot, memory_limit=MEMORY_LIMIT) as connection:
        return connection.sql(text, params={"day": day, "until": until or day}).to_arrow_table()
