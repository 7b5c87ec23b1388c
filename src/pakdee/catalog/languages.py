"""Languages that a project adds, `languages/<code>.toml`, and what is not said in them yet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from pakdee.catalog.files import outside, stays_inside
from pakdee.catalog.lines import LineFinder
from pakdee.catalog.reading import name_of, read_bytes
from pakdee.catalog.toml_text import parse_toml
from pakdee.catalog.wording import problems_of
from pakdee.domain.brand import Brand
from pakdee.domain.campaign import Campaign
from pakdee.domain.errors import CatalogError, Problem
from pakdee.domain.language import Language
from pakdee.domain.program import Program
from pakdee.domain.units import LANGUAGE, words_in

Model = Brand | Campaign | Program
ROOM = "languages"
_TOML = ".toml"
_ADDING = re.compile(r"^add a line  (\w+): …")
_NOT_SHOWN = frozenset({"title"})
"""Words of a campaign that no customer sees."""
_MOST = 6


def read_languages(root: Path) -> tuple[dict[str, Language], list[Problem]]:
    """The languages in the folder `languages` by code, and every problem of their files."""
    folder, found, problems = root / ROOM, {}, list[Problem]()
    files = sorted(folder.iterdir()) if folder.is_dir() and stays_inside(folder, root) else []
    for path in (path for path in files if not path.name.startswith((".", "README"))):
        file = name_of(path, root)
        if not stays_inside(path, root):
            problems.append(outside(file))
            continue
        if path.suffix != _TOML or not re.match(LANGUAGE, path.stem):
            problems.append(_misnamed(file))
            continue
        try:
            found[path.stem] = _read(path, file)
        except CatalogError as error:
            problems += error.problems
    return found, problems


def _misnamed(file: str) -> Problem:
    what = "this is no file of a language"
    return Problem(file, 1, what, "name it by the language's code, such as de.toml or de-AT.toml")


def _read(path: Path, file: str) -> Language:
    data, finder = parse_toml(read_bytes(path, file), file)
    try:
        return Language.model_validate(data)
    except ValidationError as error:
        raise CatalogError([_in_toml(p) for p in problems_of(error, Language, finder)]) from error


def _in_toml(problem: Problem) -> Problem:
    """What is to be added, as TOML is written."""
    next_step = _ADDING.sub(r'add  \1 = "…"', problem.next_step)
    return Problem(problem.file, problem.line, problem.what, next_step, problem.severity)


def untranslated(
    root: Path,
    languages: Mapping[str, Language],
    campaigns: Mapping[str, tuple[Campaign, LineFinder]],
    shared: Iterable[tuple[Model, LineFinder]],
) -> Iterator[Problem]:
    """A warning for all that a customer still sees in another language than one that the project added.

    Args:
        shared: what stands in many mails.
    """
    shared = tuple(shared)
    for code in languages:
        lacking = [name for name in campaigns if not _has_mail(root, campaigns[name][0], code)]
        if lacking:
            listed = ", ".join(lacking[:_MOST]) + (" …" if len(lacking) > _MOST else "")
            what = f"no mail in '{code}' for the campaigns {listed}"
            hint = f"add templates/…/{code}.j2; until then their readers get the shop's language"
            yield Problem(f"{ROOM}/{code}{_TOML}", 1, what, hint, "warning")
        for name, (campaign, finder) in campaigns.items():
            if name not in lacking:
                yield from _unsaid(campaign, finder, code)
        for model, finder in shared:
            yield from _unsaid(model, finder, code)


def _has_mail(root: Path, campaign: Campaign, code: str) -> bool:
    folders = (root / "templates" / mail.template for mail in campaign.mails)
    return all((folder / f"{code}.j2").is_file() for folder in folders)


def _unsaid(model: Model, finder: LineFinder, code: str) -> Iterator[Problem]:
    skipped = _NOT_SHOWN if isinstance(model, Campaign) else frozenset()
    texts = [(steps, words) for steps, words in words_in(model) if steps[-1] not in skipped]
    lacking = [steps for steps, words in texts if not words.has(code)]
    if lacking:
        told = ", ".join(".".join(map(str, steps)) for steps in lacking[:_MOST])
        what = f"no text in '{code}' for {told}{' …' if len(lacking) > _MOST else ''}"
        hint = f"add  {code}: …  to each; until then it is shown in another language"
        yield finder.problem(*lacking[0], what=what, next_step=hint, severity="warning")
