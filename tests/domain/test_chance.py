"""Chance by hash: equal shares, the same for everybody in whatever order, and no tie to who is held out."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from pakdee.domain.chance import assigned, drawn, held_out, shuffled

PAIRS = [(f"c{number}", "2026-06") for number in range(6_000)]


def test_variants_have_equal_shares():
    """Each of 2, 3 and 4 has its part of 6,000, but for what chance explains (5 standard deviations)."""
    for names in (("plain", "warm"), ("a", "b", "c"), ("a", "b", "c", "d")):
        counts = Counter(assigned("shop", "news", PAIRS, names))
        share = 1 / len(names)
        slack = 5 * (len(PAIRS) * share * (1 - share)) ** 0.5
        assert set(counts) == set(names)
        assert all(abs(count - len(PAIRS) * share) < slack for count in counts.values())


def test_a_variant_hangs_on_nothing_but_campaign_customer_and_occasion():
    """Neither on the order of customers or variants, nor on who else is asked."""
    all_at_once = assigned("shop", "news", PAIRS, ("plain", "warm"))
    assert assigned("shop", "news", reversed(PAIRS), ("warm", "plain")) == all_at_once[::-1]
    assert [assigned("shop", "news", [pair], ("plain", "warm"))[0] for pair in PAIRS[:9]] == all_at_once[:9]


def test_campaigns_shops_and_occasions_are_drawn_apart():
    """Half of the customers get the same variant in another campaign, shop or month, as by chance; none is bound."""
    first = assigned("shop", "news", PAIRS, ("plain", "warm"))
    later = [(customer, "2026-07") for customer, _ in PAIRS]
    for other in (("shop", "birthday", PAIRS), ("bakery", "news", PAIRS), ("shop", "news", later)):
        same = sum(a == b for a, b in zip(first, assigned(*other, ("plain", "warm")), strict=True))
        assert abs(same - 3_000) < 200


def test_who_is_held_out_says_nothing_about_the_variant():
    """Both variants lose the same share to the holdout."""
    held = held_out("shop", "news", PAIRS, 0.5)
    given = assigned("shop", "news", PAIRS, ("plain", "warm"))
    counts = Counter(zip(held.tolist(), given, strict=True))
    assert all(abs(count - 1_500) < 200 for count in counts.values())


def test_scarce_offers_are_drawn_among_all_and_apart_from_the_holdout():
    """Whoever asks first has no better lot, each salt and occasion draws anew, and half of both arms win."""
    order = drawn("shop", "news", PAIRS)
    winners = {PAIRS[place] for place in order[:3_000]}
    backwards = PAIRS[::-1]

    assert sorted(order.tolist()) == list(range(6_000))
    assert {backwards[place] for place in drawn("shop", "news", backwards)[:3_000]} == winners
    assert abs(sum(pair in winners for pair in PAIRS[:3_000]) - 1_500) < 200
    assert abs(sum(PAIRS[place] in winners for place in drawn("bakery", "news", PAIRS)[:3_000]) - 1_500) < 200
    held = held_out("shop", "news", PAIRS, 0.5)
    counts = Counter(zip(held.tolist(), (pair in winners for pair in PAIRS), strict=True))
    assert all(abs(count - 1_500) < 200 for count in counts.values())


def test_every_shard_is_first_as_often_as_the_others():
    """Of four shards over 2,000 days; on one day always the same order."""
    day, shards = dt.date(2026, 6, 15), [("a", "c"), ("d", "f"), ("g", "m"), ("n", "z")]
    firsts = Counter(shuffled("shop", day + dt.timedelta(days=n), shards)[0] for n in range(2_000))

    assert set(firsts) == set(shards)
    assert all(abs(count - 500) < 100 for count in firsts.values())
    assert shuffled("shop", day, shards[::-1]) == shuffled("shop", day, shards)
