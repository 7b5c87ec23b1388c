"""The shop's files: found, hashed, decoded, and laid into the bench as text."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatch
from pathlib import Path

import duckdb

from pakdee.domain.errors import ImportRefused
from pakdee.domain.source import Source
from pakdee.ledger.intake.report import Reason
from pakdee.ledger.intake.staging import RAW, Bench, identifier, literal, query
from pakdee.ledger.tables import tables

CHUNK = 1 << 22
DELIMITERS = ",;\t|"
SUFFIXES = (".csv", ".parquet")


@dataclass(frozen=True)
class Paper:
    """One file and how it is written. `delimiter` None: the first line decides."""

    path: Path
    encoding: str = "utf-8"
    delimiter: str | None = None
    skip_lines: int = 0
    declared: bool = False

    @property
    def is_parquet(self) -> bool:
        """Whether it is Parquet; anything else is read as text with separators."""
        return self.path.suffix.lower() == ".parquet"


def find_papers(path: Path, source: Source | None, notes: list[str]) -> Mapping[str, Paper]:
    """Table to file, for the directory or single file `path`.

    Args:
        notes: gets a sentence about each file that is not used.

    Raises:
        ImportRefused: nothing there, no file of a table, or two files of one.
    """
    if not path.exists():
        raise ImportRefused("there is no such file or folder", where=str(path), next_step="correct the path")
    candidates = sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path]
    found = _by_source(candidates, source, path) if source else _by_name(candidates, path)
    if not found:
        raise ImportRefused("no file of a known table is here", where=str(path), next_step=_expected(source))
    used = {paper.path for paper in found.values()}
    notes.extend(_not_used(p) for p in candidates if p not in used and p.suffix.lower() in SUFFIXES)
    return found


def _by_name(candidates: list[Path], where: Path) -> dict[str, Paper]:
    found: dict[str, Paper] = {}
    for path in candidates:
        name = path.stem.lower()
        if path.suffix.lower() not in SUFFIXES or name not in tables():
            continue
        if name in found:
            raise _two(name, found[name].path, path, where)
        found[name] = Paper(path)
    return found


def _by_source(candidates: list[Path], source: Source, where: Path) -> dict[str, Paper]:
    found: dict[str, Paper] = {}
    for name, table in source.tables.items():
        matching = [path for path in candidates if fnmatch(path.name.lower(), table.file.lower())]
        if len(matching) > 1:
            raise _two(name, matching[0], matching[1], where)
        if matching:
            encoding = table.encoding or source.encoding
            found[name] = Paper(
                matching[0], encoding, source.delimiter, table.skip_lines, _declares(source, table.encoding)
            )
    return found


def _declares(source: Source, own: str | None) -> bool:
    return own is not None or "encoding" in source.model_fields_set


def _two(table: str, first: Path, second: Path, where: Path) -> ImportRefused:
    what = f"two files would be {table}: {first.name} and {second.name}"
    return ImportRefused(what, where=str(where), next_step="leave one of them there")


def _expected(source: Source | None) -> str:
    if source:
        return f"expected are {', '.join(table.file for table in source.tables.values())}"
    return "name the files customers.csv and orders.csv (or .parquet), or import with a source file"


def _not_used(path: Path) -> str:
    near = get_close_matches(path.stem.lower(), tables(), n=1)
    hint = f" (did you mean {near[0]}{path.suffix}?)" if near else ""
    return f"{path.name} was not used: it is no known table{hint}"


def read_paper(bench: Bench, table: str, paper: Paper) -> str:
    """Lay the file into staging table `raw_<table>` as text, every column a VARCHAR. Returns its sha256.

    Raises:
        ImportRefused: empty, unreadable, or not in the encoding it is said to be in.
    """
    if paper.is_parquet:
        digest = _digest(paper.path)
        _lay_parquet(bench, table, paper)
    else:
        digest, readable = _decode(bench, table, paper)
        _lay_text(bench, table, paper, readable)
        if readable != paper.path:
            readable.unlink()
    return digest


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _lay_parquet(bench: Bench, table: str, paper: Paper) -> None:
    source = f"read_parquet({literal(str(paper.path))})"
    cells = f"CAST(COLUMNS('(.*)') AS VARCHAR) AS {identifier(RAW + chr(92) + '1')}"
    try:
        bench.run(f"CREATE TABLE {_raw(table)} AS SELECT {cells} FROM {source}")
    except duckdb.Error as error:
        what = "this Parquet file cannot be read"
        raise ImportRefused(what, where=str(paper.path), next_step="export it again") from error


def headings_of(bench: Bench, table: str) -> list[str]:
    """The headings of the file laid into `raw_<table>`."""
    return [name.removeprefix(RAW) for name in bench.columns(f"raw_{table}")]


def _raw(table: str) -> str:
    return identifier(f"raw_{table}")


def _decode(bench: Bench, table: str, paper: Paper) -> tuple[str, Path]:
    """Hash the file and prove its encoding in one pass; other encodings are rewritten as UTF-8."""
    same = codecs.lookup(paper.encoding).name in {"utf-8", "ascii"}
    target = bench.folder / f".{table}.utf8.csv"
    digest, line = hashlib.sha256(), 1
    decoder = codecs.getincrementaldecoder(paper.encoding)()
    with paper.path.open("rb") as file, io.BytesIO() if same else target.open("wb") as copy:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            digest.update(chunk)
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as error:
                raise _wrong_encoding(paper, line + error.object[: error.start].count(b"\n")) from error
            line += text.count("\n")
            if not same:
                copy.write(text.encode("utf-8"))
    return digest.hexdigest(), paper.path if same else target


def _wrong_encoding(paper: Paper, line: int) -> ImportRefused:
    says = (
        f"as 'encoding:' says ({paper.encoding})" if paper.declared else "UTF-8, and nothing says otherwise"
    )
    return ImportRefused(
        f"the text is not {says}",
        where=f"{paper.path}:{line}",
        next_step="write the right 'encoding:' in a source file (cp874 for Thai Windows systems)",
    )


def _lay_text(bench: Bench, table: str, paper: Paper, readable: Path) -> None:
    first = _first_line(paper, readable)
    delimiter = paper.delimiter or max(DELIMITERS, key=first.count)
    headings = _headings(paper, readable, delimiter)
    columns = ", ".join(f"{literal(RAW + heading)}: 'VARCHAR'" for heading in headings)
    given = {
        "raw": _raw(table),
        "file": literal(str(readable)),
        "columns": f"{{{columns}}}",
        "delimiter": literal(delimiter),
        "skip": paper.skip_lines,
    }
    # Strict reading refuses a file whose lines end now this way, now that way; it is still a table.
    if not _runs(bench, query("lay_text").format(strict="true", **given)) and not _runs(
        bench, query("lay_text").format(strict="false", **given)
    ):
        raise ImportRefused(
            "this file cannot be read as a table",
            where=str(paper.path),
            next_step="open it in a spreadsheet, look at its lines, export it again as CSV",
        )
    bench.run(query("malformed"), [table, Reason.MALFORMED])
    bench.run("DROP TABLE reject_errors; DROP TABLE reject_scans")


def _runs(bench: Bench, text: str) -> bool:
    try:
        bench.run(text)
    except duckdb.Error:
        return False
    return True


def _lines(readable: Path, skip: int) -> Iterator[str]:
    with readable.open(encoding="utf-8-sig", newline="") as file:
        for number, line in enumerate(file):
            if number >= skip:
                yield line


def _first_line(paper: Paper, readable: Path) -> str:
    first = next(_lines(readable, paper.skip_lines), "")
    if not first.strip():
        raise ImportRefused(
            "the file is empty", where=str(paper.path), next_step="export it again and look at its size"
        )
    return first


def _headings(paper: Paper, readable: Path, delimiter: str) -> list[str]:
    found = next(csv.reader(_lines(readable, paper.skip_lines), delimiter=delimiter))
    headings = [name.strip() or f"(column {number})" for number, name in enumerate(found, start=1)]
    times = Counter(name.lower() for name in headings)
    double = next((name for name in headings if times[name.lower()] > 1), None)
    if double:
        what = f"the heading '{double}' is there twice"
        raise ImportRefused(what, where=str(paper.path), next_step="rename or remove one of the two columns")
    return headings
