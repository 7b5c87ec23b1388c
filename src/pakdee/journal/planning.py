"""Planning a day: what is remembered, and messages written down so that each exists at most once."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from pakdee.domain.errors import JournalError
from pakdee.domain.message import FrozenBatch, MessageKey, MessageRow
from pakdee.domain.situation import CONSENT_COLUMNS, CONTACT_COLUMNS, SUPPRESSION_COLUMNS, Memory
from pakdee.domain.vocabulary import BatchState, Purpose
from pakdee.journal import schema
from pakdee.journal.bodies import packed
from pakdee.journal.instants import stored, stored_or_none, told
from pakdee.journal.runs import Runs
from pakdee.journal.statements import in_chunks, statement
from pakdee.journal.store import rows
from pakdee.journal.told import may_have_gone

MESSAGE_COLUMNS = (
    "customer_id",
    "campaign",
    "step",
    "occasion",
    "batch_id",
    "run_id",
    "message_id",
    "address_hash",
    "due_on",
    "counts",
    "is_test",
)
_OFFER = ("message_id", "grant_id", "code", "value", "expires_on")


class Planning(Runs):
    """What a plan reads from the journal, and how its messages get in."""

    def memory(self, first_customer: str, last_customer: str) -> Memory:
        """What is remembered of customers in [first, last], test mails left out; see domain.situation."""
        reach = {"first": first_customer, "last": last_customer}
        with self._reading() as connection:
            contacts = _frame(connection, "contacts", reach, CONTACT_COLUMNS)
            consents = _frame(connection, "standing_consents", reach, CONSENT_COLUMNS)
            suppressions = _frame(connection, "standing_suppressions", {}, SUPPRESSION_COLUMNS)
        days = {text: dt.date.fromisoformat(text) for text in contacts["due_on"].unique()}
        contacts["due_on"] = contacts["due_on"].map(days).astype("object")
        contacts["counts"] = contacts["counts"].astype(bool)
        return Memory(contacts, _with_instants(consents), _with_instants(suppressions))

    def enqueue(self, run_id: str, batch: FrozenBatch, *, due_on: dt.date) -> frozenset[str]:
        """Write a batch, its messages and their offers down, all or nothing.

        Returns:
            Customers whose key is taken: by a message, by a holdout, or because they already have a message
            that counts on `due_on`. If there are any, nothing was written; make the batch without them.

        Raises:
            JournalError: the run is not being planned any more, or an id or code serves another message.
        """
        # What takes time is done before the transaction: writers wait for each other.
        made = _Made(run_id, batch, due_on)
        try:
            with self._writing() as connection:
                self._insert(connection, made)
        except JournalError as error:
            # Asking only after a refusal keeps the usual case fast.
            if not isinstance(error.__cause__, IntegrityError) or not (taken := self._taken(made)):
                raise
            return taken
        return frozenset()

    def _insert(self, connection: Connection, made: _Made) -> None:
        run = self._lease(connection, made.run_id)
        held = self._held_back(connection, made.run_id) if run["is_restored"] else {}
        row = made.row(is_test=bool(run["is_test"]), now=self._now()) | held
        insert = self._dialect.insert
        insert(connection, schema.batch, tuple(row), [tuple(row.values())])
        insert(connection, schema.message, MESSAGE_COLUMNS, made.messages(is_test=bool(run["is_test"])))
        if made.batch.offers:
            insert(connection, schema.offer, _OFFER, made.batch.offers)

    def _held_back(self, connection: Connection, run_id: str) -> dict[str, Any]:
        """What a batch is of a day that a lost journal may have sent: its keys are taken, nothing is sent."""
        (found,) = rows(connection, "restoration_of_run", {"run": run_id})
        reason = may_have_gone(told(found["kept_at"]))
        unknown = BatchState.UNKNOWN.value
        return {"state": unknown, "is_restored": True, "since": self._now(), "reason": reason}

    def _taken(self, made: _Made) -> frozenset[str]:
        values = {
            "campaign": made.batch.envelope.campaign,
            "step": made.batch.envelope.step,
            "due_on": made.day,
            "run": made.run_id,
            "needs_day": made.batch.envelope.purpose is not Purpose.SERVICE,
        }
        occasions = {customer: occasion for customer, occasion, _, _ in made.batch.messages}
        taken = set()
        with self._reading() as connection:
            for chunk in in_chunks(sorted(occasions)):
                query = statement("taken_keys", many="customers")
                found = connection.execute(query, {**values, "customers": chunk})
                taken |= {
                    r.customer_id for r in found if r.same_day or r.occasion == occasions[r.customer_id]
                }
        return frozenset(taken)

    def hold_out(
        self, run_id: str, keys: Sequence[MessageKey], *, due_on: dt.date, counts: bool = True
    ) -> frozenset[MessageKey]:
        """Remember customers as held out: contacted in every way but the mail.

        Args:
            counts: whether it takes the customer's place on `due_on`, as marketing does and service does not.

        Returns:
            Keys that were taken before, see `enqueue`; the others are written.
        """
        shared = (None, run_id, None, None, due_on.isoformat(), counts, False)
        messages = sorted((*_primary(key), *shared) for key in keys)
        taken = set()
        with self._writing() as connection:
            self._lease(connection, run_id)
            new = self._dialect.insert_new(connection, schema.message, MESSAGE_COLUMNS, messages)
            if new < len(messages):
                mine = connection.execute(statement("held_out_by_run"), {"run": run_id})
                taken = set(keys) - {MessageKey(*row) for row in mine}
        return frozenset(taken)


@dataclass(frozen=True, slots=True)
class _Made:
    """A batch made ready to be written: body packed and messages in the order of their key."""

    run_id: str
    batch: FrozenBatch
    due_on: dt.date
    batch_id: str = field(default_factory=lambda: secrets.token_hex(8))
    body: dict[str, Any] = field(init=False)
    sorted_messages: list[MessageRow] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "body", packed(self.batch.body))
        object.__setattr__(self, "sorted_messages", sorted(self.batch.messages))

    @property
    def day(self) -> str:
        return self.due_on.isoformat()

    def row(self, *, is_test: bool, now: int) -> dict[str, Any]:
        envelope = self.batch.envelope
        return {
            "id": self.batch_id,
            "root_id": self.batch_id,
            "run_id": self.run_id,
            "campaign": envelope.campaign,
            "step": envelope.step,
            "variant": envelope.variant,
            "locale": envelope.locale,
            "purpose": envelope.purpose.value,
            "due_on": self.day,
            "is_test": is_test,
            "size": len(self.sorted_messages),
            "not_before": stored(self.batch.not_before),
            "not_after": stored_or_none(self.batch.not_after),
            "created_at": now,
            "state": BatchState.QUEUED.value,
            **self.body,
        }

    def messages(self, *, is_test: bool) -> list[tuple[Any, ...]]:
        envelope, batch_id, day = self.batch.envelope, self.batch_id, self.day
        campaign, step = envelope.campaign, envelope.step
        counts = envelope.purpose is not Purpose.SERVICE and not is_test
        return [
            (customer, campaign, step, occasion, batch_id, None, name, address, day, counts, is_test)
            for customer, occasion, name, address in self.sorted_messages
        ]


def _primary(key: MessageKey) -> tuple[str, str, str, str]:
    return key.customer_id, key.campaign, key.step, key.occasion


def _frame(
    connection: Connection, name: str, values: Mapping[str, str], columns: Sequence[str]
) -> pd.DataFrame:
    found = connection.execute(statement(name), values).fetchall()
    by_column = zip(*found, strict=True) if found else ((),) * len(columns)
    return pd.DataFrame(dict(zip(columns, by_column, strict=True)), columns=list(columns))


def _with_instants(frame: pd.DataFrame) -> pd.DataFrame:
    instants = pd.to_datetime(frame["at"].astype("int64"), unit="us", utc=True)
    return frame.assign(at=instants.astype("datetime64[us, UTC]"))
