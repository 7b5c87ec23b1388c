"""Holds and suppression lists, against the twin and against services that misbehave."""

import datetime as dt
import json
import socket
import threading
import time
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import httpx
import orjson
import pytest

from pakdee import twin
from pakdee.delivery import Account, Sender
from pakdee.delivery.account import MOST_CANCELLED
from pakdee.delivery.local_keys import local_keys
from pakdee.domain.errors import DeliveryDelayed, DeliveryRefused, DeliveryUnknown, KeyRefused
from pakdee.domain.identity import address_hash
from pakdee.domain.message import Hold
from pakdee.domain.vocabulary import SuppressionReason

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
SOON = NOON + dt.timedelta(minutes=15)


class Hand:
    """A clock that is moved by hand; unix seconds."""

    now = NOON.timestamp()

    def __call__(self):
        return self.now


class Sendgrid:
    """A running twin and a key to it."""

    def __init__(self, directory, url):
        self.directory, self.url, self.clock = directory, url, Hand()
        self.key = local_keys(directory / "keys.json").api_key

    def account(self):
        return Account(api_key=self.key, url=self.url, timeout=30)

    def sender(self):
        return Sender(api_key=self.key, url=self.url, timeout=30)

    def browser(self):
        headers = {"Authorization": f"Bearer {self.key}"}
        return httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=30)


@contextmanager
def served(directory):
    keys = local_keys(directory / "keys.json")
    found = Sendgrid(directory, "")
    app = twin.create_app(
        directory / "twin",
        webhook_url=None,
        signing_key=keys.signing_key,
        api_key=keys.api_key,
        seed=7,
        clock=found.clock,
    )
    server, listening = twin.server(app), socket.create_server(("127.0.0.1", 0))
    found.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield found
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@pytest.fixture
def sendgrid(tmp_path):
    with served(tmp_path) as found:
        yield found


def says(kit, *answers, seen=None):
    """A service that gives these answers in turn, each a status line and a body, the last one for ever."""
    left = list(answers)

    def answer(connection):
        request = kit.read_request(connection)
        if seen is not None:
            seen.append(request.split(b" HTTP/")[0].decode())
        status, body = left.pop(0) if len(left) > 1 else left[0]
        data = body if isinstance(body, bytes) else orjson.dumps(body)
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + data)

    return kit.service(answer)


def account(url, **given):
    return Account(api_key="SG.test-key", url=url, timeout=5, **given)


# ── requests kept for later ───────────────────────────────────────────────────────────────────────────
def test_a_hold_is_a_new_name_each_time_in_whole_seconds(sendgrid):
    """SendGrid takes whole seconds only; what we remember is what it was told."""
    holds = [sendgrid.account().new_hold(SOON.replace(microsecond=999_999)) for _ in range(2)]

    assert holds[0].provider_batch_id != holds[1].provider_batch_id
    assert holds[0].send_at == SOON


def test_what_is_held_and_cancelled_never_goes_out_and_all_else_does(sendgrid, kit):
    """The whole way: two requests held, one called back, both times come."""
    account, sender = sendgrid.account(), sendgrid.sender()
    kept, gone = (account.new_hold(SOON) for _ in range(2))
    for number, hold in enumerate([kept, gone]):
        [batch] = kit.pressed(kit.mail(number))
        sender.send(kit.claim(batch.body), hold)
    assert account.cancel(gone)
    sendgrid.clock.now = SOON.timestamp() + 60
    account.release(gone)

    went = twin.deliveries(sendgrid.directory / "twin")
    assert went == {f"{0:032x}": 1}


def test_cancelling_twice_is_fine(sendgrid):
    """The first answer may have been lost."""
    account = sendgrid.account()
    hold = account.new_hold(SOON)

    assert [account.cancel(hold) for _ in range(3)] == [True] * 3


def test_what_was_only_paused_is_cancelled(sendgrid):
    """Somebody paused it in SendGrid's own pages; a pause ends by itself, and the mail goes out."""
    hold = sendgrid.account().new_hold(SOON)
    with sendgrid.browser() as browser:
        paused = {"batch_id": hold.provider_batch_id, "status": "pause"}
        assert browser.post("/v3/user/scheduled_sends", json=paused).status_code == 201
        assert sendgrid.account().cancel(hold)
        [found] = browser.get(f"/v3/user/scheduled_sends/{hold.provider_batch_id}").json()

    assert found["status"] == "cancel"


def test_no_room_is_told_apart_and_ends_with_a_release(sendgrid):
    """Ten at one time; releasing twice is fine."""
    account = sendgrid.account()
    holds = [account.new_hold(SOON) for _ in range(MOST_CANCELLED + 1)]

    assert [account.cancel(hold) for hold in holds] == [True] * MOST_CANCELLED + [False]
    assert account.cancel(holds[0])  # full is no reason to forget what was confirmed
    for _ in range(2):
        account.release(holds[0])
    assert account.cancel(holds[-1])


def test_a_batch_that_sendgrid_does_not_know_is_an_error(sendgrid):
    with pytest.raises(DeliveryRefused, match="invalid batch id"):
        sendgrid.account().cancel(Hold("never-made", SOON))


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([("503 Service Unavailable", b"")], DeliveryUnknown),
        ([("200 OK", {"batch_id": "x", "status": "cancel"})], DeliveryUnknown),
        ([("401 Unauthorized", b"")], KeyRefused),
        ([("403 Forbidden", b"")], KeyRefused),
        ([("429 Too Many Requests", b"")], DeliveryDelayed),
        ([("400 Bad Request", b""), ("200 OK", b"<html>")], DeliveryUnknown),
        ([("400 Bad Request", b""), ("200 OK", []), ("500 Oops", b"")], DeliveryUnknown),
        ([("400 Bad Request", b""), ("404 Not Found", b""), ("200 OK", [])], DeliveryRefused),
        # Another batch's status, as SendGrid's own example shows it, says nothing of ours.
        ([("400 Bad Request", b""), ("200 OK", [{"batch_id": "y", "status": "cancel"}])], DeliveryRefused),
        ([("400 Bad Request", b""), ("200 OK", [{}])], DeliveryRefused),
    ],
)
def test_a_cancellation_is_only_what_sendgrid_has_confirmed(kit, answers, error):
    with says(kit, *answers) as url, pytest.raises(error) as raised:
        account(url).cancel(Hold("x", SOON))

    assert type(raised.value) is error


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", {"batch_id": 7}, {"batch_id": "a/../b"}, {"batch_id": ""}]
)
def test_a_name_that_cannot_be_used_is_no_hold(kit, body):
    """It becomes part of addresses and of every body."""
    with says(kit, ("201 Created", body)) as url, pytest.raises(DeliveryUnknown):
        account(url).new_hold(SOON)


@pytest.mark.parametrize("status", ["400 Bad Request", "500 Oops", "200 OK"])
def test_a_place_that_was_not_given_back_is_an_error(kit, status):
    with says(kit, (status, b"")) as url, pytest.raises((DeliveryRefused, DeliveryUnknown)):
        account(url).release(Hold("x", SOON))


# ── addresses it will not mail ────────────────────────────────────────────────────────────────────────
def listed(url, name, since=NOON, **given):
    return list(account(url, **given).suppressed(name, since))


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
    with says(kit, ("200 OK", [entry]), seen=seen) as url:
        [found] = listed(url, name)

    assert found == (address_hash("ada@example.com"), reason, NOON)
    assert seen == [f"GET /v3/suppression/{name}?limit=500&offset=0&start_time={int(NOON.timestamp())}"]


@pytest.mark.parametrize("name", ["blocks", "everybody", "../mail/batch"])
def test_a_list_that_suppresses_nobody_is_not_asked_for(name):
    """A block is one mail that was not taken; the address stays good."""
    with pytest.raises(ValueError, match="not a list that suppresses"):
        account("http://127.0.0.1:9").suppressed(name, NOON)


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
        found = {one.address_hash for one in listed(url, "bounces")}

    assert moving.asked > 1
    assert set(map(address_hash, moving.stayed)) <= found


@pytest.mark.parametrize("size", [0, 1, 449, 450, 499, 500, 501, 950, 951])
def test_lists_of_every_length_are_read_to_the_end(kit, size):
    moving = Moving(size, lambda _: None)
    with moving.served(kit) as url:
        found = listed(url, "bounces")

    assert len(found) == len(set(found)) == size


def test_a_list_that_never_stands_still_is_an_error_and_not_for_ever(kit):
    def all_new(moving):
        moving.rows = [(f"{moving.asked}-{n}@example.com", n) for n in range(2000)]

    with Moving(2000, all_new).served(kit) as url, pytest.raises(DeliveryUnknown, match="faster"):
        listed(url, "bounces")


def test_where_sendgrid_asks_to_wait_reading_waits(kit):
    """600 questions a minute are allowed; a first reading of a long list asks more."""
    pauses, busy = [], ("429 Too Many Requests", b"")
    with says(kit, busy, busy, ("200 OK", [{"email": "a@example.com", "created": 1}])) as url:
        assert len(listed(url, "bounces", pause=pauses.append)) == 1

    assert len(pauses) == 2
    assert all(pause > 0 for pause in pauses)


def test_patience_ends(kit):
    pauses = []
    with says(kit, ("429 Too Many Requests", b"")) as url, pytest.raises(DeliveryDelayed):
        listed(url, "bounces", pause=pauses.append)

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
    with says(kit, ("200 OK", body)) as url, pytest.raises(DeliveryUnknown) as raised:
        listed(url, "bounces")

    assert "ada@" not in str(raised.value) + caplog.text + repr(raised.value.__cause__)
