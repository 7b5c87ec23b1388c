"""Rows judged together: duplicates of a key, rows of nobody or that cannot be, and what is left to keep."""

from __future__ import annotations

from pakdee.domain.errors import ImportRefused
from pakdee.ledger.intake.impossible import reject_impossible
from pakdee.ledger.intake.report import Reason
from pakdee.ledger.intake.staging import Bench, identifier, literal, query
from pakdee.ledger.tables import MINIMAL, Table, stored

ASSUMED = "assumed at import"
_INNER = ("_row", "_fault", "_slips")


def keep_clean(bench: Bench, table: Table, *, assume_consent: bool) -> None:
    """Judge `typed_<table>` and make `clean_<table>`: the rows that stay, in their stored columns.

    Parents must be merged before.

    Raises:
        ImportRefused: nothing of a table the ledger cannot do without is left.
    """
    reject_duplicates(bench, table)
    _reject_orphans(bench, table)
    reject_impossible(bench, table)
    columns = _stored_columns(bench, table, assume_consent=assume_consent)
    text = query("clean").format(
        clean=f"clean_{table.name}",
        typed=f"typed_{table.name}",
        table=literal(table.name),
        columns=",\n    ".join(f"{sql} AS {identifier(name)}" for name, sql in columns.items()),
    )
    bench.run(text)


def reject_duplicates(bench: Bench, table: Table) -> None:
    """Set aside what `identical.sql` says about rows with the same key."""
    content = [identifier(name) for name in bench.columns(f"typed_{table.name}") if name not in _INNER]
    text = query("identical").format(
        typed=f"typed_{table.name}",
        table=literal(table.name),
        key=", ".join(table.key),
        first_key=literal(table.key[0]),
        content=", ".join(content),
        identical=literal(Reason.IDENTICAL),
        conflict=literal(Reason.CONFLICT),
    )
    bench.run(text)


def _reject_orphans(bench: Bench, table: Table) -> None:
    for column, parent in table.parents.items():
        if column in bench.columns(f"typed_{table.name}") and bench.has(f"merged_{parent}"):
            text = query("orphans").format(
                table=literal(table.name),
                typed=f"typed_{table.name}",
                parent=f"merged_{parent}",
                column=column,
                parent_key="customer_id" if parent == "customers" else "order_id",
                column_name=literal(column),
                reason=literal(Reason.NO_CUSTOMER if parent == "customers" else Reason.NO_ORDER),
            )
            bench.run(text)


def _stored_columns(bench: Bench, table: Table, *, assume_consent: bool) -> dict[str, str]:
    """Stored columns and their SQL over the typed table."""
    found: dict[str, str] = {}
    for name in bench.columns(f"typed_{table.name}"):
        if name not in _INNER:
            found |= stored(name)
    if "currency" in table.columns:
        given = "currency" in found
        found["currency"] = (
            "coalesce(currency, getvariable('currency'))" if given else "getvariable('currency')"
        )
    if table.name == "customers" and assume_consent:
        _assume_consent(found)
    return found


def _assume_consent(found: dict[str, str]) -> None:
    given, source = found.get("marketing_consent", "NULL"), found.get("consent_source", "NULL")
    found["marketing_consent"] = f"coalesce({given}, true)"
    found["consent_source"] = f"CASE WHEN {given} IS NULL THEN {literal(ASSUMED)} ELSE {source} END"


def refuse_nothing(bench: Bench, table: Table, where: str) -> None:
    """Raises ImportRefused where no row of a minimal table was kept, with the most frequent reasons."""
    if table.name not in MINIMAL or bench.one(f"SELECT count(*) FROM clean_{table.name}"):
        return
    reasons = bench.run(query("main_reasons"), [table.name])
    told = "; ".join(f"{column}: {reason} ({rows} rows)" for column, reason, rows in reasons)
    raise ImportRefused(
        f"no row of {table.name} can be used: {told}" if told else "there are headings but no rows",
        where=where,
        next_step="look at these columns in the file; say in a source file how it writes dates and numbers",
    )
