"""Makes requests go wrong: an ASGI layer in front of everything under /v3."""

from __future__ import annotations

import asyncio
import hashlib
import re
import socket
import struct
from collections import Counter
from email.utils import formatdate

import anyio
import orjson
from fastapi import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pakdee.twin.behaviour import draw
from pakdee.twin.clock import Clock
from pakdee.twin.conduct import Conduct
from pakdee.twin.misbehaviour import Mishap, Trouble

TRANSPORT = "pakdee.transport"  # in scope["extensions"]; put there by twin.server
# What differs between two attempts at the same request.
_OF_THE_ATTEMPT = re.compile(rb'"(?:pakdee_attempt|batch_id|send_at)"\s*:\s*(?:"[^"]*"|\d+)')
_PAGE = b"<!doctype html><html><head><title>One moment</title></head><body><p>One moment</p></body></html>"
_LINGER_NOT = struct.pack("ii", 1, 0)  # closing then sends a reset instead of an orderly end


class Mishaps:
    """Hits requests as the misbehaviour in force says; `happened` counts what was done since the start.

    Chance belongs to what a request says and how often it came, so it does not depend on which of several
    senders was first; what happens before a request can be read goes by the count of requests.
    """

    def __init__(self, conduct: Conduct, clock: Clock) -> None:
        self._conduct, self._clock = conduct, clock
        self.happened: Counter[str] = Counter()
        self._requests = 0
        self._seen: Counter[bytes] = Counter()

    def around(self, app: ASGIApp) -> ASGIApp:
        """The layer, as middleware."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            wanted = self._conduct.misbehaviour
            is_concerned = scope["type"] == "http" and wanted.hits_requests and wanted.concerns(scope["path"])
            await (self._hit(app, scope, receive, send) if is_concerned else app(scope, receive, send))

        return answer

    async def _hit(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        self._requests += 1
        wanted, seed = self._conduct.misbehaviour, f"{self._conduct.misbehaviour.seed}.{self._conduct.starts}"
        early = wanted.early(draw(0, f"{seed}.{self._requests}"))
        if early is not None:
            self.happened[early] += 1
            if early is Mishap.RESET_READING:
                await receive()
            await _reset(scope, receive)
            return
        body = await _read(receive)
        if body is None:
            return
        trouble = wanted.later(draw(0, f"{seed}.{self._identity(scope, body)}"))
        await self._suffer(trouble, _Exchange(app, scope, receive, send, body))

    def _identity(self, scope: Scope, body: bytes) -> str:
        """What the request says, without what is new in every attempt, and how often it came."""
        said = _OF_THE_ATTEMPT.sub(b"", body)
        digest = hashlib.blake2b(said, digest_size=16, key=scope["path"].encode()[:64]).digest()
        self._seen[digest] += 1
        return f"{digest.hex()}.{self._seen[digest]}"

    async def _suffer(self, trouble: Trouble, exchange: _Exchange) -> None:
        if trouble.latency:
            self.happened["latency"] += 1
            await anyio.sleep(trouble.latency)
        if trouble.mishap is None:
            await exchange.answer(await exchange.ask())
            return
        self.happened[trouble.mishap] += 1
        answered = await exchange.ask() if trouble.is_taken else None
        await self._end(trouble, exchange, answered)

    async def _end(self, trouble: Trouble, exchange: _Exchange, answered: Response | None) -> None:
        match trouble.mishap:
            case Mishap.RESET_AFTER:
                await _reset(exchange.scope, exchange.receive)
            case Mishap.SILENCE_BEFORE | Mishap.SILENCE_AFTER:
                await _silence(exchange.scope, exchange.receive)
            case Mishap.TOO_MANY:
                await exchange.answer(too_many(self._clock(), self._conduct.misbehaviour.wait_seconds))
            case _:
                await exchange.answer(_wrong(trouble, answered))


class _Exchange:
    """One request that was read, and the way back."""

    def __init__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, body: bytes) -> None:
        self._app, self.scope, self.receive, self._send, self._body = app, scope, receive, send, body

    async def ask(self) -> Response:
        """Lets the twin do its work and keeps the answer back."""
        told: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": self._body, "more_body": False}

        async def send(message: Message) -> None:
            told.append(message)

        await self._app(self.scope, receive, send)
        body = b"".join(message.get("body", b"") for message in told[1:])
        response = Response(body, status_code=told[0]["status"])
        response.raw_headers = list(told[0]["headers"])
        return response

    async def answer(self, response: Response) -> None:
        """Sends this instead."""
        await response(self.scope, self.receive, self._send)


def too_many(now: float, wait: int) -> Response:
    """429, with the instant (unix seconds, as the twin's clock counts) when the next request may come."""
    body = orjson.dumps({"errors": [{"field": None, "message": "too many requests"}]})
    headers = {
        "X-RateLimit-Limit": "600",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset": str(int(now) + wait),
    }
    return Response(body, 429, headers, media_type="application/json")


def _wrong(trouble: Trouble, answered: Response | None) -> Response:
    """An answer that is not SendGrid's, or only half of it; `answered` is what it would have said."""
    match trouble.mishap:
        case Mishap.NO_MESSAGE_ID if answered is not None:
            del answered.headers["x-message-id"]
            found = answered
        case Mishap.OK:
            found = Response(status_code=200)
        case Mishap.HTML:
            found = Response(_PAGE, trouble.among((200, 502, 503)), media_type="text/html")
        case Mishap.REDIRECT:
            found = Response(status_code=302, headers={"Location": "/health"})
        case Mishap.TRUNCATED:
            whole, status = (answered.body, answered.status_code) if answered else (b"", 500)
            half = bytes(whole)[: len(whole) // 2] or b'{"errors":[{"mess'
            found = Response(half, status if whole else 500, media_type="application/json")
        case _:
            body = orjson.dumps({"errors": [{"field": None, "message": "internal server error"}]})
            found = Response(body, trouble.among(), media_type="application/json")
    return found


async def _read(receive: Receive) -> bytes | None:
    """The whole body; None when the client went away before its end."""
    chunks: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


async def _silence(scope: Scope, receive: Receive) -> None:
    """Says nothing until the client has gone, or the twin ends."""
    try:
        await _gone(receive)
    except asyncio.CancelledError:
        await _reset(scope, receive)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _reset(scope: Scope, receive: Receive) -> None:
    """Cuts the connection with a reset. Raises RuntimeError when not served by `twin.server`."""
    transport: asyncio.Transport | None = scope.get("extensions", {}).get(TRANSPORT)
    if transport is None:
        raise RuntimeError("only pakdee.twin.server and run can reset connections")
    found: socket.socket = transport.get_extra_info("socket")
    found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
    transport.abort()
    await _gone(receive)


def dated(app: ASGIApp, clock: Clock) -> ASGIApp:
    """Every answer carries the date of the twin's clock, so that it fits what a 429 says."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def with_date(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = formatdate(clock(), usegmt=True).encode()
                message = {**message, "headers": [*message["headers"], (b"date", date)]}
            await send(message)

        await app(scope, receive, with_date)

    return answer
