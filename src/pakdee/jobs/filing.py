"""Requests on their way into the journal: several in one transaction, while further mails are written.

Writers of a journal wait for each other and for the disk; a thread of its own does that waiting.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from pakdee.domain.message import FrozenBatch, MessageRow

if TYPE_CHECKING:
    from pakdee.journal import Journal

# Requests in a transaction. Codes are spread at random over their index, so that each transaction writes most
# of its pages again: the larger, the fewer times.
GROUP = 8
Taken = list[tuple[str, list[MessageRow]]]
"""Campaigns, and those of their customers whom another run was quicker with."""


class Filing:
    """Takes the requests of one run; whoever is taken already is left out and told.

    Args:
        on_taken: called in the caller's thread with a campaign and the messages that were left out.
    """

    def __init__(
        self,
        journal: Journal,
        run_id: str,
        day: dt.date,
        on_taken: Callable[[str, list[MessageRow]], None],
    ) -> None:
        self._journal, self._run_id, self._day, self._on_taken = journal, run_id, day, on_taken
        self._waiting: list[FrozenBatch] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="filing")
        self._under_way: Future[Taken] | None = None

    def put(self, batches: Sequence[FrozenBatch]) -> None:
        """Take requests; raises JournalError for any put before."""
        self._waiting += batches
        if len(self._waiting) >= GROUP:
            self._start()

    def end(self) -> None:
        """Wait until everything is in the journal. Raises JournalError."""
        self._start()
        self._collect()

    def close(self) -> None:
        """Let the thread go, whatever happened."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _start(self) -> None:
        self._collect()
        if self._waiting:
            self._under_way = self._thread.submit(self._file, self._waiting)
            self._waiting = []

    def _collect(self) -> None:
        under_way, self._under_way = self._under_way, None
        for campaign, messages in under_way.result() if under_way else ():
            self._on_taken(campaign, messages)

    def _file(self, batches: Sequence[FrozenBatch]) -> Taken:
        if self._journal.enqueue_all(self._run_id, batches, due_on=self._day):
            return []
        return [taken for batch in batches for taken in self._file_alone(batch)]

    def _file_alone(self, batch: FrozenBatch) -> Taken:
        """Journal one request, without those whom another run was quicker with."""
        found: Taken = []
        rest: FrozenBatch | None = batch
        while rest is not None:
            taken = self._journal.enqueue(self._run_id, rest, due_on=self._day)
            if not taken:
                break
            found.append((batch.envelope.campaign, [row for row in rest.messages if row[0] in taken]))
            rest = _less(rest, taken)
        return found


def _less(batch: FrozenBatch, taken: frozenset[str]) -> FrozenBatch | None:
    """The request without these customers, the rest of its bytes as they were; None if nobody is left."""
    from pakdee.delivery import without

    names = {message for customer, _, message, _ in batch.messages if customer in taken}
    body = without(batch.body, names)
    if not body:
        return None
    messages = [row for row in batch.messages if row[2] not in names]
    offers = [row for row in batch.offers if row[0] not in names]
    return replace(batch, body=body, messages=messages, offers=offers)
