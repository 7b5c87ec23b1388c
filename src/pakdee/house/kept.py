"""Tables of features that were made before: what tells one from another, and how many are kept."""

from __future__ import annotations

import hashlib
import os
import shutil
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

RUNS_KEPT = 5
_ROOMS = ("domain", "house", "journal", "ledger", "metrics", "programme")
"""Whose code has a part in features."""


def home(folder: Path, day: object, *made_of: object) -> Path:
    """The folder of the table of a day that was made of these things by the code there is."""
    identity = " ".join(map(str, (day, _code_version(), *made_of)))
    return folder / f"{day}-{hashlib.sha256(identity.encode()).hexdigest()[:12]}"


def make(home: Path, compose: Callable[[Path], None]) -> Path:
    """Write the table aside and put it in place whole, since another command may be doing the same."""
    draft = home.with_name(f"{home.name}.{os.getpid()}")
    draft.mkdir(parents=True, exist_ok=True)
    compose(draft)
    try:
        draft.replace(home)
    except OSError:  # another command was quicker; its table is the same
        shutil.rmtree(draft, ignore_errors=True)
    _forget_old(home.parent)
    return home


def digest(table: pa.Table) -> str:
    """The same for the same rows, whatever process they were read in."""
    import pyarrow as pa

    content = pa.BufferOutputStream()
    with pa.ipc.new_stream(content, table.schema) as stream:
        stream.write_table(table)
    return hashlib.sha256(content.getvalue()).hexdigest()


def _forget_old(folder: Path) -> None:
    runs = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)
    for old in runs[:-RUNS_KEPT]:
        shutil.rmtree(old, ignore_errors=True)


@cache
def _code_version() -> str:
    """Changes whenever the code that computes features does, so that none are reused that it did not make."""
    found = hashlib.sha256()
    for room in _ROOMS:
        for path in sorted(Path(str(files("pakdee") / room)).rglob("*")):
            if path.suffix in {".py", ".sql", ".toml"}:
                found.update(path.read_bytes())
    return found.hexdigest()
