"""The engine, for all customers at once, gives what walking through each customer's days gives."""

import datetime as dt
import os
import shutil
import tempfile
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
from accounting_draws import LAST, ZONE, facts_of, programs, random_shop
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from shops import conditions_of, customers_of, grant_conditions_of, write

from pakdee.domain.accounting import account as by_hand
from pakdee.programme import account, derive

CUSTOMERS = 20
EXAMPLES = 6 if os.environ.get("CI") else 30
DAYS = st.dates(dt.date(2024, 3, 1), LAST + dt.timedelta(200))
UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)  # the customer who differs is small enough
FOR_EVER = dt.date(9999, 12, 31)
CENT_OF_CENT = Decimal("0.0001")


def applied(rules, shop, day, leap):
    """By customer: entries, grants and tiers as the engine writes them, and the features it derives."""
    folder = Path(tempfile.mkdtemp())
    try:
        tables = write(shop, folder)
        facts = (tables, customers_of(tables, folder), rules)
        asked = {
            "day": day,
            "zone": ZONE,
            "leap_birthday": leap,
            "earn_conditions": conditions_of(rules),
            "grant_conditions": grant_conditions_of(rules),
        }
        accounts = account(*facts, out=folder, **asked)
        written = (
            accounts.entries,
            accounts.grants,
            accounts.tiers,
            derive(*facts, out=folder / "f.parquet", **asked),
        )
        return [by_customer(path) for path in written]
    finally:
        shutil.rmtree(folder)


def by_customer(path):
    """Rows of a table by customer."""
    found = {}
    for row in pq.read_table(path).to_pylist():
        found.setdefault(row.pop("customer_id"), []).append(row)
    return found


@given(rules=programs(), seed=st.integers(0, 2**32), day=DAYS, leap=st.sampled_from(["02-28", "03-01"]))
@settings(max_examples=EXAMPLES, deadline=None, phases=UNSHRUNK)
def test_the_engine_agrees_with_walking_through_every_day(rules, seed, day, leap):
    """Every entry with its day and lot, every grant, every change of tier, what is left and when it runs out."""
    shop = random_shop(Random(seed), CUSTOMERS)
    entries, grants, tiers, features = applied(rules, shop, day, leap)

    for who, facts in facts_of(shop, rules).items():
        mine = by_hand(facts, rules, day, leap_birthday=leap)
        booked = entries.get(who, [])

        assert Counter(map(entry_of, booked)) == Counter(map(entry_by_hand, mine.entries)), who
        assert Counter(map(grant_of, grants.get(who, []))) == Counter(map(grant_by_hand, mine.grants)), who
        the_tiers_agree(sorted(tiers.get(who, []), key=lambda row: row["day"]), mine, rules)
        assert last_days(booked) >= last_days_by_hand(mine), who
        the_features_tell(features[who][0], mine, rules)
        what_was_used_is_told(features[who][0], mine, day)
        the_reward_is_told(features[who][0], mine, day)


def entry_of(row):
    """An entry of the engine without its last day."""
    return tuple(row[name] for name in ("kind", "rule", "source", "lot", "day", "available_on", "units"))


def entry_by_hand(entry):
    """An entry of the reference in the order of the engine's columns."""
    return (entry.kind, entry.rule, entry.source, entry.lot, entry.day, entry.available_on, entry.units)


def grant_of(row):
    """A grant of the engine without its cause, which only a member can choose."""
    return tuple(row[name] for name in ("grant", "source", "day", "valid_to", "value"))


def grant_by_hand(issued):
    """A grant of the reference; money has four decimals."""
    value = None if issued.value is None else issued.value.quantize(CENT_OF_CENT, ROUND_HALF_UP)
    return (issued.grant, issued.source, issued.day, issued.valid_to, value)


def the_tiers_agree(told, found, rules):
    """Every change of tier or term with its reason; a term that ends on the day of a refund has two."""
    levels = rules.tiers.levels if rules.tiers else ()
    by_hand = [(row.day, levels[row.rank - 1].id, row.ends_on) for row in found.tier_history]
    reasons = zip((row["reason"] for row in told), (row.reason for row in found.tier_history), strict=True)

    assert [(row["day"], row["tier"], row["ends_on"]) for row in told] == by_hand
    assert all(one == other or (one, other) == ("return", "downgrade") for one, other in reasons)


def last_days(booked):
    """The last day of each lot."""
    return {
        (row["lot"], row["last_on"]) for row in booked if row["kind"] in {"earn", "adjust"} and row["lot"]
    }


def last_days_by_hand(found):
    """The last day of each lot of which something is left."""
    return {(lot.name, lot.last_on or FOR_EVER) for lot in found.lots}


def what_was_used_is_told(told, found, day):
    """Units redeemed and given away in 365 days; what ran out or was taken is none of them."""
    if "points_used_365d" in told:
        since = day - dt.timedelta(365)
        booked = [
            entry for entry in found.entries if entry.kind in {"redeem", "donate"} and entry.day >= since
        ]
        assert told["points_used_365d"] == -sum(entry.units for entry in booked)


def the_reward_is_told(told, found, day):
    """What is missing to the next reward; since when units were spent, or else could have been."""
    chosen = [entry.day for entry in found.entries if entry.kind == "redeem"]
    since = max(chosen, default=None) or found.reward_since
    if "units_to_next_reward" in told:
        missing = None if found.reward is None else max(0, found.reward - found.balance)
        assert told["units_to_next_reward"] == missing
    if "days_since_last_redemption" in told:
        assert told["days_since_last_redemption"] == (since and (day - since).days)


def the_features_tell(told, found, rules):
    """Balance, tier, and when the first units run out: not as long as a tier keeps them."""
    if "points_balance" in told:
        is_kept = rules.expiry is not None and found.tier in rules.expiry.by_tier
        ends = [] if is_kept else [lot.last_on for lot in found.lots if lot.last_on]
        assert told["points_balance"] == found.balance
        assert told["points_expire_on"] == min(ends, default=None)
    if "tier" in told:
        assert told["tier"] == found.tier
