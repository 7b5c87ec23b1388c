"""What holds of every account, whatever the programme and whatever the customer did."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from random import Random

from accounting_draws import LAST, LEAP_BIRTHDAY, facts_of, programs, random_shop
from hypothesis import given, settings
from hypothesis import strategies as st

from pakdee.domain.accounting import Facts, account

DAYS = st.dates(dt.date(2024, 3, 1), LAST + dt.timedelta(200))
ROWS = ("orders", "refunds", "activities", "entries", "conversions", "answers")
TAKES = {"redeem", "donate", "expire", "reverse"}


def as_of(facts, rules, day):
    """The account on the morning of a day."""
    return account(facts, rules, day, leap_birthday=LEAP_BIRTHDAY)


def one_customer(seed, rules) -> Facts:
    """Facts of a customer of a random shop of three."""
    return facts_of(random_shop(Random(seed), 3), rules)["c001"]


@given(rules=programs(), seed=st.integers(0, 2**32), day=DAYS)
@settings(max_examples=40, deadline=None)
def test_the_laws_of_every_account(rules, seed, day):
    """Points never appear or vanish; what is known later changes nothing; rows may come in any order, and twice."""
    facts = one_customer(seed, rules)
    found = as_of(facts, rules, day)

    entries_give_the_balance(found, day)
    nothing_is_paid_twice(found)
    lots_never_lose_more_than_they_gave(found)
    assert as_of(cut(facts, day), rules, day) == found
    assert as_of(shuffled_and_doubled(facts, seed), rules, day) == found
    tiers_tell_the_same_on_the_way(facts, rules, day, found)


def entries_give_the_balance(found, day):
    """The sum of all entries is what can be used and what is to come; of those available, the balance."""
    assert sum(entry.units for entry in found.entries) == found.balance + found.pending
    assert sum(entry.units for entry in found.entries if entry.available_on <= day) == found.balance
    assert found.balance == sum(lot.left for lot in found.lots) or found.balance < 0
    assert found.balance >= 0 or not found.lots


def nothing_is_paid_twice(found):
    """(kind, rule, source) is unique; so is (grant, source)."""
    assert max(Counter((e.kind, e.rule, e.source) for e in found.entries).values(), default=1) == 1
    assert max(Counter((g.grant, g.source) for g in found.grants).values(), default=1) == 1


def lots_never_lose_more_than_they_gave(found):
    """What runs out and what is taken back of a lot is at most what came with it; signs are what they say."""
    given_by_lot = {e.lot: e.units for e in found.entries if e.kind in {"earn", "adjust"} and e.units > 0}
    lost = Counter()
    for entry in found.entries:
        if entry.kind in TAKES:
            assert entry.units < 0
        if entry.kind in {"expire", "reverse"}:
            lost[entry.lot] -= entry.units
    for lot, units in lost.items():
        assert 0 < units <= given_by_lot[lot]


def tiers_tell_the_same_on_the_way(facts, rules, day, found):
    """What the history says of an earlier day is what was said on that day."""
    earlier = day - dt.timedelta(days=40)
    then = as_of(facts, rules, earlier)
    late = any(order.recorded_on for order in facts.orders)

    if not late:
        assert then.tier_history == tuple(row for row in found.tier_history if row.day < earlier)
        assert then.entries == tuple(
            e for e in found.entries if e.day < earlier or is_of_the_morning(e, earlier)
        )


def is_of_the_morning(entry, day):
    """Whether an entry is one of the morning of a day."""
    return entry.day == day and entry.kind == "expire"


def cut(facts, day):
    """Only what happened before a day."""
    rows = {name: tuple(row for row in getattr(facts, name) if row.day < day) for name in ROWS}
    return replace(facts, **rows)


def shuffled_and_doubled(facts, seed):
    """The same rows, each twice, in another order."""
    chance = Random(seed)
    return replace(
        facts,
        **{
            name: tuple(chance.sample(2 * getattr(facts, name), 2 * len(getattr(facts, name))))
            for name in ROWS
        },
    )
