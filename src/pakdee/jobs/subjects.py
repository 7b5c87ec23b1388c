"""Tests of subjects: how each variant did, and whether one does better than chance explains."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import groupby
from typing import TYPE_CHECKING

from pakdee.domain.measures import EngagementCounts
from pakdee.house import House

if TYPE_CHECKING:
    from pakdee.journal import VariantMessages
    from pakdee.metrics import Figure
    from pakdee.metrics.subjects import Lead

_NAMES = tuple(field.name for field in fields(EngagementCounts))


@dataclass(frozen=True)
class VariantResult:
    """How one variant of a subject did.

    Args:
        sent: messages that SendGrid took.
        opened, clicked: by people, of those delivered; machines are left out as far as they can be told.
    """

    variant: str
    sent: int
    opened: Figure
    clicked: Figure


@dataclass(frozen=True)
class SubjectTest:
    """One campaign's variants side by side; `lead` is None while there are too few to tell."""

    campaign: str
    variants: tuple[VariantResult, ...]
    lead: Lead | None

    @property
    def told(self) -> str:
        """What comes of it, as a sentence."""
        if self.lead is None:
            return f"{self.campaign}: too few to tell which subject is clicked more often."
        found = self.lead
        between = f"{found.low:.1f} to {found.high:.1f}"
        return (
            f"{self.campaign}: {found.variant!r} is clicked most, by {found.points:.1f} points ({between})."
        )


def subject_tests(house: House, start: dt.date, end: dt.date) -> tuple[SubjectTest, ...]:
    """Results of messages due in [start, end), of campaigns that sent more than one subject."""
    sent = house.journal.variant_messages(start, end)
    if not sent:
        return ()
    engaged = _engagement(house, sorted({row.due_on for row in sent}))
    return tuple(
        _test(campaign, list(rows), engaged) for campaign, rows in groupby(sent, key=lambda row: row.campaign)
    )


def _test(
    campaign: str, rows: Sequence[VariantMessages], engaged: Mapping[tuple[str, str], Counter[str]]
) -> SubjectTest:
    from pakdee.metrics import human_clicks, human_opens
    from pakdee.metrics.subjects import lead

    sent: Counter[str] = Counter()
    for row in rows:
        sent[row.variant] += row.messages
    counts = {name: _counts(engaged.get((campaign, name), Counter())) for name in sorted(sent)}
    variants = [
        VariantResult(name, sent[name], human_opens(found), human_clicks(found))
        for name, found in counts.items()
    ]
    return SubjectTest(campaign, tuple(variants), lead(counts))


def _counts(found: Mapping[str, int]) -> EngagementCounts:
    return EngagementCounts(**{name: found.get(name, 0) for name in _NAMES})


def _engagement(house: House, days: Sequence[dt.date]) -> Mapping[tuple[str, str], Counter[str]]:
    """Counts by campaign and variant. Day by day, so that a year's events are never in memory at once."""
    from pakdee.metrics import engagement_counts

    totals: dict[tuple[str, str], Counter[str]] = {}
    for day in days:
        events = house.journal.variant_engagement(day).to_pandas()
        for (campaign, variant), own in events.groupby(["campaign", "variant"], sort=False):
            totals.setdefault((str(campaign), str(variant)), Counter()).update(vars(engagement_counts(own)))
    return totals
