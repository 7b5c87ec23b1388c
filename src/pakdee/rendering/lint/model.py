"""What the lint speaks of: rules, findings, and what it must know about a mail besides the mail itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pakdee.domain.errors import Problem
from pakdee.domain.vocabulary import Purpose

HTML, TEXT, SUBJECT = "html", "text", "subject"
Lines = Callable[[str, int], int]
"""From a part of the mail and an offset in it to the line of the template it comes from."""


class Severity(StrEnum):
    """An error blocks a run, a warning is shown, an info is told to who asks."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Acts(StrEnum):
    """When a rule is applied, and so what its samples are made of."""

    LOAD = "when the file is read"
    RENDER = "when a mail is rendered"
    MAIL = "on the rendered mail"
    SOURCE = "on the file"
    LOCALES = "on all languages of a template"
    READERS = "on the mails of all sample customers"
    COMPONENTS = "on the components"
    REQUEST = "on request"


@dataclass(frozen=True)
class Rule:
    """One rule of the lint, as `rules.toml` tells it.

    Args:
        severity: the gravest it has; some findings of it weigh less.
        place: the part of a mail or template that the samples are.
        good, bad: a sample that passes and one that fails.
        says: words of the message, where the rule acts while the file is read or rendered.
    """

    id: str
    severity: Severity
    acts: Acts
    what: str
    why: str
    mend: str
    source: str
    place: str
    good: str
    bad: str
    says: str = ""


@dataclass(frozen=True)
class Finding:
    """One thing a rule found in one file."""

    rule: str
    severity: Severity
    file: str
    line: int
    what: str
    next_step: str

    def problem(self) -> Problem:
        """The same as a problem of a file; who wants infos too asks for findings."""
        severity = "error" if self.severity is Severity.ERROR else "warning"
        return Problem(self.file, self.line, f"{self.what} ({self.rule})", self.next_step, severity)


@dataclass(frozen=True)
class Found:
    """What a check noticed, before it is known which line of the template it comes from.

    Args:
        at: offset in `part`.
        severity: where it weighs less than the rule.
        next_step: where there is more to say than how the rule is mended.
    """

    rule: str
    what: str
    part: str = HTML
    at: int = 0
    severity: Severity | None = None
    next_step: str = ""


def _first_line(_part: str, _at: int) -> int:
    return 1


@dataclass(frozen=True)
class About:
    """What the lint must know about a mail besides the mail.

    Args:
        where: the template's file.
        today: the shop's day the mail is planned for.
        offer: as templates see it; None where the campaign brings none.
        links: as templates see them: the only ones a mail may hold.
        voice: the particle of the brand's Thai sentences, "none" for none, "" where it has not said.
        brand_name, address, why_you: what the frame must tell.
        told: texts that come from the reader's own data. Rules on wording overlook them.
        palette: the colours by name, for messages.
        unit: what the programme counts, such as points.
        headers: names of those of the request, where they are known.
        lines: finds the line of the template.
    """

    where: str
    locale: str
    purpose: Purpose = Purpose.MARKETING
    today: dt.date | None = None
    offer: Mapping[str, Any] | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    voice: str = ""
    brand_name: str = ""
    address: str = ""
    why_you: str = ""
    told: tuple[str, ...] = ()
    palette: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    headers: Collection[str] | None = None
    lines: Lines = _first_line

    @property
    def is_thai(self) -> bool:
        """Whether the mail is written in Thai."""
        return self.locale == "th"
