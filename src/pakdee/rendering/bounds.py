"""Every template is tried before it is used: read and rendered for sample customers, in a confined process.

The language of templates keeps a mail bounded by its file. This is the wall behind that one: whatever a file
makes the machine do, it does it here first, with little time and memory, and is told with its name.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

from pakdee.domain.brand import Brand
from pakdee.domain.campaign import Campaign
from pakdee.domain.errors import PakdeeError, Problem, RenderError
from pakdee.domain.feature import FeatureCatalog
from pakdee.domain.message import Rendered
from pakdee.domain.program import Program
from pakdee.rendering.confined import Broken, Limits, NotStarted, confined
from pakdee.rendering.contract import Contract
from pakdee.rendering.kit import Kit, languages
from pakdee.rendering.mail import Mail
from pakdee.rendering.naming import overlooked, template_files, told
from pakdee.rendering.personas import Persona, personas
from pakdee.rendering.templates import read_template

LARGEST_PART = 200_000
LIMITS = Limits()
_PROCESSES = 2
_FEW = 16
"""Not worth the start of a second process."""
_MILLION_BYTES = 1024 * 1024


@dataclass
class Trial:
    """What is needed to try the templates of a project; goes to the confined process as it is.

    Args:
        directory: of the templates.
        campaigns: those of the project, whose offers and purposes stand in the mails.
        today: the shop's day.
    """

    directory: Path
    brand: Brand
    currency: str
    features: FeatureCatalog
    today: dt.date
    program: Program | None = None
    campaigns: tuple[Campaign, ...] = ()

    @cached_property
    def contract(self) -> Contract:
        """What templates may read."""
        return Contract(self.features)

    @cached_property
    def kits(self) -> dict[str, Kit]:
        """The tools for each language."""
        return {name: Kit.of(name, self.brand, self.currency, self.program) for name in languages()}

    @cached_property
    def personas(self) -> dict[str, tuple[Persona, ...]]:
        """The sample customers of each language."""
        return {name: personas(self.features, name, self.program) for name in languages()}

    def problems(self, file: str) -> list[Problem]:
        """What is wrong with one template, given by its path in the folder of templates."""
        path = self.directory / file
        mail, problems = read_template(path, self.kits, self.contract)
        return problems if mail is None else _once(self.rendered(mail, path))

    def rendered(self, mail: Mail, path: Path) -> Iterator[Problem]:
        """What is wrong with the mails of sample customers."""
        for campaign in self.users(mail, path.parent.name):
            for persona in self.personas[path.stem]:
                context = persona.context(campaign, self.brand, self.today, self.program)
                try:
                    yield from _too_large(mail, mail.render(context))
                except RenderError as error:
                    yield _unrenderable(error, mail, persona)

    def users(self, mail: Mail, name: str) -> Iterable[Campaign | None]:
        """Campaigns that send the mail; one that lacks the offer it needs is told elsewhere."""
        using = [campaign for campaign in self.campaigns if campaign.template == name]
        fitting = [c for c in using if c.offer is not None or not mail.needs_offer]
        return fitting or [None]


def tried(
    directory: Path,
    *,
    brand: Brand,
    currency: str,
    features: FeatureCatalog,
    today: dt.date,
    program: Program | None = None,
    campaigns: Iterable[Campaign] = (),
    limits: Limits = LIMITS,
) -> list[Problem]:
    """What is wrong with the templates of a project, found without using them in this process.

    Every file is read and its mail rendered for every sample customer, within `limits`; one that breaks them
    is told like any other problem, and the others are tried all the same.

    Args:
        currency: of amounts, ISO 4217.
        today: the shop's day.

    Raises:
        PakdeeError: this machine can't start a process to try them in.
    """
    trial = Trial(directory, brand, currency, features, today, program, tuple(campaigns))
    files = [str(path.relative_to(directory)) for path in template_files(directory)]
    shares = [files[start::_PROCESSES] for start in range(_PROCESSES)] if len(files) > _FEW else [files]
    with ThreadPoolExecutor(_PROCESSES) as together:
        found = together.map(lambda share: _share(trial, share, limits), shares)
        return sorted([*overlooked(directory), *chain.from_iterable(found)])


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


def _once(problems: Iterator[Problem]) -> list[Problem]:
    """The first problem of each line, since what fails for one sample customer fails for others."""
    found: dict[int, Problem] = {}
    for problem in problems:
        found.setdefault(problem.line, problem)
    return list(found.values())


def _too_large(mail: Mail, rendered: Rendered) -> Iterator[Problem]:
    size = max(len(part.encode("utf-8", "replace")) for part in (rendered.html, rendered.text))
    if size > LARGEST_PART:
        what = f"the mail has {size:,} bytes, and at most {LARGEST_PART:,} can be sent"
        yield Problem(mail.where, 1, what, "shorten it; mail programs cut off what is longer anyway")


def _unrenderable(error: RenderError, mail: Mail, persona: Persona) -> Problem:
    _, _, line = error.where.rpartition(":")
    what = f"{error.what}: seen with the sample customer {persona.title.in_language('en')!r}"
    return Problem(mail.where, int(line) if line.isdecimal() else 1, what, error.next_step)


def _broken(path: Path, why: Broken, limits: Limits) -> Problem:
    """Why a template could not be tried to the end."""
    what = {
        Broken.TIME: f"making its mails takes longer than {limits.cpu:g} seconds",
        Broken.MEMORY: f"making its mails takes more than {limits.memory // _MILLION_BYTES} MB of memory",
        Broken.DIED: "making its mails breaks the program that makes them",
    }[why]
    next_step = "take out what was changed last, and write it more simply: fewer loops and shorter texts"
    return Problem(told(path), 1, what, next_step)
