"""Customers whose points a person can work out: earning, caps, proofs, refunds."""

import datetime as dt
from dataclasses import replace

import pytest
from accounting_making import (
    activity,
    answer,
    booked,
    conversion,
    of,
    order,
    program,
    refund,
    spent,
)

from pakdee.domain.accounting import Line, Person, first_of_their_proof

D = dt.date
MAY = D(2026, 5, 10)
NEXT = D(2026, 5, 11)
TEN = {"when": "order", "per": "1 USD", "give": 10}


# ── orders ───────────────────────────────────────────────────────────────────────────────────────
def test_eighty_dollars_online_and_in_store():
    """80 × 10 = 800 online, 80 × 5 = 400 in store: each order fits the rule of its channel."""
    rules = program([{**TEN, "id": "online"}, {**TEN, "id": "store", "give": 5}])

    assert of(rules, NEXT, order(MAY, 80, rules=frozenset({"online"}))).balance == 800
    assert of(rules, NEXT, order(MAY, 80, rules=frozenset({"store"}))).balance == 400
    assert of(rules, NEXT, order(MAY, 80, rules=frozenset({"online", "store"}))).balance == 1200
    assert of(rules, NEXT, order(MAY, 80, rules=frozenset())).balance == 0


@pytest.mark.parametrize(
    ("rounding", "scope", "points"),
    [
        ("floor", "order", 420),  # 42 full dollars
        ("nearest", "order", 429),  # 42.90 × 10
        ("floor", "line", 410),  # 20.95 → 20 full dollars, 21.95 → 21
        ("nearest", "line", 430),  # 20.95 × 10 = 209.5 → 210, 21.95 × 10 = 219.5 → 220
    ],
)
def test_each_rounding_of_42_90(rounding, scope, points):
    """An order of 42.90 in two lines, at 10 for each dollar."""
    rules = program([TEN], {"round": rounding, "scope": scope})
    lines = (Line(1, order(MAY, "20.95").amount), Line(2, order(MAY, "21.95").amount))

    assert of(rules, NEXT, order(MAY, "42.90", lines=lines)).balance == points


def test_each_rule_is_rounded_by_itself():
    """19.90 at 1 for 10 is 1, at 0.5 for 1 is 9 (of 9.5): 10, not 11."""
    rules = program(
        [
            {"id": "a", "when": "order", "per": "10 USD", "give": 1},
            {"id": "b", "when": "order", "per": "1 USD", "give": "0.5"},
        ]
    )

    assert of(rules, NEXT, order(MAY, "19.90")).balance == 10


@pytest.mark.parametrize(
    "slip", [{"status": "cancelled"}, {"status": "returned"}, {"amount": -80}, {"amount": 0}]
)
def test_what_is_no_order_earns_nothing(slip):
    """Cancelled, returned, negative or nothing."""
    bought = replace(order(MAY, 80), **slip)

    assert not of(program([TEN, {"id": "visit", "when": "order", "give": 5}]), NEXT, bought).entries


def test_facts_count_from_the_day_after_they_are_known():
    """An order of 10 May recorded on 12 May is no fact on the 12th, and one on the 13th, of 10 May."""
    late = order(MAY, 80, recorded_on=D(2026, 5, 12))

    assert of(program([TEN]), MAY, order(MAY, 80)).balance == 0
    assert of(program([TEN]), NEXT, order(MAY, 80)).balance == 800
    assert of(program([TEN]), D(2026, 5, 12), late).balance == 0
    assert booked(of(program([TEN]), D(2026, 5, 13), late)) == [("earn", MAY, 800)]


def test_points_that_wait_cannot_be_used_yet():
    """Pending 14 days: earned on 10 May, usable on the morning of 24 May."""
    rules = program([{**TEN, "pending": "14 days"}])
    before, then = (of(rules, D(2026, 5, day), order(MAY, 80)) for day in (23, 24))

    assert (before.balance, before.pending) == (0, 800)
    assert (then.balance, then.pending) == (800, 0)


# ── other deeds ──────────────────────────────────────────────────────────────────────────────────
def test_joining_friends_and_surveys_earn_once_each():
    """Join 50; two friends, one of them twice, 250 each; two answers to one survey and one to another, 20 each."""
    rules = program(
        [
            {"when": "join", "give": 50},
            {"when": "referral", "give": 250},
            {"when": "survey", "give": 20},
        ]
    )
    found = of(
        rules,
        NEXT,
        conversion("ben", D(2026, 2, 1)),
        conversion("ben", D(2026, 3, 1)),
        conversion("cat", D(2026, 3, 1)),
        answer("nps", D(2026, 4, 1)),
        answer("nps", D(2026, 4, 2)),
        answer("taste", D(2026, 4, 2)),
    )

    assert booked(found) == [
        ("earn", D(2024, 1, 1), 50),
        ("earn", D(2026, 2, 1), 250),
        ("earn", D(2026, 3, 1), 250),
        ("earn", D(2026, 4, 1), 20),
        ("earn", D(2026, 4, 2), 20),
    ]


def test_the_same_cinema_ticket_twice():
    """Ticket T1 earns its first bearer 100, the second nothing; the rule for 3D looks at 3D tickets only."""
    rules = program(
        [
            {"when": "ticket", "give": 100, "proof": "ticket_id"},
            {"id": "three_d", "when": "ticket", "give": 50, "proof": "ticket_id"},
        ]
    )
    flat = frozenset({"ticket"})
    of_ada = [
        activity("ticket", D(2026, 3, 1), "a1", proof_key="T1", rules=flat),
        activity("ticket", D(2026, 3, 5), "a2", proof_key="T1"),
        activity("ticket", D(2026, 3, 6), "a3", proof_key="T2"),
        activity("ticket", D(2026, 3, 7), "a4"),
    ]
    of_ben = [activity("ticket", D(2026, 3, 6), "b1", hour=9, proof_key="T2")]
    proven = first_of_their_proof(rules, [*reversed(of_ada), *of_ben])

    # a1 earns 100; a2 the 50 of the rule for which it is the first; ben was first with T2; a4 shows nothing.
    assert booked(of(rules, NEXT, *of_ada, proven=proven)) == [
        ("earn", D(2026, 3, 1), 100),
        ("earn", D(2026, 3, 5), 50),
    ]
    assert of(rules, NEXT, *of_ben, proven=proven).balance == 150


@pytest.mark.parametrize(
    ("cap", "points"),
    [
        ({"times": 2, "per": "1 month"}, [60, 60, 60]),  # two of March, one of April
        ({"times": 1, "per": "1 year"}, [60]),
        ({"times": 2, "per": "7 days"}, [60, 60, 60, 60]),  # Monday 30 March to Sunday 5 April is one week
        ({"units": 100, "per": "1 month"}, [60, 40, 60]),  # the second of March earns the rest
        ({"units": 130, "per": "ever"}, [60, 60, 10]),
    ],
)
def test_caps_count_by_calendar_periods(cap, points):
    """Reviews on Mondays 2, 9 and 30 March and on Wednesday 1 April 2026, 60 each."""
    rules = program([{"when": "review", "give": 60, "cap": cap}])
    done = [activity("review", day) for day in (D(2026, 3, 2), D(2026, 3, 9), D(2026, 3, 30), D(2026, 4, 1))]

    assert [entry.units for entry in of(rules, NEXT, *done).entries] == points


def test_what_earns_nothing_takes_no_turn():
    """Once a day; the small order of the morning earns 0, so the larger one of the evening earns."""
    rules = program([{"when": "order", "per": "10 USD", "give": 1, "cap": {"times": 1, "per": "1 day"}}])
    bought = [order(MAY, amount, f"o{hour}", hour) for hour, amount in ((9, 5), (12, 30), (18, 90))]

    assert booked(of(rules, NEXT, *bought)) == [("earn", MAY, 3)]


# ── birthdays and membership ─────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("leap", "days"),
    [
        ("02-28", [D(2025, 2, 28), D(2026, 2, 28), D(2027, 2, 28), D(2028, 2, 29)]),
        ("03-01", [D(2025, 3, 1), D(2026, 3, 1), D(2027, 3, 1), D(2028, 2, 29)]),
    ],
)
def test_born_on_29_february(leap, days):
    """Joined after the birthday of 2024; once in each year after it, on the shop's day."""
    person = Person(joined_on=D(2024, 3, 5), birth_month=2, birth_day=29)
    found = of(
        program([{"when": "birthday", "give": 100}]), D(2028, 3, 10), person=person, leap_birthday=leap
    )

    assert booked(found) == [("earn", day, 100) for day in days]


@pytest.mark.parametrize(
    ("recorded", "years"),
    [
        (None, [2025, 2026]),
        (D(2026, 5, 9), [2026]),
        (D(2026, 5, 10), [2026]),
        (D(2026, 5, 11), []),
    ],
)
def test_a_birth_date_typed_in_yesterday(recorded, years):
    """Birthday on 10 May: who types it in on the 11th waits for next year; past years earn nothing."""
    person = Person(joined_on=D(2024, 8, 1), birth_month=5, birth_day=10, birth_recorded_on=recorded)
    found = of(program([{"when": "birthday", "give": 100}]), D(2026, 5, 12), person=person)

    assert [entry.day.year for entry in found.entries] == years


def test_a_birthday_is_after_the_first_fact_where_nobody_knows_when_they_joined():
    """First order on 1 April 2026, so the birthday of 10 May 2026 is the first."""
    person = Person(birth_month=5, birth_day=10)
    found = of(program([{"when": "birthday", "give": 100}]), NEXT, order(D(2026, 4, 1), 10), person=person)

    assert booked(found) == [("earn", MAY, 100)]


def test_too_young_to_earn():
    """13 on 1 April 2026: the order of 31 March earns nothing, the one of 1 April does."""
    person = Person(
        joined_on=D(2026, 1, 1), birth_year=2013, birth_month=4, birth_day=1, birth_recorded_on=D(2026, 1, 1)
    )
    bought = [order(D(2026, 3, 31), 10), order(D(2026, 4, 1), 20)]
    found = of(program([TEN], about={"min_age": 13}), NEXT, *bought, person=person)

    assert booked(found) == [("earn", D(2026, 4, 1), 200)]


def test_who_lacks_what_is_needed_is_no_member():
    """Without a phone number nothing is earned, with it everything."""
    rules = program([TEN], about={"needs": ["email", "phone"]})

    assert of(rules, NEXT, order(MAY, 10)).balance == 0
    assert of(rules, NEXT, order(MAY, 10), person=Person(has_phone=True)).balance == 100


# ── refunds ──────────────────────────────────────────────────────────────────────────────────────
def test_a_refund_takes_back_what_the_rest_would_not_have_earned():
    """42.90 earned 420; 10 back leave 32.90, worth 320: −100; 40 more leave nothing: −320, and no more."""
    bought = order(MAY, "42.90")
    back = [refund(bought, D(2026, 5, 20), 10), refund(bought, D(2026, 5, 22), 40)]
    found = of(program([TEN]), D(2026, 6, 1), bought, *back)

    assert booked(found) == [
        ("earn", MAY, 420),
        ("reverse", D(2026, 5, 20), -100),
        ("reverse", D(2026, 5, 22), -320),
    ]
    assert found.balance == 0
    assert [entry.source for entry in found.entries[1:]] == [
        f"{bought.id}:2026-05-20",
        f"{bought.id}:2026-05-22",
    ]


def test_a_refund_of_spent_points_leaves_a_debt_that_later_points_fill():
    """800 earned, 700 spent, all 800 taken back: −700; the next 1000 leave 300."""
    bought = order(MAY, 80)
    history = [bought, spent(D(2026, 5, 12), -700), refund(bought, D(2026, 5, 20), 80)]

    assert of(program([TEN]), D(2026, 5, 21), *history).balance == -700
    assert of(program([TEN]), D(2026, 6, 2), *history, order(D(2026, 6, 1), 100)).balance == 300


def test_a_refund_of_a_line_lowers_that_line_and_one_without_lowers_all_in_proportion():
    """Lines of 30.50 and 10.25 earn 30 + 10 = 40.

    10 back for line 1: 20.50, 10.25 → 30. 4.075 for the whole, a tenth of 40.75: 30.50 − 10 − 3.05 = 17.45 and
    10.25 − 1.025 = 9.225 → 17 + 9 = 26.
    """
    rules = program([{"when": "order", "per": "1 USD", "give": 1}], {"scope": "line"})
    lines = tuple(Line(n, order(MAY, amount).amount) for n, amount in ((1, "30.50"), (2, "10.25")))
    bought = order(MAY, "40.75", lines=lines)
    back = [refund(bought, D(2026, 5, 20), 10, line=1), refund(bought, D(2026, 5, 21), "4.075")]

    assert booked(of(rules, D(2026, 6, 1), bought, *back)) == [
        ("earn", MAY, 40),
        ("reverse", D(2026, 5, 20), -10),
        ("reverse", D(2026, 5, 21), -4),
    ]


def test_a_cut_off_order_is_taken_back_from_what_it_gave():
    """80 × 10 = 800, cut to 500 by the cap: 20 back leave 600, still above 500; 40 more leave 200: −300."""
    bought = order(MAY, 80)
    rules = program([{**TEN, "cap": {"units": 500, "per": "1 month"}}])
    back = [refund(bought, D(2026, 5, 20), 20), refund(bought, D(2026, 5, 21), 40)]
    later = order(D(2026, 5, 25), 50)

    # The cap of May stays used up.
    assert booked(of(rules, D(2026, 6, 1), bought, *back, later)) == [
        ("earn", MAY, 500),
        ("reverse", D(2026, 5, 21), -300),
    ]


def test_points_may_outlive_a_return():
    """`reverse: false`."""
    bought = order(MAY, 80)

    assert (
        of(program([{**TEN, "reverse": False}]), D(2026, 6, 1), bought, refund(bought, NEXT, 80)).balance
        == 800
    )


def test_once_per_order_goes_with_all_of_it():
    """5 for an order, whatever it is worth: a part back takes none, the rest takes all."""
    bought = order(MAY, 80)
    rules = program([{"when": "order", "give": 5}])

    assert of(rules, D(2026, 6, 1), bought, refund(bought, NEXT, 79)).balance == 5
    assert of(rules, D(2026, 6, 1), bought, refund(bought, NEXT, 80)).balance == 0
