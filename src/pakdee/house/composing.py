"""Features as of a day, composed in one stated order: ledger, then programme, then conditions."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pakdee.domain.project import Project

if TYPE_CHECKING:
    from pakdee.ledger import FeatureTable, Snapshot

RUNS_KEPT = 5


@dataclass(frozen=True)
class Composer:
    """Composes features from one snapshot and one project's files, and keeps the tables in `folder`.

    Args:
        leap_birthday: "02-28" or "03-01", the day of 29 February in common years.
    """

    snapshot: Snapshot
    project: Project
    zone: ZoneInfo
    leap_birthday: str
    folder: Path

    def as_of(self, day: dt.date, columns: AbstractSet[str] | None = None) -> FeatureTable:
        """The table of `day`, made anew unless there is one of the same facts, files and code.

        Args:
            columns: features and conditions ("segment:lapsed") that it must have, so far as the facts allow
                them; None means all. A table of all serves everybody who asks for some.
        """
        from pakdee import ledger

        homes = [self._home(day, None), self._home(day, columns)]
        made = (home for home in homes if (home / "features.parquet").is_file())
        home = next(made, None) or self._make(day, columns, homes[-1])
        return ledger.open_features(self.snapshot, home / "features.parquet")

    def _home(self, day: dt.date, columns: AbstractSet[str] | None) -> Path:
        asked = "all" if columns is None else " ".join(sorted(columns))
        identity = f"{self.snapshot.id} {self.project.content_version} {day} {_code_version()} {asked}"
        return self.folder / f"{day}-{hashlib.sha256(identity.encode()).hexdigest()[:12]}"

    def _make(self, day: dt.date, columns: AbstractSet[str] | None, home: Path) -> Path:
        """Write the table aside and put it in place whole, since another command may be doing the same."""
        draft = home.with_name(f"{home.name}.{os.getpid()}")
        draft.mkdir(parents=True, exist_ok=True)
        self._compose(day, columns, draft)
        try:
            draft.replace(home)
        except OSError:  # another command was quicker; its table is the same
            shutil.rmtree(draft, ignore_errors=True)
        _forget_old(self.folder)
        return home

    def _compose(self, day: dt.date, columns: AbstractSet[str] | None, out: Path) -> None:
        from pakdee import ledger, programme

        facts, project = self.snapshot, self.project
        asked = [c for name, c in project.conditions.items() if columns is None or name in columns]
        names = None if columns is None else columns | frozenset().union(*(c.features for c in asked))
        based_on = None if names is None else names | programme.derived_from(names)
        base = ledger.ledger_features(
            facts,
            day=day,
            zone=self.zone,
            leap_birthday=self.leap_birthday,
            out=out / "ledger.parquet",
            names=based_on,
        )
        derived = programme.derive(
            facts.tables,
            base,
            project.program,
            day=day,
            zone=self.zone,
            out=out / "programme.parquet",
            names=names,
        )
        conditions = ledger.evaluable(asked, [base, derived])
        ledger.compose(facts, [base, derived], conditions, project.lists, out=out / "features.parquet")


def _forget_old(folder: Path) -> None:
    runs = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in runs[:-RUNS_KEPT]:
        shutil.rmtree(old, ignore_errors=True)


@cache
def _code_version() -> str:
    """Changes whenever the code that computes features does, so that none are reused that it did not make."""
    digest = hashlib.sha256()
    for room in ("domain", "ledger", "programme"):
        for path in sorted(Path(str(files("pakdee") / room)).rglob("*")):
            if path.suffix in {".py", ".sql", ".toml"}:
                digest.update(path.read_bytes())
    return digest.hexdigest()
