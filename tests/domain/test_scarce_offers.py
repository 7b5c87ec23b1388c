"""Who gets an offer of which too few are left: lots decide, and the same ones however often they are drawn."""

from __future__ import annotations

import datetime as dt
from random import Random

import pytest
from test_plan import DAY, campaign, customers, memory

from pakdee.domain.allowance import Terms
from pakdee.domain.plan import plan
from pakdee.domain.situation import Rules, Situation
from pakdee.domain.units import parse_at_most
from pakdee.domain.vocabulary import Verdict

IDS = [f"c{number:03}" for number in range(300)]
BUDGET = 30


def winners(ids=IDS, salt="salt", day=DAY, left=BUDGET, is_published=False, **given):
    """Who gets a slice of cake of `left` that are left."""
    people = customers(*ids).loc[list(ids)]
    rules, terms = Rules(parse_at_most("3 in 7 days"), salt), Terms(budget=BUDGET, is_published=is_published)
    situation = Situation(day, people, memory(), rules, {"cake": terms}, {"cake": left})
    made = plan(situation, [campaign(once_per="month", offer={"grant": "cake"}, **given)])
    told = {verdict: {key.customer_id for key in made.keys("birthday", verdict)} for verdict in Verdict}
    return told, made.left["cake"]


def test_as_many_as_are_left_win_and_the_same_ones_in_any_order_of_rows():
    """30 of 300; asked again, and with customers shuffled, the very same."""
    told, left = winners()
    shuffled = Random(1).sample(IDS, len(IDS))

    assert (len(told[Verdict.INCLUDED]), len(told[Verdict.NO_OFFER_LEFT]), left) == (30, 270, 0)
    assert winners()[0] == told == winners(shuffled)[0]


@pytest.mark.parametrize("other", [{"salt": "another shop"}, {"day": DAY + dt.timedelta(days=30)}])
def test_another_shop_and_another_month_draw_others(other):
    """Of 30 winners about 3 win again, as chance has it."""
    again = winners()[0][Verdict.INCLUDED] & winners(**other)[0][Verdict.INCLUDED]
    assert len(again) < 12


def test_an_id_gives_nobody_a_better_chance():
    """Over 40 months the lower half of the ids wins half of the 1,200 slices, and nobody every second month."""
    months = [DAY + dt.timedelta(days=30 * n) for n in range(40)]
    won = [customer for day in months for customer in winners(day=day)[0][Verdict.INCLUDED]]

    assert len(won) == 40 * BUDGET
    assert abs(sum(customer < "c150" for customer in won) - 600) < 90
    assert max(won.count(customer) for customer in IDS) < 20


@pytest.mark.parametrize("is_published", [False, True])
def test_held_out_customers_draw_like_the_others_so_that_arms_compare(is_published):
    """Half are held out; of both arms the same share finds something left, and the budget is kept."""
    told, left = winners(holdout="50%", is_published=is_published, left=60)
    mailed, held = len(told[Verdict.INCLUDED]), len(told[Verdict.HOLDOUT])
    taken = mailed + held if is_published else mailed

    assert (taken, left) == (60, 0)
    assert abs(mailed - held) < 4 * (mailed + held) ** 0.5


def test_where_there_is_enough_nobody_draws(monkeypatch):
    """Lots cost a hash for everybody, so they are drawn only where somebody must go without."""
    monkeypatch.setattr("pakdee.domain.offering.drawn", None)
    told, left = winners(left=300)
    assert (len(told[Verdict.INCLUDED]), left) == (300, 0)
