"""Addresses SendGrid will not mail: read whole while the lists move, and never shown."""

import datetime as dt
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from pakdee.domain.errors import DeliveryDelayed, DeliveryUnknown
from pakdee.domain.identity import address_hash
from pakdee.domain.vocabulary import SuppressionReason

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


def listed(kit, url, name, **given):
    return list(kit.account(url, **given).suppressed(name, NOON))


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("bounces", SuppressionReason.BOUNCED),
        ("spam_reports", SuppressionReason.COMPLAINED),
        ("invalid_emails", SuppressionReason.INVALID),
        ("unsubscribes", SuppressionReason.UNSUBSCRIBED),
    ],
)
def test_each_list_has_its_reason_and_addresses_become_hashes(kit, name, reason):
    seen, entry = (
        [],
        {"created": int(NOON.timestamp()), "email": "Ada@Example.com", "reason": "550 Ada@Example.com"},
    )
    with kit.says(("200 OK", [entry]), seen=seen) as url:
        [found] = listed(kit, url, name)

    assert found == (address_hash("ada@example.com"), reason, NOON)
    assert seen == [f"GET /v3/suppression/{name}?limit=500&offset=0&start_time={int(NOON.timestamp())}"]


@pytest.mark.parametrize("name", ["blocks", "everybody", "../mail/batch"])
def test_a_list_that_suppresses_nobody_is_not_asked_for(kit, name):
    """A block is one mail that was not taken; the address stays good."""
    with pytest.raises(ValueError, match="not a list that suppresses"):
        kit.account("http://127.0.0.1:9").suppressed(name, NOON)


def test_a_long_list_of_the_twin_is_read_whole(sendgrid):
    """1,234 unsubscribed addresses, three pages."""
    everybody = [f"c{n}@example.com" for n in range(1234)]
    with sendgrid.browser() as browser:
        added = browser.post("/v3/asm/suppressions/global", json={"recipient_emails": everybody})
        assert added.status_code == 201
    found = list(sendgrid.account().suppressed("unsubscribes", NOON - dt.timedelta(days=1)))

    assert {one.address_hash for one in found} == set(map(address_hash, everybody))
    assert list(sendgrid.account().suppressed("unsubscribes", NOON + dt.timedelta(days=1))) == []


class Moving:
    """A list in SendGrid's order, newest first, that somebody changes between our questions."""

    def __init__(self, size, change):
        self.rows = [(f"c{n}@example.com", int(NOON.timestamp()) + n) for n in reversed(range(size))]
        self.stayed, self.change, self.asked = {email for email, _ in self.rows}, change, 0

    def page(self, request):
        query = {name: int(value[0]) for name, value in parse_qs(urlsplit(request).query).items()}
        self.asked += 1
        self.change(self)
        self.stayed &= {email for email, _ in self.rows}
        return self.rows[query["offset"] : query["offset"] + query["limit"]]

    def served(self, kit):
        def answer(connection):
            request = kit.read_request(connection).split(b" ")[1].decode()
            body = json.dumps([{"email": email, "created": at} for email, at in self.page(request)]).encode()
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

        return kit.service(answer)


def lifted(count, *, at_question):
    """So many of the newest entries are taken off just before this question."""

    def change(moving):
        if moving.asked == at_question:
            del moving.rows[:count]

    return change


def added(count, *, at_question):
    def change(moving):
        if moving.asked == at_question:
            new = [(f"new{n}@example.com", int(NOON.timestamp()) + 100_000 + n) for n in range(count)]
            moving.rows[:0] = new

    return change


def one_lifted_each_time(moving):
    del moving.rows[0]


@pytest.mark.parametrize(
    "change",
    [
        lambda _: None,
        lifted(30, at_question=2),
        lifted(60, at_question=2),
        lifted(499, at_question=3),
        lifted(900, at_question=4),
        lifted(1600, at_question=4),
        added(40, at_question=2),
        added(700, at_question=3),
        one_lifted_each_time,
    ],
)
def test_entries_that_stay_are_found_however_the_list_moves(kit, change):
    """Whoever is on the list all the while is told, wherever the others push it."""
    moving = Moving(2345, change)
    with moving.served(kit) as url:
        found = {one.address_hash for one in listed(kit, url, "bounces")}

    assert moving.asked > 1
    assert set(map(address_hash, moving.stayed)) <= found


@pytest.mark.parametrize("size", [0, 1, 449, 450, 499, 500, 501, 950, 951])
def test_lists_of_every_length_are_read_to_the_end(kit, size):
    moving = Moving(size, lambda _: None)
    with moving.served(kit) as url:
        found = listed(kit, url, "bounces")

    assert len(found) == len(set(found)) == size


def test_a_list_that_never_stands_still_is_an_error_and_not_for_ever(kit):
    def all_new(moving):
        moving.rows = [(f"{moving.asked}-{n}@example.com", n) for n in range(2000)]

    with Moving(2000, all_new).served(kit) as url, pytest.raises(DeliveryUnknown, match="faster"):
        listed(kit, url, "bounces")


def test_where_sendgrid_asks_to_wait_reading_waits(kit):
    """600 questions a minute are allowed; a first reading of a long list asks more."""
    pauses, busy = [], ("429 Too Many Requests", b"")
    with kit.says(busy, busy, ("200 OK", [{"email": "a@example.com", "created": 1}])) as url:
        assert len(listed(kit, url, "bounces", pause=pauses.append)) == 1

    assert len(pauses) == 2
    assert all(pause > 0 for pause in pauses)


def test_patience_ends(kit):
    pauses = []
    with kit.says(("429 Too Many Requests", b"")) as url, pytest.raises(DeliveryDelayed):
        listed(kit, url, "bounces", pause=pauses.append)

    assert 1 < len(pauses) < 100


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        ["ada@example.com"],
        [{"email": "ada@example.com"}],
        [{"created": 1}],
        [{"created": "ada@example.com", "email": "ada@example.com"}],
        [{"created": 10**18, "email": "ada@example.com"}],
        {"email": "ada@example.com"},
    ],
)
def test_a_list_that_cannot_be_read_is_an_error_without_an_address(kit, body, caplog):
    with kit.says(("200 OK", body)) as url, pytest.raises(DeliveryUnknown) as raised:
        listed(kit, url, "bounces")

    assert "ada@" not in str(raised.value) + caplog.text + repr(raised.value.__cause__)
