"""What is allowed in pakdee.toml and yet deserves a word: limits that hold nothing back, times too short."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from pathlib import Path

from pakdee.catalog.lines import LineFinder
from pakdee.catalog.settings import lines_of
from pakdee.domain.campaign import Campaign
from pakdee.domain.errors import Problem
from pakdee.domain.settings import Settings
from pakdee.domain.settlement import WEBHOOK_RETRIES
from pakdee.domain.vocabulary import Guard, OnUnknown, Status

HELD_FOR = dt.timedelta(minutes=30)  # or somewhat less: so long guard = "scheduled" keeps a request back
_TURNED_AWAY = 0.003  # Google's guidelines for bulk senders: never reach it
_SOON = dt.timedelta(minutes=5)  # most first events are there by then, not all


def settings_problems(
    path: Path, settings: Settings, today: dt.date, campaigns: Collection[Campaign] = ()
) -> list[Problem]:
    """Warnings about the settings that were read from `path`, in the order of its lines."""
    finder = lines_of(path)
    found = [*_ramp(settings, finder, today), *_stops(settings, finder), *_unclear(settings, finder)]
    live = [campaign for campaign in campaigns if campaign.status is Status.LIVE]
    return sorted([*found, *_ramp_and_mails(settings, finder, today, live), *_guard(settings, finder, live)])


def _ramp(settings: Settings, finder: LineFinder, today: dt.date) -> Iterator[Problem]:
    ramp = settings.ramp
    if ramp.start is None:
        return
    last = ramp.start + dt.timedelta(days=len(ramp.ceilings) - 1)
    if today > last:
        what, hint = f"the last ceiling was that of {last}; nothing is held back any more", "remove the line"
        yield _warning(finder, "ramp", "start", what, hint)
    elif today < ramp.start:
        what, hint = f"nothing is sent before {ramp.start}", "write today's date to begin now"
        yield _warning(finder, "ramp", "start", what, hint)
    if list(ramp.ceilings) != sorted(ramp.ceilings):
        what, hint = "a later day has a lower ceiling than the day before", "let the ceilings rise"
        yield _warning(finder, "ramp", "ceilings", what, hint)


def _ramp_and_mails(
    settings: Settings, finder: LineFinder, today: dt.date, live: Collection[Campaign]
) -> Iterator[Problem]:
    one_day = sorted(campaign.name for campaign in live if _is_for_one_day(campaign, today))
    if settings.ramp.ceiling(today) is not None and one_day:
        what = f"what is over a day's ceiling is too late on the next for {', '.join(one_day)}"
        yield _warning(
            finder, "ramp", "start", what, "give them a longer  skip_after, or a day after the ramp"
        )


def _guard(settings: Settings, finder: LineFinder, live: Collection[Campaign]) -> Iterator[Problem]:
    hasty = sorted(c.name for c in live if c.when.skip_after and c.when.skip_after <= HELD_FOR)
    if settings.delivery.guard is Guard.SCHEDULED and hasty:
        what = (
            f"requests wait almost half an hour at SendGrid, and then it is too late for {', '.join(hasty)}"
        )
        yield _warning(finder, "delivery", "guard", what, 'give them a longer  skip_after, or write "none"')


def _is_for_one_day(campaign: Campaign, today: dt.date) -> bool:
    """Whether its messages are not wanted any more on the day after they were due."""
    when = campaign.when
    if when.date and when.date < today:
        return False
    return when.skip_after < dt.timedelta(days=1) if when.skip_after else when.date is not None


def _stops(settings: Settings, finder: LineFinder) -> Iterator[Problem]:
    if settings.stop_if.complained > _TURNED_AWAY:
        what = "mail providers turn a sender away from 0.3% complaints on, before this stops a campaign"
        yield _warning(finder, "stop_if", "complained", what, 'write "0.3%" or less')


def _unclear(settings: Settings, finder: LineFinder) -> Iterator[Problem]:
    delivery = settings.delivery
    if delivery.unknown is OnUnknown.RESEND and delivery.quiet >= WEBHOOK_RETRIES:
        what = "after 24 hours SendGrid gives up on lost events, so that nothing is proven and nothing resent"
        yield _warning(finder, "delivery", "quiet", what, 'write for example "1 hour"')
    if delivery.unknown is OnUnknown.RESEND and delivery.quiet < _SOON:
        what = "first events may take longer than this, and a mail on its way would be sent again"
        yield _warning(finder, "delivery", "quiet", what, 'write for example "1 hour"')


def _warning(finder: LineFinder, table: str, key: str, what: str, next_step: str) -> Problem:
    return finder.problem(table, key, what=f"{key}: {what}", next_step=next_step, severity="warning")
