"""Request bodies, read no further than they may be long."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.requests import ClientDisconnect
from starlette.types import Receive

DRAIN = 64 * 1024 * 1024


class TooLong(Exception):
    """The body is longer than allowed."""


async def read_body(receive: Receive, limit: int) -> bytes:
    """The raw bytes, at most `limit` of them ever held.

    A longer body is read on without being kept, up to a bound: a sender that is cut off mid-way sees a broken
    connection instead of the answer.

    Raises:
        TooLong: there is more than `limit`.
        ClientDisconnect: it ended before its end.
    """
    kept, size, has_more = bytearray(), 0, True
    while has_more and size <= DRAIN:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk, has_more = message.get("body", b""), message.get("more_body", False)
        size += len(chunk)
        if size <= limit:
            kept += chunk
        else:
            kept.clear()
    if size > limit:
        raise TooLong
    return bytes(kept)


def tell_bodies(app: FastAPI) -> None:
    """Answer for bodies that could not be read."""

    @app.exception_handler(TooLong)
    async def too_long(_request: Request, _error: Exception) -> Response:
        return PlainTextResponse("too long", status_code=413)

    @app.exception_handler(ClientDisconnect)
    async def gone(_request: Request, _error: Exception) -> Response:
        return Response(status_code=400)  # nobody reads it
