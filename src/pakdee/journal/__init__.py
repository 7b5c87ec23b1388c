"""Our own memory: what was planned, sent and learned, so that every mail goes out exactly once."""

from pakdee.journal.journal import Journal
from pakdee.journal.told import (
    ConsentEntry,
    DayStatus,
    EventEntry,
    FigureRow,
    HeldOut,
    History,
    MessageRow,
    RunRow,
    Stop,
)

__all__ = [
    "ConsentEntry",
    "DayStatus",
    "EventEntry",
    "FigureRow",
    "HeldOut",
    "History",
    "Journal",
    "MessageRow",
    "RunRow",
    "Stop",
]
