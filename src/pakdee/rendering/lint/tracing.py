"""Which line of its template each piece of a mail comes from.

The mail is rendered the direct way with a mark before and after every component and every line of words.
The marks are taken out again and leave behind the line for each offset; what is left over is the mail itself.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Template, nodes

from pakdee.domain.message import Rendered
from pakdee.rendering.contract import Contract
from pakdee.rendering.frontmatter import Source
from pakdee.rendering.kit import Kit
from pakdee.rendering.lint.model import SUBJECT
from pakdee.rendering.preparing import Preparing
from pakdee.rendering.printing import one_line
from pakdee.rendering.sandbox import PARTS, TEXT, compiled

# Characters of a private area, which no mail has a use for.
_MARK = re.compile("\ue0f0([0-9]*)\ue0f1")
_LINE_BREAK = re.compile(r"(?<=[^ \t\n])(?=[ \t]*\n)")
_CUSTOMER = "customer."


@dataclass(frozen=True)
class Lines:
    """Lines of a template by part of the mail and offset in it.

    Args:
        subject: the line of the subject.
        starts, lines: by part, offsets in order and the line that holds from each on.
    """

    subject: int
    starts: Mapping[str, Sequence[int]]
    lines: Mapping[str, Sequence[int]]

    def __call__(self, part: str, at: int) -> int:
        """The line that stands at an offset of a part."""
        if part == SUBJECT:
            return self.subject
        return self.lines[part][bisect_right(self.starts[part], at) - 1]


@dataclass(frozen=True)
class Tracer:
    """Renders one template with the lines it is made of."""

    subject: Template
    subject_line: int
    parts: Mapping[str, Template]
    constants: Mapping[str, Any]
    features: tuple[str, ...]

    @classmethod
    def of(cls, where: str, source: Source, kit: Kit, contract: Contract) -> Tracer:
        """A tracer for a template that has passed all checks of loading."""
        text_env = kit.environments[TEXT]
        subject = Preparing(text_env).words(text_env.parse(source.subject).body)
        paths = (path.removeprefix(_CUSTOMER) for path in contract.entries if path.startswith(_CUSTOMER))
        return cls(
            compiled(text_env, subject, where),
            source.subject_line,
            {part: compiled(kit.environments[part], _marked(source, kit, part), where) for part in PARTS},
            kit.constants,
            tuple(paths),
        )

    def render(self, context: Mapping[str, Any]) -> tuple[Rendered, Lines]:
        """The mail of one reader, and its lines. Raises what rendering raises."""
        values = {
            **{name: context[name] for name in ("links", "campaign", "today", "why_you")},
            "offer": context.get("offer"),
            "customer": dict.fromkeys(self.features) | dict(context["customer"]),
            **self.constants,
        }
        traced = {part: _unmarked(template.render(values)) for part, template in self.parts.items()}
        starts = {part: found[1] for part, found in traced.items()}
        lines = {part: found[2] for part, found in traced.items()}
        subject = one_line(self.subject.render(values))
        mail = Rendered(subject, **{part: found[0] for part, found in traced.items()})
        return mail, Lines(self.subject_line, starts, lines)


def _marked(source: Source, kit: Kit, part: str) -> list[nodes.Node]:
    env = kit.environments[part]
    preheader, body = env.parse(source.preheader), env.parse(source.body)
    for tree in (preheader, body):
        for output in tree.find_all(nodes.Output):
            output.nodes = [piece for node in output.nodes for piece in _by_line(node)]
    head, *rest, foot = Preparing(env).mail(preheader, body, part)
    if isinstance(head, nodes.CallBlock):
        head.body = _with_marks(head.body)
    return [head, *_with_marks(rest), foot]


def _by_line(node: nodes.Expr) -> list[nodes.Expr]:
    """Words line by line; the blanks between two lines stay together, so that they become one space."""
    if not isinstance(node, nodes.TemplateData):
        return [node]
    pieces, line = [], node.lineno
    for text in _LINE_BREAK.split(node.data):
        words = text.lstrip()
        leading = text[: len(text) - len(words)].count("\n")
        pieces.append(nodes.TemplateData(text, lineno=line + leading))
        line += text.count("\n")
    return list(pieces)


def _with_marks(body: Sequence[nodes.Node]) -> list[nodes.Node]:
    marked: list[nodes.Node] = []
    for node in body:
        if isinstance(node, nodes.Output):
            around = ((_mark(piece.lineno), piece, _mark(None)) for piece in node.nodes)
            node.nodes = [piece for pieces in around for piece in pieces]
            marked.append(node)
        elif isinstance(node, nodes.CallBlock):
            node.body = _with_marks(node.body)
            marked += [nodes.Output([_mark(node.lineno)]), node, nodes.Output([_mark(None)])]
        else:
            _inside(node)
            marked.append(node)
    return marked


def _inside(node: nodes.Node) -> None:
    """Marks in the branches of a choice and in the body of a loop."""
    if isinstance(node, nodes.If | nodes.For):
        node.body = _with_marks(node.body)
        node.else_ = _with_marks(node.else_)
    if isinstance(node, nodes.If):
        for branch in node.elif_:
            _inside(branch)


def _mark(line: int | None) -> nodes.TemplateData:
    return nodes.TemplateData(f"\ue0f0{line or ''}\ue0f1")


def _unmarked(text: str) -> tuple[str, list[int], list[int]]:
    """The text without marks; offsets, and the line from each on."""
    pieces, starts, lines, open_ = [], [0], [1], [1]
    at = end = 0
    for mark in _MARK.finditer(text):
        pieces.append(text[end : mark.start()])
        at += mark.start() - end
        end = mark.end()
        if mark[1]:
            open_.append(int(mark[1]))
        elif len(open_) > 1:
            open_.pop()
        starts.append(at)
        lines.append(open_[-1])
    return "".join([*pieces, text[end:]]), starts, lines
