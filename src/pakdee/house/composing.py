"""Features as of a day, composed in one stated order: ledger, then programme, then conditions."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pakdee.house.house import House
    from pakdee.ledger import FeatureTable

RUNS_KEPT = 5


def features_as_of(house: House, day: dt.date) -> FeatureTable:
    """The feature table of `day`, from `var/features/` if it was made from the same facts, files and code."""
    from pakdee import ledger

    identity = f"{house.snapshot.id} {house.project.content_version} {day} {_code_version()}"
    home = house.var / "features" / f"{day}-{hashlib.sha256(identity.encode()).hexdigest()[:12]}"
    if not (home / "features.parquet").is_file():
        _compose(house, day, home)
    return ledger.open_features(house.snapshot, home / "features.parquet")


def _compose(house: House, day: dt.date, home: Path) -> None:
    """Write the table aside and put it in place whole, since another command may be doing the same."""
    from pakdee import ledger, programme

    draft = home.with_name(f"{home.name}.{os.getpid()}")
    draft.mkdir(parents=True, exist_ok=True)
    snapshot, zone, project = house.snapshot, house.zone, house.project
    leap = house.settings.shop.leap_birthday
    base = ledger.ledger_features(
        snapshot, day=day, zone=zone, leap_birthday=leap, out=draft / "ledger.parquet"
    )
    derived = programme.derive(
        snapshot.tables, base, project.program, day=day, zone=zone, out=draft / "programme.parquet"
    )
    conditions = ledger.evaluable(project.conditions.values(), [base, derived])
    ledger.compose(snapshot, [base, derived], conditions, project.lists, out=draft / "features.parquet")
    try:
        draft.replace(home)
    except OSError:  # another command was quicker; its table is the same
        shutil.rmtree(draft, ignore_errors=True)
    _forget_old(home.parent)


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
