"""Every template is tried before it is used: read and rendered for sample customers, in a confined process.

The language of templates keeps a mail bounded by its file. This is the wall behind that one: whatever a file
makes the machine do, it does it here first, with little time and memory, and is told with its name.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

from pakdee.domain.brand import Brand
from pakdee.domain.campaign import Campaign
from pakdee.domain.errors import PakdeeError, Problem
from pakdee.domain.feature import FeatureCatalog
from pakdee.domain.language import Language
from pakdee.domain.program import Program
from pakdee.rendering.confined import Broken, Limits, NotStarted, confined
from pakdee.rendering.languages import packaged
from pakdee.rendering.lint.proofreading import Headers
from pakdee.rendering.naming import overlooked, template_files, told
from pakdee.rendering.trial import Trial

LIMITS = Limits()
_FEW = 8
"""Not worth the start of a second process."""
_MILLION_BYTES = 1024 * 1024


def tried(
    directory: Path,
    *,
    brand: Brand,
    currency: str,
    features: FeatureCatalog,
    today: dt.date,
    program: Program | None = None,
    campaigns: Iterable[Campaign] = (),
    headers: Headers | None = None,
    languages: Mapping[str, Language] | None = None,
    names: Collection[str] | None = None,
    limits: Limits = LIMITS,
) -> list[Problem]:
    """What is wrong with the templates of a project, found without using them in this process.

    Every file is read and its mail rendered for every sample customer, within `limits`; one that breaks them
    is told like any other problem, and the others are tried all the same.

    Args:
        currency: of amounts, ISO 4217.
        today: the shop's day.
        headers: that requests have, by purpose; without them the lint does not look at headers.
        languages: in which templates can be written; without it those of the package.
        names: try only these; files that are no template are told only where all are tried.

    Raises:
        PakdeeError: this machine can't start a process to try them in.
    """
    spoken = languages or packaged()
    facts = (brand, currency, features, today, program, tuple(campaigns), headers or {}, spoken)
    trial = Trial(directory, *facts)
    files = [file for file in template_files(directory) if names is None or file.parent.name in names]
    shares = _shares(files)
    others = overlooked(directory, spoken) if names is None else ()
    with ThreadPoolExecutor(len(shares)) as together:
        found = together.map(lambda share: _share(trial, share, limits), shares)
        return sorted([*others, *chain.from_iterable(found)])


def _shares(files: Sequence[Path]) -> list[list[str]]:
    """Files for one process, or for two; all languages of a template together, since they are compared."""
    names = sorted({path.parent.name for path in files})
    half = set(names[: len(names) // 2]) if len(files) > _FEW else set()
    return [
        [f"{path.parent.name}/{path.name}" for path in files if (path.parent.name in half) is is_first]
        for is_first in (True, False)
    ]


def _share(trial: Trial, files: Sequence[str], limits: Limits) -> list[Problem]:
    """What is wrong with some of the templates, each tried after the other in one process."""
    found: list[Problem] = []
    try:
        for file, answer in confined(_work, trial, files, limits):
            if isinstance(answer, Broken):
                found.append(_broken(trial.directory / file, answer, limits))
            else:
                found += [Problem(*problem) for problem in answer]
    except NotStarted as error:
        raise PakdeeError(
            f"templates can't be tried, since no process starts for it: {error}",
            where=f"{trial.directory.name}/",
            next_step="see that this machine lets Pakdee start Python. Nothing was sent.",
        ) from error
    return found


def _work(trial: Trial, file: str) -> list[tuple[Any, ...]]:
    """The same problems as lists of words, which is how they leave the confined process."""
    return [dataclasses.astuple(problem) for problem in trial.problems(file)]


def _broken(path: Path, why: Broken, limits: Limits) -> Problem:
    """Why a template could not be tried to the end."""
    what = {
        Broken.TIME: f"making its mails takes longer than {limits.cpu:g} seconds",
        Broken.MEMORY: f"making its mails takes more than {limits.memory // _MILLION_BYTES} MB of memory",
        Broken.DIED: "making its mails breaks the program that makes them",
    }[why]
    next_step = "take out what was changed last, and write it more simply: fewer loops and shorter texts"
    return Problem(told(path), 1, what, next_step)
