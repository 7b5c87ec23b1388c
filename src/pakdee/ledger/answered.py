"""The shop's facts with answers that others know of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pakdee.domain.errors import LedgerError
from pakdee.ledger.snapshot import Snapshot

TABLE = "survey_responses"
ASKED = "days_since_last_survey"
"""The feature that asks who was asked, too; rows without an answer tell it."""
_READ = (
    "response_id",
    "survey_id",
    "customer_id",
    "question",
    "score",
    "scale_max",
    "asked_at",
    "answered_at",
)


def with_answers(snapshot: Snapshot, answers: pa.Table, folder: Path) -> Snapshot:
    """`snapshot` as if its table `survey_responses` held `answers` too; as it is where there are none.

    Args:
        answers: columns and types of that table, as far as they are known; who was asked and has not
            answered has a row with `asked_at` alone.
        folder: where the longer table is written; whoever reads it must be allowed to.

    Raises:
        LedgerError: the shop's own answers cannot be read.
    """
    if not len(answers):
        return snapshot
    path, rows = folder / f"{TABLE}.parquet", [answers]
    if TABLE in snapshot.tables:
        rows.append(_own(snapshot))
    whole = pa.concat_tables(rows, promote_options="permissive")
    pq.write_table(whole, path)
    return replace(
        snapshot, tables={**snapshot.tables, TABLE: path}, provides=snapshot.provides | provided(whole)
    )


def provided(answers: pa.Table) -> frozenset[str]:
    """The table and those of its columns that say anything, by the names that features need."""
    filled = {f"{TABLE}.{name}" for name in answers.column_names if answers[name].null_count < len(answers)}
    return frozenset({TABLE} | filled if len(answers) else ())


def _own(snapshot: Snapshot) -> pa.Table:
    """The shop's answers without people's words, which no feature reads."""
    try:
        file = pq.ParquetFile(snapshot.tables[TABLE])
        return file.read(columns=[name for name in _READ if name in file.schema_arrow.names])
    except (OSError, pa.ArrowInvalid) as error:
        raise LedgerError(
            f"the table {TABLE} cannot be read",
            where=f"snapshot {snapshot.id}",
            next_step="import the shop's data again",
        ) from error
