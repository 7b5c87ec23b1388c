"""Planning runs: a lease while one plans, and what becomes of it when its planner is done, fails or dies."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import accumulate
from types import MappingProxyType

from sqlalchemy import Connection
from sqlalchemy.engine import RowMapping

from pakdee.domain.campaign import Canary
from pakdee.domain.errors import JournalError
from pakdee.journal import schema
from pakdee.journal.epochs import Epochs
from pakdee.journal.instants import BEYOND, LONGEST, length
from pakdee.journal.statements import statement
from pakdee.journal.store import changed, place, rows

ABANDONED = "its planner died and its day is over: its customers are planned anew"


class Runs(Epochs):
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

        Args:
            lease: an hour at most.

        Raises:
            JournalError: this journal is older than what was sent.
        """
        if lease > LONGEST:
            raise ValueError(f"a lease of {lease} is longer than {LONGEST}")
        self.check_in_step()
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
            _close_abandoned(connection, self._dialect.row_lock, day, now)
            self._dialect.lock_logs(connection)
            (known,) = rows(connection, "known_to_run", {"day": day.isoformat(), "is_test": is_test})
            connection.execute(schema.run.insert(), row | dict(known))
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

    def finish_run(self, run_id: str, canaries: Mapping[str, Canary] = MappingProxyType({})) -> None:
        """Make the run claimable, and runs of the same day whose planner died: their batches are complete.

        Args:
            canaries: by campaign; its first batches go ahead, the others wait for them.

        Raises:
            JournalError: the run is not being planned any more.
        """
        now, reason = self._now(), f"adopted by {run_id}"
        values = {"run": run_id, "now": now, "beyond": now + BEYOND}
        with self._writing() as connection:
            if not changed(connection, "finish_run", values):
                raise self._not_planning(run_id)
            changed(connection, "adopt_runs", values | {"reason": reason})
            for campaign, canary in sorted(canaries.items()):
                _mark_canaries(connection, {"run": run_id, "reason": reason}, campaign, canary)
            epoch = self.step(connection)
        self.tell(epoch)

    def fail_run(self, run_id: str, reason: str) -> bool:
        """Close a run that cannot be finished and take its messages back, so that their keys are free again.

        False, and nothing changes, when the run is not being planned any more.
        """
        with self._writing() as connection:
            return _fail(connection, self._dialect.row_lock, run_id, reason, self._now())

    def discard(self, run_id: str, campaign: str) -> None:
        """Take back what a run being planned wrote for one campaign; its keys are free again.

        Raises:
            JournalError: the run is not being planned any more, so its mails may be on their way.
        """
        with self._writing() as connection:
            self._lease(connection, run_id)
            _release(connection, self._dialect.row_lock, run_id, campaign)

    def _lease(self, connection: Connection, run_id: str) -> RowMapping:
        """Extend and lock a run being planned: what it is, see lease_run.sql."""
        found = rows(connection, "lease_run", {"run": run_id, "now": self._now()})
        if not found:
            raise self._not_planning(run_id)
        return found[0]

    def _not_planning(self, run_id: str) -> JournalError:
        return JournalError(
            f"run {run_id} is not being planned any more: it was finished, failed or taken over",
            where=f"journal {place(self._engine)}",
            next_step="plan the day again; what was written down is not written twice.",
        )


def _close_abandoned(connection: Connection, row_lock: str, day: dt.date, now: int) -> None:
    for found in rows(
        connection, "abandoned_runs", {"day": day.isoformat(), "now": now, "beyond": now + BEYOND}
    ):
        _fail(connection, row_lock, found["id"], ABANDONED, now)


def _fail(connection: Connection, row_lock: str, run_id: str, reason: str, now: int) -> bool:
    if not changed(connection, "fail_run", {"run": run_id, "now": now, "reason": reason}):
        return False
    _release(connection, row_lock, run_id, schema.EVERYTHING)
    return True


def _release(connection: Connection, row_lock: str, run_id: str, campaign: str) -> None:
    connection.execute(statement("lock_all_allotments", row_lock))
    values = {"run": run_id, "campaign": campaign}
    for name in (
        "release_codes",
        "release_offers",
        "release_not_mailed",
        "release_messages",
        "release_batches",
    ):
        changed(connection, name, values)
    changed(connection, "recount_allotments", {})


def _mark_canaries(connection: Connection, runs: Mapping[str, str], campaign: str, canary: Canary) -> None:
    """The first batches up to so many messages become canaries, the others wait for them."""
    batches = rows(connection, "canary_batches", {**runs, "campaign": campaign})
    before = [
        total - batch["size"]
        for batch, total in zip(batches, accumulate(b["size"] for b in batches), strict=True)
    ]
    if not batches or before[-1] < canary.first:
        return  # all of them would be
    canary_id = secrets.token_hex(8)
    row = {"id": canary_id, "run_id": runs["run"], "campaign": campaign, "wait": length(canary.wait)}
    connection.execute(schema.canary.insert(), row)
    marks = [
        {"batch": batch["id"], "canary": canary_id, "is_canary": sent < canary.first}
        for batch, sent in zip(batches, before, strict=True)
    ]
    connection.execute(statement("mark_canary"), marks)
