"""What the new snapshot holds: the new rows alone, or put onto the last snapshot by their keys."""

from __future__ import annotations

from pakdee.ledger.intake.staging import Bench, identifier, literal, query
from pakdee.ledger.snapshot import Snapshot
from pakdee.ledger.tables import Table


def merge(bench: Bench, table: Table, last: Snapshot | None) -> None:
    """Make `merged_<table>` of `clean_<table>` and, on append, the `last` snapshot's rows.

    A column that the new file lacks keeps the last snapshot's values.
    """
    name = table.name
    if last is None or name not in last.tables:
        bench.run(f"CREATE VIEW merged_{name} AS SELECT * FROM clean_{name}")
        return
    _open_past(bench, name, last)
    fresh, past = bench.columns(f"clean_{name}"), bench.columns(f"past_{name}")
    kept = [column for column in past if column not in fresh]
    columns = [f"fresh.{identifier(c)}" for c in fresh] + [f"past.{identifier(c)}" for c in kept]
    text = query("merge").format(
        merged=f"merged_{name}",
        clean=f"clean_{name}",
        past=f"past_{name}",
        columns=", ".join(columns),
        same=" AND ".join(f"fresh.{c} = past.{c}" for c in table.key),
        replaced=" AND ".join(f"past.{c} = fresh.{c}" for c in table.replaces or table.key),
    )
    bench.run(text)


def keep_past(bench: Bench, name: str, last: Snapshot) -> None:
    """Make `merged_<name>` of the `last` snapshot's rows alone."""
    _open_past(bench, name, last)
    bench.run(f"CREATE VIEW merged_{name} AS SELECT * FROM past_{name}")


def _open_past(bench: Bench, name: str, last: Snapshot) -> None:
    file = literal(str(last.tables[name]))
    persons = ""
    if name == "customers":
        file_apart = literal(str(last.tables["persons"]))
        persons = f" JOIN read_parquet({file_apart}) AS persons USING (customer_id)"
    bench.run(f"CREATE VIEW past_{name} AS SELECT * FROM read_parquet({file}) AS facts{persons}")
