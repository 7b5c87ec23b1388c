"""Mails of sample customers on the desk, made of the files as they are now, with what the lint says of them.

A file that can't be read stands here with its problems, and the others are shown all the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pakdee import jobs
from pakdee.domain.campaign import Campaign
from pakdee.domain.errors import PakdeeError, Problem, RenderError
from pakdee.domain.message import Draft, MessageKey, Rendered
from pakdee.domain.vocabulary import Purpose
from pakdee.house import House
from pakdee.house.proving import mail_headers
from pakdee.rendering.findings import did_you_mean
from pakdee.rendering.lint import Finding, Severity
from pakdee.rendering.lint.proofreading import Proofreader, unique
from pakdee.rendering.mail import Mail
from pakdee.rendering.naming import contents, misnamed, template_files
from pakdee.rendering.naming import told as place_of
from pakdee.rendering.personas import Persona
from pakdee.rendering.templates import read_template
from pakdee.rendering.trial import Trial

CUSTOMER = "customer"
"""The reader's name where it is a real one; their id stands in the title alone."""
_NOBODY = "0" * 32
"""The message id of mails that nobody gets."""


@dataclass(frozen=True)
class Edition:
    """What is shown together: the mails of a campaign, or of a template that no campaign uses.

    Args:
        reader: the sample customer shown first.
    """

    name: str
    template: str
    campaign: Campaign | None
    locales: tuple[str, ...]
    reader: str


@dataclass(frozen=True)
class Shown:
    """One mail for one reader.

    Args:
        mail: None where it can't be written; the findings say why.
        headers: none where no campaign sends it.
    """

    reader: str
    locale: str
    variant: str
    mail: Rendered | None
    findings: tuple[Finding, ...]
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class File:
    """A template in one language with the mails made of it; none where it can't be read, for its findings."""

    place: str
    locale: str
    lines: tuple[str, ...]
    findings: tuple[Finding, ...]
    mails: tuple[Shown, ...]


@dataclass(frozen=True)
class Making:
    """What the mails of one file with one of its subjects are made with."""

    edition: Edition
    mail: Mail
    variant: str
    reader: Proofreader


class Desk:
    """Makes the mails of a project for one day.

    Raises:
        CatalogError: a file other than a template can't be used.
    """

    def __init__(self, house: House, day: dt.date | None = None) -> None:
        project = house.project
        self.house, self.day = house, house.business_day(day)
        self._trial = Trial(
            house.directory / "templates",
            project.brand,
            house.settings.shop.currency,
            house.catalog,
            self.day,
            project.program,
            tuple(project.mails.values()),
            headers=mail_headers(house),
            languages=house.languages,
        )

    @property
    def personas(self) -> Sequence[Persona]:
        """Every sample customer, typical ones first."""
        return self._trial.personas[self.house.settings.shop.language]

    def editions(self) -> list[Edition]:
        """Everything there is to show: campaigns by name, then templates that none of them uses."""
        campaigns = self.house.project.mails
        used = {campaign.template for campaign in campaigns.values()}
        found = [
            Edition(c.label, c.template, c, self._locales(c.template), self._suited[c.label])
            for c in campaigns.values()
        ]
        for name in sorted(self._templates() - used):
            free = name if name not in campaigns else f"{name} (template)"
            found.append(Edition(free, name, None, self._locales(name), self.personas[0].name))
        return found

    def edition(self, name: str) -> Edition:
        """The campaign of that name, or the template. Raises PakdeeError with the nearest one there is."""
        known = {edition.name: edition for edition in self.editions()}
        return known[among("campaign", name, known, where="campaigns/")]

    def series(self, name: str) -> list[Edition]:
        """That edition and, of a campaign with steps, those of its further mails. Raises PakdeeError."""
        found = self.edition(name)
        further = found.campaign.mails[1:] if found.campaign else ()
        return [found, *(self.edition(mail.label) for mail in further)]

    def file(self, edition: Edition, locale: str, readers: Collection[str] = ()) -> File:
        """One language of an edition, for these sample customers; for all where none are named."""
        path = self._trial.directory / edition.template / f"{locale}.j2"
        mails, problems = read_template(path, self._trial.kits, self._trial.contract)
        if mails:
            self._trial.read[path] = mails  # so that it can be compared with the other languages
        compared = [_finding(problem) for problem in self._trial.compared(path)] if mails else []
        personas = [one for one in self._trial.personas[locale] if not readers or one.name in readers]
        shown = [
            one
            for variant, mail in mails.items()
            for one in self._mails(
                Making(edition, mail, variant, self._trial.reader(path, variant)), personas
            )
        ]
        lines = contents(path).decode("utf-8", "replace").splitlines()
        return File(
            place_of(path),
            locale,
            tuple(lines),
            tuple(map(_finding, problems)),
            tuple(replace(one, findings=tuple(unique([*one.findings, *compared]))) for one in shown),
        )

    def of_customer(self, edition: Edition, customer: str, found: jobs.Preview) -> Shown:
        """The mail of a real customer; what was frozen is not held against a file that may have changed."""
        findings: list[Finding] = []
        if edition.campaign and found.source == "rendered":
            path = self._trial.directory / edition.template / f"{found.locale}.j2"
            draft = jobs.draft_for(self.house, edition.campaign, customer, self.day)
            findings = self._trial.reader(path, found.variant).mail(draft.context)
        return Shown(CUSTOMER, found.locale, found.variant, found.mail, tuple(findings), found.headers)

    @cached_property
    def _suited(self) -> Mapping[str, str]:
        return jobs.suited(self.house, self.day)

    def _templates(self) -> set[str]:
        return {path.parent.name for path in self._files()}

    def _files(self) -> list[Path]:
        return [
            path
            for path in template_files(self._trial.directory)
            if not misnamed(path, self._trial.languages)
        ]

    def _locales(self, template: str) -> tuple[str, ...]:
        return tuple(path.stem for path in self._files() if path.parent.name == template)

    def _mails(self, making: Making, personas: Sequence[Persona]) -> Iterator[Shown]:
        """The mail of each sample customer; what is wrong with the file is told with all of them."""
        project, campaign = self.house.project, making.edition.campaign
        whole: list[Finding] | None = None
        for persona in personas:
            context = persona.context(campaign, project.brand, self.day, project.program)
            if campaign is None and not making.mail.reads_offer:
                context["offer"] = None  # a sample campaign brings one, which this mail is not about
            if whole is None:
                whole = making.reader.file(context["offer"])
            yield self._shown(making, persona, context, whole)

    def _shown(
        self, making: Making, persona: Persona, context: Mapping[str, Any], whole: Sequence[Finding]
    ) -> Shown:
        try:
            rendered, found = making.mail.render(context), making.reader.mail(context)
            headers = self._headers(making, persona, context, rendered)
        except RenderError as error:
            failed = (_unwritten(error, making.mail.where),)
            return Shown(persona.name, persona.locale, making.variant, None, failed)
        findings = tuple(unique([*found, *whole]))
        return Shown(persona.name, persona.locale, making.variant, rendered, findings, headers)

    def _headers(
        self, making: Making, persona: Persona, context: Mapping[str, Any], mail: Rendered
    ) -> Mapping[str, str]:
        campaign = making.edition.campaign
        if campaign is None:
            return {}
        one_click = None if campaign.purpose is Purpose.SERVICE else context["links"]["unsubscribe"]
        key = MessageKey(campaign.name, campaign.step, persona.name, "sample")
        draft = Draft(
            key=key,
            message_id=_NOBODY,
            address="sample@example.com",
            address_hash="",
            locale=persona.locale,
            unsubscribe_url=one_click,
            context=context,
            variant=making.variant,
        )
        return jobs.headers(self.house, campaign, draft, mail)


def among(what: str, wanted: str, known: Collection[str], *, where: str) -> str:
    """`wanted`, which must be one of `known`. Raises PakdeeError with the nearest one there is."""
    if wanted not in known:
        raise PakdeeError(
            f"there is no {what} {wanted!r}", where=where, next_step=did_you_mean(wanted, known)
        )
    return wanted


def problems(findings: Iterable[Finding]) -> list[Problem]:
    """Findings as problems of their file; what is only worth knowing is left out."""
    return [
        one.problem() if one.rule else Problem(one.file, one.line, one.what, one.next_step, str(one.severity))
        for one in findings
        if one.severity is not Severity.INFO
    ]


def _finding(problem: Problem) -> Finding:
    return Finding(
        "", Severity(problem.severity), problem.file, problem.line, problem.what, problem.next_step
    )


def _unwritten(error: RenderError, where: str) -> Finding:
    _, _, line = error.where.rpartition(":")
    return Finding(
        "J06", Severity.ERROR, where, int(line) if line.isdecimal() else 1, error.what, error.next_step
    )
