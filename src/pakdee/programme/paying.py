"""What balances pay for, found by walking through everybody's days at once.

Whether a balance reaches a cost hangs on what was bought before, so days come one after the other; each step
takes all customers, who have that many days, to their next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Whole = npt.NDArray[np.int64]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Offered:
    """A grant as a balance sees it, with what the rows of all days say of it.

    Args:
        due: 1 on the days on which it may be given to this customer, else 0.
        period: of its cap, by number.
        most: how often in one period; None without a cap.
    """

    cost: int
    due: Whole
    period: Whole | None = None
    most: int | None = None


@dataclass(frozen=True)
class Progress:
    """How far customers have come, the one with most days first; all change in place.

    Args:
        come: units that came, less what was taken back.
        gone: units used or run out, counted along the queue.
        given: for each grant, how often in the present period of its cap.
        period: for each grant, that period.
    """

    come: Whole
    gone: Whole
    given: list[Whole] = field(default_factory=list)
    period: list[Whole] = field(default_factory=list)

    @staticmethod
    def of(customers: int, grants: int) -> Progress:
        """So many customers to whom nothing has happened yet."""
        each = [np.zeros(customers, np.int64) for _ in range(2 * grants + 2)]
        return Progress(each[0], each[1], each[2 : grants + 2], each[grants + 2 :])


def payments(moves: pa.Table, grants: Sequence[Offered]) -> pa.Table:
    """How often each grant was paid for: number, day, grant_number, times; only where it was.

    Args:
        moves: number (of the customer), day, came, used, reach, in the order of number and day; `reach` is
            how far along the queue units had run out.
        grants: in the programme's order; `due` and `period` have a value for each row of `moves`.
    """
    came, used, reach = (moves[name].to_numpy() for name in ("came", "used", "reach"))
    starts, lengths = _histories(moves["number"].to_numpy())
    progress = Progress.of(len(starts), len(grants))
    times = [np.zeros(len(came), np.int64) for _ in grants]
    under_way = len(starts) - np.searchsorted(lengths[::-1], np.arange(lengths.max(initial=0)), "right")
    for step, customers in enumerate(under_way.tolist()):
        at = starts[:customers] + step
        come, gone = progress.come[:customers], progress.gone[:customers]
        come += came[at]
        np.maximum(gone, reach[at], out=gone)
        gone += used[at]
        for number, grant in enumerate(grants):
            paid = _paid(grant, number, at, progress)
            times[number][at] = paid
            gone += paid * grant.cost
    return pa.concat_tables([_told(moves, number, of_grant) for number, of_grant in enumerate(times)])


def _histories(numbers: Whole) -> tuple[Places, Places]:
    """Where each customer's rows begin and how many there are; the longest first."""
    starts = np.flatnonzero(np.diff(numbers, prepend=-1))
    lengths = np.diff(starts, append=len(numbers))
    order = np.argsort(-lengths, kind="stable")
    return starts[order], lengths[order]


def _paid(grant: Offered, number: int, at: Places, progress: Progress) -> Whole:
    """How often a grant is given on the rows `at`, as the balance and its cap allow."""
    customers = len(at)
    paid: Whole = np.maximum(progress.come[:customers] - progress.gone[:customers], 0) // grant.cost
    paid *= grant.due[at]
    if grant.period is not None and grant.most is not None:
        given, period = progress.given[number][:customers], progress.period[number][:customers]
        given *= period == grant.period[at]
        period[:] = grant.period[at]
        np.minimum(paid, grant.most - given, out=paid)
        given += paid
    return paid


def _told(moves: pa.Table, number: int, times: Whole) -> pa.Table:
    rows = np.flatnonzero(times)
    told = moves.select(["number", "day"]).take(pa.array(rows))
    told = told.append_column("grant_number", pa.array(np.full(len(rows), number)))
    return told.append_column("times", pa.array(times[rows]))
