"""A template file in its three parts: subject, preheader, body, each with the line it begins on.

A subject can come in variants, for a campaign that tests which of them is opened more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from pakdee.domain.message import ONLY
from pakdee.domain.segment import NAME
from pakdee.rendering.findings import Findings, did_you_mean
from pakdee.rendering.unreadable import unreadable_front_matter

FENCE = "---"
LARGEST_FILE = 100_000
KEYS = ("subject", "preheader")
FEWEST_VARIANTS, MOST_VARIANTS = 2, 4
_VARIANTS = 'write for example  subject: {plain: "…", warm: "…"}'
_EXAMPLE = 'begin the file with ---, subject: "…", preheader: "…", ---'


@dataclass(frozen=True)
class Source:
    """A template's parts, each padded with empty lines so that line numbers are those of the file."""

    subject: str
    preheader: str
    body: str

    @property
    def subject_line(self) -> int:
        """The line on which the subject stands."""
        return len(self.subject) - len(self.subject.lstrip("\n")) + 1


def split(raw: bytes, findings: Findings) -> dict[str, Source] | None:
    """The parts of a file by variant of its subject, which is ONLY where it has one; None if unreadable."""
    if len(raw) > LARGEST_FILE:
        findings.add(
            1, f"the file is larger than {LARGEST_FILE:,} bytes", "a mail is shorter; remove what is not text"
        )
        return None
    try:
        lines = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        findings.add(line, "the file is not UTF-8", "save it as UTF-8 in your editor")
        return None
    if lines[0].strip() != FENCE or FENCE not in [line.strip() for line in lines[1:]]:
        findings.add(1, "there is no front matter", _EXAMPLE)
        return None
    end = [line.strip() for line in lines].index(FENCE, 1)
    head = _head("\n".join(["", *lines[1:end]]), findings)
    if head is None:
        return None
    subjects, preheader = head
    body = "\n" * (end + 1) + "\n".join(lines[end + 1 :])
    return {variant: Source(subject, preheader, body) for variant, subject in subjects.items()}


def _head(text: str, findings: Findings) -> tuple[dict[str, str], str] | None:
    """Subjects by variant, and the preheader."""
    try:
        found: Any = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        findings.add(*unreadable_front_matter(text, error))
        return None
    if not isinstance(found, dict):
        findings.add(1, "the front matter has no subject and preheader", _EXAMPLE)
        return None
    for key in found:
        if key not in KEYS:
            findings.add(
                _at(found, key) + 1, f"the front matter takes no {key!r}", did_you_mean(str(key), KEYS)
            )
    subjects, preheader = _subjects(found, findings), _line(found, "preheader", findings)
    return (subjects, preheader) if subjects and preheader else None


def _subjects(found: Any, findings: Findings) -> dict[str, str] | None:
    variants = found.get("subject")
    if not isinstance(variants, Mapping) or not all(isinstance(name, str) for name in variants):
        subject = _line(found, "subject", findings)
        return {ONLY: subject} if subject else None
    problems = [(_at(found, "subject") + 1, what) for what in _miscounted(variants)]
    problems += [(_at(variants, name) + 1, what) for name in variants for what in _misnamed(name)]
    for line, what in problems:
        findings.add(line, what, _VARIANTS)
    texts = {name: _line(variants, name, findings) for name in variants}
    whole = {name: text for name, text in texts.items() if text}
    return whole if len(whole) == len(texts) and not problems else None


def _miscounted(variants: Mapping[str, Any]) -> Iterator[str]:
    if not FEWEST_VARIANTS <= len(variants) <= MOST_VARIANTS:
        yield f"a subject has {FEWEST_VARIANTS} to {MOST_VARIANTS} variants, and here are {len(variants)}"


def _misnamed(name: str) -> Iterator[str]:
    if not re.fullmatch(NAME, name):
        yield f"{name!r} can't name a variant: small letters, digits and _"
    elif name == ONLY:
        yield f"{name!r} is what mails without variants are called"


def _line(found: Any, key: str, findings: Findings) -> str | None:
    value = found.get(key)
    line = _at(found, key) if key in found else 0
    if key in found and value and not isinstance(value, str):
        findings.add(line + 1, f"{key} is not a text", f'put it in quotes: {key}: "…"')
        return None
    text = str(value or "").strip()
    if not text:
        findings.add(line + 1, f"there is no {key}", f'add {key}: "…" to the front matter')
        return None
    return "\n" * line + text


def _at(found: Any, key: str) -> int:
    return int(found.lc.key(key)[0])
