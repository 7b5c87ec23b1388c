"""Who withdrew, for the shop's other systems: whichever way they said it, as CSV."""

from __future__ import annotations

import datetime as dt

from pakdee import jobs
from pakdee.domain.vocabulary import EventKind

from .sending_desk import DAY, NINE, desk

HEADER = "customer_id,withdrawn_at,source\n"


def cells(line):
    """The columns of a line."""
    return line.split(",")


def test_nobody_withdrew_is_a_header_alone(tmp_path):
    """A program that reads the file finds its columns."""
    assert jobs.as_csv(jobs.unsubscribes(desk(tmp_path).house, DAY)) == HEADER


def test_every_way_to_withdraw_is_told_with_its_source_oldest_first(tmp_path):
    """The link in the mail, and SendGrid's own button."""
    shop = desk(tmp_path)
    messages = shop.enqueue(3)
    jobs.send_due(shop.house)
    shop.report(EventKind.UNSUBSCRIBED, shop.sendgrid.requests[0])
    shop.clock.advance(dt.timedelta(minutes=5))
    shop.house.journal.withdraw(messages[2], source="one-click", at=shop.clock())

    lines = jobs.as_csv(jobs.unsubscribes(shop.house, DAY)).splitlines()[1:]

    told = [(customer, dt.datetime.fromisoformat(at), source) for customer, at, source in map(cells, lines)]
    assert [(customer, at.replace(microsecond=0), source) for customer, at, source in told] == [
        ("birthday-c0", NINE, "provider event"),
        ("birthday-c2", NINE + dt.timedelta(minutes=5), "one-click"),
    ]


def test_a_day_begins_at_the_shops_midnight(tmp_path):
    """What was said at one in the morning in Bangkok is of that day, whatever UTC says."""
    shop = desk(tmp_path)
    (message,) = shop.enqueue(1)
    night = dt.datetime(2026, 6, 14, 18, 0, tzinfo=dt.UTC)  # one o'clock on the 15th
    shop.house.journal.withdraw(message, source="one-click", at=night)

    assert len(jobs.unsubscribes(shop.house, DAY)) == 1
    assert jobs.unsubscribes(shop.house, DAY + dt.timedelta(days=1)) == []
