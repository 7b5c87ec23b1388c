"""Restoring: an older journal takes the place of a lost one, and whatever that one may have sent is held.

What was open when the copy was made, and all that is planned again for the days since, becomes unknown: its
keys are taken, and nothing of it is sent until an event proves that it went out, or a person settles it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from datetime import timedelta
from itertools import groupby
from pathlib import Path

from sqlalchemy import Connection, func, select

from pakdee.domain.errors import JournalError
from pakdee.domain.vocabulary import Mode
from pakdee.journal import schema
from pakdee.journal.archive import Archive, damaged, opened_archive
from pakdee.journal.instants import stored, told
from pakdee.journal.keeping import Keeping
from pakdee.journal.opening import connected, make_or_check
from pakdee.journal.store import changed, place, rows
from pakdee.journal.told import Restored, may_have_gone


class Restoring(Keeping):
    """Makes a journal from a backup, or from an older journal that was put in its place."""

    @classmethod
    def restore(
        cls,
        file: Path,
        url: str,
        *,
        project: str,
        mode: Mode,
        clock: Callable[[], dt.datetime],
        zone: dt.tzinfo,
        beside: Path | None = None,
    ) -> Restored:
        """Make the journal at `url` from a backup, whole or not at all.

        Args:
            zone: the shop's; business days between backup and restoration are counted in it.
            beside: the number beside the journal, as in `open`.

        Raises:
            JournalError: the backup is damaged, cut short or not ours; or the journal there is not empty.
        """
        with opened_archive(file, project=project, mode=mode) as archive:
            engine, dialect = connected(url)
            journal = cls(engine, dialect, clock, beside)
            try:
                return journal._filled(archive, file, project, mode, zone)
            finally:
                journal.close()

    def restore_in_place(self, zone: dt.tzinfo) -> Restored:
        """This journal is an older one: all it may have forgotten since its last change is held."""
        with self._writing() as connection:
            self._dialect.lock_logs(connection)
            (last,) = rows(connection, "last_change", {})
            found, epoch = self._hold_back(connection, told(last["at"]), zone)
        self.tell(epoch)
        return found

    def gap(self) -> tuple[dt.date, dt.date] | None:
        """First and last of the days that a lost journal may have sent and that are not planned again yet."""
        left: set[dt.date] = set()
        for _, group in groupby(self._rows("restorations"), key=lambda row: row["generation"]):
            found = list(group)
            planned = {dt.date.fromisoformat(row["day"]) for row in found if row["day"]}
            left |= _days(found[0]["from_day"], found[0]["to_day"]) - planned
        return (min(left), max(left)) if left else None

    def _filled(self, archive: Archive, file: Path, project: str, mode: Mode, zone: dt.tzinfo) -> Restored:
        with self._writing() as connection:
            self._dialect.lock_schema(connection)
            make_or_check(connection, place(self._engine), project, mode, self._now())
            self._check_empty(connection)
            connection.execute(schema.meta.delete())
            for table in schema.METADATA.sorted_tables:
                for chunk in archive.rows(table):
                    self._dialect.insert(connection, table, list(table.columns.keys()), chunk)
                count = connection.execute(select(func.count()).select_from(table)).scalar_one()
                if count != archive.count(table):
                    raise damaged(file)
                self._dialect.renumber(connection, table)
            found, epoch = self._hold_back(connection, archive.kept_at, zone)
        self.tell(epoch)
        return found

    def _check_empty(self, connection: Connection) -> None:
        for table in schema.METADATA.sorted_tables:
            if table is not schema.meta and connection.execute(select(table).limit(1)).first() is not None:
                raise JournalError(
                    "there is a journal already, and it is not empty",
                    where=f"journal {place(self._engine)}",
                    next_step="move it away first, or restore to another address; nothing was restored.",
                )

    def _hold_back(
        self, connection: Connection, kept_at: dt.datetime, zone: dt.tzinfo
    ) -> tuple[Restored, int]:
        now, reason = self._clock(), may_have_gone(kept_at)
        (meta,) = rows(connection, "next_generation", {"beside": self.told_beside()})
        days = sorted(instant.astimezone(zone).date() for instant in (kept_at, now))
        row = {"generation": meta["generation"], "kept_at": stored(kept_at), "restored_at": stored(now)}
        row |= {"from_day": days[0].isoformat(), "to_day": days[1].isoformat()}
        connection.execute(schema.restoration.insert(), row)
        values = {"reason": reason, "now": stored(now)}
        changed(connection, "close_planning_runs", values)
        changed(connection, "end_open_attempts", values)
        held = sum(batch["size"] for batch in rows(connection, "hold_back_batches", values))
        return Restored(meta["generation"], kept_at, days[0], days[1], held), int(meta["epoch"])


def _days(first: str, last: str) -> set[dt.date]:
    start, end = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    return {start + timedelta(days=n) for n in range((end - start).days + 1)}
