"""M3: would they recommend us?"""

from __future__ import annotations

from math import sqrt

from pakdee.domain.measures import Missing, NpsCounts
from pakdee.metrics.figure import Figure, known, share, undefined, unmeasured
from pakdee.metrics.intervals import Z95


def standard_error(counts: NpsCounts) -> float:
    """Of the score, in points: 100·√((p + d − (p − d)²)/n). 70/20/10 → 6.63.

    Raises:  ZeroDivisionError: nobody answered.
    Source:  variance of a variable that is +1, 0 or −1; CYBAEA (2016), "NPS confidence intervals 2".
    """
    p, d = counts.promoters / counts.answers, counts.detractors / counts.answers
    return 100 * sqrt(max(0.0, p + d - (p - d) ** 2) / counts.answers)


def nps(counts: NpsCounts) -> Figure:
    """100 (P − D)/n with its 95 % interval, cut at ±100; nobody answering is not a score of 0."""
    if counts.answers == 0:
        return undefined("nps", "nobody answered in the period")
    score = 100 * (counts.promoters - counts.detractors) / counts.answers
    half = Z95 * standard_error(counts)
    ends = max(-100.0, score - half), min(100.0, score + half)
    # Everyone answering alike gives a standard error of 0, which is no certainty; so no interval then.
    return known("nps", score, n=counts.answers, interval=ends if half else None)


def nps_response(counts: NpsCounts) -> Figure:
    """Answers / asked; shown beside every score, for silence is an answer too."""
    if counts.asked is None:
        return unmeasured("nps_response", Missing(("the number of people asked",)))
    return share("nps_response", counts.answers, counts.asked, "nobody was asked")
