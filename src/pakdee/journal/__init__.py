"""Our own memory: what was planned, sent and learned, so that every mail goes out exactly once."""

from pakdee.journal.journal import Journal
from pakdee.journal.told import (
    CanaryProgress,
    Ceiling,
    ConsentEntry,
    DayStatus,
    Due,
    EventEntry,
    Family,
    FigureRow,
    HeldOut,
    History,
    MessageRow,
    RunRow,
    Stop,
    UnclearBatch,
    Withdrawal,
)

__all__ = [
    "CanaryProgress",
    "Ceiling",
    "ConsentEntry",
    "DayStatus",
    "Due",
    "EventEntry",
    "Family",
    "FigureRow",
    "HeldOut",
    "History",
    "Journal",
    "MessageRow",
    "RunRow",
    "Stop",
    "UnclearBatch",
    "Withdrawal",
]
