"""The many who are not mailed: one Parquet file per run; nobody is lost and the journal stays small."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pakdee.domain.plan import COLUMNS, VERDICTS, Plan
from pakdee.domain.vocabulary import Verdict

_SCHEMA = pa.schema([(name, pa.string()) for name in COLUMNS])
_Column = Sequence[str] | np.ndarray
_WORDS = np.array([str(verdict) for verdict in VERDICTS], dtype="object")


def aside_of(var: Path, run_id: str | None) -> Path:
    """The file of those whom a run did not mail; a rehearsal's is never written."""
    return var / "runs" / (run_id or "rehearsal") / "not-mailed.parquet"


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

    def write(self, made: Plan, campaign: str) -> None:
        """Add the customers of one shard that a mail is about."""
        decisions = made.campaigns[campaign]
        apart = np.flatnonzero(decisions.codes != VERDICTS.index(Verdict.INCLUDED))
        words = decisions.words()[apart]
        mail = decisions.campaign, decisions.step
        self._add(mail, made.customers[decisions.places[apart]], words, _WORDS[decisions.codes[apart]])

    def add(self, mail: tuple[str, str], rows: Sequence[tuple[str, str]], verdict: Verdict) -> None:
        """Add single customers, as (customer id, occasion), who were to get the mail (campaign, step)."""
        ids, occasions = zip(*rows, strict=True)
        self._add(mail, ids, occasions, [str(verdict)] * len(rows))

    def gather(self, parts: Sequence[Path]) -> None:
        """Add what other processes wrote, and remove their files."""
        for part in parts:
            with pq.ParquetFile(part) as file:
                for rows in file.iter_batches():
                    self._writer.write_batch(rows)
            part.unlink()

    def _add(self, mail: tuple[str, str], ids: _Column, occasions: _Column, verdicts: _Column) -> None:
        if len(ids):
            of_mail = ([part] * len(ids) for part in mail)
            columns = (ids, *of_mail, occasions, verdicts)
            arrays = [pa.array(column, pa.string(), from_pandas=True) for column in columns]
            self._writer.write_table(pa.Table.from_arrays(arrays, schema=_SCHEMA))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close, and publish the file unless something failed."""
        self._writer.close()
        if kind is None:
            self._draft.replace(self._path)
