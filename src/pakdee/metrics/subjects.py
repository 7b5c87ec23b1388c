"""Which subject of a campaign does better: by clicks, since machines open mails too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pakdee.domain.measures import EngagementCounts
from pakdee.metrics.intervals import difference

FEWEST = 5
"""Clicks of all variants together; below, a difference would be noise that looks like a number."""


@dataclass(frozen=True)
class Lead:
    """The variant that is clicked more often than each other one, more than chance explains.

    Args:
        points: percentage points over the next best; `low` and `high` bound what they may truly be.
    """

    variant: str
    points: float
    low: float
    high: float


def lead(counts: Mapping[str, EngagementCounts]) -> Lead | None:
    """The leading variant, None where there are too few to tell: 120/1,000 and 80/1,000 differ by 4.0 points.

    Each of several comparisons is held to a stricter bound, so that more variants do not make more winners.

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10; Bonferroni's bound.
    """
    known = {name: (found.human_clicks, found.delivered) for name, found in counts.items() if found.delivered}
    if len(known) < max(len(counts), 2) or sum(clicks for clicks, _ in known.values()) < FEWEST:
        return None
    first, second, *_ = sorted(known, key=lambda name: (-known[name][0] / known[name][1], name))
    others = [name for name in known if name != first]
    bounds = {name: difference(known[first], known[name], comparisons=len(others)) for name in others}
    if min(low for low, _ in bounds.values()) <= 0:
        return None
    ahead = known[first][0] / known[first][1] - known[second][0] / known[second][1]
    low, high = bounds[second]
    return Lead(first, 100 * ahead, 100 * low, 100 * high)
