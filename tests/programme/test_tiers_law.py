"""The set-based tiers are those of the account worked out by hand, day after day, for any rules and any life."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tier_making import Shop, did, entry, program
from tiny_ledger import order, refund

from pakdee.domain import accounting as by_hand

FIRST = dt.date(2025, 1, 28)
TOGETHER = 12
"""Customers of one shop, so that few connections try many lives."""
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)  # to shrink twelve lives takes minutes

WINDOWS = [
    ("calendar_year", "end_of_next_year"),
    ("calendar_year", "3 months"),
    ("1 month", "1 month"),
    ("40 days", "25 days"),
    ("2 months", "end_of_next_year"),
    ("lifetime", "forever"),
]


@st.composite
def rules(draw, metric):
    """Any rules by this metric."""
    window, keep = draw(st.sampled_from(WINDOWS))
    money = " USD" if metric == "net_spend" else ""
    more = {} if draw(st.booleans()) else {"vib": {"keep_at": f"1{money}"}, "rouge": {"keep_at": f"3{money}"}}
    if draw(st.booleans()):
        more["noir"] = {"invite": True}
    if metric == "activity_sum":
        more_rules = {"activity": "run"}
    else:
        more_rules = {"on_return": draw(st.sampled_from(["recompute", "ignore"]))}
    if window != "lifetime":
        more_rules["grace"] = draw(st.sampled_from([None, "10 days", "1 month"]))
    drop = draw(st.sampled_from(["requalify", "one_down", "never"]))
    return program(metric, (0, 2, 5, 9), window, keep, drop=drop, levels=more, **more_rules)


DAYS = st.integers(0, 420).map(lambda n: FIRST + dt.timedelta(days=n))
BOUGHT = st.tuples(
    DAYS,
    st.sampled_from([1, 2, 3, 4, -2]),
    st.sampled_from([None, None, None, "cancelled", "returned"]),
    st.lists(st.tuples(st.integers(0, 90), st.integers(1, 4)), max_size=2),
)
LIVES = st.lists(st.lists(BOUGHT, max_size=9), min_size=TOGETHER, max_size=TOGETHER)


def rows_of(number, life):
    """The same life twice: rows of a ledger, and facts of the account worked out by hand."""
    who, orders, refunds, activities = f"c{number}", [], [], []
    facts = {"orders": [], "refunds": [], "activities": []}
    for place, (day, amount, status, back) in enumerate(life):
        at, name = dt.datetime.combine(day, dt.time(12), dt.UTC), f"{who}-{place}"
        orders.append(order(who, day, amount, order_id=name, status=status))
        facts["orders"].append(by_hand.Order(name, day, at, Decimal(amount), status))
        activities.append(did(who, day, "run", amount, place))
        facts["activities"].append(by_hand.Activity(name, "run", day, at, Decimal(amount)))
        for turn, (days, paid) in enumerate(back):
            on = day + dt.timedelta(days=days)
            refunds.append(refund(name, paid, on) | {"refund_id": f"{name}-{turn}"})
            facts["refunds"].append(by_hand.Refund(f"{name}-{turn}", name, on, Decimal(paid)))
    return orders, refunds, activities, by_hand.Facts(**{name: tuple(rows) for name, rows in facts.items()})


def days_about(lives):
    """Any day, or one soon after somebody bought, when tiers have just moved or are about to."""
    bought = {row["ordered_on"] for orders, *_ in lives for row in orders} or {FIRST}
    soon = st.tuples(st.sampled_from(sorted(bought)), st.integers(1, 15)).map(
        lambda drawn: drawn[0] + dt.timedelta(days=drawn[1])
    )
    return st.one_of(soon, st.integers(30, 460).map(lambda n: FIRST + dt.timedelta(days=n)))


@pytest.mark.parametrize("metric", ["net_spend", "order_count", "units_earned", "activity_sum"])
@given(data=st.data())
@settings(max_examples=4, deadline=None, phases=UNSHRUNK)
def test_tiers_are_those_of_the_account(metric, data):
    """History as it was known on each day, and the tier of today, whether the whole history is asked or not."""
    asked = data.draw(rules(metric))
    lives = [rows_of(number, life) for number, life in enumerate(data.draw(LIVES))]
    day = data.draw(days_about(lives))
    accounts = [by_hand.account(life[3], asked, day, leap_birthday="02-28") for life in lives]
    people = [f"c{number}" for number in range(len(lives))]
    entries = [
        entry(who, row.day, row.units, row.source, row.kind, row.rule, row.lot)
        for who, account in zip(people, accounts, strict=True)
        for row in account.entries
    ]
    tables = {"entries": entries} if metric == "units_earned" else {}
    for place, name in enumerate(("orders", "refunds", "activities")):
        tables[name] = [row for life in lives for row in life[place]]
    with Shop(asked, people=people, **tables) as shop:
        told, short = shop.told(day), shop.told(day, whole_history=False)

    a_week_ago = day - dt.timedelta(days=7)
    for who, life, account in zip(people, lives, accounts, strict=True):
        assert [step[:3] for step in told.history[who]] == [
            (step.day, step.rank, step.ends_on) for step in account.tier_history
        ]
        assert told.features[who]["tier"] == account.tier
        before = by_hand.account(life[3], asked, a_week_ago, leap_birthday="02-28").tier
        assert told.features[who]["tier_moved_7d"] == moved(before, account.tier, asked)
    assert short.features == told.features


def moved(before, now, rules):
    """Where the tier went from one day to another."""
    ranks = [level.id for level in rules.tiers.levels]
    way = ranks.index(now) - ranks.index(before)
    return "up" if way > 0 else "down" if way < 0 else "none"
