"""Mails, claims and a service that answers as it is told."""

from __future__ import annotations

import datetime as dt
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import orjson
import pytest

from pakdee import twin
from pakdee.delivery import Account, Press, Sender
from pakdee.delivery.local_keys import local_keys
from pakdee.domain.identity import address_hash
from pakdee.domain.message import (
    ClaimedBatch,
    Draft,
    Envelope,
    FrozenBatch,
    Hold,
    MessageKey,
    ReservedOffer,
    Skeleton,
    Written,
)
from pakdee.domain.vocabulary import Purpose

NINE = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)
NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


def make_envelope(**changed) -> Envelope:
    told = {
        "campaign": "birthday",
        "step": "1",
        "variant": "plain",
        "locale": "th",
        "purpose": Purpose.MARKETING,
        "from_name": "Baan Kao",
        "from_email": "hello@shop.example",
        "reply_to": "care@shop.example",
    }
    return Envelope(**(told | changed))


def make_draft(number: int, *, address: str | None = None, offer: ReservedOffer | None = None) -> Draft:
    message = f"{number:032x}"
    where = address or f"c{number}@example.com"
    return Draft(
        key=MessageKey("birthday", "1", f"customer-{number}", "2026"),
        message_id=message,
        address=where,
        address_hash=address_hash(where),
        locale="th",
        unsubscribe_url=f"https://shop.example/u/{message}",
        context={},
        offer=offer,
    )


def make_mail(
    number: int, values: tuple[str, ...] = (), *, subject: str | None = None, **draft
) -> tuple[Draft, str, tuple[str, ...]]:
    """A draft with its subject and values, for any skeleton."""
    return make_draft(number, **draft), subject or f"สุขสันต์วันเกิด {number}", values


def pressed(
    *mails: tuple[Draft, str, tuple[str, ...]],
    text: str = "Hello",
    html: str = "<p>Hello</p>",
    tags: tuple[str, ...] = (),
    batch_size: int = 1000,
    **changed,
) -> list[FrozenBatch]:
    """The requests of mails that share one skeleton."""
    press = Press(make_envelope(**changed), batch_size=batch_size, not_before=NINE, not_after=None)
    skeleton = Skeleton(text, html, tags)
    full = [b for draft, *rest in mails for b in press.add(draft, Written(skeleton, *rest))]
    return full + press.rest()


def claim(body: bytes) -> ClaimedBatch:
    return ClaimedBatch("batch-1", "birthday", "ab" * 16, 1, body, 1, NINE)


def hold() -> Hold:
    return Hold("HkJ5yLYULb7Rj8GKSx7u025ouWVlMgAi", NINE + dt.timedelta(minutes=15))


def read_request(connection: socket.socket) -> bytes:
    """One HTTP request, to its end; what was read so far when the other side stops early."""
    found = b""
    while b"\r\n\r\n" not in found and (chunk := connection.recv(65536)):
        found += chunk
    head, _, body = found.partition(b"\r\n\r\n")
    lengths = [
        line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
    ]
    while lengths and len(body) < int(lengths[0]) and (chunk := connection.recv(65536)):
        body += chunk
    return head + b"\r\n\r\n" + body


@contextmanager
def service(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """The address of a service that hands every connection to `answer`, one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        done = threading.Event()
        thread = threading.Thread(target=_serve, args=(server, answer, done))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            done.set()
            thread.join()


def _serve(server: socket.socket, answer: Callable[[socket.socket], None], done: threading.Event) -> None:
    while not done.is_set():
        try:
            connection, _ = server.accept()
        except TimeoutError:
            continue
        with connection:
            connection.settimeout(5)
            answer(connection)


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


def says(*answers, seen=None):
    """A service that gives these answers in turn, each a status line and a body, the last one for ever."""
    left = list(answers)

    def answer(connection):
        request = read_request(connection)
        if seen is not None:
            seen.append(request.split(b" HTTP/")[0].decode())
        status, body = left.pop(0) if len(left) > 1 else left[0]
        data = body if isinstance(body, bytes) else orjson.dumps(body)
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(data)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + data)

    return service(answer)


def account(url: str, **given) -> Account:
    return Account(api_key="SG.test-key", url=url, timeout=5, **given)


class Kit:
    """What tests of this room build with."""

    envelope = staticmethod(make_envelope)
    draft = staticmethod(make_draft)
    mail = staticmethod(make_mail)
    pressed = staticmethod(pressed)
    claim = staticmethod(claim)
    hold = staticmethod(hold)
    service = staticmethod(service)
    says = staticmethod(says)
    account = staticmethod(account)
    read_request = staticmethod(read_request)


@pytest.fixture(scope="session")
def kit() -> type[Kit]:
    return Kit


@pytest.fixture
def sendgrid(tmp_path) -> Iterator[Sendgrid]:
    """The twin, with its clock in our hand."""
    with served(tmp_path) as found:
        yield found
