"""Variants of a subject: the same ones in every language of a template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pakdee.domain.errors import Problem
from pakdee.domain.message import ONLY
from pakdee.rendering.mail import Mail

Mails = Mapping[str, Mail]
"""A template in one language, by variant of its subject."""


def differing(mails: Mapping[tuple[str, str], Mails]) -> Iterator[Problem]:
    """Where a language has other variants than the first one of its template; `mails` by (name, locale)."""
    for name in sorted({name for name, _ in mails}):
        first, *others = sorted((locale for of, locale in mails if of == name), key=_lead)
        wanted = mails[name, first]
        for own in (mails[name, locale] for locale in others):
            if set(own) != set(wanted):
                yield _differs(own, f"{_told(own)} here, and {_told(wanted)} in {first}")


def _lead(locale: str) -> tuple[bool, str]:
    """Thai first, as where components are compared."""
    return locale != "th", locale


def _differs(own: Mails, what: str) -> Problem:
    mail = next(iter(own.values()))
    return Problem(
        mail.where,
        mail.subject_line,
        f"the subject differs between languages: {what}",
        "give all languages the same variants, so that results can be compared",
    )


def _told(mails: Mails) -> str:
    return "one subject" if ONLY in mails else " and ".join(mails)
