"""The shop's facts: sources become immutable snapshots, snapshots become features as of a day."""

from pakdee.ledger.generator import generate_shop
from pakdee.ledger.intake import import_
from pakdee.ledger.intake.report import ImportReport, Reject
from pakdee.ledger.snapshot import Snapshot, check_fresh, connect, open_snapshot

__all__ = [
    "ImportReport",
    "Reject",
    "Snapshot",
    "check_fresh",
    "connect",
    "generate_shop",
    "import_",
    "open_snapshot",
]
