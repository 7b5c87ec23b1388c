"""M1 retention and M4 churn: who stayed, who left, and who no longer wants mail."""

from __future__ import annotations

from collections.abc import Mapping

from pakdee.domain.measures import ChannelCounts, RetentionCounts
from pakdee.metrics.figure import NO_SETTINGS, Figure, share

NOBODY_ACTIVE = "nobody was active at the start"


def retention(counts: RetentionCounts, settings: Mapping[str, object] = NO_SETTINGS) -> Figure:
    """M1 |S∩E| / |S|, equal to (E − N)/S where N is everyone in E who was not in S.

    With N as first-time buyers only, customers who came back would push it over 100 %.
    Source: the retention formula of customer relationship practice, e.g. (162 − 30)/150 = 88 %.
    """
    return share("retention", counts.kept, counts.at_start, NOBODY_ACTIVE, settings=settings)


def customer_churn(counts: RetentionCounts, settings: Mapping[str, object] = NO_SETTINGS) -> Figure:
    """M4a lost / |S| = 1 − M1, on the same customers; new ones never make up for lost ones."""
    lost = counts.at_start - counts.kept
    return share("customer_churn", lost, counts.at_start, NOBODY_ACTIVE, settings=settings)


def channel_churn(counts: ChannelCounts, settings: Mapping[str, object] = NO_SETTINGS) -> Figure:
    """M4b opted out in the period / contactable at its start."""
    nobody = "nobody was contactable at the start"
    return share("channel_churn", counts.opted_out, counts.contactable, nobody, settings=settings)
