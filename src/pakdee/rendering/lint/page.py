"""The HTML part taken apart: elements with the place they begin at, and its words block by block."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import etree
from lxml import html as lxml_html
from markupsafe import escape

Element = Any
"""An element of lxml, which brings no types along."""
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_TAG = re.compile(r"<!--.*?-->|<([A-Za-z][\w:-]*)", re.DOTALL)
_BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "li", "div", "body", "blockquote"})
_UNSEEN = frozenset({"head", "title", "style", "script", "template"})
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_BLANKS = re.compile(r"[ \t\r\n]+")
_EMPTY = "<html><body></body></html>"


@dataclass(frozen=True)
class Run:
    """Words of one element, not those of elements inside it."""

    element: Element
    text: str


@dataclass(frozen=True)
class Block:
    """Words of a paragraph, heading or cell, with those of the links and stresses in it.

    Args:
        at: where the block begins in the HTML.
    """

    element: Element
    text: str
    at: int


class Page:
    """The HTML part of a mail.

    Args:
        elements: in the order of the document.
    """

    def __init__(self, html: str) -> None:
        self.html = html
        # Control characters have a rule of their own; the parser would stop at some of them.
        self._readable = _SURROGATES.sub("\ufffd", CONTROL.sub(" ", html))
        self.root: Element = _parsed(self._readable)
        self.elements: Sequence[Element] = [e for e in self.root.iter() if isinstance(e.tag, str)]

    @cached_property
    def starts(self) -> Mapping[Element, int]:
        """Where each element begins. One that the parser added begins where the next one does."""
        tags = [(found[1].lower(), found.start()) for found in _TAG.finditer(self._readable) if found[1]]
        places, at = {}, 0
        for element in self.elements:
            ahead = range(at, len(tags))
            own = next((place for place in ahead if tags[place][0] == element.tag), None)
            places[element] = tags[min(own if own is not None else at, len(tags) - 1)][1] if tags else 0
            at = at if own is None else own + 1
        return places

    def all(self, *names: str) -> Iterator[Element]:
        """Elements of these names."""
        return (element for element in self.elements if element.tag in names)

    def first(self, name: str) -> Element | None:
        """The first element of a name."""
        return next(self.all(name), None)

    def comments(self) -> list[str]:
        """What stands in comments, Outlook's conditional ones among them."""
        return re.findall(r"<!--(.*?)-->", self._readable, re.DOTALL)

    @cached_property
    def hidden(self) -> frozenset[Element]:
        """Elements that nobody sees: the head, and whatever says display:none, with all inside."""
        found: set[Element] = set()
        for element in self.elements:
            style = (element.get("style") or "").replace(" ", "").lower()
            is_unseen = element.tag in _UNSEEN or "display:none" in style
            if is_unseen or element.getparent() in found:
                found.add(element)
        return frozenset(found)

    @cached_property
    def runs(self) -> Sequence[Run]:
        """All words that are seen, element by element."""
        return [
            Run(element, text)
            for element in self.elements
            if element not in self.hidden
            for text in (element.text, *(child.tail for child in element))
            if text and not text.isspace()
        ]

    @cached_property
    def blocks(self) -> Sequence[Block]:
        """All words that are seen, block by block; a line break parts blocks."""
        return [
            Block(element, text, self.starts[element])
            for element in self.elements
            if element.tag in _BLOCKS and element not in self.hidden
            for text in (_BLANKS.sub(" ", line).strip() for line in "".join(_words(element)).split("\v"))
            if text
        ]

    @cached_property
    def words(self) -> str:
        """All words that are seen, a line per block."""
        return "\n".join(block.text for block in self.blocks)

    @cached_property
    def preheader(self) -> tuple[str, int] | None:
        """The words inboxes show beside the subject, and where they begin; None where there are none."""
        hidden = (e for e in self.all("div", "span", "p") if e in self.hidden)
        element = next(hidden, None)
        if element is None:
            return None
        # Joiners and blanks behind the words keep the mail's next words out of the inbox's line.
        words = re.sub("[\u034f\u00ad\u200b-\u200d\u2007\ufeff\u00a0]+", " ", "".join(element.itertext()))
        return _BLANKS.sub(" ", words).strip(), self.starts[element]

    def place(self, words: str, start: int) -> int:
        """Where `words` stand, at or behind `start`; `start` itself where they can't be found as they are."""
        found = self.html.find(str(escape(words)), start)
        return found if found >= 0 else start


def _parsed(html: str) -> Element:
    """The root element; an empty page where nothing in `html` makes one."""
    try:
        return lxml_html.document_fromstring(html.encode(), parser=lxml_html.HTMLParser(encoding="utf-8"))
    except etree.ParserError:
        return lxml_html.document_fromstring(_EMPTY)


def _words(element: Element) -> Iterator[str]:
    """Words of a block without those of blocks inside it; a vertical tab where a line breaks."""
    yield (element.text or "").replace("\v", " ")
    for child in element:
        if child.tag == "br":
            yield "\v"
        elif child.tag == "img":
            yield " "
        elif isinstance(child.tag, str) and child.tag not in _BLOCKS and child.tag not in _UNSEEN:
            yield from _words(child) if child.tag not in {"table", "tbody", "tr"} else ("\v",)
        else:
            yield "\v"
        yield (child.tail or "").replace("\v", " ")
