"""What an import says about itself: rows in, rows set aside, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pakdee.ledger.snapshot import Snapshot

Progress = Callable[[str], None]

SHOWN = 1000
"""So many rejects are listed one by one; all are counted."""


class Reason(StrEnum):
    """Why a row was set aside, or a value left out. The words are what people read."""

    MISSING = "missing value"
    BAD_DATE = "not a date"
    BUDDHIST_YEAR = "year looks Buddhist; say calendar: buddhist in a source file"
    FUTURE = "lies in the future"
    BAD_NUMBER = "not a number"
    BAD_FLAG = "neither yes nor no"
    BAD_BIRTHDAY = "not a birthday"
    BAD_STATUS = "unknown status"
    BAD_ENTRY = "unknown kind of entry: earn, redeem, expire, reverse, adjust or donate"
    BAD_TERM = "unknown state of a plan: trial, active, grace, lapsed or cancelled"
    OTHER_CURRENCY = "another currency than the shop's"
    DAMAGED_ID = "number shortened by a spreadsheet (as in 6.68E+10)"
    IDENTICAL = "identical duplicate, kept once"
    CONFLICT = "same key, different content: none is kept"
    NO_CUSTOMER = "unknown customer"
    NO_ADDRESSEE = "no single customer has this e-mail: a guest's order"
    NO_ORDER = "unknown order"
    NOTHING_PAID_BACK = "what is paid back must be above 0"
    WRONG_SIGN = "units earned are above 0, those redeemed, donated or expired below"
    ENDS_EARLY = "ends before it begins"
    NO_RATING = "a rating is from 1 to 5"
    OFF_SCALE = "a score outside its scale"
    NO_DAY_OF_A_YEAR = "no day of a year"
    MALFORMED = "wrong number of columns in this line"


@dataclass(frozen=True, order=True)
class Reject:
    """One row set aside, or one value left out of a row that was kept.

    Args:
        row: as a spreadsheet numbers it, the headings being row 1; in Parquet the first row is 1.
        whole_row: False where only this column's value was left out.
    """

    table: str
    row: int
    column: str
    reason: str
    whole_row: bool = True


@dataclass(frozen=True)
class ImportReport:
    """What came of an import.

    Args:
        rows: rows per table of the new snapshot.
        rejects: the first of them by table and row; `reject_counts` counts all by (table, reason).
        notes: what people must know: assumptions made, files and columns not used.
    """

    snapshot: Snapshot
    rows: Mapping[str, int]
    rejects: tuple[Reject, ...]
    reject_counts: Mapping[tuple[str, str], int]
    notes: tuple[str, ...]
