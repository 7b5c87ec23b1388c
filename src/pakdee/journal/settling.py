"""Settling: the facts about unclear batches, and what was decided about them; `domain.settlement` decides.

A decision is taken on facts read before. So each is checked again in the transaction that carries it out, in
turn with events: an event that is being stored sees what was done, or is seen by it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from pakdee.domain.errors import JournalUnfit
from pakdee.domain.message import Hold
from pakdee.domain.settlement import Decision, Unclear
from pakdee.domain.vocabulary import BatchState
from pakdee.journal.evidence import settle_by_evidence
from pakdee.journal.instants import length, stored, told
from pakdee.journal.schema import EVERYTHING
from pakdee.journal.splitting import Splitting
from pakdee.journal.statements import statement
from pakdee.journal.store import changed, place, rows
from pakdee.journal.told import UnclearBatch

RELEASE_AFTER = dt.timedelta(minutes=1)  # clocks differ: a cancellation taken back too early is a mail
PROVEN_ABSENT = "nothing of it arrived, so it is sent again"
_OPEN = (BatchState.UNKNOWN, BatchState.UNCONFIRMED)


class Settling(Splitting):
    """What is not clear becomes clear: by evidence, by a decision, or by a person."""

    def unclear(self, quiet: dt.timedelta) -> list[Unclear]:
        """All that is known of every unknown batch, the oldest first.

        Args:
            quiet: so long may the first event of a request take to arrive.
        """
        with self._reading() as connection:
            found = rows(connection, "unclear_batches", {"batch": EVERYTHING})
            if not found:
                return []
            proven = {row["id"] for row in rows(connection, "batch_with_evidence", {"batch": EVERYTHING})}
            since = {"since": min(row["claimed_at"] for row in found)}
            taken = rows(connection, "accepted_attempts", since)
        until = self._now() - length(quiet)
        return [_unclear(row, row["id"] in proven, taken, length(quiet), until) for row in found]

    def decide(self, unclear: Unclear, decision: Decision) -> bool:
        """Carry a decision out: ACCEPT, RESEND or UNCONFIRMED. False: something changed, look again."""
        batch_id, now = unclear.batch_id, self._now()
        with self._writing() as connection:
            self._dialect.lock_logs(connection)
            is_settled = bool(settle_by_evidence(connection, [batch_id], now))
            if is_settled or decision is Decision.ACCEPT:
                return is_settled and decision is Decision.ACCEPT
            if not self._still_holds(connection, unclear):
                return False
            if decision is Decision.UNCONFIRMED:
                values = {"batch": batch_id, "fence": unclear.fence, "now": now}
                return changed(connection, "leave_unconfirmed", values) == 1
            if decision is Decision.RESEND and not unclear.is_restored:
                values = {"batch": batch_id, "fence": unclear.fence, "reason": PROVEN_ABSENT}
                return changed(connection, "queue_unclear", values) == 1
        raise ValueError(f"{decision} is nothing the journal can do")

    def cancelled_at_provider(self, unclear: Unclear) -> bool:
        """Record that SendGrid has confirmed to throw the held copy away. False: another claim came."""
        values = {"batch": unclear.batch_id, "fence": unclear.fence, "now": self._now()}
        with self._writing() as connection:
            return changed(connection, "cancel_attempt", values) == 1

    def releasable(self, now: dt.datetime) -> list[tuple[str, Hold]]:
        """Attempts whose cancellation SendGrid may forget, since the time of the held copy is over."""
        found = self._rows("releasable", now=stored(now - RELEASE_AFTER))
        return [(row["id"], Hold(row["provider_batch_id"], told(row["send_at"]))) for row in found]

    def released(self, attempt_id: str) -> None:
        """Record that SendGrid was told to forget a cancellation."""
        with self._writing() as connection:
            changed(connection, "release_attempt", {"attempt": attempt_id, "now": self._now()})

    def settle_by_hand(self, batch_id: str, *, accepted: bool, by: str) -> bool:
        """A person has found out, or takes it on: the batch is accepted, or to be sent again.

        False when an event had arrived meanwhile that proves the opposite: it is accepted then.

        Raises:
            JournalUnfit: there is no such batch, it is not unclear, or its mails are forgotten.
        """
        now = self._now()
        with self._writing() as connection:
            self._dialect.lock_logs(connection)
            if settle_by_evidence(connection, [batch_id], now):
                return accepted
            fence = self._unclear_fence(connection, batch_id, must_have_body=not accepted)
            values = {"batch": batch_id, "fence": fence, "reason": f"settled by {by}", "now": now}
            changed(connection, "accept_by_hand" if accepted else "queue_unclear", values)
        return True

    def unclear_batches(self) -> list[UnclearBatch]:
        """Batches for people to look at: unknown and unconfirmed, the oldest first, tests left out."""
        return [
            UnclearBatch(
                batch_id=row["id"],
                campaign=row["campaign"],
                due_on=dt.date.fromisoformat(row["due_on"]),
                messages=row["size"],
                state=BatchState(row["state"]),
                since=told(row["since"]),
                reason=row["reason"],
                is_restored=bool(row["is_restored"]),
            )
            for row in self._rows("unclear_rows")
        ]

    def _still_holds(self, connection: Connection, unclear: Unclear) -> bool:
        query = statement("unclear_batches", self._dialect.row_lock_of_batch)
        found = connection.execute(query, {"batch": unclear.batch_id}).mappings().one_or_none()
        if found is None:
            return False
        facts = (
            found["fence"],
            told(found["since"]),
            bool(found["is_restored"]),
            found["cancelled_at"] is not None,
        )
        known = (unclear.fence, unclear.since, unclear.is_restored, unclear.is_cancelled)
        if facts != known or _hold(found) != unclear.hold:
            return False
        # What was thrown away at the provider leaves no events; all else may stand in what is still unread.
        return unclear.is_cancelled or rows(connection, "unread", {})[0]["deliveries"] == 0

    def _unclear_fence(self, connection: Connection, batch_id: str, *, must_have_body: bool) -> int:
        query = statement("batch_state", self._dialect.row_lock)
        found = connection.execute(query, {"batch": batch_id}).mappings().one_or_none()
        if found is None:
            what = "there is no such batch"
        elif found["state"] not in _OPEN:
            what = f"this batch is {found['state']}, not unclear"
        elif must_have_body and not found["has_body"]:
            what = "its mails are forgotten, so they cannot be sent again"
        else:
            return int(found["fence"])
        raise JournalUnfit(
            what,
            where=f"journal {place(self._engine)}, batch {batch_id}",
            next_step="look at the unclear batches: pakdee status --unknown",
        )


def _hold(row: RowMapping) -> Hold | None:
    return Hold(row["provider_batch_id"], told(row["send_at"])) if row["send_at"] is not None else None


def _unclear(
    row: RowMapping, has_evidence: bool, taken: Sequence[RowMapping], quiet: int, until: int
) -> Unclear:
    near = [t for t in taken if row["since"] < t["claimed_at"] <= row["since"] + quiet]
    late = [t for t in taken if t["claimed_at"] >= row["claimed_at"] and t["expected_from"] <= until]
    return Unclear(
        batch_id=row["id"],
        campaign=row["campaign"],
        size=row["size"],
        fence=row["fence"],
        since=told(row["since"]),
        reason=row["reason"],
        has_evidence=has_evidence,
        hold=_hold(row),
        is_cancelled=row["cancelled_at"] is not None,
        is_restored=bool(row["is_restored"]),
        heard=sum(bool(t["is_heard"]) for t in near),
        silent=sum(not t["is_heard"] for t in late),
    )
