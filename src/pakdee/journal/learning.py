"""Learning what became of messages, whatever order and number of copies the news comes in.

Events are a set, consent and suppression are logs dated by the event, and all else is read off these.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from pakdee.domain.message import Event
from pakdee.domain.vocabulary import ConsentState, EventKind, SuppressionReason
from pakdee.journal import schema
from pakdee.journal.instants import stored, told
from pakdee.journal.sending import settle_by_evidence
from pakdee.journal.statements import statement
from pakdee.journal.store import Store, changed, rows

CHUNK = 5_000
FROM_EVENT = "provider event"
_EVENT = (
    "id",
    "kind",
    "occurred_at",
    "message_id",
    "attempt_id",
    "provider_id",
    "address_hash",
    "is_machine",
    "url",
    "reason",
    "recorded_at",
)
_CONSENT = ("customer_id", "state", "occurred_at", "source", "recorded_at")
_SUPPRESSION = ("address_hash", "reason", "occurred_at", "source", "recorded_at")
_SUPPRESSES = {
    EventKind.BOUNCED: SuppressionReason.BOUNCED,
    EventKind.COMPLAINED: SuppressionReason.COMPLAINED,
    EventKind.UNSUBSCRIBED: SuppressionReason.UNSUBSCRIBED,
}
# A drop tells that the provider itself refuses the address; other drops are about the mail or the account.
_DROPS = {
    "bounced address": SuppressionReason.BOUNCED,
    "spam reporting address": SuppressionReason.COMPLAINED,
    "unsubscribed address": SuppressionReason.UNSUBSCRIBED,
    "invalid": SuppressionReason.INVALID,
}


class Learning(Store):
    """The journal's side of events, suppressions and withdrawals."""

    def store_webhook(self, body: bytes, *, received_at: dt.datetime) -> str:
        """Keep a verified delivery of events, raw; its id in the inbox."""
        received = stored(received_at)
        inbox_id = f"{received:016x}-{secrets.token_hex(4)}"
        with self._writing() as connection:
            row = {"id": inbox_id, "received_at": received, "body": body}
            connection.execute(schema.webhook_inbox.insert(), row)
        return inbox_id

    def inbox(self, limit: int) -> list[tuple[str, dt.datetime, bytes]]:
        """Deliveries that are not read yet, oldest first: (inbox id, when it came, raw body)."""
        found = self._rows("inbox", limit=limit)
        return [(row["id"], told(row["received_at"]), bytes(row["body"])) for row in found]

    def inbox_size(self) -> int:
        """How many deliveries are not read yet."""
        return int(self._rows("inbox_size")[0]["deliveries"])

    def mark_ingested(self, inbox_id: str, *, events: int, note: str | None) -> None:
        """Mark a delivery as read; `note` says what was wrong with it."""
        values = {"inbox": inbox_id, "events": events, "note": note, "now": self._now()}
        with self._writing() as connection:
            changed(connection, "mark_ingested", values)

    def append_events(self, events: Sequence[Event]) -> int:
        """Store events with their effects in one transaction; how many were new.

        Effects: suppressions (hard bounce, complaint, unsubscription, drops that name them), a withdrawal of
        the customer's consent (unsubscription), and `accepted` for a batch whose outcome was not clear.
        A resubscription is only noted: consent comes back by a dated grant with a source, not by a click.
        Events of unknown messages are kept and touch no customer.
        """
        with self._writing() as connection:
            self._dialect.lock_logs(connection)
            return self._learn(connection, events, FROM_EVENT)

    def withdraw(self, message_id: str, *, source: str, at: dt.datetime) -> bool:
        """Withdraw the consent of the customer who got this message; False for an unknown message.

        It counts among the mail's events too. Pressed again it says the same with a later date. A test
        mail's link withdraws nobody's consent: who pressed it is not the customer shown.
        """
        pressed = Event("", EventKind.UNSUBSCRIBED, at, message_id=message_id, reason=source)
        with self._writing() as connection:
            self._dialect.lock_logs(connection)
            owner = _owners(connection, [message_id]).get(message_id)
            if owner is not None and not owner["is_test"]:
                self._learn(connection, [pressed], source)
        return owner is not None

    def suppress(self, address_hash: str, reason: SuppressionReason, at: dt.datetime, source: str) -> None:
        """Suppress an address from `at`; told again it changes nothing."""
        with self._writing() as connection:
            self._dialect.lock_logs(connection)
            self._log_suppressions(connection, {(address_hash, reason, stored(at), source)}, self._now())

    def _learn(self, connection: Connection, events: Sequence[Event], source: str) -> int:
        now = self._now()
        events = [_with_message(connection, event) for event in events]
        found = sorted({_event_row(event, now) for event in events})
        new = self._dialect.insert_new(connection, schema.engagement_event, _EVENT, found)
        self._apply(connection, events, source, now)
        settle_by_evidence(connection, now)
        return new

    def _apply(self, connection: Connection, events: Sequence[Event], source: str, now: int) -> None:
        owners = _owners(connection, [event.message_id for event in events if event.message_id])
        suppressions, withdrawals = set(), set()
        for event in events:
            owner = owners.get(event.message_id or "")
            reason, instant = _suppresses(event), stored(event.occurred_at)
            address = event.address_hash or (owner["address_hash"] if owner else None)
            if reason and address:
                suppressions.add((address, reason, instant, source))
            if reason is SuppressionReason.UNSUBSCRIBED and owner and not owner["is_test"]:
                withdrawals.add((owner["customer_id"], instant, source))
        self._log_suppressions(connection, suppressions, now)
        self._log_consents(connection, withdrawals, now)

    def _log_suppressions(
        self, connection: Connection, entries: Iterable[tuple[str, SuppressionReason, int, str]], now: int
    ) -> None:
        found = [(*entry, now) for entry in sorted(entries)]
        self._dialect.insert_new(connection, schema.suppression, _SUPPRESSION, found)

    def _log_consents(
        self, connection: Connection, withdrawals: Iterable[tuple[str, int, str]], now: int
    ) -> None:
        withdrawn = ConsentState.WITHDRAWN
        found = [(customer, withdrawn, at, source, now) for customer, at, source in sorted(withdrawals)]
        self._dialect.insert_new(connection, schema.consent, _CONSENT, found)


def _suppresses(event: Event) -> SuppressionReason | None:
    if event.kind is EventKind.DROPPED:
        return _DROPS.get((event.reason or "").strip().lower())
    return _SUPPRESSES.get(event.kind)


def _with_message(connection: Connection, event: Event) -> Event:
    """The event with the message it is about, where the provider dropped our id but left other traces."""
    is_traceable = event.address_hash and (event.attempt_id or event.provider_id)
    if event.message_id or not is_traceable:
        return event
    values = {"attempt": event.attempt_id, "provider": event.provider_id, "address": event.address_hash}
    found = rows(connection, "message_by_recipient", values)
    return replace(event, message_id=found[0]["message_id"]) if found else event


def _event_row(event: Event, now: int) -> tuple[Any, ...]:
    content = (
        str(event.kind),
        stored(event.occurred_at),
        event.message_id,
        event.attempt_id,
        event.provider_id,
        event.address_hash,
        event.is_machine,
        event.url,
        event.reason,
    )
    # By content, not by the provider's event id: copies of one event are known to come under several ids.
    identity = hashlib.blake2b(repr(content).encode(), digest_size=16).hexdigest()
    return (identity, *content, now)


def _owners(connection: Connection, message_ids: Iterable[str]) -> dict[str, RowMapping]:
    query = statement("message_owners", many="messages")
    found: dict[str, RowMapping] = {}
    for chunk in _chunks(sorted(set(message_ids))):
        for row in connection.execute(query, {"messages": chunk}).mappings():
            found[row["message_id"]] = row
    return found


def _chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    yield from (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
