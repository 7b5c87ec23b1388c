"""Sending: a batch is claimed by one worker at a time, and every outcome is written down once.

What a claim re-reads: bounced, complained and invalid addresses block whatever the purpose. A withdrawal, or
an address that unsubscribed, blocks marketing and survey mail when it came after the run started: the plan
has weighed everything earlier against the ledger's dated grants, which only the ledger knows.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from datetime import timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from pakdee.domain.message import ClaimedBatch, Receipt
from pakdee.domain.vocabulary import Purpose
from pakdee.journal.bodies import packed, unpacked
from pakdee.journal.instants import length, stored, told
from pakdee.journal.schema import EVERYTHING
from pakdee.journal.statements import statement
from pakdee.journal.store import Store, changed, rows

DEAD_WORKER = "its worker died while sending: it may have gone out"
EXPIRED = "expired"
EVIDENCE = "an event of this mail arrived"
Trim = Callable[[bytes, frozenset[str]], bytes]


class Sending(Store):
    """The journal's side of sending. A claim's fence must still hold when its outcome is recorded."""

    def claim(
        self, *, due_before: dt.datetime, lease: timedelta, worker: str, trim: Trim, run_id: str | None = None
    ) -> ClaimedBatch | None:
        """The next batch that may be sent now, for this worker alone; None when there is none.

        Messages that must not be sent any more move to a cancelled batch of their own in the same
        transaction (reason `suppressed` or `withdrawn`); a batch of which nothing is left is cancelled whole.

        Args:
            due_before: batches whose `not_before` is later are left.
            lease: after this the worker counts as dead and the outcome as unknown.
            trim: the frozen body less the messages with these ids.
            run_id: only batches of this run, such as a test mail's.
        """
        due = {"due_before": stored(due_before), "run": run_id or EVERYTHING}
        while True:
            with self._writing() as connection:
                found = self._next(connection, due)
                if found is None:
                    return None
                left = _without_affected(connection, found, trim, self._now())
                if left is not None:
                    return self._claimed(connection, found, left, lease, worker)

    def accepted(self, claimed: ClaimedBatch, receipt: Receipt) -> bool:
        """Record that the provider took the batch. False, as below: the claim was lost, nothing changed."""
        return self._record("record_accepted", claimed, provider=receipt.provider_id, now=self._now())

    def refused(self, claimed: ClaimedBatch, reason: str) -> bool:
        """Record that the provider said no for good; its messages take no place in caps."""
        with self._writing() as connection:
            values = _outcome(claimed, reason=reason, now=self._now())
            is_recorded = changed(connection, "record_refused", values) == 1
            if is_recorded:
                changed(connection, "uncount_messages", {"batch": claimed.batch_id})
        return is_recorded

    def delayed(self, claimed: ClaimedBatch, *, until: dt.datetime, reason: str) -> bool:
        """Record that the provider asked to wait: the batch is queued again, and all workers wait `until`."""
        with self._writing() as connection:
            changed(connection, "pace", {"until": stored(until)})
        return self._record_unclear("record_queued", claimed, reason=reason, retry_at=stored(until))

    def not_reached(self, claimed: ClaimedBatch, reason: str, *, until: dt.datetime) -> bool:
        """Record that no byte left: the batch is queued again, not to be tried before `until`."""
        return self._record_unclear("record_queued", claimed, reason=reason, retry_at=stored(until))

    def unknown(self, claimed: ClaimedBatch, reason: str) -> bool:
        """Record that nobody can say; accepted at once when an event of this mail has already arrived."""
        return self._record_unclear("record_unknown", claimed, reason=reason)

    def bury_dead(self) -> int:
        """Batches whose worker died become unknown, those waiting past their time are cancelled; how many."""
        now = self._now()
        with self._writing() as connection:
            self._dialect.lock_logs(connection)
            died = changed(connection, "bury_dead", {"now": now, "reason": DEAD_WORKER})
            settle_by_evidence(connection, now)
            expired = rows(connection, "expired_batches", {"now": now})
            for batch in expired:
                _cancel(connection, batch["id"], EXPIRED, now)
        return died + len(expired)

    def open_messages(self, due_before: dt.datetime) -> int:
        """Messages that are due and queued or being sent."""
        return int(self._rows("open_messages", due_before=stored(due_before))[0]["messages"])

    def _next(self, connection: Connection, due: dict[str, Any]) -> RowMapping | None:
        query = statement("next_batch", self._dialect.next_batch_lock)
        return connection.execute(query, due | {"now": self._now()}).mappings().one_or_none()

    def _claimed(
        self,
        connection: Connection,
        batch: RowMapping,
        left: tuple[bytes, int],
        lease: timedelta,
        worker: str,
    ) -> ClaimedBatch:
        body, size = left
        attempt = secrets.token_hex(16)
        until = self._now() + length(lease)
        values = {"batch": batch["id"], "attempt": attempt, "worker": worker, "lease_until": until}
        fence = connection.execute(statement("claim_batch"), values).scalar_one()
        return ClaimedBatch(batch["id"], batch["campaign"], attempt, fence, body, size, told(until))

    def _record(self, name: str, claimed: ClaimedBatch, **values: Any) -> bool:
        with self._writing() as connection:
            return changed(connection, name, _outcome(claimed, **values)) == 1

    def _record_unclear(self, name: str, claimed: ClaimedBatch, **values: Any) -> bool:
        # In turn with events: one that is being stored right now must see this outcome, or be seen by it.
        with self._writing() as connection:
            self._dialect.lock_logs(connection)
            is_recorded = changed(connection, name, _outcome(claimed, **values)) == 1
            settle_by_evidence(connection, self._now())
        return is_recorded


def settle_by_evidence(connection: Connection, now: int) -> None:
    """Unclear batches of which an event has arrived become accepted."""
    changed(connection, "settle_by_evidence", {"now": now, "reason": EVIDENCE})


def _outcome(claimed: ClaimedBatch, **values: Any) -> dict[str, Any]:
    return {"batch": claimed.batch_id, "fence": claimed.fence, **values}


def _without_affected(
    connection: Connection, batch: RowMapping, trim: Trim, now: int
) -> tuple[bytes, int] | None:
    """Body and size of what may still be sent; None when the batch was cancelled whole."""
    body = unpacked(batch["id"], batch["body"], batch["body_bytes"], batch["body_sha256"])
    needs_consent = batch["purpose"] != Purpose.SERVICE and not batch["is_test"]
    seen = {name: batch[name] for name in ("seen_consent", "seen_suppression")}
    found = rows(
        connection, "affected_messages", {"batch": batch["id"], "needs_consent": needs_consent} | seen
    )
    if not found:
        return body, batch["size"]
    left = batch["size"]
    for reason, group in groupby(found, key=lambda row: row["reason"]):
        messages = [row["message_id"] for row in group]
        if len(messages) == left:
            _cancel(connection, batch["id"], reason, now)
            return None
        _split_off(connection, batch["id"], messages, reason, now)
        left -= len(messages)
    trimmed = trim(body, frozenset(row["message_id"] for row in found))
    changed(connection, "shrink_batch", {"batch": batch["id"], "size": left} | packed(trimmed))
    return trimmed, left


def _split_off(connection: Connection, batch_id: str, messages: list[str], reason: str, now: int) -> None:
    child = secrets.token_hex(8)
    values = {"child": child, "batch": batch_id, "size": len(messages), "reason": reason, "now": now}
    connection.execute(statement("child_batch"), values)
    connection.execute(statement("move_messages", many="messages"), {"child": child, "messages": messages})


def _cancel(connection: Connection, batch_id: str, reason: str, now: int) -> None:
    changed(connection, "cancel_batch", {"batch": batch_id, "reason": reason, "now": now})
    changed(connection, "uncount_messages", {"batch": batch_id})
