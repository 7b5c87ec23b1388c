"""The plan of a whole shard is what deciding about one customer after the other gives."""

from __future__ import annotations

import datetime as dt
import hashlib
import re

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from pakdee.domain.campaign import Campaign
from pakdee.domain.identity import ADDRESS, address_hash
from pakdee.domain.plan import plan
from pakdee.domain.situation import (
    CONSENT_COLUMNS,
    CONTACT_COLUMNS,
    SUPPRESSION_COLUMNS,
    Memory,
    Rules,
    Situation,
)
from pakdee.domain.units import parse_at_most

DAY = dt.date(2026, 12, 29)
RULES = Rules(parse_at_most("2 in 7 days"), "salt")
IDS = [f"c{number}" for number in range(6)]
WORDS = {"en": "x"}


def decided_by_hand(situation, campaigns):
    """{(campaign, customer): verdict}, by plain rules over one customer at a time."""
    taken, verdicts = set(), {}
    for campaign in sorted(campaigns, key=lambda c: (-c.priority, c.name)):
        for customer, facts in situation.customers.iterrows():
            if campaign.column is None or facts[campaign.column]:
                verdict = verdict_by_hand(customer, facts, campaign, situation, taken)
                verdicts[campaign.name, customer] = verdict
        if campaign.purpose != "service":
            taken |= {c for c in IDS if verdicts.get((campaign.name, c)) in ("holdout", "included")}
    return verdicts


def verdict_by_hand(customer, facts, campaign, situation, taken):
    contacts = [c for c in situation.memory.contacts.itertuples() if c.customer_id == customer]
    own = [c for c in contacts if c.campaign == campaign.name]
    asks = campaign.purpose != "service"
    occasion = occasion_by_hand(campaign.once_per, facts)
    tests = {
        "excepted": any(facts[f"segment:{name}"] for name in campaign.except_),
        "no_address": not usable(facts["email"]),
        "other_channel": (facts["declared_channel"] or "email").lower() not in ("email", "e-mail", ""),
        "no_consent": asks and not agrees_by_hand(customer, facts, situation.memory),
        "suppressed": is_hard(facts["email"], situation.memory),
        "no_occasion": occasion is None,
        "already_sent": occasion in [c.occasion for c in own],
        "at_most": campaign.at_most and within(own, campaign.at_most.window) >= campaign.at_most.times,
        "frequency_cap": asks and within([c for c in contacts if c.counts], RULES.cap.window) >= 2,
        "outranked": asks and (customer in taken or any(c.counts and c.due_on == DAY for c in contacts)),
        "holdout": share(campaign.name, customer, occasion) < campaign.holdout,
    }
    return next((verdict for verdict, applies in tests.items() if applies), "included")


def occasion_by_hand(once_per, facts):
    if once_per == "month":
        return "2026-12"
    column, sign = {"birthday": ("days_to_birthday", 1), "order": ("days_since_last_purchase", -1)}[once_per]
    if pd.isna(facts[column]):
        return None
    date = DAY + dt.timedelta(days=sign * int(facts[column]))
    return str(date.year) if once_per == "birthday" else str(date)


def within(contacts, window):
    return sum(c.due_on > DAY - window for c in contacts)


def usable(address):
    return address is not None and re.fullmatch(ADDRESS, address.strip()) is not None


def hashes(address, memory, *reasons):
    rows = memory.suppressions.itertuples()
    return [
        r
        for r in rows
        if address is not None and r.address_hash == address_hash(address) and r.reason in reasons
    ]


def is_hard(address, memory):
    return bool(hashes(address, memory, "bounced", "complained", "invalid"))


def agrees_by_hand(customer, facts, memory):
    if facts["marketing_consent"] is not True:
        return False
    withdrew = [
        c.at for c in memory.consents.itertuples() if c.customer_id == customer and c.state == "withdrawn"
    ]
    withdrew += [row.at for row in hashes(facts["email"], memory, "unsubscribed")]
    if not withdrew:
        return True
    dated = not pd.isna(facts["consent_at"]) and facts["consent_source"] is not None
    return dated and facts["consent_at"] > max(withdrew)


def share(campaign, customer, occasion):
    digest = hashlib.blake2b(f"salt\x1f{campaign}\x1f{customer}\x1f{occasion}".encode(), digest_size=8)
    return int.from_bytes(digest.digest()) / 2**64


instants = st.integers(1, 4).map(lambda day: pd.Timestamp(2026, 5, day, tz="UTC"))
addresses = st.sampled_from(["a@example.com", " B@Example.com ", "b@example.com", "not one", None])
person = st.fixed_dictionaries(
    {
        "email": addresses,
        "declared_channel": st.sampled_from([None, "email", "E-Mail", "line", ""]),
        "marketing_consent": st.sampled_from([True, True, True, False, None]),
        "consent_at": st.one_of(st.none(), instants),
        "consent_source": st.sampled_from([None, "shop"]),
        "days_to_birthday": st.sampled_from([None, 0, 3, 7]),
        "days_since_last_purchase": st.sampled_from([None, 0, 400]),
        "segment:staff": st.booleans(),
        "segment:some": st.booleans(),
    }
)
contact = st.tuples(
    st.sampled_from([*IDS, "somebody else"]),
    st.sampled_from(["one", "two", "gone"]),
    st.just("1"),
    st.sampled_from(["2026", "2027", "2026-12", "2026-12-29", "2025-11-24"]),
    st.sampled_from([DAY, DAY - dt.timedelta(days=6), DAY - dt.timedelta(days=7), dt.date(2026, 3, 5)]),
    st.booleans(),
)
consent = st.tuples(
    st.sampled_from(IDS), st.sampled_from(["withdrawn", "granted"]), instants, st.just("click")
)
suppression = st.tuples(
    st.sampled_from(["a@example.com", "b@example.com"]).map(address_hash),
    st.sampled_from(["bounced", "complained", "invalid", "unsubscribed"]),
    instants,
)
files = st.fixed_dictionaries(
    {
        "segment": st.sampled_from(["everyone", "some"]),
        "except": st.sampled_from([[], ["staff"], ["staff", "some"]]),
        "once_per": st.sampled_from(["birthday", "order", "month"]),
        "at_most": st.sampled_from([None, "1 in 300 days", "2 in 30 days"]),
        "priority": st.integers(1, 3),
        "purpose": st.sampled_from(["marketing", "marketing", "service"]),
        "holdout": st.sampled_from(["0%", "50%"]),
    }
)


@st.composite
def situations(draw):
    people = pd.DataFrame(
        draw(st.lists(person, min_size=6, max_size=6)),
        index=pd.Index(IDS, name="customer_id"),
        dtype="object",
    )
    memory = Memory(
        pd.DataFrame(draw(st.lists(contact, max_size=8)), columns=list(CONTACT_COLUMNS)),
        pd.DataFrame(
            draw(st.lists(consent, max_size=4, unique_by=lambda row: row[0])), columns=list(CONSENT_COLUMNS)
        ),
        pd.DataFrame(draw(st.lists(suppression, max_size=3)), columns=list(SUPPRESSION_COLUMNS)),
    )
    return Situation(DAY, people, memory, RULES)


@settings(max_examples=300, deadline=None)
@given(situation=situations(), one=files, two=files)
def test_a_shard_is_decided_as_customers_one_by_one(situation, one, two):
    """Whatever the facts, the memory and the files, both ways give everyone the same verdict."""
    shared = {"template": "t", "title": WORDS, "why_you": WORDS, "when": {"every": "day"}}
    campaigns = [
        Campaign.model_validate({"name": name} | shared | given)
        for name, given in (("one", one), ("two", two))
    ]
    made = plan(situation, campaigns)
    found = {(row.campaign, row.customer_id): row.verdict for row in made.decisions.itertuples()}

    assert found == decided_by_hand(situation, campaigns)
    assert sum(made.counts().values()) == len(found)
    assert all(key.customer_id in IDS for name, verdict in made.counts() for key in made.keys(name, verdict))
