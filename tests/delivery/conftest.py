"""Shapes, claims and a service that answers as it is told."""

from __future__ import annotations

import datetime as dt
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from pakdee.delivery import freeze
from pakdee.domain.message import ClaimedBatch, Draft, Envelope, FrozenBatch, MessageKey, Row, Shape
from pakdee.domain.vocabulary import Purpose

NINE = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)


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


def make_row(
    number: int,
    slots: dict[str, str] | None = None,
    *,
    address: str | None = None,
    subject: str | None = None,
) -> Row:
    message = f"{number:032x}"
    draft = Draft(
        key=MessageKey("birthday", "1", f"customer-{number}", "2026"),
        message_id=message,
        address=address or f"c{number}@example.com",
        locale="th",
        unsubscribe_url=f"https://shop.example/u/{message}",
        context={},
    )
    return Row(draft, subject or f"สุขสันต์วันเกิด {number}", slots or {})


def make_shape(*rows: Row, text: str = "Hello", html: str = "<p>Hello</p>") -> Shape:
    return Shape(text, html, rows)


def frozen(shape: Shape, *, batch_size: int = 1000, **changed) -> list[FrozenBatch]:
    envelope = make_envelope(**changed)
    return freeze(shape, envelope, batch_size=batch_size, not_before=NINE, not_after=None)


def claim(body: bytes) -> ClaimedBatch:
    return ClaimedBatch("batch-1", "birthday", "ab" * 16, 1, body, 1)


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


class Kit:
    """What tests of this room build with."""

    row = staticmethod(make_row)
    shape = staticmethod(make_shape)
    envelope = staticmethod(make_envelope)
    frozen = staticmethod(frozen)
    claim = staticmethod(claim)
    service = staticmethod(service)
    read_request = staticmethod(read_request)


@pytest.fixture(scope="session")
def kit() -> type[Kit]:
    return Kit
