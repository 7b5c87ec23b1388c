"""A05 and D rules: words can be read on what is behind them, in a light inbox and in a dark one.

Contrast is that of WCAG 2.2, 1.4.3: 4.5 for words, 3 for large ones. What is behind words is the nearest
ground of the elements around them, by style attributes, `<style>` blocks and, for dark, their dark rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from pakdee.domain.contrast import READABLE, contrast
from pakdee.rendering.lint.cells import has_words
from pakdee.rendering.lint.looks import Look
from pakdee.rendering.lint.model import Found
from pakdee.rendering.lint.page import Element
from pakdee.rendering.lint.proof import Check, Proof

READABLE_LARGE = 3.0
_SHOWN = 24
_ratio = lru_cache(maxsize=1024)(contrast)


def light(proof: Proof) -> Iterator[Found]:
    """A05: contrast in a light inbox."""
    yield from _faint(proof, "A05", proof.looks.light, "")


def dark(proof: Proof) -> Iterator[Found]:
    """D01: contrast in a dark inbox."""
    if proof.looks.has_dark:
        yield from _faint(proof, "D01", proof.looks.dark, " in a dark inbox")


def _faint(proof: Proof, rule: str, looks: Mapping[Element, Look], where: str) -> Iterator[Found]:
    told = set()
    for run in proof.page.runs:
        look = looks[run.element]
        needed = READABLE_LARGE if look.is_large else READABLE
        pair = (look.color, look.ground, needed)
        if pair in told or _ratio(look.color, look.ground) >= needed or not has_words(run.text):
            continue
        told.add(pair)
        words = " ".join(run.text.split())[:_SHOWN]
        at = proof.page.place(words, proof.page.starts[run.element])
        ratio = f"contrast {_ratio(look.color, look.ground):.1f}, {needed:g} is needed"
        yield Found(rule, f"{words!r} can't be read well{where}: {_named(proof, look)} ({ratio})", at=at)


def _named(proof: Proof, look: Look) -> str:
    """Both colours, with the names the brand gives them."""
    names = {str(colour).lower(): name for name, colour in proof.about.palette.items()}
    shown = (f"{c} ({names[c]})" if c in names else c for c in (look.color, look.ground))
    return " on ".join(shown)


def halves(proof: Proof) -> Iterator[Found]:
    """D02: who sets a colour sets its ground, and the other way round, or clients set the rest."""
    for run in proof.page.runs:
        look = proof.looks.light[run.element]
        if look.has_color != look.has_ground and has_words(run.text):
            set_, open_ = ("colour", "ground") if look.has_color else ("ground", "colour")
            at = proof.page.starts[run.element]
            yield Found("D02", f"words have a {set_} of the mail's own but no {open_}", at=at)
            return


def alt_texts(proof: Proof) -> Iterator[Found]:
    """D03: where a picture does not load, its alt text can be read on dark."""
    for image in proof.page.all("img"):
        look = proof.looks.dark[image]
        if has_words(image.get("alt") or "") and _ratio(look.color, look.ground) < READABLE:
            at = proof.page.starts[image]
            yield Found("D03", f"a picture's alt text can't be read on dark: {_named(proof, look)}", at=at)


def scheme(proof: Proof) -> Iterator[Found]:
    """D04: the mail says that it knows both, so that clients leave its colours alone."""
    metas = (e.get("content", "") for e in proof.page.all("meta") if e.get("name") == "color-scheme")
    if not any("dark" in content and "light" in content for content in metas):
        yield Found("D04", "the mail does not say that it has a dark form")


CHECKS: tuple[Check, ...] = (light, dark, halves, alt_texts, scheme)
