"""Rows as they go wrong in life, one of each kind, so that what becomes of them can be seen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd


def spoil(shop: Mapping[str, pd.DataFrame], until: dt.date) -> dict[str, pd.DataFrame]:
    """The shop's tables with a handful of bad rows put in; every other row stays as it is."""
    day = (until - dt.timedelta(days=3)).isoformat()
    buddhist = day.replace(str(until.year), str(until.year + 543), 1)
    customers, orders = shop["customers"], shop["orders"]
    member = customers.iloc[:1]
    order = orders.iloc[-1:]
    bad_customers = [
        member,  # exported twice
        member.assign(customer_id="M900001", email="kaew@example.com", birth_month="2", birth_day="30"),
        member.assign(customer_id="M900002", email="nok@example.com", marketing_consent="อาจจะ"),
        member.assign(customer_id=""),
    ]
    bad_orders = [
        order,  # exported twice
        order.assign(order_id="R-BAD-1", ordered_at=f"{until.year}-02-30 10:00"),
        order.assign(order_id="R-BAD-2", ordered_at=f"{buddhist} 10:00"),
        order.assign(order_id="R-BAD-3", net_amount="1,250.-"),
        order.assign(order_id="R-BAD-4", customer_id="M999999"),
        order.assign(order_id="R-BAD-5", currency="USD"),
        order.assign(order_id="R-BAD-6", ordered_at=""),
        order.assign(order_id="R-BAD-7", net_amount="100.00"),
        order.assign(order_id="R-BAD-7", net_amount="200.00"),
    ]
    return dict(shop) | {
        "customers": pd.concat([customers, *bad_customers], ignore_index=True),
        "orders": pd.concat([orders, *bad_orders], ignore_index=True),
    }
