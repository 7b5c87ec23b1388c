"""How sending stands: what is due and waits, and whether campaigns do harm."""

from __future__ import annotations

import datetime as dt

from pakdee.domain.breaker import Outcomes
from pakdee.domain.vocabulary import BatchState
from pakdee.journal.instants import BEYOND, length, stored, told, told_or_none
from pakdee.journal.store import Store
from pakdee.journal.told import Due

LATELY = dt.timedelta(days=30)
"""A breaker that looked at all mails ever sent would hardly move any more."""


class Standing(Store):
    """Reads for those who send and watch."""

    def due(self, due_before: dt.datetime) -> list[Due]:
        """Messages that are due and have no outcome, by campaign, state and what they wait for."""
        return [
            Due(
                campaign=row["campaign"],
                state=BatchState(row["state"]),
                messages=int(row["messages"]),
                batches=row["batches"],
                smallest=row["smallest"],
                is_behind_canary=bool(row["is_behind_canary"]),
                canary_until=told_or_none(row["canary_until"]),
            )
            for row in self._rows("due", due_before=stored(due_before))
        ]

    def paced_until(self) -> dt.datetime | None:
        """Until when the provider asked everyone to wait; None when nobody has to."""
        found = self._rows("paced_until", now=self._now(), beyond=self._now() + BEYOND)
        return told(found[0]["paced_until"]) if found else None

    def outcomes(self) -> dict[str, Outcomes]:
        """What became of mails, by campaign: of the last 30 days, or since the campaign was last resumed.

        A mail that was delivered and then came back counts under both.
        """
        found = self._rows("outcomes", since=self._now() - length(LATELY))
        return {r["campaign"]: Outcomes(r["settled"], r["bounced"], r["complained"]) for r in found}
