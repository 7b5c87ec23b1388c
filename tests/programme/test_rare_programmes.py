"""Programmes that few shops have: what a balance pays for turns to somebody else, or nothing is ever earned."""

import datetime as dt

import pytest
from accounting_making import of, order, program, spent
from test_points_by_hand import DAY, EACH_DOLLAR, GIFT, TIERS, Made, applied

from pakdee.domain.accounting import Person, Term
from pakdee.domain.condition import Condition
from pakdee.programme import stands_in

D = dt.date
TEA = {"id": "tea", "when": "balance", "cost": 30, **GIFT}
THANKS = {"title": {"en": "Thanks"}, "kind": "units", "units": 10}
PLAN = {"id": "club", "title": {"en": "Club"}, "price": "9 USD", "per": "1 month"}


def asking(text):
    """The condition of the tea, as it was compiled."""
    return {"tea": Condition("grant:tea", text, text, frozenset({text.split()[0]}))}


def shop_of_ada(**about):
    """A shop that knows ada, and of ben that he is there."""
    shop = Made()
    shop.add("customers", customer_id="ada", **about)
    shop.add("customers", customer_id="ben")
    return shop


def test_what_a_balance_pays_for_turns_with_the_tier(tmp_path):
    """100 USD on 1 March are Gold from 2 March: 100 points pay for three teas then, though nothing moves them."""
    rules = program([EACH_DOLLAR], tiers=TIERS, grants=[TEA | {"where": "tier = 'gold'"}])
    shop = shop_of_ada()
    shop.order(D(2024, 3, 1), 100)

    asked = {"grant_conditions": asking("tier = 'gold'")}
    entries, grants, features = applied(shop, rules, tmp_path, **asked)["ada"]
    by_hand = of(rules, DAY, order(D(2024, 3, 1), 100), only_as={"tea": frozenset({"gold"})})

    assert grants == [("tea", D(2024, 3, 2))] * 3
    assert entries[1:] == [("redeem", "tea", D(2024, 3, 2), -30)] * 3
    assert features["points_balance"] == by_hand.balance == 10
    assert [(grant.grant, grant.day) for grant in by_hand.grants] == grants


@pytest.mark.parametrize(
    ("asked", "bought_on", "given_on"),
    [
        ("plan = 'club'", D(2026, 3, 1), D(2026, 4, 10)),
        ("plan = 'none'", D(2026, 4, 20), D(2026, 5, 10)),
    ],
)
def test_what_a_balance_pays_for_turns_with_the_plan(tmp_path, asked, bought_on, given_on):
    """Points of March wait for the first day of the plan; where they are for who has none, for the day after its last."""
    plans = {"plans": [PLAN], "renew": "manual"}
    rules = program([EACH_DOLLAR], membership=plans, grants=[TEA | {"where": asked}])
    shop = shop_of_ada()
    shop.order(bought_on, 30)
    term = {"membership_id": "m", "customer_id": "ada", "plan_id": "club", "status": "active"}
    shop.add("memberships", **term, started_on=D(2026, 4, 10), ends_on=D(2026, 5, 9))

    found = applied(shop, rules, tmp_path, grant_conditions=asking(asked))
    terms = (Term("m", "club", "active", D(2026, 4, 10), D(2026, 5, 9)),)
    only_in = {"tea": frozenset({asked.split("'")[1]})}
    by_hand = of(rules, DAY, order(bought_on, 30), terms=terms, only_in=only_in)

    assert found["ada"][1] == [("tea", given_on)]
    assert [(grant.grant, grant.day) for grant in by_hand.grants] == [("tea", given_on)]


def test_what_a_balance_pays_for_waits_for_the_birth_date(tmp_path):
    """Who must tell a birth date is a member from the day on which it is recorded: 50 points pay for one tea then."""
    rules = program([EACH_DOLLAR], about={"needs": ["birth_date"]}, grants=[TEA])
    born = {"birth_month": 6, "birth_day": 15, "birth_recorded_on": D(2026, 2, 1)}
    shop = shop_of_ada(**born)
    shop.redeem(D(2026, 1, 5), 50, "adjust")

    grants = applied(shop, rules, tmp_path)["ada"][1]
    by_hand = of(rules, DAY, spent(D(2026, 1, 5), 50, "adjust"), person=Person(**born))

    assert grants == [("tea", D(2026, 2, 1))]
    assert [(grant.grant, grant.day) for grant in by_hand.grants] == grants


@pytest.mark.parametrize("when", ["review", "order", "schedule", "campaign"])
def test_where_only_grants_give_units_there_is_a_balance(tmp_path, when):
    """10 for each review, order or first of June and nothing ever earned: less the 4 that were redeemed."""
    dates = {"dates": ["06-01"]} if when == "schedule" else {}
    rules = program(grants=[{"id": "thanks", "when": when, **THANKS, **dates}])
    shop = shop_of_ada(joined_on=D(2026, 3, 1))
    shop.order(D(2026, 6, 1), 5)
    shop.act("review", D(2026, 6, 1))
    shop.redeem(D(2026, 6, 2), -4)

    _, _, features = applied(shop, rules, tmp_path)["ada"]

    assert features["points_balance"] == (-4 if when == "campaign" else 6)
    assert features["days_since_last_redemption"] == (DAY - D(2026, 6, 2)).days
    assert "points_earned_365d" not in features
    assert "points_balance" in stands_in({"point_entries": tmp_path / "point_entries.parquet"}, rules)
    assert not stands_in({"point_entries": tmp_path / "point_entries.parquet"}, program())


@pytest.mark.parametrize(("leap", "month", "day"), [("02-28", 2, 28), ("03-01", 3, 1)])
def test_birthdays_in_common_and_leap_years(tmp_path, leap, month, day):
    """Born on 29 February, on the shop's day in common years and on the 29th in 2028; born on 1 January, on that."""
    born = {"birth_month": 2, "birth_day": 29, "joined_on": D(2026, 12, 31)}
    shop = Made()
    shop.add("customers", customer_id="ada", **born)
    shop.add("customers", customer_id="ben", **born | {"birth_month": 1, "birth_day": 1})
    rules = program([{"when": "birthday", "give": 50}])

    found = applied(shop, rules, tmp_path, D(2029, month, day) + dt.timedelta(days=1), leap)
    days = {who: [entry[2] for entry in entries] for who, (entries, _, _) in found.items()}
    by_hand = of(rules, D(2029, month, day), person=Person(**born), leap_birthday=leap)

    assert days["ada"] == [D(2027, month, day), D(2028, 2, 29), D(2029, month, day)]
    assert days["ben"] == [D(2027, 1, 1), D(2028, 1, 1), D(2029, 1, 1)]
    assert [entry.day for entry in by_hand.entries] == days["ada"][:2]  # that of today is told tomorrow
