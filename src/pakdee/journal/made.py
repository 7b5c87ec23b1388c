"""A batch made ready to be written: its body packed, its rows in the order of their key."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from pakdee.domain.message import FrozenBatch
from pakdee.domain.vocabulary import BatchState, Purpose
from pakdee.journal.bodies import packed, with_codes
from pakdee.journal.granting import Wanted
from pakdee.journal.instants import stored, stored_or_none

MADE_COLUMNS = ("customer_id", "occasion", "message_id", "address_hash")  # as in a MessageRow
NOT_MAILED_COLUMNS = (
    "customer_id",
    "campaign",
    "step",
    "occasion",
    "message_id",
    "run_id",
    "due_on",
    "counts",
    "is_test",
)


class Made:
    """Made before the transaction, since writers wait for each other."""

    def __init__(self, run_id: str, batch: FrozenBatch, due_on: dt.date) -> None:
        self.run_id, self.batch, self.day = run_id, batch, due_on.isoformat()
        self.batch_id = secrets.token_hex(8)
        self._body = packed(batch.body)
        self.messages = sorted(batch.messages, key=itemgetter(0))

    def row(self, *, is_test: bool, now: int) -> dict[str, Any]:
        """The batch."""
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
            "size": len(self.messages),
            "not_before": stored(self.batch.not_before),
            "not_after": stored_or_none(self.batch.not_after),
            "created_at": now,
            "state": BatchState.QUEUED.value,
            **self._body,
        }

    def alike(self, *, is_test: bool) -> dict[str, Any]:
        """What all its messages have in common."""
        envelope = self.batch.envelope
        return {
            "campaign": envelope.campaign,
            "step": envelope.step,
            "batch_id": self.batch_id,
            "due_on": self.day,
            "counts": envelope.purpose is not Purpose.SERVICE and not is_test,
            "is_test": is_test,
        }

    def hand_out(self, codes: Mapping[str, str]) -> None:
        """Put codes of pools where others stand in the mails, before the body is written down."""
        if codes:
            self._body = packed(with_codes(self.batch.body, codes))

    def offers(self) -> list[Wanted]:
        """What its messages promise."""
        envelope, by_message = self.batch.envelope, {offer[0]: offer[1:] for offer in self.batch.offers}
        return [
            (customer, envelope.campaign, envelope.step, occasion, *by_message[name])
            for customer, occasion, name, _ in self.messages
            if name in by_message
        ]
