"""A template file in its three parts: subject, preheader, body, each with the line it begins on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from pakdee.rendering.findings import Findings, did_you_mean
from pakdee.rendering.unreadable import unreadable_front_matter

FENCE = "---"
LARGEST_FILE = 100_000
KEYS = ("subject", "preheader")
_EXAMPLE = 'begin the file with ---, subject: "…", preheader: "…", ---'


@dataclass(frozen=True)
class Source:
    """A template's parts, each padded with empty lines so that line numbers are those of the file."""

    subject: str
    preheader: str
    body: str


def split(raw: bytes, findings: Findings) -> Source | None:
    """The parts of a file; None, with findings, where it can't be read at all."""
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
    return Source(**head, body="\n" * (end + 1) + "\n".join(lines[end + 1 :]))


def _head(text: str, findings: Findings) -> dict[str, str] | None:
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
    texts = {key: _line(found, key, findings) for key in KEYS}
    return {key: value for key, value in texts.items() if value is not None} if all(texts.values()) else None


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
