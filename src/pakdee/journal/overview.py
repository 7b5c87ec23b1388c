"""The journal at a glance: what was planned last, what became of a period, who is in which arm."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping

import pyarrow as pa
from sqlalchemy import Connection

from pakdee.domain.campaign import FIRST_STEP
from pakdee.domain.vocabulary import BatchState
from pakdee.journal.measuring import Measuring
from pakdee.journal.statements import statement
from pakdee.journal.store import rows
from pakdee.journal.told import LastPlan, VariantMessages

MOST_RUNS = 1_000
_OF_VARIANTS = pa.schema(
    [
        ("campaign", pa.string()),
        ("variant", pa.string()),
        ("message_id", pa.string()),
        ("kind", pa.string()),
        ("occurred_at", pa.timestamp("us", tz="UTC")),
        ("is_machine", pa.bool_()),
        ("url", pa.string()),
    ]
)
_ASSIGNED = pa.schema(
    [
        ("campaign", pa.string()),
        ("customer_id", pa.string()),
        ("due_on", pa.date32()),
        ("is_held_out", pa.bool_()),
    ]
)


class Overview(Measuring):
    """Reads for pages that are looked at often; each is an aggregate but `assigned`."""

    def mark(self) -> str:
        """Changes whenever there is something new to show: planned, sent, or heard."""
        (found,) = self._rows("mark")
        return "-".join(str(found[name]) for name in found)

    def last_plans(self, until: dt.date) -> dict[str, LastPlan]:
        """By campaign, the latest day up to `until` it was planned on, and its customers per verdict."""
        with self._reading() as connection:
            planned: dict[str, tuple[str, str]] = {}
            for run in rows(connection, "planned_runs", {"until": until.isoformat(), "most": MOST_RUNS}):
                for campaign in json.loads(run["campaigns"]):
                    planned.setdefault(campaign, (run["day"], run["id"]))
            verdicts = _verdicts(connection, {run for _, run in planned.values()})
        return {
            campaign: LastPlan(dt.date.fromisoformat(day), verdicts.get((run, campaign), {}))
            for campaign, (day, run) in planned.items()
        }

    def period_messages(self, start: dt.date, end: dt.date) -> dict[str, Mapping[BatchState, int]]:
        """By campaign, messages due in [start, end) by what became of them; tests left out."""
        found: dict[str, dict[BatchState, int]] = {}
        for row in self._rows("period_messages", start=start.isoformat(), end=end.isoformat()):
            found.setdefault(row["campaign"], {})[BatchState(row["state"])] = int(row["messages"])
        return dict(found)

    def variant_messages(self, start: dt.date, end: dt.date) -> list[VariantMessages]:
        """Accepted messages due in [start, end) of campaigns that test subjects, by variant and day."""
        found = self._rows("variant_messages", start=start.isoformat(), end=end.isoformat())
        return [
            VariantMessages(
                row["campaign"], row["variant"], dt.date.fromisoformat(row["due_on"]), int(row["messages"])
            )
            for row in found
        ]

    def variant_engagement(self, day: dt.date) -> pa.Table:
        """Events of messages due on a day whose subject has variants.

        Columns: campaign, variant, message_id, kind, occurred_at (UTC), is_machine, url.
        """
        return self._table("variant_engagement", _OF_VARIANTS, day=day.isoformat())

    def assigned(self, start: dt.date, end: dt.date, campaigns: Collection[str]) -> pa.Table:
        """Who was planned or held out in [start, end): campaign, customer_id, due_on, is_held_out.

        Of campaigns with steps by the first mail, so that a series is measured once, from its beginning.
        """
        between = {"start": start.isoformat(), "end": end.isoformat(), "step": FIRST_STEP}
        return self._table("assigned", _ASSIGNED, many="campaigns", campaigns=sorted(campaigns), **between)


def _verdicts(connection: Connection, runs: Collection[str]) -> dict[tuple[str, str], dict[str, int]]:
    found: dict[tuple[str, str], dict[str, int]] = {}
    if not runs:
        return found
    asked = connection.execute(statement("run_verdicts", many="runs"), {"runs": sorted(runs)})
    for row in asked.mappings():
        found.setdefault((row["run_id"], row["campaign"]), {})[row["verdict"]] = row["customers"]
    return found
