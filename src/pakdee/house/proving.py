"""The verdict on templates, remembered, so that a run costs a trial only where something changed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pakdee.domain.campaign import FIRST_STEP
from pakdee.domain.errors import Problem
from pakdee.domain.message import ONLY, Draft, Envelope, MessageKey, Skeleton, Written
from pakdee.domain.vocabulary import Purpose

if TYPE_CHECKING:
    from pakdee.house.house import House

FILE = "templates.json"
KEPT = 500
"""Verdicts remembered, so that going back to a former text costs nothing either; the oldest go first."""
_KINDS = [str, int, str, str, str]  # of a problem's parts
Verdicts = Mapping[str, Sequence[Problem]]
"""Problems by what they hang on (`rendering.identity`), after the question where it is not the trial."""


def template_problems(house: House, *, anew: bool = False) -> list[Problem]:
    """What is wrong with the project's templates, found in a confined process.

    A verdict without errors is remembered by all that it hangs on, and such templates are not tried again;
    an error is looked at each time, since it may have come from the machine rather than from the file.

    Args:
        anew: try all of them, whatever is remembered.

    Raises:
        CatalogError: other files are wrong. PakdeeError: no process can be started to try them in.
    """
    from pakdee.rendering.identity import identities

    folder, facts = house.directory / "templates", _facts(house)
    file, before = house.var / FILE, identities(folder, **facts)
    known = {} if anew else _remembered(file)
    changed = [name for name, identity in before.items() if identity not in known]
    found = [problem for identity in before.values() for problem in known.get(identity, ())]
    if changed or anew:
        from pakdee.rendering.bounds import tried

        names = None if anew else changed
        tried_now = tried(folder, today=house.today(), headers=mail_headers(house), names=names, **facts)
        found += tried_now
        after = identities(folder, **facts)
        sure = {name: before[name] for name in changed if after.get(name) == before[name]}
        _remember(file, {identity: _of(name, tried_now) for name, identity in sure.items()})
    return sorted(found)


def judged_once(house: House, question: str, judge: Callable[[str], list[Problem]]) -> list[Problem]:
    """What `judge` finds wrong with templates, by name; not asked again while one it found good is the same.

    Args:
        question: what is judged; another one, or another way to judge, needs another word.
    """
    from pakdee.rendering.identity import identities

    folder, facts = house.directory / "templates", _facts(house)
    file, before = house.var / FILE, identities(folder, **facts)
    known = _remembered(file)
    found = {n: judge(n) for n, identity in before.items() if f"{question} {identity}" not in known}
    if found:
        after = identities(folder, **facts)
        sure = {n: problems for n, problems in found.items() if after.get(n) == before[n]}
        _remember(file, {f"{question} {before[n]}": problems for n, problems in sure.items()})
    return [problem for problems in found.values() for problem in problems]


def _facts(house: House) -> dict[str, Any]:
    """All that a mail is made of but the customer and the day."""
    return {
        "brand": house.project.brand,
        "currency": house.settings.shop.currency,
        "features": house.catalog,
        "program": house.project.program,
        "campaigns": house.project.mails.values(),
        "languages": house.languages,
    }


def mail_headers(house: House) -> dict[Purpose, tuple[str, ...]]:
    """Names of the headers that a mail of each purpose goes out with, read from a request made of one."""
    from pakdee.delivery import Press, headers_of

    key = MessageKey("sample", FIRST_STEP, "sample", "sample")
    draft = Draft(key, "0" * 32, "sample@example.com", "", "en", "https://example.com/u/sample", {})
    written, found = Written(Skeleton("x", "<p>x</p>", ()), "x", ()), {}
    for purpose in Purpose:
        told = Envelope("sample", FIRST_STEP, ONLY, "en", purpose, "x", "x@example.com", "x@example.com")
        press = Press(told, batch_size=1, not_before=house.clock(), not_after=None)
        request = [*press.add(draft, written), *press.rest()][0]
        found[purpose] = tuple(headers_of(request.body, draft.message_id))
    return found


def _of(name: str, problems: Sequence[Problem]) -> list[Problem]:
    """Problems of one template."""
    return [problem for problem in problems if problem.file.split("/")[1:2] == [name]]


def _remembered(file: Path) -> Verdicts:
    """What is remembered; nothing where the file is missing or damaged."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return {str(identity): [_problem(row) for row in rows] for identity, rows in told.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _problem(row: Sequence[Any]) -> Problem:
    if [type(part) for part in row] != _KINDS:
        raise ValueError("not a problem")
    return Problem(*row)


def _remember(file: Path, verdicts: Verdicts) -> None:
    """Keep verdicts without errors beside the former ones; whole or not at all, whoever else writes."""
    good = {i: rows for i, rows in verdicts.items() if all(row.severity != "error" for row in rows)}
    kept = [(i, rows) for i, rows in _remembered(file).items() if i not in verdicts]
    told = {i: [astuple(row) for row in rows] for i, rows in [*kept, *good.items()][-KEPT:]}
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    draft.replace(file)
