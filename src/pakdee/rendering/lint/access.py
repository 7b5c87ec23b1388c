"""A rules: mails that everyone can read, with eyes or with ears."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pakdee.rendering.lint.cells import has_words, letters
from pakdee.rendering.lint.links import is_button
from pakdee.rendering.lint.model import Found, Severity
from pakdee.rendering.lint.page import Element
from pakdee.rendering.lint.proof import Check, Proof
from pakdee.rendering.lint.styles import declared

LEAST_SIZE, LEAST_SIZE_THAI = 13, 14
LEAST_BUTTON = 44
LEAST_LETTERS = 200
_FILE_NAME = re.compile(r"\.(png|jpe?g|gif|webp|svg)$|^(img|dsc|image)[_-]?\d*$", re.IGNORECASE)
_PIXELS = re.compile(r"^(\d+(?:\.\d+)?)(?:px)?$")
_HEADING = re.compile(r"h[1-6]$")


def document(proof: Proof) -> Iterator[Found]:
    """A01, A02, A09: the document says its language, direction and title."""
    page, locale = proof.page, proof.about.locale
    html = page.first("html")
    lang = (html.get("lang") if html is not None else "") or ""
    if locale.lower() not in {lang.lower(), lang.split("-")[0].lower()}:
        what = f"the mail says it is in {lang!r}" if lang else "the mail does not say which language it is in"
        yield Found("A01", what)
    if not any(element.get("dir") for element in page.all("html", "body")):
        yield Found("A02", "the mail does not say in which direction it is read")
    title = page.first("title")
    if title is None or not (title.text or "").strip():
        yield Found("A09", "the mail has no title")


def tables(proof: Proof) -> Iterator[Found]:
    """A03: tables for layout say so; those with headings are real tables."""
    for table in proof.page.all("table"):
        is_data = next(table.iter("th", "caption"), None) is not None
        if not is_data and table.get("role") not in {"presentation", "none"}:
            at = proof.page.starts[table]
            yield Found("A03", "a table for layout is read out as a table", at=at)


def pictures(proof: Proof) -> Iterator[Found]:
    """A04, A10: pictures have words, and the mail has words besides pictures."""
    images = list(proof.page.all("img"))
    for image in images:
        alt = image.get("alt")
        at = proof.page.starts[image]
        if alt is None:
            yield Found("A04", "a picture has no alt text", at=at)
        elif _FILE_NAME.search(alt.strip()):
            yield Found(
                "A04", f"a picture's alt text is a file name: {alt}", at=at, severity=Severity.WARNING
            )
    if images and letters(proof.page.words) < LEAST_LETTERS:
        yield Found("A10", "the mail is little more than a picture", at=proof.page.starts[images[0]])


def headings(proof: Proof) -> Iterator[Found]:
    """A06: one h1, and no level left out."""
    found = [e for e in proof.page.elements if _HEADING.match(e.tag) and e not in proof.page.hidden]
    levels = [int(e.tag[1]) for e in found]
    if levels.count(1) != 1:
        at = proof.page.starts[[e for e in found if e.tag == "h1"][1]] if levels.count(1) > 1 else 0
        yield Found("A06", f"the mail has {levels.count(1) or 'no'} main headings", at=at)
    for element, level, before in zip(found[1:], levels[1:], levels, strict=False):
        if level > before + 1:
            yield Found("A06", f"a heading h{level} follows h{before}", at=proof.page.starts[element])


def sizes(proof: Proof) -> Iterator[Found]:
    """A07: nothing is set too small."""
    least = LEAST_SIZE_THAI if proof.about.is_thai else LEAST_SIZE
    told: set[float] = set()
    for run in proof.page.runs:
        size = proof.looks.light[run.element].size
        if size < least and size not in told and has_words(run.text):
            told.add(size)
            at = proof.page.starts[run.element]
            yield Found("A07", f"words are set in {size:g} px; {least} px is the least", at=at)


def buttons(proof: Proof) -> Iterator[Found]:
    """A08: a button is high enough for a thumb."""
    for element in proof.page.all("a"):
        line = proof.looks.light[element].line
        if is_button(element) and line is not None:
            height = line * (1 + sum(1 for _ in element.iter("br"))) + _padding(element)
            if height < LEAST_BUTTON:
                at = proof.page.starts[element]
                yield Found("A08", f"a button is {height:g} px high; {LEAST_BUTTON} px is the least", at=at)


def _padding(element: Element) -> float:
    """Pixels above and below the words of a button, those of its cell too: it is the same ground."""
    total = 0.0
    for box in (element, element.getparent()):
        own = declared(box.get("style") or "") if box is not None else {}
        sides = own.get("padding", ("0", False))[0].split()
        total += _pixels(own.get("padding-top", (sides[0], False))[0])
        total += _pixels(own.get("padding-bottom", (sides[2 if len(sides) > 2 else 0], False))[0])
    return total


def _pixels(text: str) -> float:
    found = _PIXELS.match(text)
    return float(found[1]) if found else 0.0


CHECKS: tuple[Check, ...] = (document, tables, pictures, headings, sizes, buttons)
