"""What the twin's files say, with or without a running twin: the judge after a crash."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from pakdee.twin.batches import Batches
from pakdee.twin.database import FILE, Database, statement
from pakdee.twin.mail import expand
from pakdee.twin.schedule import Outcome


def deliveries(state: Path) -> dict[str, int]:
    """How often each message (custom argument pakdee_message) goes out, or will if nothing is changed now.

    What is or will be thrown away, being cancelled or paused, does not count; a message that never goes out
    is not in it. Empty where there is no twin yet.
    """
    if not (state / FILE).exists():
        return {}
    database = Database(state)
    try:
        rows = database.read("accepted_messages")
        fates = Batches(database).fates(rows)
    finally:
        database.close()
    found = zip(rows, fates, strict=True)
    return dict(Counter(row["reference"] for row, fate in found if fate.outcome is Outcome.GOES_OUT))


@dataclass(frozen=True)
class Body:
    """One accepted request. Times are unix seconds; `content_sha256` is of its content blocks, in hex."""

    provider_id: str
    attempt_id: str | None
    batch_id: str | None
    received_at: float
    raw: bytes = field(repr=False)
    content_sha256: str

    def says(self) -> dict[str, str]:
        """By message (pakdee_message) the sha256, in hex, of subject, text and HTML as its reader gets it."""
        request = orjson.loads(self.raw)
        mails = [expand(request, position) for position in range(len(request["personalizations"]))]
        return {
            mail.custom_args["pakdee_message"]: _sha256([mail.subject, mail.text, mail.html])
            for mail in mails
            if "pakdee_message" in mail.custom_args
        }


def bodies(state: Path) -> Iterator[Body]:
    """Every request the twin has accepted, oldest first."""
    with closing(sqlite3.connect(f"file:{state / FILE}?mode=ro", uri=True)) as connection:
        for provider_id, attempt, batch_id, received_at, body in connection.execute(
            statement("accepted_requests")
        ):
            raw = zlib.decompress(body)
            content = _sha256(orjson.loads(raw)["content"])
            yield Body(provider_id, attempt, batch_id, received_at, raw, content)


def _sha256(said: Any) -> str:
    return hashlib.sha256(orjson.dumps(said)).hexdigest()
