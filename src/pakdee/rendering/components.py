"""The `ui.*` components: what marketers may call, with which arguments, and their two bodies.

The registry below is what templates are checked against and what the docs list; a test holds it equal to
the macros in `components/ui_html.j2` and `components/ui_text.j2`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import CodeType
from typing import Any, NoReturn

from jinja2 import nodes
from jinja2.runtime import Macro

from pakdee.rendering.sandbox import MailEnvironment, environment

UI, FRAME = "ui", "frame"


class Level(StrEnum):
    """Where a component may stand, and what may stand in it."""

    TOP = "top"
    BLOCK = "block"
    ITEM = "item"
    PRODUCT = "product"
    ROW = "row"
    INLINE = "inline"


class Takes(StrEnum):
    """What an argument may be."""

    WORDS = "words"
    LINK = "link"
    SHARE = "share"
    NUMBER = "number"
    TONE = "tone"
    IMAGE = "image"


@dataclass(frozen=True)
class Component:
    """One component.

    Args:
        level: where it may stand.
        content: what stands between `{% call %}` and `{% endcall %}`; None where nothing does.
        takes: its arguments, in order.
        optional: those that may be left out.
        tones: values of `tone`.
        leads_to: the one link that its `href` can be.
        shows: the key of brand.yaml without which there is nothing to show.
    """

    name: str
    level: Level
    content: Level | None
    takes: dict[str, Takes]
    meaning: str
    optional: frozenset[str] = frozenset()
    tones: tuple[str, ...] = ()
    leads_to: str = ""
    shows: str = ""


_W, _L, _CELLS = Takes.WORDS, Takes.LINK, {"first": Takes.WORDS, "second": Takes.WORDS, "third": Takes.WORDS}
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
        Component(
            "points",
            Level.BLOCK,
            None,
            {"balance": Takes.NUMBER, "label": _W, "note": _W},
            "The reader's points as one large number; the unit is program.yaml's.",
            frozenset({"note"}),
        ),
        Component(
            "image",
            Level.BLOCK,
            None,
            {"src": Takes.IMAGE, "alt": _W, "href": _L},
            "A picture: src is its name under images: in brand.yaml; alt says what it shows.",
            frozenset({"href"}),
        ),
        Component("products", Level.BLOCK, Level.PRODUCT, {}, "A list of ui.product."),
        Component(
            "product",
            Level.PRODUCT,
            None,
            {"title": _W, "price": _W, "note": _W, "image": Takes.IMAGE, "href": _L},
            "One product; image is a name under images: in brand.yaml.",
            frozenset({"price", "note", "image", "href"}),
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
        Component(
            "cause", Level.BLOCK, Level.INLINE, {"title": _W}, "What the shop stands for: a small panel."
        ),
        Component(
            "table",
            Level.BLOCK,
            Level.ROW,
            _CELLS,
            "A table of two or three columns, with their heads; holds ui.row.",
            frozenset({"third"}),
        ),
        Component(
            "row",
            Level.ROW,
            None,
            _CELLS,
            "One row: a cell for each head; the last stands to the right.",
            frozenset({"third"}),
        ),
        Component(
            "nps",
            Level.BLOCK,
            None,
            {"question": _W, "href": _L},
            "A question answered from 0 to 10 by one tap.",
            leads_to="links.nps",
        ),
        Component(
            "rating",
            Level.BLOCK,
            None,
            {"question": _W, "href": _L},
            "A question answered with one to five stars.",
            leads_to="links.rating",
        ),
        Component(
            "social",
            Level.BLOCK,
            None,
            {"text": _W},
            "The shop's accounts, from social: in brand.yaml.",
            frozenset({"text"}),
            shows="social",
        ),
        Component("divider", Level.BLOCK, None, {}, "A thin line."),
        Component(
            "signature",
            Level.BLOCK,
            None,
            {"text": _W},
            "Closing words, then the persona of brand.yaml, with photo if there is one.",
        ),
        Component("strong", Level.INLINE, None, {"text": _W}, "Stress inside a paragraph."),
        Component("link", Level.INLINE, None, {"label": _W, "href": _L}, "A link inside a paragraph."),
    )
}


def named(component: Component, call: nodes.Call) -> dict[str, nodes.Expr]:
    """What a call gives, by argument."""
    given = dict(zip(component.takes, call.args, strict=False))
    return given | {keyword.key: keyword.value for keyword in call.kwargs}


@dataclass(frozen=True)
class Library:
    """One namespace of components for one part and language: callable, and as syntax trees to be inlined."""

    macros: dict[str, Macro]
    trees: dict[str, nodes.Macro]


def library(env: MailEnvironment, namespace: str, part: str) -> Library:
    """The components `<namespace>_<part>.j2`, bound to `env` and its globals."""
    code, trees = _written(namespace, part)
    module: Any = env.template_class.from_code(env, code, env.make_globals(None)).module
    return Library({macro: getattr(module, macro) for macro in trees}, trees)


@cache
def _written(namespace: str, part: str) -> tuple[CodeType, dict[str, nodes.Macro]]:
    """Components as code and as syntax trees: the same in every language, so both are made once."""
    name = f"components/{namespace}_{part}.j2"
    source = (files("pakdee.rendering") / name).read_text(encoding="utf-8")
    env = environment(part, {}).overlay(trim_blocks=True, lstrip_blocks=True)
    tree = env.parse(source)
    env.filters = dict.fromkeys((node.name for node in tree.find_all(nodes.Filter)), _not_yet)
    trees = {macro.name: macro for macro in tree.find_all(nodes.Macro)}
    code: CodeType = env.compile(tree)
    return code, trees


def _not_yet(*_given: object) -> NoReturn:
    """In the place of each filter while components are compiled: Jinja then leaves its result open."""
    raise TypeError
