"""How each element looks in a light and in a dark inbox: what it inherits, and what its own styles say.

The cascade in short: a sheet's rules by weight, then the style attribute, then whatever is `!important`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from tinycss2.color3 import RGBA, parse_color

from pakdee.rendering.lint.page import Element, Page
from pakdee.rendering.lint.styles import Part, Sheet, StyleRule, declared, matches, sheet

DEFAULT_SIZE = 16.0
_LINK = RGBA(0.0, 0.0, 238 / 255, 1.0)
_NUMBER = re.compile(r"^([\d.]+)(px|pt|em|rem|%|)$")
_SIZES = {"small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0, "xx-large": 32.0}
_BOLD = frozenset({"bold", "bolder", "600", "700", "800", "900"})
_HEADINGS = {"h1": 32.0, "h2": 24.0, "h3": 18.72, "h4": 16.0, "h5": 13.28, "h6": 10.72}
_INHERITED = {
    "font-family": "family",
    "letter-spacing": "spacing",
    "text-transform": "transform",
    "text-align": "align",
    "word-break": "breaking",
    "font-style": "slant",
}


class Look(NamedTuple):
    """What an element's words look like.

    Args:
        color, ground: as `#rrggbb`.
        has_color, has_ground: whether the mail says so itself, here or further out.
        size, line: in pixels; no `line` where the mail leaves it to the client.
    """

    color: str
    ground: str
    has_color: bool = False
    has_ground: bool = False
    size: float = DEFAULT_SIZE
    line: float | None = None
    ratio: float | None = None
    bold: bool = False
    family: str = ""
    spacing: str = ""
    transform: str = ""
    align: str = ""
    breaking: str = ""
    slant: str = ""

    @property
    def is_large(self) -> bool:
        """Large by WCAG 2.2: from 24 px, or from 18.66 px if bold."""
        return self.size >= 24 or (self.bold and self.size >= 18.66)


LIGHT, DARK = Look("#000000", "#ffffff"), Look("#ffffff", "#121212")


class Looks:
    """Looks of all elements of a page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        css = "\n".join(e.text or "" for e in page.all("style"))
        self.sheet: Sheet = sheet(css)
        schemes = [e.get("content", "") for e in page.all("meta") if e.get("name") == "color-scheme"]
        self.has_dark = bool(self.sheet.dark) or any("dark" in scheme for scheme in schemes)
        there = frozenset(name for element in page.elements for name in element.attrib)
        self.light = self._all(_index(css, there, is_dark=False), LIGHT)
        canvas = DARK if any("dark" in scheme for scheme in schemes) else LIGHT
        self.dark = self._all(_index(css, there, is_dark=True), canvas) if self.has_dark else self.light

    def _all(self, index: _Index, canvas: Look) -> Mapping[Element, Look]:
        found: dict[Element, Look] = {}
        for element in self._page.elements:
            parent = element.getparent()
            found[element] = _look(element, index.own(element), found.get(parent, canvas))
        return found


class _Index:
    """Finds the rules for an element. Which may mean it is known once per sort of element."""

    def __init__(self, rules: Sequence[StyleRule]) -> None:
        self._rules = sorted(rules, key=lambda rule: rule.weight)
        self._known: dict[tuple[str | None, ...], list[StyleRule]] = {}
        # Attributes differ between elements of a sort, but for the id, which is a part of it.
        self._has_sorts = {"id"}.issuperset(n for rule in rules for n in _asked(rule.selector[-1:]))

    def own(self, element: Element) -> dict[str, str]:
        """What styles say about an element itself."""
        key = (element.tag, element.get("class"), element.get("id"))
        rules = self._known.get(key)
        if rules is None:
            rules = [rule for rule in self._rules if matches(rule.selector[-1:], element)]
            if self._has_sorts:
                self._known[key] = rules
        meant = (rule for rule in rules if len(rule.selector) == 1 or matches(rule.selector, element))
        levels = [*(rule.declarations for rule in meant), declared(element.get("style") or "")]
        own = {name: value for level in levels for name, (value, _) in level.items()}
        for level in levels:
            own.update({name: value for name, (value, important) in level.items() if important})
        return own


@lru_cache(maxsize=16)
def _index(css: str, there: frozenset[str], *, is_dark: bool) -> _Index:
    """The rules of a sheet, one for all mails that have it.

    Args:
        there: names of attributes; rules for what stands inside an element with another one, which a client
            may add, mean nothing in the mail itself.
    """
    told = sheet(css)
    rules = [*told.light, *(told.dark if is_dark else ())]
    return _Index([rule for rule in rules if there.issuperset(_asked(rule.selector[:-1]))])


def _asked(parts: Sequence[Part]) -> Iterator[str]:
    """Names of the attributes that some parts of a selector ask for."""
    return (name for part in parts for name, _ in part.attributes)


def _look(element: Element, own: Mapping[str, str], outer: Look) -> Look:
    ground = _ground(element, own, outer)
    color = _colour(own.get("color") or element.get("color") or "")
    if color is None and element.tag == "a" and element.get("href"):
        color = _LINK
    size = _size(own.get("font-size", ""), outer.size)
    size = _HEADINGS.get(element.tag, outer.size) if size is None else size
    line, ratio = _line(own.get("line-height", ""), size, outer)
    changes: dict[str, Any] = {_INHERITED[name]: value for name, value in own.items() if name in _INHERITED}
    weight = own.get("font-weight", "bold" if element.tag in {"strong", "b", "th", *_HEADINGS} else "")
    return outer._replace(
        color=_hex(color, ground or outer.ground) if color else outer.color,
        has_color=outer.has_color or bool(own.get("color")),
        ground=ground or outer.ground,
        has_ground=outer.has_ground or ground is not None,
        size=size,
        line=line,
        ratio=ratio,
        bold=weight in _BOLD if weight else outer.bold,
        **changes,
    )


def _ground(element: Element, own: Mapping[str, str], outer: Look) -> str | None:
    """The colour behind an element's words, if it has one of its own."""
    text = own.get("background-color") or own.get("background") or element.get("bgcolor") or ""
    colour = _colour(text) or next(filter(None, map(_colour, text.split())), None) if text else None
    return _hex(colour, outer.ground) if colour is not None and colour.alpha > 0 else None


@lru_cache(maxsize=512)
def _colour(text: str) -> RGBA | None:
    found = parse_color(text) if text else None
    return found if isinstance(found, RGBA) else None


def _hex(colour: RGBA, ground: str) -> str:
    """A colour as `#rrggbb`; one that lets the ground through is mixed with it."""
    under = [channel / 255 for channel in bytes.fromhex(ground[1:])]
    mixed = (c * colour.alpha + u * (1 - colour.alpha) for c, u in zip(colour[:3], under, strict=True))
    return "#" + "".join(f"{round(min(max(share, 0), 1) * 255):02x}" for share in mixed)


@lru_cache(maxsize=512)
def _size(text: str, outer: float) -> float | None:
    if text in _SIZES:
        return _SIZES[text]
    found = _NUMBER.match(text)
    if not found:
        return None
    scale = {"px": 1.0, "pt": 4 / 3, "em": outer, "rem": DEFAULT_SIZE, "%": outer / 100, "": 1.0}
    return float(found[1]) * scale[found[2]]


def _line(text: str, size: float, outer: Look) -> tuple[float | None, float | None]:
    """Line height in pixels, and as the multiple that elements inside inherit."""
    found = _NUMBER.match(text)
    if not found:
        return (size * outer.ratio, outer.ratio) if outer.ratio and text != "normal" else (outer.line, None)
    if not found[2]:
        return float(found[1]) * size, float(found[1])
    return _size(text, size), None
