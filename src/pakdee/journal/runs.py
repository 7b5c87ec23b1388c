"""Planning runs: a lease while one plans, and what becomes of it when its planner is done, fails or dies."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import Connection

from pakdee.domain.errors import JournalError
from pakdee.journal import schema
from pakdee.journal.instants import length
from pakdee.journal.statements import statement
from pakdee.journal.store import Store, changed, place, rows

ABANDONED = "its planner died and its day is over: its customers are planned anew"


class Runs(Store):
    """A run is *planning*, then *enqueued* (its batches are claimable) or *failed* (they are taken back)."""

    def start_run(
        self,
        *,
        day: dt.date,
        zone: str,
        campaigns: Sequence[str],
        content_version: str,
        snapshot_id: str,
        lease: timedelta,
        is_test: bool = False,
    ) -> str:
        """A new run's id. Without `keep_alive` or `enqueue` within `lease` its planner counts as dead.

        Runs of earlier days whose planner died are closed first and their messages taken back: nothing of
        them was sent, so their customers can be planned anew. Messages of a test run count nowhere.
        """
        run_id, now = f"{day:%Y%m%d}-{secrets.token_hex(4)}", self._now()
        row = {
            "id": run_id,
            "day": day.isoformat(),
            "zone": zone,
            "campaigns": json.dumps(list(campaigns)),
            "content_version": content_version,
            "snapshot_id": snapshot_id,
            "is_test": is_test,
            "state": "planning",
            "started_at": now,
            "lease": length(lease),
            "lease_until": now + length(lease),
        }
        with self._writing() as connection:
            _close_abandoned(connection, day, now)
            self._dialect.lock_logs(connection)
            connection.execute(schema.run.insert(), row | dict(rows(connection, "log_heads", {})[0]))
        return run_id

    def keep_alive(self, run_id: str) -> None:
        """Extend the lease of a run being planned. Raises JournalError when it is so no more."""
        with self._writing() as connection:
            self._lease(connection, run_id)

    def record_verdicts(self, run_id: str, counts: Mapping[tuple[str, str], int]) -> None:
        """Add customers per (campaign, verdict) to the run's counts; shard by shard or all at once."""
        values = [
            {"run": run_id, "campaign": campaign, "verdict": str(verdict), "customers": customers}
            for (campaign, verdict), customers in sorted(counts.items())
        ]
        if values:
            with self._writing() as connection:
                self._lease(connection, run_id)
                connection.execute(statement("add_verdicts"), values)

    def finish_run(self, run_id: str) -> None:
        """Make the run claimable, and runs of the same day whose planner died: their batches are complete.

        Raises:
            JournalError: the run is not being planned any more.
        """
        values = {"run": run_id, "now": self._now()}
        with self._writing() as connection:
            if not changed(connection, "finish_run", values):
                raise self._not_planning(run_id)
            changed(connection, "adopt_runs", values | {"reason": f"adopted by {run_id}"})

    def fail_run(self, run_id: str, reason: str) -> bool:
        """Close a run that cannot be finished and take its messages back, so that their keys are free again.

        False, and nothing changes, when the run is not being planned any more.
        """
        with self._writing() as connection:
            return _fail(connection, run_id, reason, self._now())

    def discard(self, run_id: str, campaign: str) -> None:
        """Take back what a run being planned wrote for one campaign; its keys are free again.

        Raises:
            JournalError: the run is not being planned any more, so its mails may be on their way.
        """
        with self._writing() as connection:
            self._lease(connection, run_id)
            _release(connection, run_id, campaign)

    def _lease(self, connection: Connection, run_id: str) -> bool:
        """Extend and lock a run being planned; whether it is a test run."""
        values = {"run": run_id, "now": self._now()}
        found = connection.execute(statement("lease_run"), values).one_or_none()
        if found is None:
            raise self._not_planning(run_id)
        return bool(found.is_test)

    def _not_planning(self, run_id: str) -> JournalError:
        return JournalError(
            f"run {run_id} is not being planned any more: it was finished, failed or taken over",
            where=f"journal {place(self._engine)}",
            next_step="plan the day again; what was written down is not written twice.",
        )


def _close_abandoned(connection: Connection, day: dt.date, now: int) -> None:
    for found in rows(connection, "abandoned_runs", {"day": day.isoformat(), "now": now}):
        _fail(connection, found["id"], ABANDONED, now)


def _fail(connection: Connection, run_id: str, reason: str, now: int) -> bool:
    if not changed(connection, "fail_run", {"run": run_id, "now": now, "reason": reason}):
        return False
    _release(connection, run_id, schema.EVERYTHING)
    return True


def _release(connection: Connection, run_id: str, campaign: str) -> None:
    for name in ("release_offers", "release_held_out", "release_messages", "release_batches"):
        changed(connection, name, {"run": run_id, "campaign": campaign})
