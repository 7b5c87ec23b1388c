"""The trial of a template: read, rendered for every sample customer, proofread for each shape of its mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pakdee.domain.brand import Brand
from pakdee.domain.campaign import FIRST_STEP, Campaign
from pakdee.domain.errors import Problem, RenderError
from pakdee.domain.feature import FeatureCatalog
from pakdee.domain.language import Language
from pakdee.domain.message import Draft, MessageKey, Rendered, Skeleton
from pakdee.domain.program import Program
from pakdee.rendering.contract import Contract
from pakdee.rendering.findings import Findings
from pakdee.rendering.frontmatter import split
from pakdee.rendering.kit import Kit
from pakdee.rendering.languages import packaged
from pakdee.rendering.lint import Finding, Severity
from pakdee.rendering.lint.proofreading import Headers, Proofreader, alike, locales
from pakdee.rendering.mail import Mail
from pakdee.rendering.naming import contents, misnamed, template_files, told
from pakdee.rendering.personas import Persona, personas
from pakdee.rendering.templates import read_template
from pakdee.rendering.variants import Mails, differing
from pakdee.rendering.writer import Writer

LARGEST_PART = 200_000


@dataclass
class Trial:
    """What is needed to try the templates of a project; goes to the confined process as it is.

    Args:
        directory: of the templates.
        campaigns: those of the project, whose offers and purposes stand in the mails.
        today: the shop's day.
        headers: that requests have, by purpose, where they are known.
        languages: in which templates can be written.
    """

    directory: Path
    brand: Brand
    currency: str
    features: FeatureCatalog
    today: dt.date
    program: Program | None = None
    campaigns: tuple[Campaign, ...] = ()
    headers: Headers = field(default_factory=dict)
    languages: Mapping[str, Language] = field(default_factory=packaged)

    @cached_property
    def contract(self) -> Contract:
        """What templates may read."""
        return Contract(self.features, self.brand, self.program)

    @cached_property
    def kits(self) -> dict[str, Kit]:
        """The tools for each language."""
        return {
            name: Kit.of(name, self.brand, self.currency, self.program, self.languages)
            for name in self.languages
        }

    @cached_property
    def personas(self) -> dict[str, tuple[Persona, ...]]:
        """The sample customers of each language."""
        return {name: personas(self.features, name, self.program) for name in self.languages}

    def problems(self, file: str) -> list[Problem]:
        """What is wrong with one template, given by its path in the folder of templates."""
        path = self.directory / file
        mails, problems = read_template(path, self.kits, self.contract)
        if not mails:
            return problems
        self.read[path] = mails
        for variant, mail in mails.items():
            for campaign in self.users(mail, path.parent.name):
                problems += self.mails(mail, self.reader(path, variant), campaign)
            problems += mail.slowness
        return _once([*problems, *self.compared(path)])

    @cached_property
    def read(self) -> dict[Path, Mails]:
        """The files that were tried and can be read, each by variant of its subject."""
        return {}

    @cached_property
    def readers(self) -> dict[tuple[Path, str], Proofreader]:
        """The proofreaders of files that were tried, for each variant of their subject."""
        return {}

    def reader(self, path: Path, variant: str) -> Proofreader:
        """The proofreader of a file that has passed all checks of loading."""
        if (path, variant) not in self.readers:
            sources = split(contents(path), Findings(told(path))) or {}
            for name, source in sources.items():
                kit = self.kits[path.stem]
                found = Proofreader(told(path), source, kit, self.contract, self.headers)
                self.readers[path, name] = found
        return self.readers[path, variant]

    def users(self, mail: Mail, name: str) -> Iterable[Campaign | None]:
        """Campaigns that send the mail; one that lacks the offer or words it needs is told elsewhere."""
        using = [campaign for campaign in self.campaigns if campaign.template == name]
        fitting = [
            campaign
            for campaign in using
            if not campaign.unsaid(mail.told) and (campaign.brings or not mail.needs_offer)
        ]
        return fitting or [None]

    def mails(self, mail: Mail, reader: Proofreader, campaign: Campaign | None) -> Iterator[Problem]:
        """What is wrong with the mails of all sample customers, and with the file for this campaign."""
        writer, shapes = Writer(mail), set[Skeleton]()
        seen: list[tuple[Rendered, Mapping[str, Any]]] = []
        offers: list[Mapping[str, Any] | None] = []
        for persona, context in self.contexts(mail, reader, campaign):
            offer = context["offer"] and {**context["offer"], "code": None}  # each reader's own
            if offer not in offers:
                offers.append(offer)
            try:
                rendered = mail.render(context)
                seen.append((rendered, context))
                yield from _too_large(mail, rendered)
                shape = writer.write(_draft(persona, context)).skeleton
                if shape not in shapes:
                    yield from _told(reader.slips(rendered, context))
                    shapes.add(shape)
            except RenderError as error:
                yield _unrenderable(error, mail, persona)
        yield from dict.fromkeys(p for offer in offers for p in _told(reader.file(offer)))
        yield from _told(alike(mail.where, mail.subject_line, seen))

    def contexts(
        self, mail: Mail, reader: Proofreader, campaign: Campaign | None
    ) -> Iterator[tuple[Persona, dict[str, Any]]]:
        """Each sample customer with each offer that the campaign brings."""
        for offer in range(len(campaign.brings) if campaign and campaign.brings else 1):
            for persona in self.personas[reader.kit.locale]:
                context = persona.context(campaign, self.brand, self.today, self.program, offer=offer)
                if campaign is None and not mail.reads_offer:
                    context["offer"] = None  # or its words would be held against an offer that nobody made
                yield persona, context

    def compared(self, path: Path) -> list[Problem]:
        """Where the languages of a template differ; told once, with the last of its files."""
        files = [file for file in template_files(self.directory) if file.parent == path.parent]
        readable = [file for file in files if not misnamed(file, self.languages)]
        if readable[-1] != path or len(readable) < 2:
            return []
        if any(file not in self.read for file in readable):
            return []  # another language can't be read, which is told for its own file
        readers = {file.stem: self.reader(file, next(iter(self.read[file]))) for file in readable}
        mails = {(path.parent.name, file.stem): self.read[file] for file in readable}
        return [*_told(locales(readers)), *differing(mails)]


def _told(findings: Iterable[Finding]) -> list[Problem]:
    """What the lint finds as problems of the file; what is only worth knowing is told to who asks for it."""
    return [found.problem() for found in findings if found.severity is not Severity.INFO]


def _once(problems: Sequence[Problem]) -> list[Problem]:
    """Each problem once: what fails for one sample customer, or in one shape of the mail, fails in others."""
    found: dict[tuple[int, str], Problem] = {}
    for problem in problems:
        found.setdefault((problem.line, problem.next_step), problem)
    return list(found.values())


def _draft(persona: Persona, context: Mapping[str, Any]) -> Draft:
    """A sample customer's mail on its way to nowhere."""
    key = MessageKey(context["campaign"]["name"], FIRST_STEP, persona.name, "sample")
    return Draft(key, "", "", "", persona.locale, None, context)


def _too_large(mail: Mail, rendered: Rendered) -> Iterator[Problem]:
    size = max(len(part.encode("utf-8", "replace")) for part in (rendered.html, rendered.text))
    if size > LARGEST_PART:
        what = f"the mail has {size:,} bytes, and at most {LARGEST_PART:,} can be sent"
        yield Problem(mail.where, 1, what, "shorten it; mail programs cut off what is longer anyway")


def _unrenderable(error: RenderError, mail: Mail, persona: Persona) -> Problem:
    _, _, line = error.where.rpartition(":")
    what = f"{error.what}: seen with the sample customer {persona.title.in_language('en')!r}"
    return Problem(mail.where, int(line) if line.isdecimal() else 1, what, error.next_step)
