"""When a planned message may leave: wall-clock intent in the shop's zone, instants in UTC."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from pakdee.domain.campaign import Campaign, When
from pakdee.domain.settings import QuietHours


def local_instant(day: dt.date, at: dt.time, zone: ZoneInfo) -> dt.datetime:
    """The UTC instant of a wall-clock time; a time that a DST change skips falls just after the gap."""
    local = dt.datetime.combine(day, at, tzinfo=zone)
    return local.astimezone(dt.UTC)


def day_bounds(day: dt.date, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """First instant of `day` and first instant of the next, in UTC."""
    midnight = dt.time(0)
    return local_instant(day, midnight, zone), local_instant(day + dt.timedelta(days=1), midnight, zone)


def send_window(
    when: When, day: dt.date, zone: ZoneInfo, quiet: QuietHours
) -> tuple[dt.datetime, dt.datetime | None]:
    """Earliest and latest instant (UTC) for messages due on `day`; no latest means no expiry.

    Quiet hours push the earliest instant to their end. A dated campaign without `skip_after` expires
    with its day: a newsletter for Friday is not wanted on Monday.
    """
    start = local_instant(*after_quiet(day, when.at, quiet), zone)
    if when.skip_after is not None:
        return start, start + when.skip_after
    return start, (max(day_bounds(day, zone)[1], start + dt.timedelta(hours=1)) if when.date else None)


def after_quiet(day: dt.date, at: dt.time, quiet: QuietHours) -> tuple[dt.date, dt.time]:
    """`at`, or the end of the quiet hours it falls in (start inclusive, end exclusive)."""
    if quiet.start <= quiet.end:
        return (day, quiet.end) if quiet.start <= at < quiet.end else (day, at)
    if at >= quiet.start:
        return day + dt.timedelta(days=1), quiet.end
    return (day, quiet.end) if at < quiet.end else (day, at)


def next_due(campaign: Campaign, day: dt.date) -> dt.date | None:
    """The first day from `day` on on which its first mail or a step may go; None if not within two years."""
    end = campaign.when.date or campaign.when.until
    if end is not None and day > end + dt.timedelta(days=campaign.series_days):
        return None
    first = max(day, campaign.when.date or campaign.when.from_ or day)
    days = (first + dt.timedelta(days=ahead) for ahead in range(2 * 366))
    return next(filter(campaign.is_due_on, days), None)
