"""Planning a day: what is remembered, and messages written down so that each exists at most once."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from pakdee.domain.message import FrozenBatch, MessageKey
from pakdee.domain.situation import CONSENT_COLUMNS, CONTACT_COLUMNS, SUPPRESSION_COLUMNS, Memory
from pakdee.domain.vocabulary import BatchState, Purpose
from pakdee.journal import schema
from pakdee.journal.bodies import packed
from pakdee.journal.instants import stored, stored_or_none
from pakdee.journal.runs import Runs
from pakdee.journal.statements import statement

MESSAGE_COLUMNS = (
    "customer_id",
    "campaign",
    "step",
    "occasion",
    "run_id",
    "batch_id",
    "message_id",
    "address_hash",
    "due_on",
    "counts",
    "is_test",
    "is_held_out",
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
        batch_id = secrets.token_hex(8)
        # What takes time is done before the transaction: writers wait for each other.
        row = _batch_row(batch, due_on) | packed(batch.body) | {"id": batch_id, "run_id": run_id}
        campaign, step, day = batch.envelope.campaign, batch.envelope.step, due_on.isoformat()
        rows = sorted(batch.messages)  # in the order of the key, so that neighbours share a page
        with self._writing() as connection:
            is_test = self._lease(connection, run_id)
            counts = batch.envelope.purpose is not Purpose.SERVICE and not is_test
            row |= {"is_test": is_test, "created_at": self._now()}
            messages = [
                (
                    customer,
                    campaign,
                    step,
                    occasion,
                    run_id,
                    batch_id,
                    name,
                    address,
                    day,
                    counts,
                    is_test,
                    False,
                )
                for customer, occasion, name, address in rows
            ]

            def insert() -> None:
                connection.execute(schema.batch.insert(), row)
                self._dialect.insert(connection, schema.message, MESSAGE_COLUMNS, messages)
                if batch.offers:
                    self._dialect.insert(connection, schema.offer, _OFFER, batch.offers)

            keys = [MessageKey(campaign, step, customer, occasion) for customer, occasion, _, _ in rows]
            taken = _inserted(connection, insert, keys, {"due_on": day, "counts": counts})
        return frozenset(key.customer_id for key in taken)

    def hold_out(
        self, run_id: str, keys: Sequence[MessageKey], *, due_on: dt.date, counts: bool = True
    ) -> frozenset[MessageKey]:
        """Remember customers as held out: contacted in every way but the mail.

        Args:
            counts: whether it takes the customer's place on `due_on`, as marketing does and service does not.

        Returns:
            Keys that were taken before, see `enqueue`; the others are written.
        """
        shared = (due_on.isoformat(), counts, False, True)
        messages = sorted((*_primary(key), run_id, None, None, None, *shared) for key in keys)
        taken = set()
        with self._writing() as connection:
            self._lease(connection, run_id)
            new = self._dialect.insert_new(connection, schema.message, MESSAGE_COLUMNS, messages)
            if new < len(messages):
                mine = connection.execute(statement("held_out_by_run"), {"run": run_id})
                taken = set(keys) - {MessageKey(*row) for row in mine}
        return frozenset(taken)


def _inserted(
    connection: Connection, insert: Callable[[], None], keys: Sequence[MessageKey], rule: Mapping[str, Any]
) -> frozenset[MessageKey]:
    """Insert, or learn what stands in the way; asking only after a refusal keeps the usual case fast."""
    try:
        with connection.begin_nested():
            insert()
    except IntegrityError:
        if taken := _taken(connection, keys, rule):
            return taken
        raise
    return frozenset()


def _taken(
    connection: Connection, keys: Sequence[MessageKey], rule: Mapping[str, Any]
) -> frozenset[MessageKey]:
    values = {"campaign": keys[0].campaign, "step": keys[0].step, "customers": [k.customer_id for k in keys]}
    found = connection.execute(statement("taken_keys", many="customers"), {**values, **rule}).all()
    occasions = {(row.customer_id, row.occasion) for row in found if row.same_step}
    days = {row.customer_id for row in found if row.same_day}
    return frozenset(
        key
        for key in keys
        if (key.customer_id, key.occasion) in occasions or (rule["counts"] and key.customer_id in days)
    )


def _batch_row(batch: FrozenBatch, due_on: dt.date) -> dict[str, Any]:
    envelope = batch.envelope
    return {
        "campaign": envelope.campaign,
        "step": envelope.step,
        "variant": envelope.variant,
        "locale": envelope.locale,
        "purpose": envelope.purpose,
        "due_on": due_on.isoformat(),
        "size": len(batch.messages),
        "not_before": stored(batch.not_before),
        "not_after": stored_or_none(batch.not_after),
        "state": BatchState.QUEUED,
    }


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
