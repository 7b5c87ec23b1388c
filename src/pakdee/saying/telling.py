"""Texts, problems and errors as people read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from pakdee.domain.errors import CatalogError, PakdeeError, Problem
from pakdee.saying.phrases import phrasebook

ENGLISH = "en"
VARIABLE = "PAKDEE_LANGUAGE"

_RULED = re.compile(r"(.+) (\([A-Z]\d\d\))", re.DOTALL)  # a finding of the lint ends with its rule
_WISH = re.compile(r"""^language\s*=\s*["']([a-z]{2})["']""")


def in_language(text: str, language: str) -> str:
    """`text` of the program in `language`, as far as that knows it; what it does not know stays English."""
    book = phrasebook(language)
    if book is None:
        return text
    found = _RULED.fullmatch(text)
    return f"{book.say(found[1])} {found[2]}" if found else book.say(text)


def heading_in(words: str, language: str) -> str:
    """The heading of a column in `language`."""
    book = phrasebook(language)
    return book.headings.get(words) or book.say(words) if book else words


def problem_in(problem: Problem, language: str) -> Problem:
    """The same problem with its words in `language`."""
    what, next_step = (in_language(text, language) for text in (problem.what, problem.next_step))
    return replace(problem, what=what, next_step=next_step)


def error_in(error: PakdeeError, language: str) -> str:
    """The error as a terminal shows it: what, where and next step, or all problems of files."""
    if isinstance(error, CatalogError):
        told = [shown(problem, language) for problem in errors_last(error.problems)]
        return "\n".join([*told, in_language("Nothing was sent.", language)])
    what, then = (in_language(text, language) for text in (error.what, error.next_step))
    # A single word is a name, such as that of a campaign.
    where = in_language(error.where, language) if " " in error.where else error.where
    return f"{where}: {what}\n  {in_language('Next:', language)} {then}"


def errors_last(problems: Iterable[Problem]) -> list[Problem]:
    """Warnings, then errors: the last lines of a terminal are those that are read."""
    return sorted(problems, key=lambda problem: problem.severity == "error")


def shown(problem: Problem, language: str) -> str:
    """The problem as a terminal shows it: file, line, what and next step."""
    said = problem_in(problem, language)
    mark = "" if said.severity == "error" else f"{in_language('warning:', language)} "
    return f"{said.file}:{said.line}: {mark}{said.what}\n  {in_language('Next:', language)} {said.next_step}"


def chosen(directory: Path, environment: Mapping[str, str], file: str) -> str:
    """The language of messages: $PAKDEE_LANGUAGE, else `language` at the top of the settings `file`.

    The file is only looked at, so that what is wrong in it can be told in the language it asks for.
    """
    if wish := environment.get(VARIABLE, "").strip().lower():
        return wish
    try:
        lines = (directory / file).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return ENGLISH
    for line in lines:
        if line.lstrip().startswith("["):
            break
        if found := _WISH.match(line):
            return found[1]
    return ENGLISH
