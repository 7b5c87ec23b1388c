"""A made-up tea and cake shop in Thailand, to try everything on; the same seed, the same shop.

Nothing here is a real person: addresses are on domains reserved for examples, numbers are of no real line.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pakdee.ledger.generator.activities import make_activities
from pakdee.ledger.generator.baskets import fill_baskets
from pakdee.ledger.generator.belongings import (
    make_dates,
    make_donations,
    make_grants,
    make_memberships,
    make_preferences,
)
from pakdee.ledger.generator.flaws import spoil
from pakdee.ledger.generator.people import make_people
from pakdee.ledger.generator.points import make_points
from pakdee.ledger.generator.talk import make_answers, make_referrals, make_tickets
from pakdee.ledger.generator.visits import make_visits


def generate_shop(out: Path, *, customers: int, until: dt.date, seed: int) -> None:
    """Write a shop's export into the folder `out`: customers, orders and what belongs to them, as CSV.

    Args:
        customers: how many members, from 50; guests come on top.
        until: the day on which campaigns are to find people; facts end on the evening before.
        seed: the same seed, number and day give the same files, byte for byte.

    A handful of rows is spoiled as rows are in life, so that rejects can be seen.
    """
    out.mkdir(parents=True, exist_ok=True)
    words = tomllib.loads((files("pakdee.ledger.generator") / "words.toml").read_text(encoding="utf-8"))
    chance = np.random.default_rng(seed)
    people = make_people(chance, customers, until, words)
    visits = make_visits(chance, people, until)
    products = _products(words["products"])
    shop = fill_baskets(chance, visits, products, until) | {"customers": people, "products": products}
    # By chance of its own, so that everything else is as it would be without it.
    shop["point_entries"] = make_points(
        np.random.default_rng([seed, 1]), shop["orders"], shop["refunds"], until
    )
    shop |= _besides_orders(np.random.default_rng([seed, 2]), shop, until)
    # An order's lines keep the price they were sold at; the list of goods needs none.
    shop["products"] = products.drop(columns="price")
    for name, table in spoil(shop, until).items():
        table.to_csv(out / f"{name}.csv", index=False, lineterminator="\n")


def _besides_orders(
    chance: np.random.Generator, shop: dict[str, pd.DataFrame], until: dt.date
) -> dict[str, pd.DataFrame]:
    """What there is to know of members besides their orders."""
    people, orders, end = shop["customers"], shop["orders"], np.datetime64(until, "D")
    categories = sorted(set(shop["products"]["category"]))
    return {
        "activities": make_activities(chance, people, shop, end),
        "survey_responses": make_answers(chance, orders, end),
        "tickets": make_tickets(chance, orders, end),
        "referrals": make_referrals(chance, people, orders, end),
        "memberships": make_memberships(chance, people, end),
        "grants_issued": make_grants(chance, people, orders, end),
        "donations": make_donations(chance, people, end),
        "preferences": make_preferences(chance, people, categories, end),
        "customer_dates": make_dates(chance, people),
    }


def _products(listed: list[dict[str, Any]]) -> pd.DataFrame:
    products = pd.DataFrame(listed)
    return products.assign(cycle_days=products["cycle_days"].astype("Int64"), is_listed="true")
