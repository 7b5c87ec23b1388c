"""Request bodies, read no further than they may be long."""

from __future__ import annotations

from fastapi import Request

DRAIN = 64 * 1024 * 1024


class TooLong(Exception):
    """The body is longer than allowed."""


async def read_body(request: Request, limit: int) -> bytes:
    """The raw bytes, at most `limit` of them ever held.

    A longer body is read on without being kept, up to a bound: a sender that is cut off mid-way sees a broken
    connection instead of the answer.

    Raises:
        TooLong: there is more than `limit`.
    """
    kept, size = bytearray(), 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= limit:
            kept += chunk
        else:
            kept.clear()
        if size > DRAIN:
            break
    if size > limit:
        raise TooLong
    return bytes(kept)
