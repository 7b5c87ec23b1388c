"""The twin's endpoints: SendGrid's Mail Send, a small API to look inside, and pages to read the mails."""

from __future__ import annotations

import hmac
import secrets
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import orjson
from anyio.to_thread import run_sync
from fastapi import FastAPI, Request, Response

from pakdee.twin import limits
from pakdee.twin.api import looking_inside
from pakdee.twin.behaviour import Behaviour
from pakdee.twin.faults import Faults
from pakdee.twin.keys import load_signing_key
from pakdee.twin.pages import pages
from pakdee.twin.postman import Postman
from pakdee.twin.store import Store
from pakdee.twin.validation import Problem, problems

_NOT_ALLOWED = Problem("The provided authorization grant is invalid, expired, or revoked")
_MEDIA_TYPE = Problem("Content-Type should be application/json.")
_TOO_LARGE = Problem("Payload too large: a request must be less than 30 MB.")
_BROKEN = Problem("Internal server error: the request could not be stored.")


def create_app(
    state: Path,
    *,
    webhook_url: str | None,
    signing_key: str,
    api_key: str,
    seed: int,
    behaviour: Behaviour | None = None,
    clock: Callable[[], float] = time.time,
) -> FastAPI:
    """A local SendGrid that keeps everything in the directory `state`.

    Args:
        webhook_url: where events are posted; None keeps them waiting.
        signing_key: an ECDSA P-256 private key, PEM text; its public half is what the webhook checks with.
        api_key: the only bearer token it takes.
        seed: chance of the mails' stories.
        behaviour: shares of opens, bounces and so on.
        clock: unix seconds.
    """
    store = Store(state)
    postman = Postman(
        store,
        webhook_url=webhook_url,
        key=load_signing_key(signing_key),
        seed=seed,
        behaviour=behaviour or Behaviour(),
        clock=clock,
    )
    faults = Faults()
    door = _MailSend(store, faults, api_key=api_key, clock=clock)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        postman.start()
        yield
        await run_sync(postman.stop)
        store.close()

    app = FastAPI(title="SendGrid twin", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.add_api_route("/v3/mail/send", door.answer, methods=["POST"])
    app.include_router(looking_inside(store, postman, faults))
    app.include_router(pages(store))
    return app


class _MailSend:
    """POST /v3/mail/send."""

    def __init__(self, store: Store, faults: Faults, *, api_key: str, clock: Callable[[], float]) -> None:
        self._store, self._faults, self._clock = store, faults, clock
        self._authorization = f"Bearer {api_key}".encode()

    async def answer(self, request: Request) -> Response:
        """202 with X-Message-Id once everything is on disk; else why not, as SendGrid would say it."""
        body = await _read(request)
        fault = self._faults.next()
        if fault.latency:
            await anyio.sleep(fault.latency)
        authorization = request.headers.get("authorization", "").encode()
        if fault.refuse_key or not hmac.compare_digest(authorization, self._authorization):
            return _refusal(401, [_NOT_ALLOWED])
        if fault.answer and not fault.store:
            return fault.response(self._clock())
        response = await run_sync(self._judge, request.headers.get("content-type", ""), body)
        return fault.response(self._clock()) if fault.answer else response

    def _judge(self, content_type: str, body: bytes | None) -> Response:
        if body is None:
            return _refusal(413, [_TOO_LARGE])
        if content_type.split(";", maxsplit=1)[0].strip().lower() != "application/json":
            return _refusal(415, [_MEDIA_TYPE])
        try:
            request = orjson.loads(body)
        except ValueError:
            return _refusal(400, [Problem("Bad Request")])
        found = problems(request, now=self._clock())
        return _refusal(400, found) if found else self._take(request, body)

    def _take(self, request: dict[str, Any], body: bytes) -> Response:
        if request.get("mail_settings", {}).get("sandbox_mode", {}).get("enable"):
            return Response(status_code=200)
        provider_id = secrets.token_urlsafe(16)
        try:
            self._store.accept(request, body, provider_id=provider_id, now=self._clock())
        except sqlite3.Error:
            return _refusal(500, [_BROKEN])
        return Response(status_code=202, headers={"X-Message-Id": provider_id})


async def _read(request: Request) -> bytes | None:
    """The body; None when it is too large."""
    # Read to its end in any case: a sender that is cut off while writing never sees the answer.
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size < limits.REQUEST_BYTES:
            chunks.append(chunk)
    return b"".join(chunks) if size < limits.REQUEST_BYTES else None


def _refusal(status: int, found: list[Problem]) -> Response:
    body = orjson.dumps({"errors": [problem.as_json() for problem in found]})
    return Response(body, status_code=status, media_type="application/json")
