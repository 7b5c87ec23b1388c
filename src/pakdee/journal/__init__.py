"""Our own memory: what was planned, sent and learned, so that every mail goes out exactly once."""

from pakdee.journal.journal import Journal
from pakdee.journal.told import (
    Backup,
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
    Restored,
    RunRow,
    Stop,
    UnclearBatch,
    Withdrawal,
)

__all__ = [
    "Backup",
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
    "Restored",
    "RunRow",
    "Stop",
    "UnclearBatch",
    "Withdrawal",
]
