"""Rules on the file itself, where the rendered mail can't tell.

What is written out that should be a value, what is left unsaid, whether all languages say the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jinja2 import nodes

from pakdee.rendering.components import COMPONENTS, Level
from pakdee.rendering.findings import dotted
from pakdee.rendering.frontmatter import Source
from pakdee.rendering.lint.dates import DAY, END_OF_MONTH
from pakdee.rendering.sandbox import MailEnvironment

_UNTIL = re.compile(
    r"(?:ถึง|ภายใน|ก่อน|หมดเขต|หมดอายุ|until|by|before|till|expires?(?: on)?|valid (?:to|through)|ends?(?: on)?)"
    r"\s*(?:the|วันที่|วัน\S+ที่|[A-Za-z]+day,?)?\s*$",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"(?:฿|THB)\s?[\d,]+|[\d,]+(?:\.\d+)?\s?(?:%|บาท|THB|baht)", re.IGNORECASE)
_GIFT_BEFORE = re.compile(
    r"(?:ส่วนลด|ลด|มูลค่า|คุ้มค่า|บัตรกำนัล|รับฟรี|worth|discount of|voucher for|gift of|save)\s*$",
    re.IGNORECASE,
)
_GIFT_AFTER = re.compile(r"^\s*(?:off\b|discount|voucher|gift|ส่วนลด)", re.IGNORECASE)
_SORRY = re.compile(r"ขออภัย|ขอโทษ|\b(?:sorry|apolog(?:y|ies|i[sz]e))\b", re.IGNORECASE)
_HEADINGS = frozenset({"ui.hero", "ui.h1", "ui.h2"})
_SALES = frozenset({"ui.coupon", "ui.products", "ui.product"})
_DIGITS = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Call:
    """One component of a template, as other languages should have it too."""

    name: str
    link: str
    line: int


@dataclass(frozen=True)
class Sheet:
    """One template file as a syntax tree."""

    head: Sequence[nodes.Template]
    body: nodes.Template

    @classmethod
    def of(cls, source: Source, env: MailEnvironment) -> Sheet:
        """The trees of a file that loads."""
        return cls([env.parse(source.subject), env.parse(source.preheader)], env.parse(source.body))

    @cached_property
    def texts(self) -> list[tuple[str, int]]:
        """Words written out, with their lines."""
        words = (nodes.TemplateData, nodes.Const)
        return [text for tree in (*self.head, self.body) for n in tree.find_all(words) for text in _lines(n)]

    @cached_property
    def paths(self) -> set[str]:
        """Paths it reads."""
        found = (dotted(node) for tree in (*self.head, self.body) for node in tree.find_all(nodes.Getattr))
        return {path for path in found if path}

    @cached_property
    def components(self) -> list[nodes.Call]:
        """Its components in order."""
        return list(self.body.find_all(nodes.Call))

    def calls(self) -> list[Call]:
        """The same without those that stress a word, since each language stresses its own."""
        found = (Call(dotted(c.node) or "", _link(c), c.lineno) for c in self.components)
        return [call for call in found if call.link or _stands_alone(call.name)]


def _lines(node: nodes.Literal) -> Iterator[tuple[str, int]]:
    if isinstance(node, nodes.TemplateData):
        yield from ((line, node.lineno + number) for number, line in enumerate(node.data.split("\n")))
    elif isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value, node.lineno


def _stands_alone(name: str) -> bool:
    component = COMPONENTS.get(name.removeprefix("ui."))
    return component is None or component.level is not Level.INLINE


def _link(call: nodes.Call) -> str:
    values = (*call.args, *(keyword.value for keyword in call.kwargs))
    return next((path for path in map(dotted, values) if path and path.startswith("links.")), "")


def written_out(sheet: Sheet, offer: Mapping[str, Any] | None) -> Iterator[tuple[int, str, str]]:
    """K03: line, what, next step for each part of the offer that is words rather than a value."""
    if offer is None and not any(path.startswith("offer.") for path in sheet.paths):
        return
    for text, line in sheet.texts:
        days = (day for day in DAY.finditer(text) if _UNTIL.search(text[: day.start()]))
        for date in (*days, *END_OF_MONTH.finditer(text)):
            what = f"the offer's date is written out: {date[0]}"
            yield line, what, "write {{ offer.expires_on|date }}, so that it is always the true one"
        for amount in _AMOUNT.finditer(text):
            before, after = text[: amount.start()], text[amount.end() :]
            if _GIFT_BEFORE.search(before) or _GIFT_AFTER.match(after) or _is_worth(amount[0], offer):
                what = f"what the offer is worth is written out: {amount[0].strip()}"
                yield (
                    line,
                    what,
                    "write {{ offer.title }}, or {{ offer.value|money }} inside {% if offer.value %}",
                )
    for call in sheet.components:
        if dotted(call.node) == "ui.coupon" and isinstance(_argument(call, "code", 1), nodes.Const):
            yield call.lineno, "the code is written out: all readers get the same", "write code=offer.code"


def _argument(call: nodes.Call, name: str, place: int) -> nodes.Expr | None:
    named = next((keyword.value for keyword in call.kwargs if keyword.key == name), None)
    return named or (call.args[place] if len(call.args) > place else None)


def _is_worth(text: str, offer: Mapping[str, Any] | None) -> bool:
    """Whether an amount is just what the offer gives."""
    number = _DIGITS.search(text.replace(",", ""))
    wanted = (offer or {}).get("percent" if "%" in text else "value")
    return number is not None and wanted is not None and float(number[0]) == float(wanted)


def unsaid(sheet: Sheet, offer: Mapping[str, Any] | None) -> Iterator[tuple[int, str, str]]:
    """V05: the campaign brings something that the mail does not tell."""
    if offer is None:
        return
    said = sheet.paths
    if not any(path.startswith("offer.") for path in said):
        yield 1, "the campaign brings an offer, and the mail says nothing of it", "tell it: {{ offer.title }}"
        return
    for path, what in (
        ("offer.expires_on", "until when the offer holds"),
        ("offer.title", "what the offer is"),
    ):
        if path not in said:
            yield 1, f"the mail does not say {what}", f"print {path}"


def selling_sorry(sheet: Sheet, offer: Mapping[str, Any] | None) -> Iterator[tuple[int, str, str]]:
    """K04: the first line on which a mail that says sorry sells something."""
    headings = [call for call in sheet.components if dotted(call.node) in _HEADINGS]
    said = [_words(node) for node in (sheet.head[0], *headings)]
    if not any(_SORRY.search(words) for words in said):
        return
    sold = [
        *(call for call in sheet.components if dotted(call.node) in _SALES),
        *(node for node in sheet.body.find_all(nodes.Getattr) if offer and dotted(node.node) == "offer"),
    ]
    for node in sorted(sold, key=lambda node: node.lineno)[:1]:
        what = f"the mail says sorry, and here it sells: {dotted(getattr(node, 'node', node)) or 'an offer'}"
        yield node.lineno, what, ""


def _words(node: nodes.Node) -> str:
    """All words written out in it."""
    said = [part.data for part in node.find_all(nodes.TemplateData)]
    return " ".join([*said, *(str(part.value) for part in node.find_all(nodes.Const))])


def differences(sheets: Mapping[str, Sheet]) -> Iterator[tuple[str, int, str]]:
    """K02: locale, line, what, for the first component in which a language differs from the first one."""
    (first, lead), *others = sorted(sheets.items(), key=lambda item: (item[0] != "th", item[0]))
    wanted = lead.calls()
    for locale, sheet in others:
        own = sheet.calls()
        for mine, theirs in zip(own, wanted, strict=False):
            if (mine.name, mine.link) != (theirs.name, theirs.link):
                yield (
                    locale,
                    mine.line,
                    f"here stands {_shown(mine)}, in {first} line {theirs.line} {_shown(theirs)}",
                )
                break
        else:
            if len(own) != len(wanted):
                more, less = (locale, first) if len(own) > len(wanted) else (first, locale)
                extra = max(own, wanted, key=len)[min(len(own), len(wanted))]
                line = extra.line if more == locale else own[-1].line if own else 1
                yield locale, line, f"{more} has {_shown(extra)}, and {less} has nothing there"


def _shown(call: Call) -> str:
    return f"{call.name} to {call.link}" if call.link else call.name
