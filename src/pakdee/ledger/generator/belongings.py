"""What members have of the shop and have told it: paid plans, gifts, donations, wishes, days of theirs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pakdee.ledger.generator.moments import Day, at_some_hour, between, days_of, numbered, times

PLAN, PRICE, TERM, HOLDERS = "tea_club", "99.00", 30, 0.07
"""A plan of so many baht for so many days, the first of them free; so many members have tried it lately."""
LEAVES = 0.15
"""So many leave after each term."""
PLAN_YEARS = 400
GIFT, GIFT_WORTH, GIFT_DAYS = "birthday_cake", "145.00", 30
REDEEMED = 0.45
CAUSES = ("forest", "schools", "temple_dogs")
GIVERS = 0.06
PLACES = ("ari", "thonglor", "bang_na", "chiang_mai")


def make_memberships(chance: np.random.Generator, people: pd.DataFrame, until: Day) -> pd.DataFrame:
    """`memberships`: a trial, then terms one after the other until the member leaves."""
    joined = days_of(people["joined_at"])
    holders = np.flatnonzero(chance.random(len(people)) < HOLDERS)
    begun = np.maximum(joined[holders], until - chance.integers(1, PLAN_YEARS, len(holders)))
    stays = chance.geometric(LEAVES, len(holders))  # terms, the trial included
    row = np.repeat(np.arange(len(holders)), stays)
    term = np.arange(len(row)) - np.repeat(np.cumsum(stays) - stays, stays)
    started = begun[row] + term * TERM
    ends = started + TERM - 1
    is_last = term == stays[row] - 1
    over = np.where(ends >= until - 7, "grace", "lapsed")
    status = np.where(term == 0, "trial", "active")
    status = np.where(is_last & (ends < until), over, status)
    status = np.where(is_last & (ends >= until) & (term > 0), "cancelled", status)
    table = pd.DataFrame(
        {
            "customer_id": people["customer_id"].to_numpy()[holders[row]],
            "plan_id": PLAN,
            "status": status,
            "started_on": started.astype(str),
            "ends_on": ends.astype(str),
            "auto_renew": np.where(is_last, "false", "true"),
            "price": np.where(term == 0, "0.00", PRICE),
            "currency": "THB",
        }
    )
    return numbered(table[started < until], "membership_id", "K", "started_on")


def make_grants(
    chance: np.random.Generator, people: pd.DataFrame, orders: pd.DataFrame, until: Day
) -> pd.DataFrame:
    """`grants_issued`: a gift on each birthday since joining, some taken with the next order."""
    given = _birthdays(people, until)
    given["code"] = [f"CAKE-{n:07X}" for n in chance.choice(16**7, len(given), replace=False).tolist()]
    found = _with_next_order(given, orders)
    taken = found["order_id"].notna().to_numpy() & (chance.random(len(found)) < REDEEMED)
    day = found["day"].to_numpy(dtype="datetime64[D]")
    table = pd.DataFrame(
        {
            "customer_id": found["customer_id"],
            "rule_id": GIFT,
            "kind": "product",
            "value": GIFT_WORTH,
            "code": found["code"],
            "issued_at": np.char.add(day.astype(str), " 07:00"),
            "valid_to": np.char.add((day + GIFT_DAYS).astype(str), " 23:59"),
            "redeemed_at": np.where(taken, found["ordered_at"], ""),
            "order_id": np.where(taken, found["order_id"], ""),
        }
    )
    return numbered(table, "grant_id", "G", "issued_at")


def _with_next_order(given: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """`given` beside `order_id` and `ordered_at` of the member's next order in time, if there was one."""
    bought = orders[(orders["customer_id"] != "") & (orders["status"] == "delivered")]
    bought = bought.assign(at=pd.to_datetime(bought["ordered_at"]).astype("datetime64[s]"))
    return pd.merge_asof(
        given.assign(at=given["day"].astype("datetime64[s]")).sort_values(["at", "customer_id"]),
        bought.sort_values(["at", "order_id"])[["customer_id", "at", "ordered_at", "order_id"]],
        on="at",
        by="customer_id",
        direction="forward",
        tolerance=pd.Timedelta(days=GIFT_DAYS),
    )


def _birthdays(people: pd.DataFrame, until: Day) -> pd.DataFrame:
    """Members' birthdays after joining and before `until`, a row each; 29 February in leap years only."""
    told = people[people["birth_day"] != ""]
    joined = days_of(told["joined_at"])
    years = np.arange(joined.min().astype("datetime64[Y]").astype(int) + 1970, int(str(until)[:4]) + 1)
    row, place = np.divmod(np.arange(len(told) * len(years)), len(years))
    parts = {"year": years[place]}
    parts |= {part: told[f"birth_{part}"].to_numpy(dtype=int)[row] for part in ("month", "day")}
    day = pd.to_datetime(pd.DataFrame(parts), errors="coerce").to_numpy().astype("datetime64[D]")
    kept = (day > joined[row]) & (day < until)
    return pd.DataFrame({"customer_id": told["customer_id"].to_numpy()[row][kept], "day": day[kept]})


def make_donations(chance: np.random.Generator, people: pd.DataFrame, until: Day) -> pd.DataFrame:
    """`donations`: some members round up for a cause now and then."""
    joined = days_of(people["joined_at"])
    owners = times(chance, np.flatnonzero(chance.random(len(people)) < GIVERS), 3)
    table = pd.DataFrame(
        {
            "customer_id": people["customer_id"].to_numpy()[owners],
            "cause": chance.choice(CAUSES, len(owners)),
            "amount": chance.choice(["10.00", "20.00", "50.00", "100.00"], len(owners)),
            "currency": "THB",
            "paid_on": between(chance, joined[owners], until - 1).astype(str),
        }
    )
    return numbered(table, "donation_id", "D", "paid_on")


def make_preferences(
    chance: np.random.Generator, people: pd.DataFrame, categories: list[str], until: Day
) -> pd.DataFrame:
    """`preferences`: where some live, what they like, which cause is theirs."""
    joined, ids = days_of(people["joined_at"]), people["customer_id"].to_numpy()
    wishes = (("place", PLACES, 0.40), ("category", categories, 0.20), ("cause", CAUSES, 0.08))
    parts = []
    for key, values, share in wishes:
        owners = np.flatnonzero(chance.random(len(people)) < share)
        stated = between(chance, joined[owners], until - 1)
        told = {"customer_id": ids[owners], "key": key, "value": chance.choice(values, len(owners))}
        parts.append(pd.DataFrame(told | {"stated_at": at_some_hour(chance, stated)}))
    return numbered(pd.concat(parts, ignore_index=True), "preference_id", "W", "stated_at")


def make_dates(chance: np.random.Generator, people: pd.DataFrame) -> pd.DataFrame:
    """`customer_dates`: birthdays of children, wedding days."""
    owners = people["customer_id"].to_numpy()[chance.random(len(people)) < 0.08]
    table = pd.DataFrame(
        {
            "customer_id": owners,
            "relation": chance.choice(["child_birthday", "wedding"], len(owners), p=[0.7, 0.3]),
            "month": chance.integers(1, 13, len(owners)),
            "day": chance.integers(1, 29, len(owners)),
        }
    )
    return numbered(table, "date_id", "Y", "customer_id")
