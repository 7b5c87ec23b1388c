"""Planning a day: what is remembered, and messages written down so that each exists at most once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pandas as pd
from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError

from pakdee.domain.allowance import Terms
from pakdee.domain.campaign import FIRST_STEP
from pakdee.domain.errors import JournalError
from pakdee.domain.message import FrozenBatch, MessageKey, Unsent
from pakdee.domain.situation import (
    BEGUN_COLUMNS,
    CONSENT_COLUMNS,
    CONTACT_COLUMNS,
    SUPPRESSION_COLUMNS,
    Memory,
)
from pakdee.domain.situation import OFFER_COLUMNS as HAD_COLUMNS
from pakdee.domain.vocabulary import BatchState, Purpose, Verdict
from pakdee.journal import schema
from pakdee.journal.granting import SHARED, Granted, Refused, granted, lock
from pakdee.journal.instants import stored, told
from pakdee.journal.made import MADE_COLUMNS, NOT_MAILED_COLUMNS, Made
from pakdee.journal.runs import Runs
from pakdee.journal.statements import in_chunks, statement
from pakdee.journal.store import changed, rows
from pakdee.journal.told import may_have_gone

ANY: Mapping[str, Terms] = MappingProxyType({})
"""Grants that nothing limits."""
NO_SERIES: Mapping[str, dt.date] = MappingProxyType({})
"""Where no campaign has steps."""
FOR_EVER = 2**62
"""After every instant that is stored."""


class Planning(Runs):
    """What a plan reads from the journal, and how its messages get in."""

    def memory(
        self, first_customer: str, last_customer: str, series: Mapping[str, dt.date] = NO_SERIES
    ) -> Memory:
        """What is remembered of customers in [first, last], test mails left out; see domain.situation.

        Args:
            series: campaigns with steps, and since when their first mails matter.
        """
        reach = {"first": first_customer, "last": last_customer}
        with self._reading() as connection:
            contacts = _frame(connection, "contacts", reach, CONTACT_COLUMNS)
            consents, suppressions = _refusals(connection, reach, FOR_EVER)
            offers = _frame(connection, "offers_had", reach, HAD_COLUMNS)
            begun = _begun(connection, reach, series) if series else None
        contacts["due_on"] = _days(contacts["due_on"])
        contacts["counts"] = contacts["counts"].astype(bool)
        return Memory(contacts, consents, suppressions, offers, begun)

    def refusals(self, first_customer: str, last_customer: str, *, before: dt.datetime) -> Memory:
        """Who wants no mail and which addresses take none, as known before an instant; nothing else."""
        reach = {"first": first_customer, "last": last_customer}
        with self._reading() as connection:
            consents, suppressions = _refusals(connection, reach, stored(before))
        contacts, offers = (pd.DataFrame(columns=list(names)) for names in (CONTACT_COLUMNS, HAD_COLUMNS))
        return Memory(contacts, consents, suppressions, offers)

    def enqueue(
        self, run_id: str, batch: FrozenBatch, *, due_on: dt.date, terms: Mapping[str, Terms] = ANY
    ) -> Mapping[str, Verdict]:
        """Write a batch, its messages and their offers down, all or nothing.

        Args:
            terms: of limited grants, opened by `open_offers`; codes of pools are put into the mails here.

        Returns:
            Customers who cannot be in it, and why: their key is taken by a message or a holdout, or they
            already have a message that counts on `due_on`; or nothing is left for them of their offer. If
            there are any, nothing was written; make the batch without them.

        Raises:
            JournalError: the run is not being planned any more, or an id or code serves another message.
        """
        made = Made(run_id, batch, due_on)
        try:
            self._store(run_id, [made], terms)
        except Refused as refusal:
            return refusal.refused
        except JournalError as error:
            # Asking only after a refusal keeps the usual case fast.
            if not isinstance(error.__cause__, IntegrityError) or not (taken := self._taken(made)):
                raise
            return dict.fromkeys(taken, Verdict.ALREADY_SENT)
        return {}

    def enqueue_all(
        self,
        run_id: str,
        batches: Sequence[FrozenBatch],
        *,
        due_on: dt.date,
        terms: Mapping[str, Terms] = ANY,
    ) -> bool:
        """Write several batches down in one transaction, which costs less than one for each.

        Returns:
            False where any customer cannot be in: then nothing was written, and `enqueue` tells who it is.

        Raises:
            JournalError: the run is not being planned any more.
        """
        try:
            self._store(run_id, [Made(run_id, batch, due_on) for batch in batches], terms)
        except Refused:
            return False
        except JournalError as error:
            if not isinstance(error.__cause__, IntegrityError):
                raise
            return False
        return True

    def _store(self, run_id: str, batches: Sequence[Made], terms: Mapping[str, Terms]) -> None:
        with self._writing_soon() as connection:
            run = self._lease(connection, run_id)
            held = self._held_back(connection, run_id) if run["is_restored"] else {}
            given = self._granted(connection, batches, terms)
            for made in batches:
                self._insert(connection, made, run, held)
            self._offer(connection, given)

    def _granted(
        self, connection: Connection, batches: Sequence[Made], terms: Mapping[str, Terms]
    ) -> Granted:
        """The offers of all batches, so that grants are locked once and in order; raises Refused."""
        wanted = [offer for made in batches for offer in made.offers()]
        given = granted(connection, self._dialect.row_lock, wanted, terms)
        if given.refused:
            raise Refused(given.refused)
        for made in batches:
            made.hand_out(given.codes)
        return given

    def _insert(self, connection: Connection, made: Made, run: RowMapping, held: dict[str, Any]) -> None:
        row = made.row(is_test=bool(run["is_test"]), now=self._now()) | held
        self._dialect.insert(connection, schema.batch, tuple(row), [tuple(row.values())])
        alike = made.alike(is_test=bool(run["is_test"]))
        self._dialect.insert_alike(connection, schema.message, MADE_COLUMNS, made.messages, alike)

    def _offer(self, connection: Connection, given: Granted) -> None:
        for (own, shared), offers in given.alike.items():
            alike = dict(zip(SHARED, shared, strict=True))
            self._dialect.insert_alike(connection, schema.offer, own, offers, alike)

    def _held_back(self, connection: Connection, run_id: str) -> dict[str, Any]:
        """What a batch is of a day that a lost journal may have sent: its keys are taken, nothing is sent."""
        (found,) = rows(connection, "restoration_of_run", {"run": run_id})
        reason = may_have_gone(told(found["kept_at"]))
        unknown = BatchState.UNKNOWN.value
        return {"state": unknown, "is_restored": True, "since": self._now(), "reason": reason}

    def _taken(self, made: Made) -> frozenset[str]:
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

    def set_aside(
        self,
        run_id: str,
        unsent: Sequence[Unsent],
        *,
        due_on: dt.date,
        counts: bool = True,
        terms: Mapping[str, Terms] = ANY,
    ) -> Mapping[MessageKey, Verdict]:
        """Remember customers as contacted in every way but the mail: held out, or told by another channel.

        Args:
            counts: whether it takes the customer's place on `due_on`, as marketing does and service does not.
            terms: as of `enqueue`.

        Returns:
            Keys that could not be had, and why, see `enqueue`; the others are written, with their offers.
        """
        shared = (run_id, due_on.isoformat(), counts, False)
        messages = sorted((*_primary(one.key), one.message_id, *shared) for one in unsent)
        refused: dict[MessageKey, Verdict] = {}
        with self._writing_soon() as connection:
            self._lease(connection, run_id)
            # Budgets are locked before members' places, in the order that all planners keep.
            grants = sorted({one.offer.grant for one in unsent if one.offer} & terms.keys())
            lock(connection, self._dialect.row_lock, grants)
            new = self._dialect.insert_new(connection, schema.message, NOT_MAILED_COLUMNS, messages)
            if new < len(messages):
                mine = connection.execute(statement("not_mailed_by_run"), {"run": run_id})
                taken = {one.key for one in unsent} - {MessageKey(*row) for row in mine}
                refused |= dict.fromkeys(taken, Verdict.ALREADY_SENT)
            rest = [one for one in unsent if one.offer and one.key not in refused]
            refused |= self._given_unsent(connection, rest, terms)
        return refused

    def _given_unsent(
        self, connection: Connection, unsent: Sequence[Unsent], terms: Mapping[str, Terms]
    ) -> dict[MessageKey, Verdict]:
        """Give them their offers; those for whom nothing is left are forgotten again."""
        wanted = [
            (
                *_primary(one.key),
                one.offer.grant,
                one.offer.code,
                one.offer.value,
                one.offer.expires_on.isoformat(),
                one.offer.starts_on.isoformat() if one.offer.starts_on else None,
            )
            for one in unsent
            if one.offer
        ]
        if not wanted:
            return {}
        given = granted(connection, self._dialect.row_lock, wanted, terms)
        self._offer(connection, given)
        refused = {
            one.key: given.refused[one.key.customer_id]
            for one in unsent
            if one.key.customer_id in given.refused
        }
        for key in refused:
            changed(connection, "forget_message", key._asdict())
        return refused


def _primary(key: MessageKey) -> tuple[str, str, str, str]:
    return key.customer_id, key.campaign, key.step, key.occasion


def _refusals(
    connection: Connection, reach: Mapping[str, str], before: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    consents = _frame(connection, "standing_consents", {**reach, "before": before}, CONSENT_COLUMNS)
    suppressions = _frame(connection, "standing_suppressions", {"before": before}, SUPPRESSION_COLUMNS)
    return _with_instants(consents), _with_instants(suppressions)


def _frame(
    connection: Connection, name: str, values: Mapping[str, str | int], columns: Sequence[str]
) -> pd.DataFrame:
    found = connection.execute(statement(name), values).fetchall()
    by_column = zip(*found, strict=True) if found else ((),) * len(columns)
    return pd.DataFrame(dict(zip(columns, by_column, strict=True)), columns=list(columns))


def _begun(connection: Connection, reach: Mapping[str, str], series: Mapping[str, dt.date]) -> pd.DataFrame:
    values = {"since": min(series.values()).isoformat(), "step": FIRST_STEP, "campaigns": sorted(series)}
    found = connection.execute(statement("begun_series", many="campaigns"), {**reach, **values})
    begun = pd.DataFrame(found.fetchall(), columns=list(BEGUN_COLUMNS))
    return begun.assign(due_on=_days(begun["due_on"]))


def _days(texts: pd.Series[str]) -> pd.Series[Any]:
    """Days of ISO texts; few days stand for many rows."""
    days = {text: dt.date.fromisoformat(text) for text in texts.unique()}
    return texts.map(days).astype("object")


def _with_instants(frame: pd.DataFrame) -> pd.DataFrame:
    instants = pd.to_datetime(frame["at"].astype("int64"), unit="us", utc=True)
    return frame.assign(at=instants.astype("datetime64[us, UTC]"))
