"""Who may talk to the desk: pages of its own, under names that it knows; nothing else in the browser."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SEAL_LASTS = dt.timedelta(hours=12)
HOME = ("127.0.0.1", "localhost", "[::1]")
SAFETY = {
    # Not "no-referrer": with it browsers hide where a form comes from, which is what is checked here.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
MAIL_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'"
)


@dataclass(frozen=True)
class Names:
    """Host names under which the desk is reached. Any other is a page elsewhere that points its name here."""

    hosts: frozenset[str]
    origins: frozenset[str]

    @classmethod
    def of(cls, port: int, names: Iterable[str] = ()) -> Names:
        """This machine's own names at `port`, and `names` (with a port where it is not the usual one)."""
        known = {f"{home}:{port}" for home in HOME} | {name.lower() for name in names}
        return cls(frozenset(known), frozenset(f"{s}://{host}" for host in known for s in ("http", "https")))

    def may_ask(self, headers: Headers) -> bool:
        """Whether a request names a host that is ours."""
        return headers.get("host", "").lower() in self.hosts

    def may_change(self, headers: Headers) -> bool:
        """Whether a request comes from a page of ours; one that does not say where from is refused."""
        told = headers.get("origin") or headers.get("referer") or ""
        parts = urlsplit(told)
        return f"{parts.scheme}://{parts.netloc}".lower() in self.origins


class Seals:
    """Marks in our forms, without which nothing is changed; good for some hours, and until a restart."""

    def __init__(self, clock: Callable[[], dt.datetime]) -> None:
        self._clock, self._key = clock, secrets.token_bytes(32)

    def new(self) -> str:
        """A seal for a form."""
        made = str(int(self._clock().timestamp()))
        return f"{made}.{self._mark(made)}"

    def is_good(self, seal: str) -> bool:
        """Whether a form bears one of ours that is not too old."""
        made, _, mark = seal.partition(".")
        if not hmac.compare_digest(self._mark(made).encode(), mark.encode("utf-8", "replace")):
            return False
        return abs(self._clock() - dt.datetime.fromtimestamp(int(made), dt.UTC)) <= SEAL_LASTS

    def _mark(self, made: str) -> str:
        return hmac.new(self._key, made.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


class Guard:
    """Turns strangers away before anything is read, and puts the headers of safety on every answer."""

    def __init__(self, app: ASGIApp, names: Names) -> None:
        self._app, self._names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers itself, or lets the application answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with_safety(message.get("headers", ()))
            await send(message)

        headers = Headers(scope=scope)
        if not self._names.may_ask(headers):
            await _refuse(safely, 421, b"not under this name")
        elif scope["method"] not in {"GET", "HEAD"} and not self._names.may_change(headers):
            await _refuse(safely, 403, b"not from another page")
        else:
            await self._app(scope, receive, safely)


def _with_safety(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    given = list(headers)
    there = {name for name, _ in given}
    added = {**SAFETY, "Content-Security-Policy": PAGE_POLICY, "Cache-Control": "no-store"}
    own = [(name.lower().encode(), value.encode()) for name, value in added.items()]
    return [*given, *((name, value) for name, value in own if name not in there)]


async def _refuse(send: Send, status: int, words: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words})
