"""Features joined from all stages, and every condition on them as a boolean column, in one pass."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from pakdee.domain.condition import Condition
from pakdee.domain.errors import CannotRun, LedgerError, MemoryTooSmall
from pakdee.domain.settings import MEMORY
from pakdee.ledger.feature_table import LIST_PREFIX, FeatureTable, columns_of, open_features
from pakdee.ledger.intake.staging import identifier, literal
from pakdee.ledger.ranges import IN_RANGE, even_ranges, write_ranges
from pakdee.ledger.snapshot import Snapshot, connect


def compose(
    snapshot: Snapshot,
    parts: Sequence[Path],
    conditions: Sequence[Condition],
    lists: Mapping[str, Iterable[str]],
    *,
    out: Path,
    memory_limit: str = MEMORY,
) -> FeatureTable:
    """Write `out`: the parts joined by customer_id, in its order, and one boolean column per condition.

    A condition that is unknown (NULL) for a customer is false. Nothing a condition says can reach a file
    outside the snapshot and the parts' folders: the connection is locked before any of them is read.

    Args:
        parts: Parquet files with `customer_id` and features; the first has every customer.
        lists: customer ids of each spreadsheet segment; conditions read them as "list:<segment>".
        memory_limit: of the database, "128 MB".

    Raises:
        CannotRun: a condition reads a feature that no part has, or a list that is not given.
        LedgerError: the parts cannot be joined, or a condition cannot be evaluated.
    """
    for condition in conditions:
        _check(condition, _features(parts), lists)
    folders = sorted({path.resolve().parent for path in (*parts, out)})
    tests = "".join(f", coalesce(({c.sql}), false) AS {identifier(c.name)}" for c in conditions)
    try:
        with connect(snapshot, memory_limit=memory_limit, also=folders) as connection:
            joined = _joined(connection, parts, lists)
            ranges = even_ranges(connection, _read(parts[0]))
            write_ranges(connection, [f"SELECT *{tests} FROM ({joined})"], ranges, out)
    except duckdb.OutOfMemoryException as error:
        raise MemoryTooSmall(str(out), memory_limit) from error
    except duckdb.Error as error:
        raise LedgerError(
            f"features and conditions cannot be put together: {error}",
            where=str(out),
            next_step="run pakdee check, then import the shop's data again",
        ) from error
    return open_features(snapshot, out)


def evaluable(conditions: Iterable[Condition], parts: Sequence[Path]) -> list[Condition]:
    """The conditions whose features are all in `parts`, in the order given."""
    features = _features(parts)
    return [condition for condition in conditions if condition.features <= features]


def _features(parts: Sequence[Path]) -> frozenset[str]:
    return frozenset(name for part in parts for name in columns_of(part))


def _check(condition: Condition, features: Collection[str], lists: Mapping[str, Iterable[str]]) -> None:
    missing = [f"the feature {name}" for name in condition.features.difference(features)]
    missing += [f"the list {name}" for name in condition.lists.difference(lists)]
    if missing:
        raise CannotRun(condition.where or condition.name, missing)


def _joined(
    connection: duckdb.DuckDBPyConnection, parts: Sequence[Path], lists: Mapping[str, Iterable[str]]
) -> str:
    columns, joins = ["p0.customer_id"], [f"{_in_range(parts[0])} AS p0"]
    for number, part in enumerate(parts):
        kept = [name for name in columns_of(part) if name != "customer_id"]
        columns += [f"p{number}.{identifier(name)}" for name in kept]
        if number:
            joins.append(f"LEFT JOIN {_in_range(part)} AS p{number} USING (customer_id)")
    for number, (segment, members) in enumerate(sorted(lists.items())):
        ids = pa.table({"customer_id": pa.array(sorted(set(members)), pa.string())})
        connection.register(f"list_{number}", ids)
        name = identifier(LIST_PREFIX + segment)
        columns.append(f"p0.customer_id IN (SELECT customer_id FROM list_{number}) AS {name}")
    return f"SELECT {', '.join(columns)} FROM {' '.join(joins)}"


def _in_range(part: Path) -> str:
    return f"(FROM {_read(part)} WHERE {IN_RANGE})"


def _read(part: Path) -> str:
    return f"read_parquet({literal(str(part.resolve()))})"
