"""What cannot be, though each value can be read: rows that contradict themselves, or other tables."""

from __future__ import annotations

from dataclasses import dataclass

from pakdee.ledger.intake.report import Reason
from pakdee.ledger.intake.staging import Bench, literal, query
from pakdee.ledger.tables import Table


@dataclass(frozen=True)
class Contradiction:
    """Rows of `table` for which `condition` is true are set aside; it reads `columns`, the culprit first."""

    table: str
    columns: tuple[str, ...]
    condition: str
    reason: Reason


CONTRADICTIONS = (
    Contradiction("refunds", ("amount",), "amount <= 0", Reason.NOTHING_PAID_BACK),
    Contradiction(
        "point_entries",
        ("units", "kind"),
        "CASE kind WHEN 'earn' THEN units < 0 ELSE kind IN ('redeem', 'expire', 'donate') AND units > 0 END",
        Reason.WRONG_SIGN,
    ),
    Contradiction("tickets", ("closed_at", "opened_at"), "closed_at < opened_at", Reason.ENDS_EARLY),
    Contradiction("memberships", ("ends_on", "started_on"), "ends_on < started_on", Reason.ENDS_EARLY),
    Contradiction("activities", ("rating",), "rating NOT BETWEEN 1 AND 5", Reason.NO_RATING),
    Contradiction(
        "survey_responses", ("score", "scale_max"), "score < 0 OR score > scale_max", Reason.OFF_SCALE
    ),
    Contradiction(
        "customer_dates",
        ("day", "month"),
        "birthday_of(NULL::INTEGER, month, day) IS NULL",
        Reason.NO_DAY_OF_A_YEAR,
    ),
)


def reject_impossible(bench: Bench, table: Table) -> None:
    """Set aside rows of `typed_<table>` that contradict themselves."""
    columns = set(bench.columns(f"typed_{table.name}"))
    for found in CONTRADICTIONS:
        if found.table == table.name and columns.issuperset(found.columns):
            text = query("impossible").format(
                table=literal(table.name),
                typed=f"typed_{table.name}",
                column=literal(found.columns[0]),
                condition=found.condition,
                reason=literal(found.reason),
            )
            bench.run(text)


def note_excess(bench: Bench) -> None:
    """Tell of orders for which more was paid back than they came to; the facts stay as the shop gave them."""
    if not (bench.has("merged_refunds") and bench.has("merged_orders")):
        return
    [(orders, example)] = bench.run(query("excess"))
    if orders:
        bench.notes.append(
            f"refunds: more was paid back than the order came to: {orders:,}, such as {example}; "
            "such orders count as returned, and what is too much lowers what the customer spent"
        )
