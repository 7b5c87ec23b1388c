"""What customers wished for and where they are at home, as a person would find it out from a few rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from tiny_ledger import ago, at, buyers, features, line, order, refund, shop

Row = dict[str, Any]
NAMES = ("ann", "ben", "cat", "dan", "eve", "fay", "gil", "hal")


def alert(who: str, days: int, product: str | None, type_: str = "stock_alert") -> Row:
    """Somebody asks to be told of a product."""
    row = {"customer_id": who, "type": type_, "occurred_at": at(days), "occurred_on": ago(days)}
    return row | {"product_id": product}


def product(product_id: str, *, is_listed: bool | None = True, name: str | None = None) -> Row:
    """A product, named as its id unless told."""
    shown = product_id.title() if name is None else name
    return {"product_id": product_id, "name": shown, "category": "tea", "is_listed": is_listed}


def told(who: str, days: int, value: str, key: str = "place") -> Row:
    """A preference stated so many days ago at noon."""
    row = {"preference_id": f"{who}{days}{value}", "customer_id": who, "key": key, "value": value}
    return row | {"stated_at": at(days)}


PRODUCTS = [
    *(product(name) for name in ("tea", "cup", "pot", "jar", "tin")),
    product("gone", is_listed=False),
    product("unknown", is_listed=None),
    product("blank", name=" "),
]
ALERTS = [
    *(alert("ann", days, name) for days, name in ((40, "tea"), (9, "cup"), (30, "pot"), (20, "jar"))),
    alert("ann", 5, "tea"),
    alert("ben", 180, "tea", "Stock_Alert"),
    alert("ben", 181, "cup"),
    alert("ben", 0, "pot"),
    alert("cat", 3, "gone"),
    alert("cat", 3, "unknown"),
    alert("cat", 3, "no such product"),
    alert("cat", 3, None),
    alert("cat", 3, "tea", "like"),
    *(alert("dan", 10, name) for name in ("tea", "cup", "pot", "jar", "tin")),
    alert("eve", 10, "blank"),
]
ORDERS = [
    order("dan", ago(12), 10, order_id="before"),
    order("dan", ago(10), 20, order_id="the same day"),
    order("dan", ago(4), 30, order_id="cancelled", status="cancelled"),
    order("dan", ago(3), 40, order_id="sent back"),
    order("dan", ago(0), 50, order_id="today"),
    order("eve", ago(1), 60, order_id="of another"),
]
LINES = [
    line("before", 1, "tea", 10),
    line("the same day", 1, "cup", 20),
    line("cancelled", 1, "pot", 30),
    line("sent back", 1, "jar", 40),
    line("today", 1, "tin", 50),
    line("of another", 1, "tea", 60) | {"quantity": Decimal(2)},
]
REFUNDS = [refund("sent back", 40, ago(1))]
PLACES = [
    told("ann", 90, "ari"),
    told("ann", 30, " thonglor "),
    told("ann", 10, "tea", key="category"),
    told("ann", 0, "bang_na"),
    told("ben", 1, "ari", key="Place"),
    told("cat", 2, "  "),
]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    """Features by customer."""
    facts = {"activities": ALERTS, "products": PRODUCTS, "orders": ORDERS, "order_lines": LINES}
    facts |= {"refunds": REFUNDS, "preferences": PLACES}
    return features(shop(tmp_path_factory.mktemp("shop"), customers=buyers(*NAMES), **facts))


def test_wishes_are_what_was_asked_for_is_there_and_was_not_bought(known: dict[str, Row]) -> None:
    """Neither what is not listed or not known, nor of today or long ago, nor what the customer has by now."""
    # dan bought the tea before; the pot was cancelled, the jar went back; the tin of today counts tomorrow.
    expected = {"ann": 4, "ben": 1, "dan": 4, "eve": 1}

    found = {name: row["wishes_in_stock"] for name, row in known.items()}

    assert found == {name: expected.get(name, 0) for name in NAMES}


def test_a_mail_names_three_that_were_asked_for_last(known: dict[str, Row]) -> None:
    """By the day, then by name; a product without a name is counted and not named."""
    shown = {name: [wish["title"] for wish in row["wished_goods"]] for name, row in known.items()}

    assert shown["ann"] == ["Tea", "Cup", "Jar"]
    assert shown["ben"] == ["Tea"]
    assert shown["dan"] == ["Jar", "Pot", "Tea"]
    assert all(shown[name] == [] for name in ("cat", "eve", "fay"))
    assert known["ann"]["wishes_told"] == f"tea@{ago(5)} cup@{ago(9)} jar@{ago(20)}"
    assert [known[name]["wishes_told"] for name in ("cat", "eve", "fay")] == [None] * 3


def test_the_place_is_the_one_told_last(known: dict[str, Row]) -> None:
    """Before today, without blanks around it; other preferences are no places."""
    found = {name: row["stated_place"] for name, row in known.items()}

    assert found == {name: {"ann": "thonglor", "ben": "ari"}.get(name) for name in NAMES}
