"""SendGrid's webhook: signed deliveries of events, verified and stored as they came, read later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from pakdee.web.body import read_body

EVENTS_LIMIT = 4 * 1024 * 1024
"""SendGrid posts at about 768 KB; a body is held in memory until it is stored."""


class Events:
    """An endpoint without the machinery that pages need: hundreds of deliveries may come in a second.

    Verifying and storing happen in a thread, and threads that store at the same time share one commit. The
    answer leaves after it.
    """

    def __init__(self, house: Any, receive_webhook: Callable[[Any, Mapping[str, str], bytes], None]) -> None:
        self._house, self._receive_webhook = house, receive_webhook

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """204 once the delivery is on disk; SendGrid repeats it on anything but 2xx."""
        body = await read_body(receive, EVENTS_LIMIT)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        await run_in_threadpool(self._receive_webhook, self._house, headers, body)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})
