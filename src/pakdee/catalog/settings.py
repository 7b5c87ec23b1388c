"""The operator's file pakdee.toml becomes Settings; every slip is told with its line."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import ValidationError

from pakdee.catalog.lines import LineFinder
from pakdee.catalog.reading import read_bytes
from pakdee.catalog.toml_text import parse_toml
from pakdee.catalog.wording import problems_of
from pakdee.domain.errors import CatalogError, Problem, SettingsError
from pakdee.domain.settings import Settings

_SECRET = re.compile(r"^there is no key '\w*(key|secret|token|password)", re.IGNORECASE)


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
    try:
        data, finder = parse_toml(raw, path.name)
    except CatalogError as error:
        raise _all(list(error.problems)) from error
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        problems = [_without_secrets(p) for p in sorted(problems_of(error, Settings, finder))]
        raise _all(problems) from error


def lines_of(path: Path) -> LineFinder:
    """Where the keys of a file stand that was read before."""
    return parse_toml(path.read_bytes(), path.name)[1]


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
