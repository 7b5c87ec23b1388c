"""Splitting: what the provider refused as a whole goes on in parts."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from pakdee.domain.errors import JournalUnfit
from pakdee.domain.message import ClaimedBatch
from pakdee.journal.bodies import packed, unpacked
from pakdee.journal.claiming import Trim
from pakdee.journal.sending import Sending
from pakdee.journal.statements import statement
from pakdee.journal.store import changed, place, rows
from pakdee.journal.told import Family


class Splitting(Sending):
    """A refused batch in two; both keep envelope, run, canary and the time of the claim."""

    def split(self, claimed: ClaimedBatch, apart: Collection[str], trim: Trim) -> bool:
        """Take messages out into a queued batch of their own and queue the rest again. False: claim lost.

        Args:
            apart: message ids; where one side would be left empty, the batch is halved.
            trim: the frozen body less the messages with these ids.

        Raises:
            JournalUnfit: one message cannot be split, or `apart` names one that is not in the batch.
        """
        with self._writing() as connection:
            query, values = statement("claimed_batch", self._dialect.row_lock), _claim(claimed)
            batch = connection.execute(query, values).mappings().one_or_none()
            if batch is None:
                return False
            mine = [row["message_id"] for row in rows(connection, "batch_messages", values)]
            out, rest = self._sides(batch["id"], mine, set(apart))
            body = unpacked(batch["id"], batch["body"], batch["body_bytes"], batch["body_sha256"])
            _part(connection, batch["id"], out, trim(body, frozenset(rest)))
            left = {"size": len(rest)} | packed(trim(body, frozenset(out)))
            changed(connection, "shrink_batch", values | left)
            changed(connection, "queue_rest", values)
            ended = {"attempt": claimed.attempt_id, "outcome": "refused", "now": self._now()}
            changed(connection, "end_attempt", ended)
        return True

    def family(self, claimed: ClaimedBatch) -> Family:
        """How the requests of this batch, and of all that came of the same original one, have ended."""
        (found,) = self._rows("family", batch=claimed.batch_id)
        return Family(int(found["refused"]), int(found["accepted"]), int(found["waiting"]))

    def _sides(self, batch_id: str, mine: Sequence[str], apart: set[str]) -> tuple[list[str], list[str]]:
        if len(mine) == 1 or not apart <= set(mine):
            what = "one message cannot be split" if len(mine) == 1 else "a message to split off is not in it"
            raise JournalUnfit(
                what,
                where=f"journal {place(self._engine)}, batch {batch_id}",
                next_step="record the batch as refused.",
            )
        if len(apart) in {0, len(mine)}:
            return list(mine[: len(mine) // 2]), list(mine[len(mine) // 2 :])
        return [name for name in mine if name in apart], [name for name in mine if name not in apart]


def _part(connection: Connection, batch_id: str, messages: list[str], body: bytes) -> None:
    child = secrets.token_hex(8)
    values = {"child": child, "batch": batch_id, "size": len(messages)} | packed(body)
    connection.execute(statement("queued_part"), values)
    connection.execute(statement("move_messages", many="messages"), values | {"messages": messages})


def _claim(claimed: ClaimedBatch) -> dict[str, str | int]:
    return {"batch": claimed.batch_id, "fence": claimed.fence}
