"""Requests on their way into the journal: several in one transaction, while further mails are written.

Writers of a journal wait for each other and for the disk; a thread of its own does that waiting.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from pakdee.domain.allowance import Terms
from pakdee.domain.message import Envelope, FrozenBatch, MessageRow
from pakdee.domain.vocabulary import Verdict

if TYPE_CHECKING:
    from pakdee.journal import Journal

# Requests in a transaction. Codes are spread at random over their index, so that each transaction writes most
# of its pages again: the larger, the fewer times.
GROUP = 8
Refusals = list[tuple[Envelope, list[MessageRow], Verdict]]
"""Requests' envelopes, and those of their customers who cannot be in one, with why."""


class Filing:
    """Takes the requests of one run; whoever is taken already, or gets no offer, is left out and told.

    Args:
        terms: of the grants that are given.
        on_refused: called in the caller's thread with an envelope, the messages that were left out, and why.
    """

    def __init__(
        self,
        journal: Journal,
        run_id: str,
        day: dt.date,
        terms: Mapping[str, Terms],
        on_refused: Callable[[Envelope, list[MessageRow], Verdict], None],
    ) -> None:
        self._journal, self._run_id, self._day = journal, run_id, day
        self._terms, self._on_refused = terms, on_refused
        self._waiting: list[FrozenBatch] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="filing")
        self._under_way: Future[Refusals] | None = None

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
        for told, messages, why in under_way.result() if under_way else ():
            self._on_refused(told, messages, why)

    def _file(self, batches: Sequence[FrozenBatch]) -> Refusals:
        if self._journal.enqueue_all(self._run_id, batches, due_on=self._day, terms=self._terms):
            return []
        return [refused for batch in batches for refused in self._file_alone(batch)]

    def _file_alone(self, batch: FrozenBatch) -> Refusals:
        """Journal one request, without those who are taken, and those who get no offer."""
        found: Refusals = []
        rest: FrozenBatch | None = batch
        while rest is not None:
            refused = self._journal.enqueue(self._run_id, rest, due_on=self._day, terms=self._terms)
            if not refused:
                break
            for why in sorted(set(refused.values())):
                told = [row for row in rest.messages if refused.get(row[0]) is why]
                found.append((batch.envelope, told, why))
            rest = _less(rest, refused)
        return found


def _less(batch: FrozenBatch, taken: Collection[str]) -> FrozenBatch | None:
    """The request without these customers, the rest of its bytes as they were; None if nobody is left."""
    from pakdee.delivery import without

    names = {message for customer, _, message, _ in batch.messages if customer in taken}
    body = without(batch.body, names)
    if not body:
        return None
    messages = [row for row in batch.messages if row[2] not in names]
    offers = [row for row in batch.offers if row[0] not in names]
    return replace(batch, body=body, messages=messages, offers=offers)
