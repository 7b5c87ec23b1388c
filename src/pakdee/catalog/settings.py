"""The operator's file pakdee.toml becomes Settings; every slip is told with its line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pakdee.catalog.lines import LineFinder, Steps
from pakdee.catalog.reading import read_bytes
from pakdee.catalog.wording import problems_of
from pakdee.domain.errors import CatalogError, Problem, SettingsError
from pakdee.domain.settings import Settings

_TABLE = re.compile(r"^\s*\[\s*([\w.\-]+)\s*\]")
_KEY = re.compile(r"^\s*([\w\-]+)\s*=")
_SECRET = re.compile(r"^there is no key '\w*(key|secret|token|password)", re.IGNORECASE)
_AT = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")


def read_settings(path: Path) -> Settings:
    """The settings in `path` (pakdee.toml); what it leaves out has its default.

    Raises:
        SettingsError: it is missing, no TOML, or has keys or values that are not known; all are told.
    """
    try:
        raw = read_bytes(path, path.name)
    except CatalogError as error:
        what, hint = error.what, "run  pakdee init DIR  for a new project, or name it with --project DIR"
        raise SettingsError(what, where=path.name, next_step=hint) from error
    text, data = _parse(raw, path.name)
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        finder = LineFinder(path.name, _lines(text))
        problems = [_without_secrets(p) for p in sorted(problems_of(error, Settings, finder))]
        raise _all(problems) from error


def lines_of(path: Path) -> LineFinder:
    """Where the keys of a file stand that was read before."""
    return LineFinder(path.name, _lines(path.read_text(encoding="utf-8-sig")))


def _parse(raw: bytes, file: str) -> tuple[str, dict[str, Any]]:
    try:
        text = raw.decode("utf-8-sig")
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        what = "the file is not saved as UTF-8"
        raise SettingsError(what, where=file, next_step="save it again as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        found = _AT.search(str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        what = f"this cannot be read: {_AT.sub('', str(error))}"
        hint = 'write  key = "value", texts in double quotes, each key once'
        raise SettingsError(what, where=f"{file}:{line}", next_step=hint) from error


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


def _without_secrets(problem: Problem) -> Problem:
    if not _SECRET.search(problem.what):
        return problem
    hint = "remove it; secrets come from the environment, for example SENDGRID_API_KEY"
    return Problem(problem.file, problem.line, problem.what, hint)


def _all(problems: list[Problem]) -> SettingsError:
    first, *others = problems
    more = "".join(f"\n{problem}" for problem in others)
    where = f"{first.file}:{first.line}"
    return SettingsError(first.what, where=where, next_step=first.next_step + more)
