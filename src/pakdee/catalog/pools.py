"""Codes of the shop's own, or of a partner: `lists/codes/GRANT.csv`, one code per line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pakdee.catalog.files import outside, stays_inside
from pakdee.catalog.reading import read_bytes
from pakdee.domain.errors import CatalogError, Problem
from pakdee.domain.program import Program

FOLDER = "lists/codes"
MOST_CODES = 2_000_000
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,39}")
_MOST_TOLD = 20
_HEADINGS = {"code", "codes"}


def read_pools(root: Path, program: Program, problems: list[Problem]) -> dict[str, tuple[str, ...]]:
    """Codes of each grant with `codes: pool`, in the order of its file; `problems` gets what is wrong."""
    pools: dict[str, tuple[str, ...]] = {}
    where: dict[str, str] = {}
    for grant in program.grants:
        if grant.codes == "pool":
            pools[grant.id], found = _read(root, f"{FOLDER}/{grant.id}.csv", where)
            problems += found
    return pools


def _read(root: Path, file: str, where: dict[str, str]) -> tuple[tuple[str, ...], list[Problem]]:
    """Codes of one file; `where` remembers in which line every code of any file stands, whatever its case."""
    path = root / file
    if not path.is_file():
        hint = "save the codes there, one per line, or let the grant have  codes: unique"
        return (), [Problem(file, 1, "there is no such file, and a grant takes its codes from it", hint)]
    if not stays_inside(path, root):
        return (), [outside(file)]
    try:
        lines = read_bytes(path, file).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return (), [Problem(file, 1, "this file cannot be read as text", "save it as 'CSV UTF-8'")]
    except CatalogError as error:
        return (), list(error.problems)
    codes, problems = list[str](), list[Problem]()
    for number, code in _entries(lines):
        slip = _slip(code, file, number, where)
        if slip is None:
            codes.append(code)
            where[code.upper()] = f"{file}:{number}"
        elif len(problems) < _MOST_TOLD:
            problems.append(slip)
    if len(codes) > MOST_CODES:
        what = f"these are {len(codes):,} codes, more than {MOST_CODES:,}"
        problems.append(Problem(file, 1, what, "make a smaller file; codes that were given may be removed"))
    return tuple(codes), problems


def _entries(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Lines with something in them, with their numbers; a heading is none."""
    for number, line in enumerate(lines, start=1):
        code = line.strip().strip(",;").strip('"').strip()
        if code and not (number == 1 and code.lower() in _HEADINGS):
            yield number, code


def _slip(code: str, file: str, number: int, where: Mapping[str, str]) -> Problem | None:
    if not _CODE.fullmatch(code):
        what = f"'{code[:40]}' cannot be a code: 3 to 40 letters a-z, digits, or . _ - in between"
        return Problem(file, number, what, "correct it, one code per line, nothing else in the file")
    if code.upper() in where:
        what = f"the code {code} stands in {where[code.upper()]} already"
        return Problem(file, number, what, "leave it in one place: two readers would get the same")
    return None
