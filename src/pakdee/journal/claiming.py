"""Claiming: a batch goes to one worker at a time, and each claim is written down before a byte leaves.

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

from pakdee.domain.message import ClaimedBatch
from pakdee.domain.vocabulary import Purpose
from pakdee.journal.bodies import packed, unpacked
from pakdee.journal.epochs import Epochs
from pakdee.journal.evidence import DEAD_WORKER, settle_by_evidence
from pakdee.journal.instants import BEYOND, LONGEST, length, stored, told
from pakdee.journal.schema import EVERYTHING
from pakdee.journal.statements import statement
from pakdee.journal.store import changed, rows
from pakdee.journal.told import Ceiling

EXPIRED = "expired"
Trim = Callable[[bytes, frozenset[str]], bytes]
_NO_CEILING = {"ceiling_since": 2**62, "room": 2**62}


class Claiming(Epochs):
    """The queue. Batches of whole runs are claimed in the order they are due."""

    def claim(
        self,
        *,
        due_before: dt.datetime,
        lease: timedelta,
        worker: str,
        trim: Trim,
        run_id: str | None = None,
        ceiling: Ceiling | None = None,
    ) -> ClaimedBatch | None:
        """The next batch that may be sent now, for this worker alone; None when there is none.

        Messages that must not be sent any more move to a cancelled batch of their own in the same
        transaction (reason `suppressed` or `withdrawn`); a batch of which nothing is left is cancelled whole.

        Args:
            due_before: batches whose `not_before` is later are left.
            lease: after this the worker counts as dead and the outcome as unknown; an hour at most.
            trim: the frozen body less the messages with these ids.
            run_id: only batches of this run, such as a test mail's.
            ceiling: batches that would pass it are left, smaller ones that fit are taken.

        Raises:
            JournalError: this journal is older than what was sent.
        """
        if lease > LONGEST:
            raise ValueError(f"a lease of {lease} is longer than {LONGEST}")
        self.keep_in_step()
        due = {"due_before": stored(due_before), "run": run_id or EVERYTHING}
        while True:
            with self._writing() as connection:
                found = self._next(connection, due, ceiling)
                if found is None:
                    return None
                left = _without_affected(connection, found, trim, self._now())
                if left is not None:
                    return self._claimed(connection, found, left, lease, worker)

    def bury_dead(self) -> int:
        """Batches whose worker died become unknown, those waiting past their time are cancelled; how many."""
        values = {"now": self._now(), "beyond": self._now() + BEYOND}
        with self._writing() as connection:
            self._dialect.lock_logs(connection)
            died = rows(connection, "bury_dead", values | {"reason": DEAD_WORKER})
            for batch in died:
                changed(
                    connection, "end_attempt", values | {"attempt": batch["attempt_id"], "outcome": "unknown"}
                )
            settle_by_evidence(connection, {batch["id"] for batch in died}, values["now"])
            changed(connection, "mend_canaries", values)
            expired = rows(connection, "expired_batches", values)
            for batch in expired:
                _cancel(connection, batch["id"], EXPIRED, values["now"])
        return len(died) + len(expired)

    def open_messages(self, due_before: dt.datetime) -> int:
        """Messages that are due and queued or being sent."""
        return int(self._rows("open_messages", due_before=stored(due_before))[0]["messages"])

    def sent_since(self, instant: dt.datetime) -> int:
        """Messages of batches whose latest claim is not older than this, tests left out; see `Ceiling`."""
        return int(self._rows("sent_since", since=stored(instant))[0]["messages"])

    def _next(
        self, connection: Connection, due: dict[str, Any], ceiling: Ceiling | None
    ) -> RowMapping | None:
        values = due | {"now": self._now(), "beyond": self._now() + BEYOND} | self._room(connection, ceiling)
        query = statement("next_batch", self._dialect.next_batch_lock)
        found = connection.execute(query, values).mappings().one_or_none()
        if found is None and changed(connection, "pass_canaries", {"now": values["now"]}):
            return connection.execute(query, values).mappings().one_or_none()
        return found

    def _room(self, connection: Connection, ceiling: Ceiling | None) -> dict[str, int]:
        if ceiling is None:
            return _NO_CEILING
        self._dialect.lock_ceiling(connection)
        since = stored(ceiling.since)
        (sent,) = rows(connection, "sent_since", {"since": since})
        return {"ceiling_since": since, "room": ceiling.messages - int(sent["messages"])}

    def _claimed(
        self,
        connection: Connection,
        batch: RowMapping,
        left: tuple[bytes, int],
        lease: timedelta,
        worker: str,
    ) -> ClaimedBatch:
        body, size = left
        now, attempt = self._now(), secrets.token_hex(16)
        until = now + length(lease)
        values = {"batch": batch["id"], "attempt": attempt, "worker": worker, "now": now}
        fence = connection.execute(statement("claim_batch"), values | {"lease_until": until}).scalar_one()
        changed(connection, "begin_attempt", values | {"fence": fence})
        return ClaimedBatch(batch["id"], batch["campaign"], attempt, fence, body, size, told(until))


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
    connection.execute(statement("cancelled_part"), values)
    connection.execute(statement("move_messages", many="messages"), values | {"messages": messages})
    changed(connection, "uncount_messages", {"batch": child})


def _cancel(connection: Connection, batch_id: str, reason: str, now: int) -> None:
    changed(connection, "cancel_batch", {"batch": batch_id, "reason": reason, "now": now})
    changed(connection, "uncount_messages", {"batch": batch_id})
