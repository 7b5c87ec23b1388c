"""What members do besides buying: they write, like, come by, walk with the shop's group, bring back tins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pakdee.ledger.generator.moments import Day, Days, at_some_hour, between, days_of, numbered, times

YEARS_BACK = 400
"""Days of which the shop's channels tell."""
REVIEWED, REVIEW_WITHIN = 0.07, 15
"""So many orders are reviewed, and within so many days."""
STARS = (0.03, 0.05, 0.12, 0.35, 0.45)
WALKERS, WALK_SINCE = 0.06, 430
"""So many members walk with the shop's group about once a week, having begun at most so many days ago."""


@dataclass(frozen=True)
class Habit:
    """Something some members do now and then: what share of them, how often, where, what it counts."""

    type: str
    share: float
    mean: float
    channel: str
    unit: str = ""
    amounts: tuple[int, ...] = ()
    of_goods: bool = False


HABITS = (
    Habit("login", 0.30, 6, "app"),
    Habit("like", 0.12, 8, "social"),
    Habit("comment", 0.06, 3, "social"),
    Habit("share", 0.05, 2, "social"),
    Habit("check_in", 0.10, 4, "store"),
    Habit("event_attended", 0.05, 2, "store"),
    Habit("profile_completed", 0.35, 1, "app"),
    Habit("empties_returned", 0.04, 3, "store", "pieces", (1, 2, 3, 5)),
    Habit("stock_alert", 0.05, 1, "online", of_goods=True),
)


def make_activities(
    chance: np.random.Generator, people: pd.DataFrame, shop: dict[str, pd.DataFrame], until: Day
) -> pd.DataFrame:
    """`activities` in canonical columns, by time; all from joining on and before `until`.

    Args:
        shop: `orders`, `order_lines` and `products`.
    """
    joined = days_of(people["joined_at"])
    goods = shop["products"]["product_id"].to_numpy()
    parts = [_habit(chance, habit, joined, goods, until) for habit in HABITS]
    parts.append(_walks(chance, joined, until))
    done = pd.concat(parts, ignore_index=True)
    done["customer_id"] = people["customer_id"].to_numpy()[done.pop("owner")]
    done = pd.concat([done, _reviews(chance, shop, until)], ignore_index=True)
    done["occurred_at"] = at_some_hour(chance, done.pop("day").to_numpy())
    columns = ["customer_id", "type", "occurred_at", "channel", "amount", "unit", "product_id", "rating"]
    return numbered(done[columns].fillna(""), "activity_id", "A", "occurred_at")


def _habit(
    chance: np.random.Generator, habit: Habit, joined: Days, goods: np.ndarray, until: Day
) -> pd.DataFrame:
    owners = times(chance, np.flatnonzero(chance.random(len(joined)) < habit.share), habit.mean)
    first = np.maximum(joined[owners], until - YEARS_BACK)
    done = pd.DataFrame({"owner": owners, "day": between(chance, first, until - 1), "type": habit.type})
    done["channel"], done["unit"] = habit.channel, habit.unit
    if habit.amounts:
        done["amount"] = chance.choice(habit.amounts, len(done)).astype(str)
    if habit.of_goods:
        done["product_id"] = chance.choice(goods, len(done))
    return done


def _walks(chance: np.random.Generator, joined: Days, until: Day) -> pd.DataFrame:
    """About one a week from a day of one's own on, so that on any day somebody's tenth has just been."""
    walkers = np.flatnonzero(chance.random(len(joined)) < WALKERS)
    begun = np.maximum(joined[walkers], until - chance.integers(7, WALK_SINCE, len(walkers)))
    weeks = np.arange(WALK_SINCE // 7 + 1)
    days = begun[:, None] + weeks[None, :] * 7 + chance.integers(0, 4, (len(walkers), len(weeks)))
    row, week = np.nonzero(days < until)
    kilometres = chance.integers(3, 9, len(row)).astype(str)
    walked = {"owner": walkers[row], "day": days[row, week], "amount": kilometres}
    return pd.DataFrame(walked | {"type": "workout", "channel": "store", "unit": "km"})


def _reviews(chance: np.random.Generator, shop: dict[str, pd.DataFrame], until: Day) -> pd.DataFrame:
    """Of the first product of an order, within two weeks of it."""
    orders = shop["orders"]
    of_members = (orders["customer_id"] != "") & (orders["status"] == "delivered")
    about = orders[of_members & (chance.random(len(orders)) < REVIEWED)]
    day = days_of(about["ordered_at"]) + chance.integers(2, REVIEW_WITHIN, len(about))
    in_time = np.asarray(day < until)
    about, day = about[in_time], day[in_time]
    lines = shop["order_lines"]
    first = lines[lines["line_no"] == 1].set_index("order_id")["product_id"]
    return pd.DataFrame(
        {
            "customer_id": about["customer_id"].to_numpy(),
            "day": day,
            "type": "review",
            "channel": "online",
            "unit": "",
            "product_id": first.loc[about["order_id"]].to_numpy(),
            "rating": (chance.choice(5, len(about), p=STARS) + 1).astype(str),
        }
    )
