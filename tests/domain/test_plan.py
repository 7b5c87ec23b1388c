"""The decision of a day, one promise per test."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pakdee.domain.campaign import Campaign
from pakdee.domain.chance import held_out
from pakdee.domain.identity import address_hash
from pakdee.domain.message import MessageKey
from pakdee.domain.plan import plan
from pakdee.domain.situation import (
    CONSENT_COLUMNS,
    CONTACT_COLUMNS,
    OFFER_COLUMNS,
    SUPPRESSION_COLUMNS,
    Memory,
    Rules,
    Situation,
)
from pakdee.domain.units import parse_at_most
from pakdee.domain.vocabulary import Verdict

DAY = dt.date(2026, 6, 15)
WORDS = {"en": "x"}
HELD_OUT = next(f"c{n}" for n in range(99) if held_out("salt", "high", [(f"c{n}", "2026")], 0.5)[0])


def campaign(name="birthday", **given):
    facts = {"segment": "everyone", "template": "t", "once_per": "birthday", "title": WORDS, "why_you": WORDS}
    return Campaign.model_validate({"name": name, "when": {"every": "day"}} | facts | given)


def customers(*ids, **columns):
    base = {
        "email": [f"{i}@example.com" for i in ids],
        "declared_channel": None,
        "marketing_consent": True,
        "consent_at": pd.NaT,
        "consent_source": None,
        "days_to_birthday": 3,
    }
    return pd.DataFrame(base | columns, index=pd.Index(ids, name="customer_id")).sort_index()


def contact(customer, campaign_name, occasion, due_on, counts=True):
    return (customer, campaign_name, "1", occasion, due_on, counts)


def memory(contacts=(), consents=(), suppressions=(), offers=()):
    return Memory(
        pd.DataFrame(list(contacts), columns=list(CONTACT_COLUMNS)),
        pd.DataFrame(list(consents), columns=list(CONSENT_COLUMNS)),
        pd.DataFrame(list(suppressions), columns=list(SUPPRESSION_COLUMNS)),
        pd.DataFrame(list(offers), columns=list(OFFER_COLUMNS)),
    )


def verdicts(people, *campaigns, remembers=None, day=DAY):
    situation = Situation(day, people, remembers or memory(), Rules(parse_at_most("3 in 7 days"), "salt"))
    decisions = plan(situation, campaigns or [campaign()]).decisions
    return {(row.campaign, row.customer_id): row.verdict for row in decisions.itertuples()}


def only(people, remembers=None, **given):
    (found,) = verdicts(people, campaign(**given), remembers=remembers).values()
    return found


def test_an_eligible_customer_is_included():
    """Somebody with an address, consent and an occasion gets the mail."""
    assert only(customers("ada")) == Verdict.INCLUDED


@pytest.mark.parametrize(
    ("columns", "verdict"),
    [
        ({"email": "not an address"}, Verdict.OTHER_CHANNEL),
        ({"email": None}, Verdict.OTHER_CHANNEL),
        ({"declared_channel": "line"}, Verdict.OTHER_CHANNEL),
        ({"marketing_consent": False}, Verdict.NO_CONSENT),
        ({"marketing_consent": None}, Verdict.NO_CONSENT),
        ({"days_to_birthday": None}, Verdict.NO_OCCASION),
    ],
)
def test_what_the_ledger_says_can_take_a_customer_out(columns, verdict):
    """Each obstacle in the ledger has a verdict of its own."""
    assert only(customers("ada", **columns)) == verdict


def test_an_earlier_reason_is_told_first():
    """Another channel is for those who would be mailed: who did not agree is told nothing there either."""
    assert only(customers("ada", email=None, marketing_consent=False)) == Verdict.NO_CONSENT


def test_service_mail_needs_no_consent():
    """An objection to marketing does not stop a refund notice."""
    assert only(customers("ada", marketing_consent=False), purpose="service") == Verdict.INCLUDED


def test_a_bounced_address_is_suppressed_for_every_purpose():
    """An address that takes no mail gets none, not even service mail."""
    bounced = memory(
        suppressions=[(address_hash("ADA@example.com"), "bounced", pd.Timestamp("2026-01-01", tz="UTC"))]
    )
    assert only(customers("ada"), bounced) == Verdict.SUPPRESSED
    assert only(customers("ada"), bounced, purpose="service") == Verdict.SUPPRESSED


@pytest.mark.parametrize(
    ("columns", "verdict"),
    [
        ({}, Verdict.NO_CONSENT),
        ({"consent_at": pd.Timestamp("2026-05-02", tz="UTC")}, Verdict.NO_CONSENT),
        ({"consent_source": "shop form"}, Verdict.NO_CONSENT),
        (
            {"consent_at": pd.Timestamp("2026-04-30", tz="UTC"), "consent_source": "shop form"},
            Verdict.NO_CONSENT,
        ),
        (
            {"consent_at": pd.Timestamp("2026-05-02", tz="UTC"), "consent_source": "shop form"},
            Verdict.INCLUDED,
        ),
    ],
)
def test_a_withdrawal_yields_only_to_a_later_dated_grant_with_a_source(columns, verdict):
    """A bare `true` in a re-import never raises consent from the dead."""
    withdrew = memory(consents=[("ada", "withdrawn", pd.Timestamp("2026-05-01", tz="UTC"), "one-click")])
    assert only(customers("ada", **columns), withdrew) == verdict


def test_an_occasion_is_mailed_once():
    """A birthday of this year that was mailed, or held out, is not mailed again."""
    assert (
        only(customers("ada"), memory([contact("ada", "birthday", "2026", dt.date(2026, 6, 12))]))
        == Verdict.ALREADY_SENT
    )


def test_a_birthday_over_the_new_year_has_one_occasion():
    """Mailed on 28 December for 3 January, the customer is not mailed again on 1 January."""
    sent = memory([contact("ada", "birthday", "2027", dt.date(2026, 12, 28))])
    found = verdicts(customers("ada", days_to_birthday=2), remembers=sent, day=dt.date(2027, 1, 1))
    assert found == {("birthday", "ada"): Verdict.ALREADY_SENT}


def test_at_most_counts_business_days_of_the_same_campaign():
    """A limit of 1 in 300 days holds on day 299 and is over on day 300."""
    for days, verdict in ((299, Verdict.AT_MOST), (300, Verdict.INCLUDED)):
        sent = memory([contact("ada", "birthday", "2025", DAY - dt.timedelta(days=days))])
        assert only(customers("ada"), sent, at_most="1 in 300 days") == verdict


def test_the_frequency_cap_counts_all_campaigns_but_service():
    """Three marketing contacts in seven days are enough; service mail is not counted."""
    three = [contact("ada", f"c{i}", "x", DAY - dt.timedelta(days=i)) for i in (1, 2, 3)]
    assert only(customers("ada"), memory(three)) == Verdict.FREQUENCY_CAP
    assert only(customers("ada"), memory([*three[:2], (*three[2][:5], False)])) == Verdict.INCLUDED


def test_one_campaign_wins_a_customer_on_a_day():
    """The higher priority wins, ties by name; service mail stands outside."""
    found = verdicts(
        customers("ada"),
        campaign("a_low", priority=10),
        campaign("b_high", priority=90),
        campaign("c_high", priority=90),
        campaign("d_service", priority=1, purpose="service"),
    )
    assert {name: verdict for (name, _), verdict in found.items()} == {
        "a_low": Verdict.OUTRANKED,
        "b_high": Verdict.INCLUDED,
        "c_high": Verdict.OUTRANKED,
        "d_service": Verdict.INCLUDED,
    }


def test_a_second_run_of_the_day_finds_nothing_to_send():
    """Whoever was outranked in the first run is outranked in the second, by the journal's memory."""
    both = campaign("low", priority=1), campaign("high", priority=9)
    again = verdicts(customers("ada"), *both, remembers=memory([contact("ada", "high", "2026", DAY)]))
    assert set(again.values()) == {Verdict.ALREADY_SENT, Verdict.OUTRANKED}


def test_a_held_out_customer_counts_as_contacted():
    """The winner's holdout is not mailed by the next campaign either, or the arms would not compare."""
    found = verdicts(
        customers(HELD_OUT), campaign("low", priority=1), campaign("high", priority=9, holdout="50%")
    )
    assert found["high", HELD_OUT] == Verdict.HOLDOUT
    assert found["low", HELD_OUT] == Verdict.OUTRANKED


def test_an_exception_is_told_as_such():
    """A customer in an `except` segment is in the audience with that verdict."""
    people = customers("ada", **{"segment:staff": True})
    assert only(people, **{"except": ["staff"]}) == Verdict.EXCEPTED


def test_a_failed_render_changes_one_verdict():
    """Only the named customer's verdict changes."""
    situation = Situation(DAY, customers("ada", "ben"), memory(), Rules(parse_at_most("3 in 7 days"), "salt"))
    before = plan(situation, [campaign()])
    after = before.with_verdict("birthday", ["ada"], Verdict.CANNOT_RENDER)
    assert after.counts() == {("birthday", "cannot_render"): 1, ("birthday", "included"): 1}
    assert after.keys("birthday", Verdict.INCLUDED) == [MessageKey("birthday", "1", "ben", "2026")]


IDS = st.sets(st.text("abcdef0123456789+:/", min_size=1, max_size=8), min_size=1, max_size=25)


@settings(max_examples=60, deadline=None)
@given(ids=IDS, bounced=IDS, share=st.integers(0, 50), seed=st.integers(0, 3))
def test_nobody_is_lost_and_nobody_suppressed_is_mailed(ids, bounced, share, seed):
    """Each customer in a segment has one verdict per campaign; no suppressed customer is included."""
    people = customers(*sorted(ids), email=[f"c{n}@example.com" for n, _ in enumerate(sorted(ids))])
    addresses = people["email"][people.index.isin(bounced)]
    gone = memory(
        suppressions=[(address_hash(a), "bounced", pd.Timestamp("2026-01-01", tz="UTC")) for a in addresses]
    )
    both = campaign("one", holdout=f"{share}%", priority=seed), campaign("two")
    found = verdicts(people, *both, remembers=gone)

    assert set(found) == {(name, i) for name in ("one", "two") for i in ids}
    mailed = [c for (_, c), verdict in found.items() if verdict in (Verdict.INCLUDED, Verdict.HOLDOUT)]
    assert not set(mailed) & bounced
    assert len(mailed) == len(set(mailed)), "one campaign per customer and day"


@settings(max_examples=25, deadline=None)
@given(ids=IDS)
def test_a_plan_does_not_depend_on_who_else_is_in_the_shard(ids):
    """Chance is a hash: planning customers one by one gives what planning them together gives."""
    together = verdicts(customers(*sorted(ids)), campaign(holdout="50%"))
    alone = {}
    for i in ids:
        alone |= verdicts(customers(i), campaign(holdout="50%"))
    assert together == alone
