"""Patterns of English messages and what stands in their place in another language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files

HOLE = re.compile(r"\{(\d*)\}")
"""Where a message holds a value: `{}` in order, or `{0}`, `{1}` for another order in the translation."""

FEW = 8
"""A pattern that begins with a value and has fewer letters of its own fits by chance; it takes names only."""

HEADINGS = "headings.toml"
"""Words that are headings of tables; inside a message they are keys of files and stay."""

LONGEST = 2_000
"""Letters of a message; what is longer came from elsewhere and is shown as it is."""

REMEMBERED = 4096
"""Texts whose translation is kept, since a page tells the same findings of many mails."""

_SEAMS = tuple(
    re.compile(seam, re.DOTALL) for seam in (r"(.+)( \()(.+)(\))", r"(.+?)(: )(.+)", r"(.+)(; )(.+)")
)
_SEAM = re.compile(r" \(|: |; ")
MOST_SEAMS = 20  # no message of ours has more, and each is a step deeper
_NAMED = re.compile(r"('.*?'|\"[^\"]*\"|[^ ]+) (.+)", re.DOTALL)
_OF_A_NAME = ("is ", "has ", "can't ")
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Phrase:
    """One message with places for values.

    Args:
        own: its own words, before, between and after the values.
        first: its first word, if it begins with one of its own.
        key: the longest of its own words, looked for before anything else, as this is quick.
        quoted: which values stand in quotation marks: names, which are not translated.
        weight: how much of it is its own; of two that fit, the one with more is meant.
    """

    own: tuple[str, ...]
    said: tuple[str | int, ...]
    first: str
    key: str
    quoted: tuple[bool, ...]
    weight: int
    is_weak: bool

    @classmethod
    def of(cls, english: str, said: str) -> Phrase:
        """The phrase of a line in a language's file."""
        own = tuple(HOLE.split(english)[::2])
        return cls(
            own,
            tuple(_parts(said)),
            _first_word(own[0]),
            max(own, key=len),
            tuple(before.endswith(("'", '"')) for before in own[:-1]),
            sum(map(len, own)),
            not own[0] and sum(len(_LETTERS.findall(part)) for part in own) < FEW,
        )

    @cached_property
    def fits(self) -> re.Pattern[str]:
        """What it looks like; made at first use, as most are never needed."""
        first, *others = map(re.escape, self.own)
        # Where one value follows another at once, the second is an addition: ", …", " (…)" or nothing.
        holes = ["(.*?)", *("(.*?)" if before else r"((?:\W.*)?)" for before in others[:-1])]
        return re.compile(first + "".join(map("".join, zip(holes, others, strict=True))), re.DOTALL)

    def filled(self, pieces: tuple[str, ...]) -> str:
        """The translation with values in their places."""
        return "".join(part if isinstance(part, str) else pieces[part] for part in self.said)


def _parts(said: str) -> Iterator[str | int]:
    taken = 0
    for position, part in enumerate(HOLE.split(said)):
        if position % 2 == 0:
            yield part
        else:
            yield int(part) if part else taken
            taken += 1


class Phrasebook:
    """All messages of one language, found by their first word or, if they begin with a value, by trying."""

    def __init__(self, lines: Mapping[str, str], headings: Mapping[str, str] | None = None) -> None:
        """`lines` tell what is said for each English message, `headings` for single words over columns."""
        self.lines, self.headings = dict(lines), dict(headings or {})
        told = _halves(lines) | self.lines
        self._whole = {english: said for english, said in told.items() if not HOLE.search(english)}
        phrases = [Phrase.of(english, told[english]) for english in told.keys() - self._whole.keys()]
        phrases.sort(key=lambda phrase: (-phrase.weight, phrase.own))
        self._any = [phrase for phrase in phrases if not phrase.first]
        self._by_word = {
            word: [phrase for phrase in phrases if phrase.first in ("", word)]
            for word in {phrase.first for phrase in phrases}
        }
        self.say: Callable[[str], str] = lru_cache(REMEMBERED)(self._say)

    def _say(self, text: str) -> str:
        if text in self._whole:
            return self._whole[text]
        if len(text) > LONGEST:
            return self._lines(text) if "\n" in text else text
        known = self._as_phrase(text)
        return self._in_parts(text) if known is None else known

    def _as_phrase(self, text: str) -> str | None:
        for phrase in self._by_word.get(_first_word(text), self._any):
            if phrase.key not in text or not (found := phrase.fits.fullmatch(text)):
                continue
            pieces = found.groups()
            said = tuple(map(self._piece, pieces, phrase.quoted))
            if not phrase.is_weak:
                return phrase.filled(said)
            if text[0] != " " and all(map(_is_name, pieces, said)):
                return self._of_a_name(text) or phrase.filled(said)
        return self._of_a_name(text)

    def _of_a_name(self, text: str) -> str | None:
        """What is said of a name before it, such as `'x y' is no name`."""
        found = _NAMED.fullmatch(text)
        return f"{found[1]} {self._whole[found[2]]}" if found and found[2] in self._whole else None

    def _piece(self, piece: str, is_quoted: bool) -> str:
        return piece if is_quoted or not piece else self.say(piece)

    def _both(self, left: str, mark: str, right: str, end: str = "") -> str | None:
        """Both parts of a text, or None where that would mix languages; after a colon anybody may speak."""
        parts = [part for part in (left, right) if " " in part.strip()]  # a single word is a name or a key
        said = {part: self.say(part) for part in parts}
        unknown = [part for part in parts if said[part] == part]
        if len(unknown) == len(parts) or (unknown and not (mark == ": " and left not in unknown)):
            return None
        return f"{said.get(left, left)}{mark}{said.get(right, right)}{end}"

    def _lines(self, text: str) -> str:
        return "\n".join(self.say(line) if line else "" for line in text.split("\n"))

    def _list(self, parts: Sequence[str]) -> str | None:
        """Things one after the other, if all that are no names are known."""
        said = [self.say(part) if " " in part else part for part in parts]
        known = [told != part for told, part in zip(said, parts, strict=True) if " " in part]
        return ", ".join(said) if known and all(known) else None

    def _in_parts(self, text: str) -> str:
        """Lines, both sides of a colon, semicolon or bracket, or a list; what is unknown stays."""
        if bare := text.lstrip(" ") if text.startswith(" ") else "":
            return text[: -len(bare)] + self.say(bare)
        if "\n" in text:
            return self._lines(text)
        for seam in _SEAMS if len(_SEAM.findall(text)) <= MOST_SEAMS else ():
            if (found := seam.fullmatch(text)) and (said := self._both(*found.groups())):
                return said
        if ", " in text and (listed := self._list(text.split(", "))):
            return listed
        found = _NAMED.fullmatch(text)
        told = self._as_phrase(found[2]) if found and found[2].startswith(_OF_A_NAME) else None
        return f"{found[1]} {told}" if found and told else text


def _halves(lines: Mapping[str, str]) -> dict[str, str]:
    """What is wrong and what to write instead, of messages that hold both: they are often told apart."""
    found: dict[str, str] = {}
    for english, said in lines.items():
        halves, told = english.split("; "), said.split("; ")
        if len(halves) == len(told) == 2 and all(map(_alike, halves, told)):
            found |= dict(zip(halves, told, strict=True))
    return found


def _alike(english: str, said: str) -> bool:
    """Whether both halves hold the same values, and words besides."""
    return sorted(HOLE.findall(english)) == sorted(HOLE.findall(said)) and bool(_LETTERS.search(english))


def _first_word(text: str) -> str:
    """The first word if it is whole, that is, if a blank follows; a blank itself begins no word."""
    word, blank, _ = text.partition(" ")
    return word if blank else ""


def _is_name(piece: str, said: str) -> bool:
    """Whether a value is a word, a quoted text or something known, not a sentence that fits by chance."""
    return " " not in piece.strip() or piece != said or (piece[0] == piece[-1] and piece[0] in "'\"")


@cache
def phrasebook(language: str) -> Phrasebook | None:
    """The messages in `language`, from all files of its folder; None where there is no such folder."""
    folder = files("pakdee.saying") / "languages" / language
    if not re.fullmatch(r"[a-z]{2}", language) or not folder.is_dir():
        return None
    files_ = {
        entry.name: tomllib.loads(entry.read_text(encoding="utf-8"))
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    }
    headings = files_.pop(HEADINGS, {})
    return Phrasebook(
        {english: said for lines in files_.values() for english, said in lines.items()}, headings
    )
