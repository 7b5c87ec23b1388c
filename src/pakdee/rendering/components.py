"""The `ui.*` components: what marketers may call, with which arguments, and their two bodies.

The registry below is what templates are checked against and what the docs list; a test holds it equal to
the macros in `components/ui_html.j2` and `components/ui_text.j2`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import Any

from jinja2 import nodes
from jinja2.runtime import Macro

from pakdee.rendering.sandbox import MailEnvironment

UI, FRAME = "ui", "frame"


class Level(StrEnum):
    """Where a component may stand, and what may stand in it."""

    TOP = "top"
    BLOCK = "block"
    ITEM = "item"
    INLINE = "inline"


class Takes(StrEnum):
    """What an argument may be."""

    WORDS = "words"
    LINK = "link"
    SHARE = "share"
    TONE = "tone"


@dataclass(frozen=True)
class Component:
    """One component.

    Args:
        level: where it may stand.
        content: what stands between `{% call %}` and `{% endcall %}`; None where nothing does.
        takes: its arguments, in order.
        optional: those that may be left out.
        tones: values of `tone`.
    """

    name: str
    level: Level
    content: Level | None
    takes: dict[str, Takes]
    meaning: str
    optional: frozenset[str] = frozenset()
    tones: tuple[str, ...] = ()


_W, _L = Takes.WORDS, Takes.LINK
COMPONENTS = {
    component.name: component
    for component in (
        Component(
            "hero",
            Level.TOP,
            None,
            {"title": _W, "eyebrow": _W, "symbol": _W},
            "The mail's head in the brand's colour; symbol is one emoji and only in HTML.",
            frozenset({"eyebrow", "symbol"}),
        ),
        Component(
            "section",
            Level.TOP,
            Level.BLOCK,
            {"tone": Takes.TONE},
            "A block of content; soft has a tinted ground.",
            frozenset({"tone"}),
            ("plain", "soft"),
        ),
        Component("h1", Level.BLOCK, None, {"text": _W}, "The headline, for mails without a hero."),
        Component("h2", Level.BLOCK, None, {"text": _W}, "A heading inside a section."),
        Component(
            "p",
            Level.BLOCK,
            Level.INLINE,
            {"tone": Takes.TONE},
            "A paragraph; small for conditions.",
            frozenset({"tone"}),
            ("plain", "small"),
        ),
        Component(
            "button", Level.BLOCK, None, {"label": _W, "href": _L}, "What to do next: a verb and its object."
        ),
        Component(
            "coupon",
            Level.BLOCK,
            None,
            {"label": _W, "code": _W, "note": _W},
            "A code as text that can be selected.",
            frozenset({"note"}),
        ),
        Component(
            "progress",
            Level.BLOCK,
            None,
            {"share": Takes.SHARE, "label": _W},
            "A sentence and a bar, from a share of 0 to 1.",
        ),
        Component(
            "fact", Level.BLOCK, None, {"value": _W, "label": _W}, "One large number and what it counts."
        ),
        Component("list", Level.BLOCK, Level.ITEM, {}, "A list of ui.item."),
        Component(
            "item",
            Level.ITEM,
            Level.INLINE,
            {"symbol": _W},
            "One entry of a list; symbol is a dot or an emoji.",
            frozenset({"symbol"}),
        ),
        Component(
            "card",
            Level.BLOCK,
            Level.INLINE,
            {"title": _W, "tag": _W, "symbol": _W},
            "A box for one thing: title, a sentence or two, a tag such as a price.",
            frozenset({"tag", "symbol"}),
        ),
        Component(
            "quote",
            Level.BLOCK,
            Level.INLINE,
            {"by": _W},
            "Someone's own words.",
            frozenset({"by"}),
        ),
        Component("divider", Level.BLOCK, None, {}, "A thin line."),
        Component(
            "signature", Level.BLOCK, None, {"text": _W}, "Closing words, then the persona of brand.yaml."
        ),
        Component("strong", Level.INLINE, None, {"text": _W}, "Stress inside a paragraph."),
        Component("link", Level.INLINE, None, {"label": _W, "href": _L}, "A link inside a paragraph."),
    )
}


@dataclass(frozen=True)
class Library:
    """One namespace of components for one part and language: callable, and as syntax trees to be inlined."""

    macros: dict[str, Macro]
    trees: dict[str, nodes.Macro]


def library(env: MailEnvironment, namespace: str, part: str) -> Library:
    """The components `<namespace>_<part>.j2`, bound to `env` and its globals."""
    name = f"components/{namespace}_{part}.j2"
    source = (files("pakdee.rendering") / name).read_text(encoding="utf-8")
    block_env = env.overlay(trim_blocks=True, lstrip_blocks=True)
    trees = {macro.name: macro for macro in block_env.parse(source).find_all(nodes.Macro)}
    module: Any = block_env.from_string(source).module
    return Library({macro: getattr(module, macro) for macro in trees}, trees)
