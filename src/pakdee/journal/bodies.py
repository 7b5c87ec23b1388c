"""Request bodies as the journal keeps them: compressed, and provably the bytes that were frozen."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from pakdee.domain.errors import JournalUnfit
from pakdee.domain.identity import CODE

_CODE = re.compile(CODE.encode())


def packed(body: bytes) -> dict[str, Any]:
    """The columns that hold a frozen body."""
    return {
        "body": pa.compress(body, codec="zstd", asbytes=True),
        "body_bytes": len(body),
        "body_sha256": hashlib.sha256(body).hexdigest(),
    }


def with_codes(body: bytes, codes: Mapping[str, str]) -> bytes:
    """A body with other codes in the place of those of `domain.identity` that it was written with."""
    return _CODE.sub(lambda found: codes.get(found[0].decode(), found[0].decode()).encode(), body)


def unpacked(batch_id: str, body: bytes, size: int, sha256: str) -> bytes:
    """The frozen body again. Raises JournalUnfit when it is not what was stored."""
    try:
        found: bytes = pa.decompress(body, decompressed_size=size, codec="zstd", asbytes=True)
    except (OSError, ValueError) as error:
        raise _damaged(batch_id) from error
    if hashlib.sha256(found).hexdigest() != sha256:
        raise _damaged(batch_id)
    return found


def _damaged(batch_id: str) -> JournalUnfit:
    return JournalUnfit(
        "the stored mails are not what was frozen",
        where=f"journal, batch {batch_id}",
        next_step="stop all workers and restore the journal from a backup.",
    )
