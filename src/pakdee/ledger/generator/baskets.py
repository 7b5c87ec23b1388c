"""What is in the bag: orders that add up to their lines, discounts, deliveries, and what comes back."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

MOST_LINES = 5
DISCOUNTED = 0.16
SHIPPING = 50


def fill_baskets(
    chance: np.random.Generator, visits: pd.DataFrame, products: pd.DataFrame, until: dt.date
) -> dict[str, pd.DataFrame]:
    """`orders`, `order_lines` and `refunds` of all visits, in canonical columns, amounts as exact texts.

    Args:
        visits: `customer_id`, `wall`, `wish`, `channel`, in order of time.
    """
    rates = np.where(chance.random(len(visits)) < DISCOUNTED, chance.choice([10, 15, 20], len(visits)), 0)
    lines = _lines(chance, visits, products, rates)
    orders = _orders(chance, visits, lines, until)
    lines["order_id"] = orders["order_id"].to_numpy()[lines["visit"]]
    refunds = _refunds(chance, orders, lines, until)
    stored = ["order_id", "line_no", "product_id", "category", "quantity", "net_amount", "unit_list_price"]
    lines["net_amount"] = _baht(lines["satang"])
    orders["net_amount"] = _baht(orders.pop("satang"))
    return {"orders": orders, "order_lines": lines[stored], "refunds": refunds}


def _lines(
    chance: np.random.Generator, visits: pd.DataFrame, products: pd.DataFrame, rates: np.ndarray
) -> pd.DataFrame:
    """Goods near what the visit is meant to cost, dearer ones in dearer bags; amounts in satang."""
    wish = visits["wish"].to_numpy()
    count = np.clip(1 + chance.poisson(wish / 260), 1, MOST_LINES)
    visit = np.repeat(np.arange(len(visits)), count)
    first = np.repeat(np.cumsum(count) - count, count)
    share = np.repeat(wish / count, count)
    price = products["price"].to_numpy()
    distance = np.abs(np.log(price[None, :] / share[:, None]))
    taste = chance.gumbel(size=distance.shape)
    chosen = np.argmax(taste - 1.6 * distance, axis=1)
    quantity = np.clip(np.round(share / price[chosen]), 1, 8).astype(int)
    return pd.DataFrame(
        {
            "visit": visit,
            "line_no": np.arange(len(visit)) - first + 1,
            "product_id": products["product_id"].to_numpy()[chosen],
            "category": products["category"].to_numpy()[chosen],
            "quantity": quantity,
            "gross": quantity * price[chosen] * 100,
            "satang": quantity * price[chosen] * (100 - rates[visit]),
            "unit_list_price": price[chosen],
        }
    )


def _orders(
    chance: np.random.Generator, visits: pd.DataFrame, lines: pd.DataFrame, until: dt.date
) -> pd.DataFrame:
    sums = lines.groupby("visit")[["gross", "satang"]].sum()
    wall = visits["wall"].to_numpy()
    away = (visits["channel"] != "store").to_numpy()
    days = wall.astype("datetime64[D]")
    promised = days + 2
    arrived = days + chance.choice([1, 2, 2, 3, 5], len(visits))
    is_there = away & (arrived < np.datetime64(until, "D"))
    cancelled = away & (chance.random(len(visits)) < 0.03)
    open_ = away & ~is_there
    return pd.DataFrame(
        {
            "order_id": [
                f"R{day.replace('-', '')}-{n:06}" for n, day in enumerate(days.astype(str), start=1)
            ],
            "customer_id": visits["customer_id"],
            "ordered_at": np.char.replace(wall.astype(str), "T", " "),
            "satang": sums["satang"],
            "gross_amount": _baht(sums["gross"]),
            "discount_amount": _baht(sums["gross"] - sums["satang"]),
            "shipping": np.where(away, SHIPPING, 0),
            "currency": "THB",
            "channel": visits["channel"],
            "payment": np.where(away, "card", chance.choice(["cash", "promptpay", "card"], len(visits))),
            "status": np.select([cancelled, open_], ["cancelled", "placed"], "delivered"),
            "promised_on": np.where(away, promised.astype(str), ""),
            "delivered_at": np.where(is_there & ~cancelled, _at_two(arrived), ""),
        }
    )


def _at_two(days: np.ndarray) -> np.ndarray:
    return np.char.add(days.astype(str), " 14:00")


def _refunds(
    chance: np.random.Generator, orders: pd.DataFrame, lines: pd.DataFrame, until: dt.date
) -> pd.DataFrame:
    """One order in fifty comes back within days, half of them whole, the others one line."""
    back = (chance.random(len(orders)) < 0.02) & (orders["status"] == "delivered").to_numpy()
    numbers = np.flatnonzero(back)
    days = orders["ordered_at"].to_numpy()[numbers].astype("datetime64[D]") + chance.integers(
        1, 9, len(numbers)
    )
    in_time = days < np.datetime64(until, "D")
    numbers, days = numbers[in_time], days[in_time]
    whole = chance.random(len(numbers)) < 0.5
    one_line = lines.groupby("visit")["satang"].first().to_numpy()[numbers]
    return pd.DataFrame(
        {
            "refund_id": [f"F{n:06}" for n in range(1, len(numbers) + 1)],
            "order_id": orders["order_id"].to_numpy()[numbers],
            "line_no": np.where(whole, "", "1"),
            "amount": _baht(np.where(whole, orders["satang"].to_numpy()[numbers], one_line)),
            "refunded_at": np.char.add(days.astype(str), " 11:30"),
            "reason": chance.choice(["damaged", "wrong item", "changed mind"], len(numbers)),
        }
    )


def _baht(satang: pd.Series | np.ndarray) -> list[str]:
    return [f"{whole // 100}.{whole % 100:02}" for whole in np.asarray(satang).tolist()]
