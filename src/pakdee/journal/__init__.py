"""Our own memory: what was planned, sent and learned, so that every mail goes out exactly once."""

from pakdee.journal.engagement_features import feature_specs
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
    History,
    LastPlan,
    MessageRow,
    NotMailed,
    Restored,
    RunRow,
    Stop,
    UnclearBatch,
    VariantMessages,
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
    "History",
    "Journal",
    "LastPlan",
    "MessageRow",
    "NotMailed",
    "Restored",
    "RunRow",
    "Stop",
    "UnclearBatch",
    "VariantMessages",
    "Withdrawal",
    "feature_specs",
]
