"""A spreadsheet of customers, as Excel and its like write it, becomes a set of customer ids."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from pakdee.catalog.files import outside, stays_inside
from pakdee.catalog.reading import read_bytes
from pakdee.domain.errors import CatalogError, Problem

COLUMN = "customer_id"
MOST_BYTES = 64 * 1024 * 1024
_ROUNDED = re.compile(r"^\d(?:[.,]\d+)?E\+\d+$", re.IGNORECASE)


def read_list(root: Path, name: str) -> frozenset[str]:
    """The customer ids of the spreadsheet `name` ("lists/vip_night.csv").

    Commas, semicolons or tabs; UTF-8 with or without its mark, UTF-16, or Excel's Windows encodings.

    Raises:
        CatalogError: it is not there, has no column customer_id, or holds ids that cannot be meant.
    """
    path = root / name
    if not path.is_file():
        raise _refused(name, 1, "there is no such file", "save the spreadsheet there as CSV")
    if not stays_inside(path, root):
        raise CatalogError([outside(name)])
    raw = read_bytes(path, name)
    if len(raw) > MOST_BYTES or raw[:2] == b"PK":
        raise _refused(name, 1, "this is no CSV file of reasonable size", "save it as CSV, not as a workbook")
    found = list(_ids(_decode(raw), name))
    problems = [entry for entry in found if isinstance(entry, Problem)]
    if problems:
        raise CatalogError(problems[:20])
    return frozenset(entry for entry in found if isinstance(entry, str))


def is_list_name(name: str) -> bool:
    """Whether `name` names a .csv right in lists/, and nothing else."""
    path = PurePosixPath(name)
    return path.suffix == ".csv" and path.parent.as_posix() == "lists" and "\\" not in name


def _refused(file: str, line: int, what: str, next_step: str) -> CatalogError:
    return CatalogError([Problem(file, line, what, next_step)])


def _decode(raw: bytes) -> str:
    encoding = "utf-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        # Windows encodings agree on ASCII, and an id outside it is refused below.
        return "".join(chr(byte) if byte < 128 else "\ufffd" for byte in raw)


def _ids(text: str, file: str) -> Iterator[str | Problem]:
    lines = text.splitlines()
    # Excel's own way to say which sign separates.
    start = 1 if lines and re.fullmatch(r"sep=.", lines[0]) else 0
    header = lines[start] if len(lines) > start else ""
    separator = max(",;\t", key=header.count)
    rows = csv.reader(lines[start:], delimiter=separator)
    try:
        names = [name.strip().lower() for name in next(rows, [])]
        if COLUMN not in names:
            seen = ", ".join(name for name in names if name) or "nothing"
            yield Problem(
                file, start + 1, f"there is no column {COLUMN}; found: {seen}", f"name one {COLUMN}"
            )
            return
        place = names.index(COLUMN)
        for row in rows:
            entry = row[place].strip() if len(row) > place else ""
            if any(cell.strip() for cell in row):
                yield _odd(entry, file, start + rows.line_num) or entry
    except csv.Error as error:
        yield Problem(
            file, start + rows.line_num, f"this row cannot be read ({error})", "save it again as CSV"
        )


def _odd(entry: str, file: str, line: int) -> Problem | None:
    if not entry:
        return Problem(file, line, f"this row has no {COLUMN}", "fill it in or remove the row")
    if _ROUNDED.match(entry):
        return Problem(file, line, f"the spreadsheet has rounded the id {entry}", "format the column as text")
    if "\ufffd" in entry or not entry.isprintable():
        return Problem(file, line, "this id has letters that cannot be read", "save the file as 'CSV UTF-8'")
    return None
