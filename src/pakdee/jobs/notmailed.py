"""The many who are not mailed: one Parquet file per run; nobody is lost and the journal stays small."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from pakdee.domain.plan import COLUMNS, Plan
from pakdee.domain.vocabulary import Verdict

_SCHEMA = pa.schema([(name, pa.string()) for name in COLUMNS])


def forget(runs: Path, before: float) -> int:
    """Remove the folders of runs last written before `before` (unix seconds); how many."""
    old = [run for run in runs.glob("*/") if run.stat().st_mtime < before]
    for run in old:
        shutil.rmtree(run, ignore_errors=True)
    return len(old)


class NotMailed:
    """Writes the verdicts of everyone who gets no mail, shard by shard; the file appears when it is whole."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._draft = path.with_suffix(".part")
        self._writer = pq.ParquetWriter(self._draft, _SCHEMA, compression="zstd")

    def __enter__(self) -> Self:
        """Ready to write."""
        return self

    def write(self, made: Plan) -> None:
        """Add a shard."""
        rows = made.decisions[made.decisions["verdict"] != Verdict.INCLUDED]
        if len(rows):
            columns = [
                pa.array(rows[name].astype("object"), pa.string(), from_pandas=True) for name in COLUMNS
            ]
            self._writer.write_table(pa.Table.from_arrays(columns, schema=_SCHEMA))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, and publish the file unless something failed."""
        self._writer.close()
        if kind is None:
            self._draft.replace(self._path)
