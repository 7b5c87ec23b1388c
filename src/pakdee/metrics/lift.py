"""M16: what a campaign changed, by those who were held out of it by chance."""

from __future__ import annotations

from pakdee.domain.measures import GoalCounts
from pakdee.metrics.figure import Figure, known, share, undefined
from pakdee.metrics.intervals import difference

FEWEST = 5
"""Orders in both arms together; below, a difference would be noise that looks like a number."""


def goal_figures(counts: GoalCounts) -> list[Figure]:
    """Who ordered in either arm, and the difference."""
    return [goal_reached(counts), goal_held_out(counts), lift(counts)]


def goal_reached(counts: GoalCounts) -> Figure:
    """Ordered in time / assigned to be mailed."""
    settings = {"days": counts.days}
    return share("goal_reached", counts.treated_ordered, counts.treated, "nobody was mailed", settings)


def goal_held_out(counts: GoalCounts) -> Figure:
    """Ordered in time / held out: what would have happened anyway."""
    settings = {"days": counts.days}
    return share("goal_held_out", counts.held_out_ordered, counts.held_out, "nobody was held out", settings)


def lift(counts: GoalCounts) -> Figure:
    """Treated less held out, in percentage points: 540/9,000 and 40/1,000 differ by 2.0 (0.5 to 3.2).

    Source: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.
    """
    settings = {"days": counts.days}
    if not counts.treated or not counts.held_out:
        nobody = "nobody was held out" if counts.treated else "nobody was mailed"
        return undefined("lift", nobody, settings=settings)
    if counts.treated_ordered + counts.held_out_ordered < FEWEST:
        return undefined("lift", f"fewer than {FEWEST} orders so far", settings=settings)
    mailed, held = (counts.treated_ordered, counts.treated), (counts.held_out_ordered, counts.held_out)
    points = 100 * (mailed[0] / mailed[1] - held[0] / held[1])
    low, high = difference(mailed, held)
    both = counts.treated + counts.held_out
    return known("lift", points, n=both, interval=(100 * low, 100 * high), settings=settings)
