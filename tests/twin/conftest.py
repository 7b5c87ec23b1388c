"""A twin in this process or in one of its own, and a webhook that listens."""

from __future__ import annotations

import datetime as dt
import json
import socket
import threading
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from pakdee import twin
from pakdee.delivery import Press, Sender
from pakdee.delivery.local_keys import LocalKeys, local_keys
from pakdee.domain.identity import address_hash
from pakdee.domain.message import ClaimedBatch, Draft, Envelope, FrozenBatch, MessageKey, Skeleton, Written
from pakdee.domain.vocabulary import Purpose

NINE = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)
FAR = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
AT_ONCE = twin.Behaviour(pace=0)


@dataclass
class Webhook:
    """A listener that keeps what it took; `refuse` answers 503 to so many posts first."""

    url: str = ""
    refuse: int = 0
    took: list[tuple[bytes, str | None, str | None]] = field(default_factory=list)
    refused: int = 0

    def events(self) -> list[dict]:
        return [event for body, *_ in self.took for event in json.loads(body)]


@pytest.fixture
def webhook():
    hook = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if hook.refused < hook.refuse:
                hook.refused += 1
                self.send_response(503)
            else:
                name = "X-Twilio-Email-Event-Webhook"
                hook.took.append((body, self.headers[f"{name}-Signature"], self.headers[f"{name}-Timestamp"]))
                self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hook.url = f"http://127.0.0.1:{server.server_port}/sendgrid/events"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield hook
        server.shutdown()
        thread.join()


@dataclass(frozen=True)
class Twin:
    """A running twin."""

    url: str
    keys: LocalKeys

    def get(self, path: str):
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return json.load(answer)

    def post(self, path: str, found: dict | None = None):
        data = json.dumps(found or {}).encode()
        request = urllib.request.Request(
            self.url + path, data, {"Content-Type": "application/json"}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def sender(self, timeout: float = 30.0) -> Sender:
        return Sender(api_key=self.keys.api_key, url=self.url, timeout=timeout)

    def send(self, *batches: FrozenBatch) -> list[str]:
        return [self.sender().send(claim(batch)).provider_id for batch in batches]


def claim(batch: FrozenBatch) -> ClaimedBatch:
    return ClaimedBatch("batch-1", "birthday", "ab" * 16, 1, batch.body, len(batch.messages), FAR)


def app(directory: Path, *, webhook_url: str | None = None, behaviour=AT_ONCE, seed: int = 7, **given):
    keys = local_keys(directory / "keys.json")
    state = directory / "twin"
    return twin.create_app(
        state,
        webhook_url=webhook_url,
        signing_key=keys.signing_key,
        api_key=keys.api_key,
        seed=seed,
        behaviour=behaviour,
        **given,
    )


@contextmanager
def running(directory: Path, **given):
    """A twin served by uvicorn in a thread."""
    server = twin.server(app(directory, **given))
    listening = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        yield Twin(url, local_keys(directory / "keys.json"))
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def batches(
    count: int,
    *,
    start: int = 0,
    html: str = '<a href="https://shop.example/?a=1&amp;b=2">~k7f3a0~</a>',
    value: str = "250",
) -> list[FrozenBatch]:
    envelope = Envelope(
        "birthday", "1", "plain", "th", Purpose.MARKETING, "Kao", "hello@shop.example", "care@shop.example"
    )
    press = Press(envelope, batch_size=1000, not_before=NINE, not_after=None)
    skeleton = Skeleton("You have ~k7f3a0~ points", html, ("~k7f3a0~",))
    full = []
    for number in range(start, start + count):
        key = MessageKey("birthday", "1", f"customer-{number}", "2026")
        url, address = f"https://shop.example/u/{number}", f"c{number}@example.com"
        draft = Draft(key, f"{number:032x}", address, address_hash(address), "th", url, {})
        full += press.add(draft, Written(skeleton, f"สุขสันต์ {number}", (value,)))
    return full + press.rest()


@dataclass
class Hand:
    """A clock that is moved by hand; unix seconds."""

    now: float = NINE.timestamp()

    def __call__(self) -> float:
        return self.now

    def at(self, now: float) -> None:
        self.now = now


def client(found: Twin) -> httpx.Client:
    """A client that has the key."""
    headers = {"Authorization": f"Bearer {found.keys.api_key}"}
    return httpx.Client(base_url=found.url, headers=headers, trust_env=False, timeout=30)


def request(*references: str, attempt: str = "a1", **changed) -> dict:
    """A body for mail/send, one message per reference, to <reference>@example.com."""
    return {
        "from": {"email": "hello@shop.example"},
        "subject": "Hello",
        "content": [{"type": "text/plain", "value": "Hello"}],
        "custom_args": {"pakdee_attempt": attempt},
        "personalizations": [
            {"to": [{"email": f"{name}@example.com"}], "custom_args": {"pakdee_message": name}}
            for name in references
        ],
        **changed,
    }


class Kit:
    """What tests of this room build with."""

    hand = staticmethod(Hand)
    found = staticmethod(Twin)
    client = staticmethod(client)
    request = staticmethod(request)

    app = staticmethod(app)
    running = staticmethod(running)
    batches = staticmethod(batches)
    claim = staticmethod(claim)
    behaviour = staticmethod(twin.Behaviour)


@pytest.fixture(scope="session")
def kit() -> type[Kit]:
    return Kit
