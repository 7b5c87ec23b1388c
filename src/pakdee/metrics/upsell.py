"""M6: who buys more than one kind of thing, in the three readings in use."""

from __future__ import annotations

from pakdee.domain.measures import CategoryCounts, UpsellCounts
from pakdee.metrics.figure import Figure, quotient, share


def multi_category_share(counts: CategoryCounts) -> Figure:
    """Customers with two categories or more / with one or more: 150/500 = 30 %."""
    nobody = "nobody bought in a known category"
    return share("multi_category_share", counts.two_or_more, counts.one_or_more, nobody)


def multi_category_ratio(counts: CategoryCounts) -> Figure:
    """Customers with two categories or more : with exactly one: 150 : 350 = 0.43."""
    exactly_one = counts.one_or_more - counts.two_or_more
    return quotient(
        "multi_category_ratio", counts.two_or_more, exactly_one, "nobody bought in one category only"
    )


def upsell_conversion(counts: UpsellCounts) -> Figure:
    """Accepted / offered: 45/300 = 15 %."""
    return share("upsell_conversion", counts.accepted, counts.offered, "nobody was made a further offer")
