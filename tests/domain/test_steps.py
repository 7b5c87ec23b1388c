"""Steps of a campaign: who gets which on a day, one promise per test."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from test_plan import DAY, WORDS, campaign, contact, customers, memory

from pakdee.domain.campaign import Campaign
from pakdee.domain.plan import plan
from pakdee.domain.situation import BEGUN_COLUMNS, Rules, Situation
from pakdee.domain.units import parse_at_most
from pakdee.domain.vocabulary import Verdict

STEPS = (
    {"id": "second", "after": "7 days", "template": "t2", "unless": "order_count > 0"},
    {"id": "third", "after": "10 days", "template": "t3"},
)
OFF = "unless:series:second"


def series(**given):
    return campaign("series", steps=STEPS, **{"at_most": "1 in 300 days"} | given)


def begun(*rows):
    """First mails as (customer, occasion, days ago): what the journal has of them."""
    days = [(who, occasion, DAY - dt.timedelta(days=ago)) for who, occasion, ago in rows]
    return [(who, "series", occasion, day) for who, occasion, day in days]


def decided(people, rows, *more, of=None, contacts=(), cap="3 in 7 days"):
    """(step, occasion, verdict) by customer, for first mails `rows` and further keys `contacts`."""
    first = [contact(who, "series", occasion, day) for who, _, occasion, day in rows]
    remembers = memory([*first, *contacts])
    known = pd.DataFrame(rows, columns=list(BEGUN_COLUMNS))
    remembers = type(remembers)(**{**vars(remembers), "begun": known})
    people = people if OFF in people else people.assign(**{OFF: False})
    situation = Situation(DAY, people, remembers, Rules(parse_at_most(cap), "salt"))
    found = plan(situation, [of or series(), *more]).decisions
    found = found[found["campaign"] == "series"]
    assert found["customer_id"].is_unique
    return {r.customer_id: (r.step, r.occasion, r.verdict) for r in found.itertuples()}


def had(who, step, occasion, ago, counts=True):
    return (who, "series", step, occasion, DAY - dt.timedelta(days=ago), counts)


@pytest.mark.parametrize(
    ("ago", "step", "verdict"),
    [
        (6, "1", Verdict.ALREADY_SENT),
        (7, "second", Verdict.INCLUDED),
        (9, "second", Verdict.INCLUDED),
        (10, "third", Verdict.INCLUDED),
        (16, "third", Verdict.INCLUDED),
        (17, "1", Verdict.ALREADY_SENT),
    ],
)
def test_a_step_goes_from_its_day_on_until_the_next_ones_or_a_week(ago, step, verdict):
    """A missed day loses nobody, and no step goes on the day of the next or weeks too late."""
    assert decided(customers("ada"), begun(("ada", "2026", ago)))["ada"] == (step, "2026", verdict)


def test_the_held_out_get_no_step():
    """Who was assigned without a mail is decided on by the first step alone."""
    assigned = had("ada", "1", "2026", 7)
    assert decided(customers("ada"), [], contacts=[assigned])["ada"] == ("1", "2026", Verdict.ALREADY_SENT)


def test_nobody_gets_a_step_twice():
    """Its key is in the journal: neither a rerun nor the days of grace repeat it."""
    rows, second = begun(("ada", "2026", 8)), had("ada", "second", "2026", 1)
    assert decided(customers("ada"), rows, contacts=[second])["ada"][2] == Verdict.ALREADY_SENT


def test_a_step_goes_on_for_who_left_the_segment_and_has_no_occasion_any_more():
    """It belongs to the occasion of the first mail, whatever the features of today say."""
    people = customers("ada", days_to_birthday=None).assign(**{"segment:few": False})
    found = decided(people, begun(("ada", "2026", 7)), of=series(segment="few"))
    assert found["ada"] == ("second", "2026", Verdict.INCLUDED)


def test_unless_calls_off():
    """Only where it is true; what is unknown is not."""
    people = customers("ada", "ben").assign(**{OFF: [True, False]})
    found = decided(people, begun(("ada", "2026", 7), ("ben", "2026", 7)))
    assert (found["ada"][2], found["ben"][2]) == (Verdict.CALLED_OFF, Verdict.INCLUDED)


def test_a_new_occasion_waits_for_the_end_of_the_series():
    """Also for who was held out, so that both arms are asked as often."""
    rows, held = begun(("ada", "2025", 3)), had("ben", "1", "2025", 16)
    found = decided(customers("ada", "ben"), rows, contacts=[held], of=series(at_most=None))
    assert {verdict for *_, verdict in found.values()} == {Verdict.UNDER_WAY}
    over = decided(customers("ada"), begun(("ada", "2025", 17)), of=series(at_most=None))
    assert over["ada"] == ("1", "2026", Verdict.INCLUDED)


def test_of_two_steps_due_on_a_day_one_goes():
    """One verdict per campaign and day, whatever the journal holds."""
    rows = begun(("ada", "2024", 10), ("ada", "2025", 7))
    assert decided(customers("ada"), rows)["ada"] == ("second", "2025", Verdict.INCLUDED)


@pytest.mark.parametrize(
    ("columns", "verdict"),
    [
        ({"marketing_consent": False}, Verdict.NO_CONSENT),
        ({"declared_channel": "line"}, Verdict.OTHER_CHANNEL),
        ({"open_ticket_hours": 5.0}, Verdict.OPEN_TICKET),
    ],
)
def test_what_holds_for_first_mails_holds_for_steps(columns, verdict):
    """Consent, channel and open tickets are asked anew on the day of the step."""
    assert decided(customers("ada", **columns), begun(("ada", "2026", 7)))["ada"][2] == verdict


def test_caps_hold_for_steps():
    """The cap for all marketing and one mail a day; `at_most` counts first mails only."""
    rows = begun(("ada", "2026", 7))
    assert decided(customers("ada"), rows, cap="1 in 30 days")["ada"][2] == Verdict.FREQUENCY_CAP
    other = campaign("other", priority=99)
    assert decided(customers("ada"), rows, other)["ada"][2] == Verdict.OUTRANKED


def test_steps_go_on_their_own_days_whatever_the_rhythm():
    """A single day's campaign is due on the days of its steps too, and then of them alone."""
    of = Campaign.model_validate(
        {"name": "series", "title": WORDS, "segment": "everyone", "template": "t", "once_per": "ever"}
        | {"why_you": WORDS, "when": {"date": "2026-06-08"}, "steps": STEPS}
    )
    due = [n for n in range(30) if of.is_due_on(dt.date(2026, 6, 8) + dt.timedelta(days=n))]
    assert due == [0, *range(7, 17)]
    found = decided(customers("ada", "ben"), begun(("ada", "ever", 7)), of=of)
    assert found == {"ada": ("second", "ever", Verdict.INCLUDED)}


def test_counts_are_of_the_campaign():
    """Customers per verdict over all of a campaign's mails."""
    people = customers("ada", "ben").assign(**{OFF: False})
    remembers = memory([contact("ada", "series", "2026", DAY - dt.timedelta(days=7))])
    known = pd.DataFrame(begun(("ada", "2026", 7)), columns=list(BEGUN_COLUMNS))
    situation = Situation(
        DAY,
        people,
        type(remembers)(**{**vars(remembers), "begun": known}),
        Rules(parse_at_most("3 in 7 days"), "s"),
    )
    assert plan(situation, [series()]).counts() == {("series", "included"): 2}


def test_a_step_is_a_mail_of_its_own():
    """Its template and offer are its own; why_you is the campaign's where it says none; nobody is held out."""
    first, second, third = series(holdout="10%").mails
    assert (first.label, second.label, third.label) == ("series", "series.second", "series.third")
    assert (second.template, second.holdout, second.at_most, second.steps) == ("t2", 0.0, None, ())
    assert second.why_you == first.why_you
    assert (first.step, third.step, third.unless_column) == ("1", "third", None)
