"""M5: how many customers like, comment, share, review or recommend, and how much."""

from __future__ import annotations

from collections.abc import Mapping

from pakdee.domain.measures import SocialCounts
from pakdee.metrics.figure import NO_SETTINGS, Figure, quotient, share

NOBODY_ACTIVE = "nobody was active at the end"


def social_share(counts: SocialCounts, settings: Mapping[str, object] = NO_SETTINGS) -> Figure:
    """Active customers with at least one social act / active customers: 45/900 = 5 %."""
    return share("social_share", counts.engaged, counts.active, NOBODY_ACTIVE, settings=settings)


def social_per_head(counts: SocialCounts, settings: Mapping[str, object] = NO_SETTINGS) -> Figure:
    """Social acts of active customers per active customer: 120/900 = 0.13."""
    return quotient("social_per_head", counts.acts, counts.active, NOBODY_ACTIVE, settings=settings)
