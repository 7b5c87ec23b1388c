"""A campaign's mail as sample customers get it: which one is chosen, and how it is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

from pakdee import jobs
from pakdee.desk.board import Board
from pakdee.domain.campaign import FIRST_STEP, label
from pakdee.domain.errors import PakdeeError
from pakdee.domain.message import ONLY

_DARK = re.compile(r"@media\s*\(\s*prefers-color-scheme\s*:\s*dark\s*\)")
_SCHEME = re.compile(r'(<meta name="(?:supported-)?color-schemes?" content=")[^"]*')
LOOKS = ("phone", "desk", "dark", "text")


@dataclass(frozen=True)
class Choice:
    """What somebody wants to see. Each is checked where it is used.

    Args:
        step: which of the campaign's mails; empty means the first.
        locale: of the mail; empty means the shop's own.
        look: one of LOOKS.
        variant: of the subject; empty means the first.
    """

    NAMES: ClassVar = ("sample", "step", "locale", "look", "variant")

    sample: str = ""
    step: str = ""
    locale: str = ""
    look: str = LOOKS[0]
    variant: str = ""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Choice:
        """From an address or a form."""
        look = given.get("look", "")
        look = look if look in LOOKS else LOOKS[0]
        sample, step, variant = (given.get(name, "")[:60] for name in ("sample", "step", "variant"))
        return cls(sample, step, given.get("locale", "")[:12], look, variant)

    @property
    def query(self) -> dict[str, str]:
        """As parameters of an address, without those that are as usual."""
        found = {name: getattr(self, name) for name in self.NAMES}
        return {name: value for name, value in found.items() if value and value != LOOKS[0]}

    def mail(self, campaign: str) -> str:
        """The mail's name, as `Campaign.label` has it."""
        return label(campaign, self.step or FIRST_STEP)

    def settled(self, board: Board, campaign: str) -> Choice:
        """With what was left open filled in: who is like those it mails, the shop's own language."""
        house = board.house
        sample = self.sample or jobs.suited(house, board.day).get(self.mail(campaign), "")
        locale, variant = self.locale or house.settings.shop.language, self.variant or ONLY
        return replace(self, sample=sample, locale=locale, variant=variant)


@dataclass(frozen=True)
class Shown:
    """A mail to be seen, or why it can't be.

    Args:
        mail: None while files are being checked, and where they have errors.
        sample: the sample customer whose mail it is.
        steps: names of the campaign's further mails.
        locales: languages the template has.
        variants: of its subject, where there are several.
    """

    mail: jobs.SampleMail | None = None
    sample: str = ""
    samples: tuple[jobs.Sample, ...] = ()
    steps: tuple[str, ...] = ()
    locales: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    trouble: PakdeeError | None = None

    @classmethod
    def of(cls, board: Board, name: str, choice: Choice) -> Shown:
        """The mail of campaign `name`; only files that were tried in bounds of their own are rendered."""
        project = board.present.project
        if project is None or name not in project.campaigns or not board.is_tried:
            return cls()
        wanted = choice.settled(board, name)
        samples, steps = jobs.samples(board.house), tuple(one.id for one in project.campaigns[name].steps)
        try:
            templates, of = board.house.templates, (wanted.sample, wanted.locale, board.day, wanted.variant)
            mail = jobs.sample_mail(board.house, wanted.mail(name), *of)
            template = project.mails[wanted.mail(name)].template
            variants = tuple(one for one in templates.variants(template) if one != ONLY)
        except PakdeeError as error:
            return cls(None, wanted.sample, samples, steps, trouble=error)
        return cls(mail, wanted.sample, samples, steps, templates.locales(template), variants)


def in_frame(html: str, look: str) -> str:
    """The mail in light or dark whatever the browser prefers, and with links that lead nowhere.

    A frame follows the browser's preference and cannot be told otherwise, so the mail's own rule for the dark
    is made to hold always, or never. Its frame lets no new window open, where links are sent.
    """
    is_dark = look == "dark"
    told = _DARK.sub("@media all" if is_dark else "@media not all", html)
    told = _SCHEME.sub(rf"\g<1>{'dark' if is_dark else 'light'}", told)
    return told.replace("<head>", '<head><base target="_blank">', 1)
