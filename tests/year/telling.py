"""What a year came to, for people and as JSON: each campaign, why a silent one was silent, and the checks."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from pakdee.domain.vocabulary import Verdict
from tests.year.checks import Check
from tests.year.record import Record

FIRES_WITHIN = 365
"""Days in which every campaign must find somebody; a shorter time shows less."""
EXPLAINED: dict[str, str] = {}
"""Campaigns that have nobody in the made-up shop, and why that is so."""


@dataclass(frozen=True)
class Line:
    """One campaign. `why_not` says why it sent nothing; `is_wrong` if that is nothing the facts explain."""

    campaign: str
    messages: int
    first_day: dt.date | None
    customers: int
    held_out: int
    why_not: str = ""
    is_wrong: bool = False


def lines(record: Record) -> list[Line]:
    """A line for each campaign, by name."""
    return [_line(record, name) for name in sorted(record.campaigns)]


def silent(record: Record) -> Check:
    """Every campaign sent something, or says why not, in a time long enough to tell."""
    found = lines(record)
    wrong = [f"{line.campaign}: {line.why_not}" for line in found if line.is_wrong]
    return Check("every campaign fires, or the facts say why not", len(found), wrong)


def _line(record: Record, name: str) -> Line:
    mails = [mail for mail in record.mails if mail.campaign == name]
    held = record.count(name, Verdict.HOLDOUT)
    if mails:
        first = min(mail.at.date() for mail in mails)
        return Line(name, len(mails), first, len({mail.address for mail in mails}), held)
    why, is_explained = _why_not(record, name)
    return Line(name, 0, None, 0, held, why, record.days >= FIRES_WITHIN and not is_explained)


def _why_not(record: Record, name: str) -> tuple[str, bool]:
    """Why nothing was sent, and whether that is as it should be."""
    if name in EXPLAINED:
        return EXPLAINED[name], True
    days = [day for day, campaign in record.segments if campaign == name]
    if not days:
        return _never_due(record, name)
    told = Counter({v: record.count(name, v) for v in Verdict if record.count(name, v)})
    if not told:
        return f"due on {len(days)} days, and nobody was in its segment", False
    most = ", ".join(f"{count:,} {verdict}" for verdict, count in told.most_common())
    return f"due on {len(days)} days, nobody was mailed: {most}", False


def _never_due(record: Record, name: str) -> tuple[str, bool]:
    campaign, skipped = record.campaigns[name], record.skipped.get(name, Counter())
    lacking = [why for why in skipped if why.startswith("cannot run")]
    if lacking:
        return lacking[0], True
    if campaign.when.date:
        return f"its day is {campaign.when.date}", not _is_within(record, campaign.when.date)
    return "; ".join(why for why, _ in skipped.most_common(1)) or "never planned", False


def _is_within(record: Record, day: dt.date) -> bool:
    return record.first <= day < record.first + dt.timedelta(days=record.days)
