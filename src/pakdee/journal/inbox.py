"""The inbox of the webhook: deliveries as they came, kept before anything is understood of them."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence
from typing import Any

from pakdee.journal import schema
from pakdee.journal.instants import stored, told
from pakdee.journal.store import Store, changed
from pakdee.journal.together import Together

_DELIVERY = ("id", "received_at", "body")


class Inbox(Store):
    """Deliveries that were verified; those of several threads share one commit."""

    def __init__(self, *parts: Any, **more: Any) -> None:
        super().__init__(*parts, **more)
        self._together = Together(self._store_deliveries)

    def store_webhook(self, body: bytes, *, received_at: dt.datetime) -> str:
        """Keep a verified delivery of events, raw; its id in the inbox. On disk when this returns."""
        received = stored(received_at)
        inbox_id = f"{received:016x}-{secrets.token_hex(4)}"
        self._together.write((inbox_id, received, body))
        return inbox_id

    def inbox(self, limit: int) -> list[tuple[str, dt.datetime, bytes]]:
        """Deliveries that are not read yet, oldest first: (inbox id, when it came, raw body)."""
        found = self._rows("inbox", limit=limit)
        return [(row["id"], told(row["received_at"]), bytes(row["body"])) for row in found]

    def unread(self) -> int:
        """How many deliveries are not read yet."""
        return int(self._rows("unread")[0]["deliveries"])

    def mark_ingested(self, inbox_id: str, *, events: int, note: str | None) -> None:
        """Mark a delivery as read; `note` says what was wrong with it."""
        values = {"inbox": inbox_id, "events": events, "note": note, "now": self._now()}
        with self._writing() as connection:
            changed(connection, "mark_ingested", values)

    def _store_deliveries(self, deliveries: Sequence[tuple[Any, ...]]) -> None:
        with self._writing() as connection:
            self._dialect.insert(connection, schema.webhook_inbox, _DELIVERY, deliveries)
