"""POST /v3/mail/send."""

from __future__ import annotations

import secrets
import sqlite3
from typing import Any

import anyio
import orjson
from anyio.to_thread import run_sync
from fastapi import Request, Response
from starlette.requests import ClientDisconnect

from pakdee.twin.answers import NOT_ALLOWED, key_checker, refusal
from pakdee.twin.batches import Batches
from pakdee.twin.clock import Clock
from pakdee.twin.conduct import Conduct
from pakdee.twin.faults import Faults
from pakdee.twin.store import Store
from pakdee.twin.validation import BAD_REQUEST, Problem, problems, refused

_MEDIA_TYPE = Problem("Content-Type should be application/json.")
_TOO_LARGE = Problem("Payload too large: a request must be less than 30 MB.")
_BROKEN = Problem("Internal server error: the request could not be stored.")
_NO_BATCH = Problem("invalid batch id", "batch_id")


class MailSend:
    """Takes a request or says why not, as SendGrid would."""

    def __init__(
        self, store: Store, batches: Batches, conduct: Conduct, faults: Faults, *, api_key: str, clock: Clock
    ) -> None:
        self._store, self._batches, self._conduct = store, batches, conduct
        self._faults, self._clock, self._has_key = faults, clock, key_checker(api_key)

    async def answer(self, request: Request) -> Response:
        """202 with X-Message-Id once everything is on disk."""
        try:
            body = await self._read(request)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is there to see it
        fault = self._faults.next()
        if fault.latency:
            await anyio.sleep(fault.latency)
        if fault.refuse_key or not self._has_key(request):
            return refusal(401, [NOT_ALLOWED])
        if fault.answer and not fault.store:
            return fault.response(self._clock())
        response = await run_sync(self._judge, request.headers.get("content-type", ""), body)
        return fault.response(self._clock()) if fault.answer else response

    async def _read(self, request: Request) -> bytes | None:
        """The body; None when it is too large."""
        # Read to its end in any case: a sender that is cut off while writing never sees the answer.
        most = self._conduct.behaviour.largest_request
        chunks: list[bytes] = []
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size < most:
                chunks.append(chunk)
        return b"".join(chunks) if size < most else None

    def _judge(self, content_type: str, body: bytes | None) -> Response:
        if body is None:
            return refusal(413, [_TOO_LARGE])
        if content_type.split(";", maxsplit=1)[0].strip().lower() != "application/json":
            return refusal(415, [_MEDIA_TYPE])
        try:
            request = orjson.loads(body)
        except ValueError:
            return refusal(400, [BAD_REQUEST])
        found = problems(request, now=self._clock()) or self._of_this_account(request)
        return refusal(400, found) if found else self._take(request, body)

    def _of_this_account(self, request: dict[str, Any]) -> list[Problem]:
        """What only this account refuses: batch ids it does not know, and addresses on command."""
        if "batch_id" in request and not self._batches.exists(request["batch_id"]):
            return [_NO_BATCH]
        behaviour = self._conduct.behaviour
        addresses = {address.lower() for address in behaviour.refuse_addresses}
        return refused(request, addresses, unnamed=behaviour.unnamed) if addresses else []

    def _take(self, request: dict[str, Any], body: bytes) -> Response:
        if request.get("mail_settings", {}).get("sandbox_mode", {}).get("enable"):
            return Response(status_code=200)
        provider_id = secrets.token_urlsafe(16)
        try:
            self._store.accept(request, body, provider_id=provider_id, now=self._clock())
        except sqlite3.Error:
            return refusal(500, [_BROKEN])
        return Response(status_code=202, headers={"X-Message-Id": provider_id})
