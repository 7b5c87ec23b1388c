"""CSS of a mail: declarations of style attributes, and the rules of its `<style>` blocks.

Selectors are those that mail clients agree on: elements, classes, ids, attributes, joined by blanks and
commas. Rules with any other selector or condition are left alone: no finding rests on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import tinycss2

from pakdee.rendering.lint.page import Element

Declarations = Mapping[str, tuple[str, bool]]
"""Value and whether it is `!important`, by property."""
_PART = re.compile(r"(?P<tag>\*|[a-zA-Z][\w-]*)?(?P<rest>(?:[.#][\w-]+|\[[\w-]+(?:=[^\]]+)?\])*)$")
_REST = re.compile(r"([.#])([\w-]+)|\[([\w-]+)(?:=[\"']?([^\]\"']+)[\"']?)?\]")
_SPACED = re.compile(r"\s+")


class Part(NamedTuple):
    """A selector between two blanks."""

    tag: str
    classes: frozenset[str]
    attributes: tuple[tuple[str, str], ...]


class StyleRule(NamedTuple):
    """Declarations for what a selector matches.

    Args:
        weight: specificity, then the order in the mail.
    """

    selector: tuple[Part, ...]
    weight: tuple[int, int, int, int]
    declarations: Declarations


@dataclass(frozen=True)
class Sheet:
    """Rules of all `<style>` blocks: those that always hold, those of dark mode, and names of `@` rules."""

    light: Sequence[StyleRule]
    dark: Sequence[StyleRule]
    at_rules: frozenset[str]


@lru_cache(maxsize=4096)
def declared(style: str) -> Declarations:
    """Declarations of a style attribute. The last one of a property holds."""
    return _declarations(tinycss2.parse_blocks_contents(style, skip_comments=True, skip_whitespace=True))


def _declarations(nodes: Sequence[Any]) -> dict[str, tuple[str, bool]]:
    return {
        node.lower_name: (_SPACED.sub(" ", tinycss2.serialize(node.value)).strip(), node.important)
        for node in nodes
        if node.type == "declaration"
    }


@lru_cache(maxsize=256)
def sheet(css: str) -> Sheet:
    """The rules of a mail's style blocks, joined."""
    light: list[StyleRule] = []
    dark: list[StyleRule] = []
    names: set[str] = set()
    for node in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if node.type == "qualified-rule":
            light += _rules(node, len(light))
        elif node.type == "at-rule":
            names.add(_at_name(node))
            if _at_name(node) == "prefers-color-scheme":
                for inner in tinycss2.parse_blocks_contents(
                    node.content, skip_comments=True, skip_whitespace=True
                ):
                    if inner.type == "qualified-rule":
                        dark += _rules(inner, 10_000 + len(dark))
    return Sheet(tuple(light), tuple(dark), frozenset(names))


def _at_name(node: Any) -> str:
    """`font-face`, `import`; a condition on colours by its own name, since clients treat it apart."""
    condition = tinycss2.serialize(node.prelude).replace(" ", "").lower()
    return "prefers-color-scheme" if "prefers-color-scheme:dark" in condition else str(node.lower_at_keyword)


def _rules(node: Any, order: int) -> Iterator[StyleRule]:
    declarations = declared(tinycss2.serialize(node.content))
    for text in tinycss2.serialize(node.prelude).split(","):
        selector = _selector(text.strip())
        if selector:
            yield StyleRule(selector, _weight(selector, order), declarations)


def _selector(text: str) -> tuple[Part, ...] | None:
    parts = []
    for piece in text.split():
        found = _PART.match(piece)
        if not found:
            return None
        rest = _REST.findall(found["rest"])
        classes = frozenset(name for mark, name, _, _ in rest if mark == ".")
        ids = tuple(("id", name) for mark, name, _, _ in rest if mark == "#")
        attributes = tuple((name, value) for _, _, name, value in rest if name)
        parts.append(Part((found["tag"] or "*").lower(), classes, ids + attributes))
    return tuple(parts) or None


def _weight(selector: Sequence[Part], order: int) -> tuple[int, int, int, int]:
    ids = sum(name == "id" for part in selector for name, _ in part.attributes)
    others = sum(len(part.classes) + len(part.attributes) for part in selector) - ids
    return ids, others, sum(part.tag != "*" for part in selector), order


def matches(selector: Sequence[Part], element: Element) -> bool:
    """Whether a selector means an element."""
    *before, own = selector
    if not _means(own, element):
        return False
    for part in reversed(before):
        found = next((e for e in element.iterancestors() if _means(part, e)), None)
        if found is None:
            return False
        element = found
    return True


def _means(part: Part, element: Element) -> bool:
    if part.tag not in {"*", element.tag} or not part.classes <= _classes(element.get("class")):
        return False
    return all(
        element.get(name) is not None and value in {"", element.get(name)} for name, value in part.attributes
    )


@lru_cache(maxsize=1024)
def _classes(text: str | None) -> frozenset[str]:
    return frozenset((text or "").split())
