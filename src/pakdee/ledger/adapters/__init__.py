"""Public data sets as canonical tables. None holds names or addresses; what is made up is said aloud."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from pakdee.domain.errors import ImportRefused
from pakdee.ledger.intake.staging import Bench, literal


@dataclass(frozen=True)
class Adapter:
    """How one public set comes in.

    Args:
        files: the set's files by the name its SQL knows them by; the first may also be given alone.
        zone: in which its naive times are meant, if it matters.
    """

    title: str
    files: Mapping[str, str]
    currency: str
    zone: str | None
    notes: tuple[str, ...]


MADE_UP = "the set holds no names or e-mail addresses: addresses are made up as c<id>@example.invalid"

ADAPTERS = {
    "online-retail": Adapter(
        "Online Retail (UCI)",
        {"lines": "online_retail.parquet"},
        "GBP",
        "Europe/London",
        (
            MADE_UP,
            "cancellations are orders of their own, returned, below zero: they do not name their order",
            "lines without customer are guests' orders; stock write-offs at no price are left out",
        ),
    ),
    "cdnow": Adapter(
        "CDNOW",
        {"rows": "cdnow_master.parquet"},
        "USD",
        None,
        (MADE_UP, "purchases of one customer on one day are one order, as in the literature; times are noon"),
    ),
    "starbucks": Adapter(
        "Starbucks rewards app",
        {
            "profile": "starbucks_profile.parquet",
            "events": "starbucks_events_head.parquet",
            "offers": "starbucks_offers.parquet",
            "portfolio": "starbucks_portfolio.json",
        },
        "USD",
        None,
        (
            MADE_UP,
            "the test is set to begin on 2018-08-01; purchases are known for its first 30 hours only",
        ),
    ),
}


def adapt(bench: Bench, name: str, path: Path) -> dict[str, str]:
    """Make the typed tables of the set `name` found at `path`. Returns sha256 by file name.

    Raises:
        ImportRefused: no such adapter, a file of the set is missing, or the shop's currency is another.
    """
    if name not in ADAPTERS:
        raise _refused(f"there is no adapter '{name}'", str(path), f"known are: {', '.join(ADAPTERS)}")
    adapter = ADAPTERS[name]
    if bench.currency != adapter.currency:
        what = f"{adapter.title} is in {adapter.currency}, the shop's currency is {bench.currency}"
        raise _refused(what, str(path), f'write currency = "{adapter.currency}" in pakdee.toml')
    if adapter.zone and bench.zone.key != adapter.zone:
        bench.notes.append(f"times of {adapter.title} are of {adapter.zone}, but read as {bench.zone.key}")
    found = {
        role: _file(path, file, role == next(iter(adapter.files))) for role, file in adapter.files.items()
    }
    text = (files("pakdee.ledger.adapters") / f"{name.replace('-', '_')}.sql").read_text(encoding="utf-8")
    bench.progress(f"reading {adapter.title}")
    bench.run(text.format(**{role: _scan(file) for role, file in found.items()}))
    bench.notes.extend(adapter.notes)
    if bench.run("FROM duckdb_tables() WHERE table_name = 'adapter_notes'"):
        bench.notes.extend(row[0] for row in bench.run("FROM adapter_notes"))
    return {file.name: _digest(file) for file in found.values()}


def _scan(file: Path) -> str:
    reader = "read_parquet" if file.suffix == ".parquet" else "read_json"
    return f"{reader}({literal(str(file))})"


def _file(path: Path, name: str, is_first: bool) -> Path:
    folder = path if path.is_dir() else path.parent
    file = path if is_first and path.is_file() else folder / name
    if not file.is_file():
        raise _refused(f"the file {name} is not there", str(path), "give the folder that holds the set")
    return file


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refused(what: str, where: str, next_step: str) -> ImportRefused:
    return ImportRefused(what, where=where, next_step=next_step)
