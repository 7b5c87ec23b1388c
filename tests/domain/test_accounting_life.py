"""Customers whose account a person can work out: points that run out, tiers, grants."""

import datetime as dt
from decimal import Decimal

import pytest
from accounting_making import activity, booked, levels, of, order, program, refund, spent

from pakdee.domain.accounting import Person

D = dt.date
ONE = {"when": "order", "per": "1 USD", "give": 1}


# ── running out ──────────────────────────────────────────────────────────────────────────────────
def test_units_are_used_in_the_order_in_which_they_came_and_run_out_with_their_last_day():
    """100 of 1 March and 50 of 1 April, 12 months each; 120 spent on 2 April.

    The first lot has nothing left to run out; 30 of the second can be used on 1 April 2027 and are gone on the 2nd.
    """
    rules = program([ONE], expiry={"rule": "age", "after": "12 months"})
    history = [order(D(2026, 3, 1), 100), order(D(2026, 4, 1), 50), spent(D(2026, 4, 2), -120)]

    assert of(rules, D(2026, 4, 2), *history).balance == 150
    assert [lot.left for lot in of(rules, D(2026, 4, 3), *history).lots] == [30]
    assert of(rules, D(2027, 4, 1), *history).balance == 30
    assert booked(of(rules, D(2027, 4, 2), *history), "expire") == [("expire", D(2027, 4, 2), -30)]


def test_month_end_expiry_and_the_tiers_whose_stars_never_run_out():
    """Six months after the day, to the end of that month: stars of 10 January last to 31 July.

    Gold from 500 stars, for twelve months; gold's stars never run out. Green: 400 stars are gone on 1 August. Gold since 10 January (in the morning of the 11th) keeps them alive each
    day; the term ends on 10 January 2027 with nothing bought in its twelve months, so the last morning as gold is
    that of 10 January 2027, and the stars last to 31 July 2027.
    """
    tiers = {"metric": "units_earned", "window": "12 months", "keep": "12 months"}
    rules = program(
        [ONE],
        tiers={**tiers, "levels": levels(("green", 0), ("gold", 500), money="")},
        expiry={"rule": "age", "after": "6 months", "round": "month_end", "by_tier": {"gold": "never"}},
    )
    green, gold = order(D(2026, 1, 10), 400), order(D(2026, 1, 10), 600)

    assert of(rules, D(2026, 7, 31), green).balance == 400
    assert booked(of(rules, D(2026, 8, 1), green), "expire") == [("expire", D(2026, 8, 1), -400)]
    assert of(rules, D(2027, 1, 10), gold).tier == "gold"
    assert of(rules, D(2027, 1, 11), gold).tier == "green"
    assert of(rules, D(2027, 7, 31), gold).balance == 600
    assert of(rules, D(2027, 8, 1), gold).balance == 0


@pytest.mark.parametrize(
    ("redeemed", "last_on"),
    [
        (D(2027, 5, 10), D(2028, 5, 10)),  # on the very last day
        (D(2027, 5, 11), None),  # a day too late: 100 are gone, and 10 are owed
        (D(2026, 5, 10), D(2027, 5, 10)),  # the day they came
    ],
)
def test_inactivity_is_saved_by_a_redemption_on_the_last_day(redeemed, last_on):
    """100 points of 10 May 2026 lapse after twelve idle months, on 11 May 2027."""
    rules = program(
        [ONE], expiry={"rule": "inactivity", "after": "12 months", "keep_alive": ["order", "redeem"]}
    )
    history = [order(D(2026, 5, 10), 100), spent(redeemed, -10)]
    found = of(rules, redeemed + dt.timedelta(days=1), *history)

    assert found.balance == (-10 if last_on is None else 90)
    assert [lot.last_on for lot in found.lots] == ([last_on] if last_on else [])
    if last_on:
        assert of(rules, last_on, *history).balance == 90
        assert of(rules, last_on + dt.timedelta(days=1), *history).balance == 0


def test_what_keeps_units_alive_is_listed_and_a_returned_order_did():
    """Logins do, donations do not; the order was one when it was made."""
    rules = program(
        [{"when": "join", "give": 100}],
        expiry={"rule": "inactivity", "after": "100 days", "keep_alive": ["order", "login"]},
    )
    bought = order(D(2024, 6, 1), 20)
    # 1 Jan + 100 days = 10 April; login on 10 April → 19 July; order on 1 June → 9 September 2024.
    kept = [activity("login", D(2024, 4, 10)), bought, refund(bought, D(2024, 6, 2), 20)]

    assert of(rules, D(2024, 4, 11), spent(D(2024, 4, 1), -10, "donate")).balance == 0
    assert of(rules, D(2024, 9, 9), *kept).balance == 100
    assert of(rules, D(2024, 9, 10), *kept).balance == 0


def test_a_refund_takes_nothing_of_points_that_have_run_out():
    """100 points ran out on 10 June; the refund of the 10th finds nothing, the one of the 9th all."""
    rules = program([ONE], expiry={"rule": "age", "after": "30 days"})
    bought = order(D(2026, 5, 10), 100)

    late = of(rules, D(2026, 7, 1), bought, refund(bought, D(2026, 6, 10), 100))
    assert booked(late) == [("earn", D(2026, 5, 10), 100), ("expire", D(2026, 6, 10), -100)]
    in_time = of(rules, D(2026, 7, 1), bought, refund(bought, D(2026, 6, 9), 100))
    assert booked(in_time) == [("earn", D(2026, 5, 10), 100), ("reverse", D(2026, 6, 9), -100)]


def test_what_the_shop_adds_is_a_lot_and_what_it_takes_is_used():
    """+40 on 1 May, −25 on 2 May: 15 that run out 30 days after the first."""
    rules = program([ONE], expiry={"rule": "age", "after": "30 days"})
    history = [spent(D(2026, 5, 1), 40, "adjust"), spent(D(2026, 5, 2), -25, "adjust")]

    assert booked(of(rules, D(2026, 6, 2), *history)) == [
        ("adjust", D(2026, 5, 1), 40),
        ("adjust", D(2026, 5, 2), -25),
        ("expire", D(2026, 6, 1), -15),
    ]


# ── tiers ────────────────────────────────────────────────────────────────────────────────────────
SEPHORA = {
    "metric": "net_spend",
    "window": "calendar_year",
    "keep": "end_of_next_year",
    "levels": levels(("insider", 0), ("vib", 350), ("rouge", 1000)),
}


def standings(found):
    """(day, place, last day of the term) of each change."""
    return [(row.day, row.rank, row.ends_on) for row in found.tier_history]


def test_vib_is_reached_kept_to_the_end_of_next_year_and_lost():
    """200 in March and 150 in May 2025 make 350: VIB at the end of 20 May, to 31 December 2026.

    349 in 2026 do not keep it, so 1 January 2027 is the first morning as insider. Orders after 20 May earn 1.25.
    """
    rules = program([{**ONE, "by_tier": {"vib": "1.25"}}], tiers=SEPHORA)
    history = [order(D(2025, 3, 1), 200), order(D(2025, 5, 20), 150), order(D(2026, 8, 1), 349)]

    assert of(rules, D(2025, 5, 20), *history).tier == "insider"
    assert of(rules, D(2025, 5, 21), *history).tier == "vib"
    assert of(rules, D(2026, 12, 31), *history).tier == "vib"
    ended = of(rules, D(2027, 1, 1), *history)
    assert ended.tier == "insider"
    assert standings(ended) == [
        (D(2025, 5, 20), 2, D(2026, 12, 31)),
        (D(2026, 12, 31), 1, None),
    ]
    # 349 × 1.25 = 436.25
    assert [entry.units for entry in ended.entries] == [200, 150, 436]


@pytest.mark.parametrize(
    ("more", "spent_in_2026", "spent_in_grace", "expected"),
    [
        ({}, 350, 0, (2, D(2027, 12, 31))),  # as much as it takes to reach it
        ({}, 0, 0, (1, None)),
        ({"keep_at": "300 USD"}, 300, 0, (2, D(2027, 12, 31))),  # less is enough to keep it
        ({"grace": "1 month"}, 300, 50, (2, D(2027, 12, 31))),  # January counts for the year before, too
        ({"grace": "1 month"}, 300, 49, (1, None)),
        ({"drop": "never"}, 0, 0, (2, D(2027, 12, 31))),
    ],
)
def test_how_a_tier_is_kept(more, spent_in_2026, spent_in_grace, expected):
    """VIB of 2025 at the end of its term, 31 December 2026, or of its grace, 31 January 2027."""
    vib = {"keep_at": more["keep_at"]} if "keep_at" in more else {}
    ladder = levels(("insider", 0), ("vib", 350), ("rouge", 1000), vib=vib)
    tiers = {**SEPHORA, "levels": ladder, **{name: how for name, how in more.items() if name != "keep_at"}}
    bought = [order(D(2025, 5, 20), 350)]
    bought += [order(D(2026, 5, 1), spent_in_2026)] if spent_in_2026 else []
    bought += [order(D(2027, 1, 31), spent_in_grace)] if spent_in_grace else []
    found = of(program(tiers=tiers), D(2027, 3, 1), *bought)

    assert standings(found)[-1][1:] == expected


@pytest.mark.parametrize(("drop", "places"), [("requalify", [3, 1]), ("one_down", [3, 2, 1])])
def test_where_who_cannot_keep_it_goes(drop, places):
    """Rouge of January 2025, nothing bought since: down to where they belong, or one level each term."""
    found = of(program(tiers={**SEPHORA, "drop": drop}), D(2028, 2, 1), order(D(2025, 1, 5), 1000))

    assert [row.rank for row in found.tier_history] == places


def test_a_rolling_window_forgets_and_the_tier_stays_for_its_term():
    """500 within 12 months: 300 of 1 March 2025 count to 28 February 2026.

    So 200 on 28 February reach gold, and on 1 March do not. The term of 12 months ends on 28 February 2027, when
    only days after 28 February 2026 count.
    """
    tiers = {"metric": "net_spend", "window": "12 months", "keep": "12 months"}
    rules = program(tiers={**tiers, "levels": levels(("member", 0), ("gold", 500))})
    first = order(D(2025, 3, 1), 300)

    assert of(rules, D(2026, 6, 1), first, order(D(2026, 3, 1), 200)).tier_history == ()
    found = of(rules, D(2027, 6, 1), first, order(D(2026, 2, 28), 200), order(D(2026, 7, 1), 499))
    assert standings(found) == [(D(2026, 2, 28), 2, D(2027, 2, 28)), (D(2027, 2, 28), 1, None)]


@pytest.mark.parametrize(("on_return", "tier"), [("recompute", "insider"), ("ignore", "vib")])
def test_a_return_takes_points_back_and_the_tier_with_them(on_return, tier):
    """350 on 20 May make a VIB, who earns 125 for 100 on the 25th.

    10 back on 1 June: 340 + 100 still reach 350. 100 more back on 2 June: 240 + 100 do not. Points: 350 − 10 − 100
    + 125, whose factor stays.
    """
    rules = program([{**ONE, "by_tier": {"vib": "1.25"}}], tiers={**SEPHORA, "on_return": on_return})
    bought = order(D(2026, 5, 20), 350)
    history = [bought, order(D(2026, 5, 25), 100), refund(bought, D(2026, 6, 1), 10)]
    found = of(rules, D(2026, 6, 3), *history, refund(bought, D(2026, 6, 2), 100))

    assert of(rules, D(2026, 6, 2), *history).tier == "vib"
    assert found.tier == tier
    assert found.balance == 365
    if on_return == "recompute":
        assert [(row.rank, row.reason) for row in found.tier_history] == [(2, "qualify"), (1, "return")]


def test_a_refund_may_move_the_day_a_tier_was_reached():
    """350 on 20 May 2025 and 350 on 5 January 2026: a VIB of 2025 to the end of 2026.

    After the first is paid back on 10 January, only 2026 counts: VIB to the end of 2027.
    """
    first = order(D(2025, 5, 20), 350)
    found = of(
        program(tiers=SEPHORA),
        D(2026, 2, 1),
        first,
        order(D(2026, 1, 5), 350),
        refund(first, D(2026, 1, 10), 350),
    )

    assert standings(found) == [(D(2025, 5, 20), 2, D(2026, 12, 31)), (D(2026, 1, 10), 2, D(2027, 12, 31))]


def test_a_return_that_is_a_row_of_its_own_takes_back_what_was_bought_last():
    """300 in March and 100 in May 2026: VIB since 20 May. 60 come back on 1 June, without a word of which order.

    May is left with 40, so 340 do not make a VIB any more; 10 on 2 June do. 2025 is another year: what is
    returned in it beyond what was bought counts against nothing of 2026.
    """
    history = [order(D(2026, 3, 1), 300), order(D(2026, 5, 20), 100), order(D(2026, 6, 2), 10)]
    found = of(
        program(tiers=SEPHORA),
        D(2026, 7, 1),
        *history,
        order(D(2026, 6, 1), -60, status="returned"),
        order(D(2025, 6, 1), -500),
    )

    assert [(row.day, row.rank) for row in found.tier_history] == [
        (D(2026, 5, 20), 2),
        (D(2026, 6, 1), 1),
        (D(2026, 6, 2), 2),
    ]


def test_other_ways_of_counting():
    """Three orders, or 21 km, make gold for ever; runs without an amount count 1."""
    for_ever = {"window": "lifetime", "keep": "forever", "levels": levels(("m", 0), ("gold", 3), money="")}
    by_orders = program(tiers={"metric": "order_count", **for_ever})
    by_km = program(tiers={"metric": "activity_sum", "activity": "run", **for_ever})
    bought = [order(D(2026, 1, day), 10) for day in (1, 2, 3)]
    ran = [
        activity("run", D(2026, 2, 1), amount="1.5"),
        activity("run", D(2026, 2, 2)),
        activity("walk", D(2026, 2, 2)),
    ]

    assert standings(of(by_orders, D(2026, 3, 1), *bought)) == [(D(2026, 1, 3), 2, None)]
    assert of(by_orders, D(2026, 3, 1), *bought, refund(bought[0], D(2026, 1, 20), 10)).tier == "m"
    assert of(by_km, D(2026, 3, 1), *ran).tier == "m"
    assert of(by_km, D(2026, 3, 1), *ran, activity("run", D(2026, 2, 3), amount=".5")).tier == "gold"


def test_tiers_are_for_members_and_some_by_invitation():
    """Without an e-mail address no tier; ICON has no amount that reaches it."""
    by_hand = {**SEPHORA, "levels": levels(("insider", 0), ("icon", 100), icon={"invite": True})}
    needs_mail = program(tiers=SEPHORA, about={"needs": ["email"]})

    assert of(program(tiers=by_hand), D(2026, 6, 1), order(D(2026, 5, 1), 5000)).tier == "insider"
    assert of(needs_mail, D(2026, 6, 1), order(D(2026, 5, 1), 5000)).tier == "rouge"
    assert (
        of(needs_mail, D(2026, 6, 1), order(D(2026, 5, 1), 5000), person=Person(has_email=False)).tier is None
    )


# ── grants ───────────────────────────────────────────────────────────────────────────────────────
def gift(grant_id, **more):
    """A grant of a product."""
    return {"id": grant_id, "title": {"en": grant_id}, "kind": "product", **more}


def given(found):
    """(grant, day) of what was given."""
    return [(row.grant, row.day) for row in found.grants]


def test_ten_stamps_make_five_dollars():
    """12 stamps on 1 May: one reward for 10, 2 left; 19 more on 2 May: two rewards, 1 left."""
    five = gift("five", when="balance", cost=10, kind="money", value="5 USD", valid="30 days")
    rules = program([{**ONE, "per": "10 USD"}], grants=[five])
    found = of(rules, D(2026, 6, 1), order(D(2026, 5, 1), 125), order(D(2026, 5, 2), 190))

    assert given(found) == [("five", D(2026, 5, 1)), ("five", D(2026, 5, 2)), ("five", D(2026, 5, 2))]
    assert found.balance == 1
    assert [entry.source for entry in found.entries if entry.kind == "redeem"] == [
        "five:2026-05-01:1",
        "five:2026-05-02:1",
        "five:2026-05-02:2",
    ]
    assert (found.grants[0].value, found.grants[0].valid_to) == (Decimal(5), D(2026, 5, 31))


def test_rewards_on_three_days_of_the_year_for_what_there_is():
    """1000 points each, at most two in a third of a year: 3500 on 15 June give two; on 15 October the third."""
    ten = gift(
        "ten", when="schedule", dates=["06-15", "10-15"], cost=1000, cap={"times": 2, "per": "4 months"}
    )
    found = of(program([ONE], grants=[ten]), D(2026, 12, 1), order(D(2026, 5, 1), 3500))

    assert given(found) == [("ten", D(2026, 6, 15)), ("ten", D(2026, 6, 15)), ("ten", D(2026, 10, 15))]
    assert found.balance == 500


def test_the_tenth_workout_once():
    """Twelve workouts in twelve days: the badge is of the tenth; 100 km are reached with the run that reaches them."""
    badge = gift("ten_workouts", when="milestone", at={"activity": "workout", "count": 10})
    shoe = gift("member_shoe", when="milestone", at={"activity": "run", "sum": 100})
    done = [activity("workout", D(2026, 5, day)) for day in range(1, 13)]
    ran = [activity("run", D(2026, 6, day), amount=40) for day in (1, 2, 3, 4)]
    found = of(program(grants=[badge, shoe]), D(2026, 7, 1), *done, *ran)

    assert given(found) == [("ten_workouts", D(2026, 5, 10)), ("member_shoe", D(2026, 6, 3))]
    assert of(program(grants=[badge]), D(2026, 5, 10), *done).grants == ()


def test_grants_of_orders_and_activities():
    """1 % of what is kept goes to a cause; coffee with each visit, twice a month; tote for 50 or more."""
    trees = gift("trees", when="order", kind="donation", share="1%")
    tote = gift("tote", when="order", min_order="50 USD")
    coffee = gift("coffee", when="visit", cap={"times": 2, "per": "1 month"})
    small, large = order(D(2026, 5, 1), 40), order(D(2026, 5, 2), 60)
    back = [refund(small, D(2026, 5, 9), 40), refund(large, D(2026, 5, 9), 20)]
    visits = [activity("visit", D(2026, 5, day)) for day in (3, 4, 5)]
    found = of(program(grants=[trees, tote, coffee]), D(2026, 6, 1), small, large, *back, *visits)

    assert given(found) == [
        ("trees", D(2026, 5, 2)),
        ("tote", D(2026, 5, 2)),
        ("coffee", D(2026, 5, 3)),
        ("coffee", D(2026, 5, 4)),
    ]
    assert found.grants[0].value == Decimal("0.40")


def test_scheduled_gifts_are_for_whom_they_fit():
    """On the first of each month; and only grants whose condition holds."""
    ebook = gift("ebook", when="schedule", every="1 month")
    rules = program(grants=[ebook, gift("card", when="schedule", dates=["02-14"])])

    found = of(rules, D(2024, 3, 2), gives=frozenset({"ebook"}))
    assert given(found) == [("ebook", D(2024, 1, 1)), ("ebook", D(2024, 2, 1)), ("ebook", D(2024, 3, 1))]
