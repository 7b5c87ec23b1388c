"""The brake: stop everything or one campaign, with a reason and a name, and let it go on."""

from __future__ import annotations

from pakdee.journal import schema
from pakdee.journal.instants import told
from pakdee.journal.schema import EVERYTHING
from pakdee.journal.store import Store, changed, rows
from pakdee.journal.told import Stop


class Brake(Store):
    """Stops take effect at the next claim; batches under way are finished."""

    def stop(self, scope: str | None, because: str, by: str) -> None:
        """Stop a campaign, or everything with None. A stop that is in force stays as it is."""
        row = (scope or EVERYTHING, because, by, self._now())
        columns = ("scope", "because", "stopped_by", "stopped_at")
        with self._writing() as connection:
            self._dialect.insert_new(connection, schema.stop, columns, [row])

    def resume(self, scope: str | None, because: str, by: str | None = None) -> bool:
        """Take the stop of exactly this scope off; False when it was not stopped."""
        values = {"scope": scope or EVERYTHING, "because": because, "by": by, "now": self._now()}
        with self._writing() as connection:
            return changed(connection, "resume_stop", values) == 1

    def stops(self) -> list[Stop]:
        """What is stopped now, longest first."""
        with self._reading() as connection:
            found = rows(connection, "stops_in_force", {})
        return [
            Stop(
                None if r["scope"] == EVERYTHING else r["scope"],
                r["because"],
                r["stopped_by"],
                told(r["stopped_at"]),
            )
            for r in found
        ]
