"""Learning what became of messages, whatever order and number of copies the news comes in.

Events are a set, consent and suppression are logs dated by the event, and all else is read off these.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from pakdee.domain.message import Event
from pakdee.domain.vocabulary import ConsentState, EventKind, SuppressionReason
from pakdee.journal import schema
from pakdee.journal.evidence import settle_by_evidence
from pakdee.journal.inbox import Inbox
from pakdee.journal.instants import stored, told
from pakdee.journal.statements import in_chunks, statement
from pakdee.journal.store import changed, rows
from pakdee.journal.told import Withdrawal

FROM_EVENT = "provider event"
_FEW = 20  # messages that are looked for one by one; for more all are read once
_EVENT = (
    "attempt_id",
    "kind",
    "id",
    "occurred_at",
    "message_id",
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


class Learning(Inbox):
    """The journal's side of events, suppressions and withdrawals."""

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
            owner = rows(connection, "message_owner", {"message": message_id})
            if owner and not owner[0]["is_test"]:
                self._learn(connection, [pressed], source)
        return bool(owner)

    def suppress(self, address_hash: str, reason: SuppressionReason, at: dt.datetime, source: str) -> None:
        """Suppress an address from `at`; told again it changes nothing."""
        with self._writing() as connection:
            self._dialect.lock_logs(connection)
            self._log_suppressions(connection, [(address_hash, reason, stored(at), source)], self._now())

    def append_suppressions(
        self, found: Iterable[tuple[str, SuppressionReason, dt.datetime]], source: str
    ) -> int:
        """Suppress addresses: (address hash, reason, from when); how many entries were new.

        Told again they change nothing, so a list may be read with overlap.
        """
        entries = sorted({(address, reason, stored(at), source) for address, reason, at in found})
        with self._writing() as connection:
            self._dialect.lock_logs(connection)
            return self._log_suppressions(connection, entries, self._now())

    def watermark(self, name: str) -> dt.datetime | None:
        """How far a list of the provider has been read; None when it never was."""
        found = self._rows("watermark", of=name)
        return told(found[0]["reached_at"]) if found else None

    def set_watermark(self, name: str, at: dt.datetime) -> None:
        """Remember how far a list of the provider has been read."""
        with self._writing() as connection:
            changed(connection, "set_watermark", {"name": name, "at": stored(at)})

    def withdrawals_since(self, since: dt.datetime) -> list[Withdrawal]:
        """Every no since an instant, oldest first, also of addresses that name a customer of the journal."""
        found = self._rows("withdrawals_since", since=stored(since))
        return [Withdrawal(row["customer_id"], told(row["at"]), row["source"]) for row in found]

    def _learn(self, connection: Connection, events: Sequence[Event], source: str) -> int:
        now = self._now()
        events = [event if event.message_id else _with_message(connection, event) for event in events]
        found = {row[:3]: row for row in (_event_row(event, now) for event in events)}
        ordered = [found[key] for key in sorted(found)]
        new = self._dialect.insert_new(connection, schema.engagement_event, _EVENT, ordered)
        batches = _batches(connection, {event.attempt_id for event in events if event.attempt_id})
        # Most events need no look at whose they are: what they prove, their attempt tells.
        asked: dict[str | None, set[str]] = {}
        for event in events:
            batch = batches.get(event.attempt_id or "")
            if event.message_id and (batch is None or _suppresses(event)):
                asked.setdefault(batch, set()).add(event.message_id)
        owners = _owners(connection, asked)
        self._apply(connection, events, owners, source, now)
        touched = {*batches.values(), *(owner["batch_id"] for owner in owners.values() if owner["batch_id"])}
        settle_by_evidence(connection, touched, now)
        return new

    def _apply(
        self,
        connection: Connection,
        events: Sequence[Event],
        owners: Mapping[str, RowMapping],
        source: str,
        now: int,
    ) -> None:
        suppressions, withdrawals = set(), set()
        for event in events:
            reason = _suppresses(event)
            if reason is None:
                continue
            owner, instant = owners.get(event.message_id or ""), stored(event.occurred_at)
            if address := event.address_hash or (owner["address_hash"] if owner else None):
                suppressions.add((address, reason, instant, source))
            if reason is SuppressionReason.UNSUBSCRIBED and owner and not owner["is_test"]:
                withdrawals.add((owner["customer_id"], instant, source))
        self._log_suppressions(connection, sorted(suppressions), now)
        self._log_consents(connection, withdrawals, now)

    def _log_suppressions(
        self, connection: Connection, entries: Sequence[tuple[str, SuppressionReason, int, str]], now: int
    ) -> int:
        rows_of_log = [(*entry, now) for entry in entries]
        return self._dialect.insert_new(connection, schema.suppression, _SUPPRESSION, rows_of_log)

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
    """The event with its message and attempt, where the provider dropped our id but left other traces."""
    if not event.address_hash or not (event.attempt_id or event.provider_id):
        return event
    values = {"attempt": event.attempt_id, "provider": event.provider_id, "address": event.address_hash}
    found = rows(connection, "message_by_recipient", values)
    if not found:
        return event
    attempt = event.attempt_id or found[0]["attempt_id"]
    return replace(event, message_id=found[0]["message_id"], attempt_id=attempt)


def _event_row(event: Event, now: int) -> tuple[Any, ...]:
    content = (
        event.attempt_id or "",
        event.kind.value,
        stored(event.occurred_at),
        event.message_id,
        event.provider_id,
        event.address_hash,
        event.is_machine,
        event.url,
        event.reason,
    )
    # By content, not by the provider's event id: copies of one event are known to come under several ids.
    identity = hashlib.blake2b(repr(content).encode(), digest_size=16).hexdigest()
    return (*content[:2], identity, *content[2:], now)


def _batches(connection: Connection, attempts: Iterable[str]) -> dict[str, str]:
    """The batch of each attempt that is ours."""
    query = statement("attempt_batches", many="attempts")
    found: dict[str, str] = {}
    for chunk in in_chunks(sorted(attempts)):
        found |= {row.id: row.batch_id for row in connection.execute(query, {"attempts": chunk})}
    return found


def _owners(connection: Connection, asked: Mapping[str | None, Collection[str]]) -> dict[str, RowMapping]:
    """Whose messages these are, asked by batch where it is known."""
    found: dict[str, RowMapping] = {}
    for batch, messages in asked.items():
        for chunk in in_chunks(sorted(messages)):
            found |= {row["message_id"]: row for row in _owners_in(connection, batch, chunk)}
    return found


def _owners_in(connection: Connection, batch: str | None, messages: Sequence[str]) -> Sequence[RowMapping]:
    if batch is None and len(messages) <= _FEW:
        return [row for name in messages for row in rows(connection, "message_owner", {"message": name})]
    query = statement("message_owners" if batch is None else "message_owners_in", many="messages")
    return connection.execute(query, {"batch": batch, "messages": messages}).mappings().all()
