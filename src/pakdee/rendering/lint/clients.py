"""C rules: what mail clients can show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from pakdee.rendering.lint.facts import Fact, facts, of_declaration, of_style
from pakdee.rendering.lint.model import Found
from pakdee.rendering.lint.page import Element
from pakdee.rendering.lint.proof import Check, Proof
from pakdee.rendering.lint.styles import declared

WIDEST, WIDEST_PICTURE = 640, 1200
LARGEST_STYLE = 16 * 1024
_POOR_PICTURES = (".svg", ".webp", ".avif", ".bmp", ".tiff")
_PIXELS = re.compile(r"^(\d+)(?:px)?$")
_URL = re.compile(r"url\(")
_WIDE = frozenset({"table", "td", "th", "div", "img"})


def support(proof: Proof) -> Iterator[Found]:
    """C01, C02: nothing the mail rests on is missing in a client our readers use."""
    told: set[tuple[str, str]] = set()
    for fact, at in _used(proof):
        if (fact.name, fact.value) in told or not fact.lacking:
            continue
        told.add((fact.name, fact.value))
        shown = f"{fact.name}: {fact.value}" if fact.value.isalpha() else fact.name
        what = f"{' and '.join(fact.lacking)} can't show {shown}: {fact.then}"
        yield Found("C01" if fact.bears else "C02", what, at=at)


def _used(proof: Proof) -> Iterator[tuple[Fact, int]]:
    for element in proof.page.elements:
        own = [*facts().get(("element", element.tag), ()), *of_style(element.get("style") or "")]
        for fact in own:
            yield fact, proof.page.starts[element]
    style = next((proof.page.starts[e] for e in proof.page.all("style")), 0)
    for rule in proof.looks.sheet.light:
        for name, (value, _) in rule.declarations.items():
            yield from ((fact, style) for fact in of_declaration(name, value))
    for name in sorted(proof.looks.sheet.at_rules):
        yield from ((fact, style) for fact in facts().get(("at-rule", name), ()))


def style_blocks(proof: Proof) -> Iterator[Found]:
    """C03, C09: style blocks where clients keep them, and no fonts from the web."""
    blocks = list(proof.page.all("style"))
    for block in blocks:
        if next(block.iterancestors("body"), None) is not None:
            yield Found(
                "C03", "a style block stands in the body, where clients drop it", at=proof.page.starts[block]
            )
    size = sum(len((block.text or "").encode()) for block in blocks)
    if size > LARGEST_STYLE:
        at = proof.page.starts[blocks[0]]
        yield Found("C03", f"style blocks take {size:,} bytes; Gmail drops all over {LARGEST_STYLE:,}", at=at)
    if proof.looks.sheet.at_rules & {"font-face", "import"}:
        yield Found("C09", "the mail asks for a font from the web", at=proof.page.starts[blocks[0]])
    for link in proof.page.all("link"):
        yield Found("C09", "the mail asks for a style sheet from the web", at=proof.page.starts[link])


def pictures(proof: Proof) -> Iterator[Found]:
    """C04, C05: pictures in a form that all clients show, with a width."""
    for element in proof.page.elements:
        at = proof.page.starts[element]
        if element.tag == "img":
            yield from _picture(element, at)
        ground = declared(element.get("style") or "")
        has_image = any(_URL.search(ground[n][0]) for n in ("background", "background-image") if n in ground)
        if has_image and not element.get("bgcolor") and "background-color" not in ground:
            yield Found("C04", "a picture in the background has no colour under it", at=at)


def _picture(image: Element, at: int) -> Iterator[Found]:
    name = urlsplit(image.get("src") or "").path.lower()
    if name.endswith(_POOR_PICTURES):
        yield Found("C04", f"a picture is a {name.rpartition('.')[2]}, which some clients don't show", at=at)
    width = _PIXELS.match(image.get("width") or "")
    if not width:
        yield Found("C05", "a picture has no width", at=at)
    elif int(width[1]) > WIDEST_PICTURE:
        yield Found("C05", f"a picture is {width[1]} px wide", at=at)


def layout(proof: Proof) -> Iterator[Found]:
    """C06 to C08: a width that fits, and tables that classic Outlook can draw."""
    for element in proof.page.elements:
        if element.tag in _WIDE and _width(element) > WIDEST:
            yield Found("C06", f"the mail is {_width(element)} px wide", at=proof.page.starts[element])
        if element.tag == "table" and any(child.tag == "tr" for child in element):
            yield Found("C08", "a table has no tbody", at=proof.page.starts[element])
    has_ghost = any("mso" in comment and "<table" in comment for comment in proof.page.comments())
    bounded = next((e for e in proof.page.all("table", "div") if "max-width" in (e.get("style") or "")), None)
    if bounded is not None and not has_ghost:
        at = proof.page.starts[bounded]
        yield Found("C07", "classic Outlook has no table that bounds the width", at=at)


def _width(element: Element) -> int:
    own = declared(element.get("style") or "")
    said = [element.get("width") or "", *(own[n][0] for n in ("width", "min-width") if n in own)]
    return max((int(found[1]) for found in map(_PIXELS.match, said) if found), default=0)


CHECKS: tuple[Check, ...] = (support, style_blocks, pictures, layout)
