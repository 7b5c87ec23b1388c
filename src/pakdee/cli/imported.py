"""What an import did, for people: rows taken, rows set aside and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pakdee.cli import show

if TYPE_CHECKING:
    from pakdee.ledger import ImportReport

EXAMPLES = 10


def show_import(report: ImportReport) -> None:
    """Rows per table, what was set aside by reason, the first examples, and what to know about the data."""
    show.table(f"Snapshot {report.snapshot.id}", ["table", "rows"], sorted(report.rows.items()))
    if report.reject_counts:
        rows = [(table, reason, n) for (table, reason), n in sorted(report.reject_counts.items())]
        show.table("Set aside", ["table", "reason", "rows"], rows)
        first = [(r.table, r.row, r.column, r.reason) for r in report.rejects[:EXAMPLES]]
        show.table("The first of them", ["table", "row", "column", "reason"], first)
    show.say(*report.notes)
