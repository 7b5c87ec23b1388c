"""TOML as people write it: the values, and the line on which each key stands."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from pakdee.catalog.lines import LineFinder, Steps
from pakdee.domain.errors import CatalogError, Problem

_TABLE = re.compile(r"^\s*\[\s*([\w.\-]+)\s*\]")
_KEY = re.compile(r"^\s*([\w\-]+)\s*=")
_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")


def parse_toml(raw: bytes, file: str) -> tuple[dict[str, Any], LineFinder]:
    """What a TOML file holds, and where its keys stand. Raises CatalogError with the line of the slip."""
    try:
        text = raw.decode("utf-8-sig")
        return tomllib.loads(text), LineFinder(file, _lines(text))
    except UnicodeDecodeError as error:
        what = "the file is not saved as UTF-8"
        raise CatalogError([Problem(file, 1, what, "save it again as UTF-8")]) from error
    except tomllib.TOMLDecodeError as error:
        found = _AT.search(str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        what = f"this cannot be read: {_AT.sub('', str(error))}"
        hint = 'write  key = "value", texts in double quotes, each key once'
        raise CatalogError([Problem(file, line, what, hint)]) from error


def _lines(text: str) -> dict[Steps, int]:
    found: dict[Steps, int] = {}
    table: Steps = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if heading := _TABLE.match(line):
            table = tuple(heading[1].split("."))
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, key[1]), number)
    return found
