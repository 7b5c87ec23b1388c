"""Asking the journal: what went out, to whom, and what became of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence

from sqlalchemy.engine import RowMapping

from pakdee.domain.campaign import FIRST_STEP
from pakdee.domain.message import MessageKey, ReservedOffer
from pakdee.domain.vocabulary import BatchState, ConsentState, EventKind, Purpose
from pakdee.journal.answering import told_answer
from pakdee.journal.bodies import unpacked
from pakdee.journal.brake import Brake
from pakdee.journal.instants import stored, told, told_or_none
from pakdee.journal.offers import told_not_mailed, told_offer, told_used
from pakdee.journal.schema import EVERYTHING
from pakdee.journal.store import changed, rows
from pakdee.journal.told import (
    CanaryProgress,
    ConsentEntry,
    DayStatus,
    EventEntry,
    History,
    MessageRow,
    RunRow,
)

_OPEN = (BatchState.QUEUED, BatchState.SENDING, BatchState.UNKNOWN)


class Asking(Brake):
    """Reads for people: status, preview, explain."""

    def message(self, message_id: str) -> MessageRow | None:
        """One message by its opaque id, a test mail's too."""
        with self._reading() as connection:
            owner = rows(connection, "message_owner", {"message": message_id})
            if not owner:
                return None
            of = {"customer": owner[0]["customer_id"], "campaign": owner[0]["campaign"]}
            found = rows(connection, "message_rows", of)
        return next(_message(row) for row in found if row["message_id"] == message_id)

    def sent(self, campaign: str, customer_id: str) -> list[MessageRow]:
        """A campaign's messages to a customer whatever became of them, newest first; tests left out."""
        found = self._rows("message_rows", customer=customer_id, campaign=campaign)
        return [_message(row) for row in found if not row["is_test"]]

    def body_of(self, batch_id: str) -> bytes | None:
        """The frozen request of a batch; None when it is unknown, forgotten or a cancelled part."""
        found = self._rows("batch_body", batch=batch_id)
        if not found:
            return None
        return unpacked(batch_id, found[0]["body"], found[0]["body_bytes"], found[0]["body_sha256"])

    def history(self, customer_id: str) -> History:
        """All the journal knows about a customer, newest first; tests left out."""
        of = {"customer": customer_id, "campaign": EVERYTHING}
        with self._reading() as connection:
            messages = [_message(row) for row in rows(connection, "message_rows", of) if not row["is_test"]]
            not_mailed = [told_not_mailed(row) for row in rows(connection, "not_mailed_rows", of)]
            consents = [_consent(row) for row in rows(connection, "consent_rows", of)]
            events = [_event(row) for row in rows(connection, "event_rows", of)]
            answers = [told_answer(row) for row in rows(connection, "answer_rows", of)]
            used = [told_used(row) for row in rows(connection, "redemption_rows", of)]
        return History(
            tuple(messages),
            tuple(not_mailed),
            tuple(consents),
            tuple(events),
            tuple(answers),
            tuple(used),
        )

    def reserved_offers(self, grant: str | None = None) -> list[tuple[str, ReservedOffer]]:
        """Offers promised in mails sent or on their way: (customer id, offer)."""
        found = self._rows("reserved_offers", grant=grant or EVERYTHING)
        return [(row["customer_id"], offer) for row in found if (offer := told_offer(row))]

    def last_verdicts(self, campaign: str, before: dt.date) -> dict[str, int]:
        """Customers per verdict when the campaign was last planned before a day; empty when never."""
        found = self._rows("last_verdicts", campaign=campaign, before=before.isoformat())
        return {row["verdict"]: row["customers"] for row in found}

    def day_status(self, day: dt.date) -> DayStatus:
        """Whether a business day went out, and if not, what stands in the way."""
        of, first = {"day": day.isoformat()}, {"step": FIRST_STEP}
        with self._reading() as connection:
            verdicts = rows(connection, "day_verdicts", of)
            runs = [_run(row, verdicts, self._now()) for row in rows(connection, "day_runs", of)]
            found = rows(connection, "day_messages", of)
            canaries = rows(connection, "canaries_of_day", of)
            held_out = {r["campaign"]: r["customers"] for r in rows(connection, "day_held_out", of | first)}
        oldest = min((row["oldest"] for row in found if row["state"] in _OPEN), default=None)
        return DayStatus(
            day=day,
            runs=tuple(runs),
            messages=_by_state(found),
            held_out=held_out,
            reasons=_by_reason(found),
            oldest_due=told_or_none(oldest),
            stops=tuple(self.stops()),
            canaries=tuple(_canary(row) for row in canaries),
        )

    def last_day(self) -> dt.date | None:
        """The business day that was planned last, whatever its date; None while none was."""
        found = self._rows("last_day")
        return dt.date.fromisoformat(found[0]["day"]) if found else None

    def forget_bodies(self, before: dt.datetime) -> int:
        """Forget mails settled, and raw deliveries read, before an instant; how many."""
        values = {"before": stored(before)}
        with self._writing() as connection:
            return sum(changed(connection, name, values) for name in ("forget_bodies", "forget_deliveries"))


def _message(row: RowMapping) -> MessageRow:
    return MessageRow(
        key=_key(row),
        message_id=row["message_id"],
        batch_id=row["batch_id"],
        run_id=row["run_id"],
        due_on=dt.date.fromisoformat(row["due_on"]),
        variant=row["variant"],
        locale=row["locale"],
        purpose=Purpose(row["purpose"]),
        state=BatchState(row["state"]),
        reason=row["reason"],
        not_before=told(row["not_before"]),
        settled_at=told_or_none(row["settled_at"]),
        address_hash=row["address_hash"],
        is_test=bool(row["is_test"]),
        offer=told_offer(row),
    )


def _key(row: RowMapping) -> MessageKey:
    return MessageKey(row["campaign"], row["step"], row["customer_id"], row["occasion"])


def _consent(row: RowMapping) -> ConsentEntry:
    return ConsentEntry(ConsentState(row["state"]), told(row["occurred_at"]), row["source"])


def _event(row: RowMapping) -> EventEntry:
    kind, at = EventKind(row["kind"]), told(row["occurred_at"])
    return EventEntry(row["message_id"], kind, at, bool(row["is_machine"]), row["reason"])


def _run(row: RowMapping, verdicts: Sequence[RowMapping], now: int) -> RunRow:
    counts: dict[str, dict[str, int]] = {}
    for count in verdicts:
        if count["run_id"] == row["id"]:
            counts.setdefault(count["campaign"], {})[count["verdict"]] = count["customers"]
    return RunRow(
        run_id=row["id"],
        state=row["state"],
        is_dead=row["lease_until"] is not None and row["lease_until"] < now,
        started_at=told(row["started_at"]),
        finished_at=told_or_none(row["finished_at"]),
        campaigns=tuple(json.loads(row["campaigns"])),
        content_version=row["content_version"],
        snapshot_id=row["snapshot_id"],
        reason=row["reason"],
        verdicts=counts,
    )


def _canary(row: RowMapping) -> CanaryProgress:
    is_settled = row["settled"] == row["messages"]
    return CanaryProgress(
        campaign=row["campaign"],
        messages=int(row["messages"]),
        settled=int(row["settled"]),
        waiting=int(row["waiting"]),
        passes_at=told(row["last_settled_at"] + row["wait"]) if is_settled else None,
        has_passed=row["passed_at"] is not None,
    )


def _by_state(found: Sequence[RowMapping]) -> Mapping[str, Mapping[BatchState, int]]:
    counts: dict[str, dict[BatchState, int]] = {}
    for row in found:
        states = counts.setdefault(row["campaign"], {})
        state = BatchState(row["state"])
        states[state] = states.get(state, 0) + row["messages"]
    return counts


def _by_reason(found: Sequence[RowMapping]) -> Mapping[tuple[str, BatchState, str], int]:
    told_why = [row for row in found if row["reason"] is not None]
    return {(r["campaign"], BatchState(r["state"]), r["reason"]): r["messages"] for r in told_why}
