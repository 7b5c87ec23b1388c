"""Chance by hash: equal shares, the same for everybody in whatever order, and no tie to who is held out."""

from __future__ import annotations

from collections import Counter

from pakdee.domain.chance import assigned, held_out

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
