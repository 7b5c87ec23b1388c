"""Points for years together: each has those of their own years, once, whether mailed or held out."""

import datetime as dt

import pytest

from pakdee import jobs
from pakdee.domain.vocabulary import Verdict
from pakdee.house import open_house
from tests.fewer import keep

DAY = dt.date(2028, 2, 26)
"""The week from it on has a 29 February."""
TOMORROW, LATER = DAY + dt.timedelta(days=1), DAY + dt.timedelta(days=2)
POINTS = {1: 50, 2: 100, 3: 150, 4: 150, 9: 150}
EARNED = 10


def joined(years, days):
    """The day of joining of who has been a member for so many years in so many days from DAY."""
    on = DAY + dt.timedelta(days=days)
    return dt.date(on.year - years, on.month, on.day)


DUE = {
    f"{years}-{days}": (joined(years, days), points)
    for years, points in POINTS.items()
    for days in range(7)
    if days != 3 or years == 4  # the 29th
}
OTHERS = {"new": DAY, "soon": joined(2, 7), "over": joined(2, -1), "away": joined(3, 1)}
"""Joined today, is due tomorrow, was due yesterday, and is due without an order in the year."""


@pytest.fixture
def folder(tmp_path):
    """The starter's campaign, with every second member held out."""
    exports, shop = tmp_path / "exports", tmp_path / "shop"
    exports.mkdir()
    days = {who: on for who, (on, _) in DUE.items()} | OTHERS
    people = [f"{who},{who}@example.com,en,true,{on}" for who, on in days.items()]
    orders = [f"o-{who},{who},2028-02-24 12:00,250" for who in days if who != "away"]
    heads = (
        "customer_id,email,locale,marketing_consent,joined_at",
        "order_id,customer_id,ordered_at,net_amount",
    )
    for name, head, rows in zip(("customers", "orders"), heads, (people, orders), strict=True):
        (exports / f"{name}.csv").write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    jobs.new_project(shop)
    keep(shop, ["join_anniversary"])
    campaign = shop / "campaigns" / "join_anniversary.yaml"
    told = campaign.read_text(encoding="utf-8")
    campaign.write_text(told.replace("holdout: 5%", "holdout: 50%"), encoding="utf-8")
    house = opened(shop, DAY)
    jobs.import_facts(house, exports)
    house.close()
    return shop


def opened(folder, day):
    """The shop in the morning of a day."""
    now = dt.datetime.combine(day, dt.time(1), dt.UTC)
    return open_house(folder, clock=lambda: now, environment={})


def planned(folder, day):
    """What a day's run says of whom."""
    house = opened(folder, day)
    (found,) = jobs.plan_day(house, day).campaigns
    house.close()
    return found.verdicts


def balances(folder, day):
    """The points of each in the morning of a day, beside those that orders earned."""
    house = opened(folder, day)
    shards = house.features(day, frozenset({"points_balance"})).shards()
    rows = [row for shard in shards for row in shard.to_pylist()]
    house.close()
    return {row["customer_id"]: row["points_balance"] - EARNED for row in rows if row["points_balance"]}


def test_each_has_the_points_of_their_years_once(folder):
    """Up to six days ahead and on the day itself, the held-out too; the next day's run gives nothing twice."""
    still_ahead = sum(not who.endswith("-0") for who in DUE)

    found, again = planned(folder, DAY), planned(folder, TOMORROW)

    assert found[Verdict.INCLUDED] + found[Verdict.HOLDOUT] == len(DUE)
    assert min(found[Verdict.INCLUDED], found[Verdict.HOLDOUT]) > len(DUE) // 5
    assert again[Verdict.ALREADY_SENT] == still_ahead
    assert sum(again.values()) == still_ahead + 1
    promised = {who: points for who, (_, points) in DUE.items()} | {"soon": 100, "new": 0, "over": 0}
    assert balances(folder, LATER) == promised
