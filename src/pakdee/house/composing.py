"""Features as of a day, composed in one stated order: ledger, then programme, then conditions."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
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

    def as_of(self, day: dt.date) -> FeatureTable:
        """The table of `day`, made anew unless there is one of the same facts, files and code."""
        from pakdee import ledger

        identity = f"{self.snapshot.id} {self.project.content_version} {day} {_code_version()}"
        home = self.folder / f"{day}-{hashlib.sha256(identity.encode()).hexdigest()[:12]}"
        if not (home / "features.parquet").is_file():
            self._make(day, home)
        return ledger.open_features(self.snapshot, home / "features.parquet")

    def _make(self, day: dt.date, home: Path) -> None:
        """Write the table aside and put it in place whole, since another command may be doing the same."""
        draft = home.with_name(f"{home.name}.{os.getpid()}")
        draft.mkdir(parents=True, exist_ok=True)
        self._compose(day, draft)
        try:
            draft.replace(home)
        except OSError:  # another command was quicker; its table is the same
            shutil.rmtree(draft, ignore_errors=True)
        _forget_old(self.folder)

    def _compose(self, day: dt.date, out: Path) -> None:
        from pakdee import ledger, programme

        facts, project, zone = self.snapshot, self.project, self.zone
        leap = self.leap_birthday
        base = ledger.ledger_features(
            facts, day=day, zone=zone, leap_birthday=leap, out=out / "ledger.parquet"
        )
        derived = programme.derive(
            facts.tables, base, project.program, day=day, zone=zone, out=out / "programme.parquet"
        )
        conditions = ledger.evaluable(project.conditions.values(), [base, derived])
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
