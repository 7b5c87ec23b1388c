"""Batch ids and what is asked for them: paused, cancelled, released."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from pakdee.twin.database import Database, statement
from pakdee.twin.schedule import Fate, Mark, Status, fate

MOST_MARKED = (
    10  # Twilio docs, "Cancel Scheduled Sends": not more than 10 batches paused or cancelled at one time
)


class Batches:
    """The batch ids that were given out, and their marks; everything is on disk before it is answered."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def new(self, now: float) -> str:
        """A new batch id."""
        batch_id = secrets.token_hex(16)
        self._database.write("add_batch", id=batch_id, now=now)
        return batch_id

    def exists(self, batch_id: str) -> bool:
        """Whether this id was given out here."""
        return bool(self._database.read("batch", id=batch_id))

    def marked(self, batch_id: str | None = None) -> dict[str, Status]:
        """The batch ids that are paused or cancelled: all of them, or this one if it is."""
        rows = self._database.read("marked", batch_id=batch_id)
        return {row["batch_id"]: Status(row["status"]) for row in rows}

    def mark(self, batch_id: str, status: Status, now: float) -> str | None:
        """Pauses or cancels; None when done, else why not, in SendGrid's manner."""
        with self._database.writing() as connection:
            marked = {row["batch_id"] for row in connection.execute(statement("marked"), {"batch_id": None})}
            if batch_id in marked:
                return "a status was already set for this batch id"
            if len(marked) >= MOST_MARKED:
                return f"at most {MOST_MARKED} batches can be paused or cancelled at one time"
            connection.execute(statement("add_mark"), _span(batch_id, status, now, since=now))
        return None

    def change(self, batch_id: str, status: Status, now: float) -> bool:
        """Pauses what was cancelled or the other way round; False when it was neither."""
        with self._database.writing() as connection:
            found = connection.execute(statement("marked"), {"batch_id": batch_id}).fetchone()
            if found is None:
                return False
            if found["status"] != status:
                connection.execute(statement("end_mark"), {"batch_id": batch_id, "now": now})
                connection.execute(statement("add_mark"), _span(batch_id, status, now, since=found["since"]))
                connection.execute(statement("look_now"), {"batch_id": batch_id, "now": now})
        return True

    def release(self, batch_id: str, now: float) -> bool:
        """Neither paused nor cancelled any more; False when it was not."""
        params = {"batch_id": batch_id, "now": now}
        with self._database.writing() as connection:
            is_marked = connection.execute(statement("end_mark"), params).rowcount > 0
            connection.execute(statement("look_now"), params)
        return is_marked

    def fates(self, rows: Sequence[sqlite3.Row]) -> list[Fate]:
        """What becomes of these messages; rows with received_at, send_at and batch_id."""
        batch_ids = {row["batch_id"] for row in rows if row["batch_id"]}
        marks = self._marks(batch_ids) if batch_ids else {}
        return [fate(row["received_at"], row["send_at"], marks.get(row["batch_id"], ())) for row in rows]

    def _marks(self, batch_ids: Collection[str]) -> Mapping[str, list[Mark]]:
        found: dict[str, list[Mark]] = defaultdict(list)
        for row in self._database.read("marks", ids=json.dumps(sorted(batch_ids))):
            mark = Mark(Status(row["status"]), row["since"], row["set_at"], row["ended_at"])
            found[row["batch_id"]].append(mark)
        return found


def _span(batch_id: str, status: Status, now: float, *, since: float) -> dict[str, str | float]:
    return {"batch_id": batch_id, "status": str(status), "since": since, "now": now}
