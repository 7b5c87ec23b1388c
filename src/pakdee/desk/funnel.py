"""An audience as bars: everyone in the segment, whom each verdict takes away, and who is left."""

from __future__ import annotations

from dataclasses import dataclass

from pakdee.domain.vocabulary import Verdict
from pakdee.journal import LastPlan

WIDTH = 1_000
"""Of the whole bar; a picture scales it."""


@dataclass(frozen=True)
class Bar:
    """One line. `start` and `width` of WIDTH; `kind` is all, lost, held or got."""

    verdict: str
    kind: str
    customers: int
    share: float
    start: int
    width: int


def bars(plan: LastPlan) -> list[Bar]:
    """From the segment down to those who get the mail; verdicts that nobody has are left out."""
    everyone = sum(plan.verdicts.values())
    found, left = [_bar("in_segment", "all", everyone, 0, everyone)], everyone
    for verdict in Verdict:
        customers = plan.verdicts.get(verdict, 0)
        if verdict is Verdict.INCLUDED:
            found.append(_bar(verdict, "got", customers, 0, everyone))
        elif customers:
            left -= customers
            kind = "held" if verdict is Verdict.HOLDOUT else "lost"
            found.append(_bar(verdict, kind, customers, left, everyone))
    return found


def _bar(verdict: str, kind: str, customers: int, start: int, everyone: int) -> Bar:
    whole = everyone or 1
    # A sliver stays visible: one customer of a million is one too.
    width = max(round(WIDTH * customers / whole), 2 if customers else 0)
    return Bar(str(verdict), kind, customers, customers / whole, round(WIDTH * start / whole), width)
