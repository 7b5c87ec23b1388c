"""What there is to know after a year, as plain rows: the journal's, the sender's, the files' and the plans'."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pakdee.domain.allowance import Terms
from pakdee.domain.campaign import FIRST_STEP, Campaign
from pakdee.domain.settings import Settings
from tests.year.points import Account
from tests.year.post import Mail
from tests.year.readers import Stop, Use

DayOf = tuple[dt.date, str]
"""A day and a campaign."""


@dataclass(frozen=True, slots=True)
class Message:
    """A row of the journal's messages. `state` is None for who was not mailed, `aside` then says why."""

    customer: str
    campaign: str
    step: str
    occasion: str
    day: dt.date
    counts: bool
    message_id: str | None
    state: str | None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What may be there once only."""
        return self.campaign, self.step, self.customer, self.occasion

    @property
    def is_first(self) -> bool:
        """Whether it is the campaign's first mail, and not a step after it."""
        return self.step == FIRST_STEP


@dataclass(frozen=True, slots=True)
class Offer:
    """A row of the journal's offers."""

    customer: str
    campaign: str
    step: str
    occasion: str
    grant: str
    code: str | None
    expires_on: dt.date
    budget_period: str | None
    cap_place: int | None
    redeemed_on: dt.date | None
    order_id: str | None
    released: str | None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Of its message."""
        return self.campaign, self.step, self.customer, self.occasion


@dataclass(frozen=True, slots=True)
class Person:
    """A customer by the shop's facts."""

    customer: str
    address: str | None
    agreed: bool
    joined_on: dt.date | None


@dataclass
class Record:
    """Everything the checks compare.

    Args:
        terms: of each grant as of the last day.
        segments: how many a campaign was about on a day it was planned: those in its segment, counted in the
            features, and those whose step is due, by the first mails that the journal had.
        aside: those a run wrote aside, by day, campaign and verdict.
        skipped: why a campaign was not planned, and on how many days.
        verdicts: as the journal keeps them, by day, campaign and verdict.
        given: how often each grant was given in each period of its budget, as the journal counts.
        accounts: points at the end, by customer.
    """

    first: dt.date
    days: int
    settings: Settings
    campaigns: Mapping[str, Campaign]
    terms: Mapping[str, Terms]
    people: list[Person]
    segments: dict[DayOf, int] = field(default_factory=dict)
    aside: Counter[tuple[dt.date, str, str]] = field(default_factory=Counter)
    skipped: dict[str, Counter[str]] = field(default_factory=dict)
    verdicts: Counter[tuple[dt.date, str, str]] = field(default_factory=Counter)
    messages: list[Message] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    given: dict[tuple[str, str], int] = field(default_factory=dict)
    mails: list[Mail] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    answers: int = 0
    accounts: list[Account] = field(default_factory=list)

    def read(self, journal: Path) -> None:
        """Take over what stands in the journal's file, read without the journal's code."""
        with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as connection:
            self.messages = [
                Message(*row[:4], _day(row[4]), bool(row[5]), *row[6:])
                for row in connection.execute(_MESSAGES)
            ]
            self.offers = [
                Offer(*row[:6], _day(row[6]), *row[7:9], _day_or_none(row[9]), *row[10:])
                for row in connection.execute(_OFFERS)
            ]
            self.verdicts = Counter(
                {
                    (_day(day), campaign, verdict): n
                    for day, campaign, verdict, n in connection.execute(_VERDICTS)
                }
            )
            self.given = {(grant, period): n for grant, period, n in connection.execute(_GIVEN)}

    @cached_property
    def kinds(self) -> dict[tuple[str, str], Campaign]:
        """Every mail there is, by campaign and step."""
        found = (mail for campaign in self.campaigns.values() for mail in campaign.mails)
        return {(mail.name, mail.step): mail for mail in found}

    def reader(self, mail: Mail) -> str:
        """The customer a mail went to."""
        return self._customers[mail.address]

    @cached_property
    def _customers(self) -> dict[str | None, str]:
        return {person.address: person.customer for person in self.people}

    def count(self, campaign: str, *verdicts: str) -> int:
        """Customers with these verdicts on all days together."""
        return sum(
            n for (_, name, verdict), n in self.verdicts.items() if name == campaign and verdict in verdicts
        )


_MESSAGES = """
    SELECT m.customer_id, m.campaign, m.step, m.occasion, m.due_on, m.counts, m.message_id, b.state
    FROM message m LEFT JOIN batch b ON b.id = m.batch_id WHERE NOT m.is_test
"""
_OFFERS = """
    SELECT customer_id, campaign, step, occasion, grant_id, code, expires_on, budget_period, cap_place,
        redeemed_on, order_id, released
    FROM offer
"""
_VERDICTS = """
    SELECT r.day, v.campaign, v.verdict, sum(v.customers)
    FROM verdict_count v JOIN run r ON r.id = v.run_id
    WHERE r.state = 'enqueued' AND NOT r.is_test GROUP BY 1, 2, 3
"""
_GIVEN = "SELECT grant_id, period, given FROM allotment"


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text[:10])


def _day_or_none(text: str | None) -> dt.date | None:
    return _day(text) if text else None
