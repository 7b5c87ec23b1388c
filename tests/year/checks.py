"""What must hold after any year, each check from rows that two sides wrote independently."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pakdee.domain.units import AtMost
from pakdee.domain.vocabulary import OncePer, Purpose
from tests.year.record import Record

CALENDAR: dict[OncePer, Callable[[dt.date], object]] = {
    OncePer.DAY: lambda day: day,
    OncePer.WEEK: lambda day: day.isocalendar()[:2],
    OncePer.MONTH: lambda day: (day.year, day.month),
    OncePer.QUARTER: lambda day: (day.year, (day.month - 1) // 3),
    OncePer.YEAR: lambda day: day.year,
    OncePer.EVER: lambda _: None,
}


@dataclass(frozen=True)
class Check:
    """One check: how many rows it looked at, and what it found wrong, in words."""

    name: str
    looked_at: int
    wrong: list[str]


Findings = Iterator[str]


def no_occasion_twice(record: Record) -> Findings:
    """In the journal no campaign has a customer twice for an occasion, and in the post not twice in a period."""
    yield from _often((f"{'/'.join(m.key)} in the journal" for m in record.messages), 1)
    for name, campaign in record.campaigns.items():
        if period := CALENDAR.get(campaign.once_per):
            posted = (
                f"{name} to {record.reader(mail)}, period {period(mail.at.date())}"
                for mail in record.mails
                if mail.campaign == name
            )
            yield from _often(posted, len(campaign.mails))


def global_cap(record: Record) -> Findings:
    """Nobody got more marketing than `[caps]` allows, counted in the post, and with who was held out."""
    cap = record.settings.caps.marketing
    days = defaultdict(list)
    for mail in record.mails:
        if record.campaigns[mail.campaign].purpose is not Purpose.SERVICE:
            days[f"{record.reader(mail)} in the post"].append(mail.at.date())
    for message in record.messages:
        if message.counts:
            days[f"{message.customer} in the journal"].append(message.day)
    yield from _above(days, cap)


def own_caps(record: Record) -> Findings:
    """Nobody was contacted by a campaign more often than its `at_most` says, steps after a first mail apart."""
    for name, campaign in record.campaigns.items():
        if campaign.at_most:
            days = defaultdict(list)
            for mail in record.mails:
                if mail.campaign == name and not campaign.steps:
                    days[f"{name} to {record.reader(mail)} in the post"].append(mail.at.date())
            for message in record.messages:
                if message.campaign == name and message.is_first and message.state != "refused":
                    days[f"{name} to {message.customer}"].append(message.day)
            yield from _above(days, campaign.at_most)


def one_a_day(record: Record) -> Findings:
    """Nobody got two capped mails on one day."""
    posted = (
        f"{record.reader(mail)} on {mail.at.date()}"
        for mail in record.mails
        if record.campaigns[mail.campaign].purpose is not Purpose.SERVICE
    )
    yield from _often(posted, 1)
    yield from _often((f"{m.customer} on {m.day}, in the journal" for m in record.messages if m.counts), 1)


def in_time(record: Record) -> Findings:
    """Nothing left in the hours of quiet, before its campaign's time, or on another day than planned."""
    quiet = record.settings.quiet_hours
    planned = {message.message_id: message.day for message in record.messages}
    for mail in record.mails:
        at, due = mail.at.time(), record.campaigns[mail.campaign].when.at
        if at >= quiet.start or at < quiet.end:
            yield f"{mail.campaign} left at {mail.at}, in the hours of quiet"
        if at < due or planned.get(mail.message_id) != mail.at.date():
            yield f"{mail.campaign} left at {mail.at}, not at its time"


def consent(record: Record) -> Findings:
    """Nobody got marketing without having agreed, or after leaving; nobody anything after a hard bounce."""
    known = {person.address: person for person in record.people if person.address}
    left, hard = _stopped(record, hard=False), _stopped(record, hard=True)
    for mail in record.mails:
        person, what = known[mail.address], f"{mail.campaign} to {record.reader(mail)} on {mail.at.date()}"
        is_service = record.campaigns[mail.campaign].purpose is Purpose.SERVICE
        if not is_service and not person.agreed:
            yield f"{what}: never agreed"
        if not is_service and mail.address in left and left[mail.address] < mail.at:
            yield f"{what}: had left"
        if mail.address in hard and hard[mail.address] < mail.at:
            yield f"{what}: the address was suppressed"
        if person.joined_on and mail.at.date() <= person.joined_on:
            yield f"{what}: was no customer yet"


def _stopped(record: Record, *, hard: bool) -> dict[str, dt.datetime]:
    """The first instant from which each address must be left alone."""
    stops = sorted((s for s in record.stops if s.is_hard or not hard), key=lambda s: s.at, reverse=True)
    return {stop.address: stop.at for stop in stops}


def _often(things: Iterable[str], most: int) -> Findings:
    counts: defaultdict[str, int] = defaultdict(int)
    for thing in things:
        counts[thing] += 1
    yield from (f"{thing}: {count} times" for thing, count in counts.items() if count > most)


def _above(days: dict[str, list[dt.date]], cap: AtMost) -> Findings:
    """Whose days lie so close that more than `cap` of them are in a window."""
    for who, found in days.items():
        found.sort()
        for first, last in zip(found, found[cap.times :], strict=False):
            if last - first < cap.window:
                yield f"{who}: more than {cap}, from {first} to {last}"
                break
