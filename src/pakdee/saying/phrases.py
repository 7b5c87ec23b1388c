"""Patterns of English messages and what stands in their place in another language."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from heapq import merge
from importlib.resources import files

HOLE = re.compile(r"\{(\d*)\}")
"""Where a message holds a value: `{}` in order, or `{0}`, `{1}` for another order in the translation."""

FEW = 8
"""A pattern with fewer letters of its own fits by chance; it takes names only, no sentences."""

REMEMBERED = 4096
"""Texts whose translation is kept, since a page tells the same findings of many mails."""

_SEAMS = tuple(
    re.compile(seam, re.DOTALL) for seam in (r"(.+)( \()(.+)(\))", r"(.+?)(: )(.+)", r"(.+)(; )(.+)")
)
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Phrase:
    """One message with places for values.

    Args:
        key: the longest of its own words, looked for before anything else, as this is quick.
        weight: how much of it is its own; of two that fit, the one with more is meant.
    """

    fits: re.Pattern[str]
    said: tuple[str | int, ...]
    key: str
    weight: int
    is_weak: bool

    @classmethod
    def of(cls, english: str, said: str) -> Phrase:
        """The phrase of a line in a language's file."""
        own = HOLE.split(english)[::2]
        return cls(
            re.compile("(.*?)".join(map(re.escape, own)), re.DOTALL),
            tuple(_parts(said)),
            max(own, key=len),
            sum(map(len, own)),
            sum(len(_LETTERS.findall(part)) for part in own) < FEW,
        )

    def pieces(self, text: str) -> tuple[str, ...] | None:
        """The values in `text` if it is this message, else None."""
        found = self.fits.fullmatch(text) if self.key in text else None
        return found.groups() if found else None

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

    def __init__(self, lines: Mapping[str, str]) -> None:
        """`lines` tell what is said for each English message."""
        self.lines = dict(lines)
        self._whole = {english: said for english, said in lines.items() if not HOLE.search(english)}
        self._by_word: dict[str, list[Phrase]] = defaultdict(list)
        for english in lines.keys() - self._whole.keys():
            self._by_word[_first_word(HOLE.split(english)[0])].append(Phrase.of(english, lines[english]))
        for phrases in self._by_word.values():
            phrases.sort(key=lambda phrase: (-phrase.weight, phrase.fits.pattern))
        self.say: Callable[[str], str] = lru_cache(REMEMBERED)(self._say)

    def _say(self, text: str) -> str:
        if text in self._whole:
            return self._whole[text]
        for phrase in self._candidates(text):
            pieces = phrase.pieces(text)
            if pieces is None:
                continue
            said = tuple(self.say(piece) if piece else "" for piece in pieces)
            if not phrase.is_weak or all(map(_is_name, pieces, said)):
                return phrase.filled(said)
        return self._in_parts(text)

    def _candidates(self, text: str) -> Iterable[Phrase]:
        """Phrases that may fit, those with most of their own words first."""
        same, any_ = self._by_word.get(_first_word(text), ()), self._by_word.get("", ())
        return merge(same, any_, key=lambda phrase: -phrase.weight) if _first_word(text) else any_

    def _in_parts(self, text: str) -> str:
        """Lines by themselves, else both sides of a colon, semicolon or bracket; what is unknown stays."""
        if "\n" in text:
            return "\n".join(self.say(line) if line else "" for line in text.split("\n"))
        for seam in _SEAMS:
            if found := seam.fullmatch(text):
                said = "".join(self.say(part) if part.strip() else part for part in found.groups())
                if said != text:
                    return said
        return text


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
    found: dict[str, str] = {}
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            found |= tomllib.loads(entry.read_text(encoding="utf-8"))
    return Phrasebook(found)
