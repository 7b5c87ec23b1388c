"""Plan customers shard by shard: read them, decide, write their mails, freeze these into the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from pakdee.domain.allowance import all_terms
from pakdee.domain.plan import plan
from pakdee.house import House
from pakdee.jobs.enqueuing import Enqueuer, Rehearsal
from pakdee.jobs.notmailed import NotMailed
from pakdee.jobs.offers import offers_left
from pakdee.jobs.people import columns_read, situation
from pakdee.jobs.tally import Tally

if TYPE_CHECKING:
    from pakdee.ledger import FeatureTable


@dataclass(frozen=True)
class Order:
    """What is to be planned.

    Args:
        run_id: None for a rehearsal, which writes nothing.
        campaigns: names of those that are due.
        aside: the file of those not mailed.
    """

    day: dt.date
    run_id: str | None
    campaigns: tuple[str, ...]
    aside: Path


class ShardPlanner:
    """Plans one shard after the other; `end` journals what still waits. One shard is in memory at a time.

    Args:
        threads: to read with; by default one per processor.
    """

    def __init__(
        self, house: House, table: FeatureTable, order: Order, *, threads: int | None = None
    ) -> None:
        self._house, self._order = house, order
        self._campaigns = [house.project.campaigns[name] for name in order.campaigns]
        self._left: Mapping[str, int] = offers_left(house, all_terms(house.project.program.grants, order.day))
        self._open = ExitStack()
        self._read = self._open.enter_context(
            table.reading(columns_read(house, self._campaigns), threads=threads)
        )
        if order.run_id is None:
            self._mails = Rehearsal(house, order.day)
        else:
            aside = self._open.enter_context(NotMailed(order.aside))
            self._mails = Enqueuer(house, order.day, order.run_id, aside)
        self._open.callback(self._mails.close)

    def __enter__(self) -> Self:
        """Ready to plan."""
        return self

    def plan(self, first: str, last: str) -> int:
        """Plan the customers from the first to the last id; how many these were.

        Raises:
            LedgerError, JournalError: the run must be taken back.
        """
        people = self._read(first, last)
        made = plan(situation(self._house, self._order.day, people, self._left), self._campaigns)
        self._left = made.left
        self._mails.settle(people, made)
        return len(people)

    def end(self) -> Tally:
        """What became of everyone, once the last request is in the journal."""
        self._mails.end()
        return self._mails.tally

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close all files; that of the not mailed is published unless something failed."""
        self._open.__exit__(kind, error, trace)
