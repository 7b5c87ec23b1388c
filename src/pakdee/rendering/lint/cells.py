"""Text as eyes see it: characters that belong together, the cells they take, emoji, Thai letters.

Marks above and below a letter take no cell of their own; emoji and East Asian wide letters take two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from pakdee.rendering.printing import clean

THAI = re.compile("[ก-ฺเ-๎]")
_JOINER, _EMOJI_STYLE, _KEYCAP, _SARA_AM = "\u200d", "\ufe0f", "\u20e3", "\u0e33"
_MARKS = frozenset({"Mn", "Me", "Cf"})
_SKINS = range(0x1F3FB, 0x1F400)
_FLAGS = range(0x1F1E6, 0x1F200)
_TITLE = re.compile(r"^(?:คุณ|นางสาว|นาง|นาย|น\.ส\.|ด\.ช\.|ด\.ญ\.)\s*")
BLOTTED = "\N{BULLET OPERATOR}"
"""Stands where a reader's own words stood: neither letter, blank nor emoji."""


def clusters(text: str) -> Iterator[str]:
    """Characters as readers count them: a letter with its marks, a whole emoji, a flag.

    A short form of Unicode's rules for grapheme clusters (UAX 29), enough for Thai, Latin and emoji.
    """
    found = ""
    for char in text:
        if found and not _belongs(found, char):
            yield found
            found = ""
        found += char
    if found:
        yield found


def _belongs(cluster: str, char: str) -> bool:
    if unicodedata.category(char) in _MARKS or char == _SARA_AM or ord(char) in _SKINS:
        return True
    if ord(char) in _FLAGS:
        return len(cluster) == 1 and ord(cluster) in _FLAGS
    return cluster.endswith(_JOINER)


def cells(text: str) -> int:
    """How many cells of a line `text` takes."""
    return sum(map(_width, clusters(text)))


def _width(cluster: str) -> int:
    if is_emoji(cluster):
        return 2
    first = cluster[0]
    if unicodedata.category(first) in _MARKS:
        return 0
    own = 2 if unicodedata.east_asian_width(first) in "WF" else 1
    return own + (_SARA_AM in cluster[1:])


def is_emoji(cluster: str) -> bool:
    """Whether a cluster is drawn as a picture."""
    first = cluster[0]
    if _EMOJI_STYLE in cluster or _KEYCAP in cluster or ord(first) in _FLAGS:
        return True
    return unicodedata.category(first) == "So" and unicodedata.east_asian_width(first) == "W"


def letters(text: str) -> int:
    """How many letters and digits a text has, marks aside: a measure of words that fits Thai as well."""
    return sum(map(str.isalnum, text))


def has_words(text: str) -> bool:
    """Whether there is anything to read."""
    return any(map(str.isalnum, text))


def forms(told: tuple[str, ...]) -> tuple[str, ...]:
    """How a reader's values stand in a mail: cleaned, and names without their titles. Longest first."""
    found: set[str] = set()
    for value in told:
        name = clean(value[:2_000]).strip()
        found |= {name, " ".join(name.split()), _TITLE.sub("", name), value}
    # A single letter stands in too many other words.
    return tuple(sorted((form for form in found if len(form.strip()) > 1), key=len, reverse=True))


def without(text: str, told: tuple[str, ...]) -> str:
    """`text` with a reader's values blotted out, each letter of them, so that offsets stay."""
    for form in told:
        if form in text:
            text = text.replace(form, BLOTTED * len(form))
    return text


def shortened(text: str, told: tuple[str, ...], most: int) -> str:
    """`text` with a reader's values cut to `most` clusters: a long name is nobody's mistake."""
    for form in told:
        if form in text and cells(form) > most:
            text = text.replace(form, "".join(list(clusters(form))[:most]))
    return text
