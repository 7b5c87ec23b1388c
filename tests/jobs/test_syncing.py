"""SendGrid's lists reach the journal once, whole and again with overlap, and hold the next request."""

from __future__ import annotations

import datetime as dt

import pytest

from pakdee import jobs
from pakdee.delivery import SuppressedAddress
from pakdee.domain.errors import NotReached
from pakdee.domain.identity import address_hash
from pakdee.domain.vocabulary import BatchState, SuppressionReason

from .sending_desk import DAY, NINE, Desk, desk

DAY_BEFORE = NINE - dt.timedelta(hours=23)


class Lists:
    """SendGrid's lists: what each tells, and since when it was asked."""

    def __init__(self) -> None:
        self.entries: dict[str, list[SuppressedAddress]] = {}
        self.asked: list[tuple[str, dt.datetime]] = []
        self.broken = ""

    def tell(self, name: str, reason: SuppressionReason, *readers: int, at: dt.datetime = DAY_BEFORE) -> None:
        found = self.entries.setdefault(name, [])
        found += [SuppressedAddress(address_hash(f"reader{n}@example.com"), reason, at) for n in readers]

    def suppressed(self, name: str, since: dt.datetime):
        self.asked.append((name, since))
        if name == self.broken:
            raise NotReached("nobody there", where="SendGrid", next_step="try again")
        yield from (entry for entry in self.entries.get(name, []) if entry.at >= since)


@pytest.fixture
def lists():
    return Lists()


@pytest.fixture
def shop(tmp_path, lists) -> Desk:
    found = desk(tmp_path)
    found.house.__dict__["account"] = lists
    return found


def test_addresses_of_every_list_are_not_mailed(shop, lists):
    """Bounced, complaining, invalid and unsubscribed: the next request leaves them out."""
    shop.enqueue(10)
    lists.tell("bounces", SuppressionReason.BOUNCED, 0)
    lists.tell("spam_reports", SuppressionReason.COMPLAINED, 1)
    lists.tell("invalid_emails", SuppressionReason.INVALID, 2)
    lists.tell("unsubscribes", SuppressionReason.UNSUBSCRIBED, 3)

    found = jobs.sync_suppressions(shop.house)
    jobs.send_due(shop.house)

    assert [(each.name, each.told, each.new) for each in found] == [
        ("bounces", 1, 1),
        ("spam_reports", 1, 1),
        ("invalid_emails", 1, 1),
        ("unsubscribes", 1, 1),
    ]
    assert shop.states() == {BatchState.ACCEPTED: 6, BatchState.CANCELLED: 4}


def second_of(instant):
    """Without the microseconds by which the desk's clock moves when it is read."""
    return instant.replace(microsecond=0)


def test_the_first_time_all_is_read_twice_and_later_only_what_is_new_with_a_day_of_overlap(shop, lists):
    """Pages move while a long list is read; an entry may be listed later than its date."""
    lists.tell("bounces", SuppressionReason.BOUNCED, 0, 1)
    jobs.sync_suppressions(shop.house)
    first = [since for name, since in lists.asked if name == "bounces"]
    lists.asked.clear()
    shop.clock.advance(dt.timedelta(hours=20))
    lists.tell("bounces", SuppressionReason.BOUNCED, 2, at=NINE - dt.timedelta(hours=3))

    (bounces, *_) = jobs.sync_suppressions(shop.house)

    assert len(first) == 2
    assert all(since.year < 2009 for since in first)  # older than SendGrid
    assert lists.asked[0] == ("bounces", bounces.since)
    assert (second_of(bounces.since), bounces.told, bounces.new) == (NINE - dt.timedelta(days=1), 3, 1)


def test_a_list_that_cannot_be_read_is_read_from_the_same_place_next_time(shop, lists):
    """What came before stays read; the mark of the broken list does not move."""
    lists.tell("bounces", SuppressionReason.BOUNCED, 0)
    lists.broken = "spam_reports"
    with pytest.raises(NotReached):
        jobs.sync_suppressions(shop.house)
    lists.broken = ""

    bounces, spam, *_ = jobs.sync_suppressions(shop.house)

    assert (second_of(bounces.since), bounces.new) == (NINE - dt.timedelta(days=1), 0)
    assert spam.since is None


def test_who_unsubscribed_there_is_told_to_the_shop(shop, lists):
    """As CSV with the customer's id, once the journal knows whose address it is."""
    shop.enqueue(5)
    lists.tell("unsubscribes", SuppressionReason.UNSUBSCRIBED, 3, 77)
    jobs.sync_suppressions(shop.house)

    told = jobs.as_csv(jobs.unsubscribes(shop.house, DAY - dt.timedelta(days=1)))

    assert told == (
        "customer_id,withdrawn_at,source\n"
        "birthday-c3,2026-06-14T03:00:00+00:00,SendGrid's list of unsubscribes\n"
    )
