"""From a checked syntax tree to one that can be compiled: blanks made regular, words escaped, values guarded.

Blanks between components mean nothing; inside words any run of blanks or line breaks is one space.
Each value is printed through a guard that knows its path and line, so that a message can name them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jinja2 import nodes

from pakdee.rendering.components import COMPONENTS, FRAME, Level, Takes
from pakdee.rendering.findings import dotted
from pakdee.rendering.sandbox import HTML, MailEnvironment, literal

_TAKE_NOTHING = frozenset({"default", "greet"})
_BLANKS = re.compile(r"[ \t\n]+")


@dataclass(frozen=True)
class Preparing:
    """Prepares trees for one environment."""

    env: MailEnvironment

    def mail(self, preheader: nodes.Template, body: nodes.Template, part: str) -> list[nodes.Node]:
        """The whole mail: the system's head, the marketer's body, the system's foot."""
        head = self.frame("head", [])
        words = self.words(preheader.body)
        opening = nodes.CallBlock(head, [], [], words) if part == HTML else nodes.Output([head])
        service = nodes.Compare(
            nodes.Getattr(nodes.Name("campaign", "load"), "purpose", "load"),
            [nodes.Operand("eq", nodes.Const("service"))],
        )
        foot = [nodes.Name("links", "load"), nodes.Name("why_you", "load"), service]
        return [opening, *self.statements(body.body, Level.TOP), nodes.Output([self.frame("foot", foot)])]

    def frame(self, name: str, arguments: list[nodes.Expr]) -> nodes.Call:
        """A call of the system's own component."""
        target = nodes.Getattr(nodes.Name(FRAME, "load"), name, "load")
        return nodes.Call(target, arguments, [], None, None)

    def words(self, body: Sequence[nodes.Node]) -> list[nodes.Node]:
        """Statements that print words, without blanks at either end."""
        prepared = self.statements(body, Level.INLINE)
        _trim(prepared, 0, str.lstrip)
        _trim(prepared, -1, str.rstrip)
        return prepared

    def statements(self, body: Sequence[nodes.Node], level: Level) -> list[nodes.Node]:
        """Statements as they are compiled, in place of those given."""
        return [kept for node in body for kept in self.statement(node, level)]

    def statement(self, node: nodes.Node, level: Level) -> list[nodes.Node]:
        """One statement; output outside of words keeps only its components."""
        if isinstance(node, nodes.Output):
            parts = [
                self.output(part)
                for part in node.nodes
                if level is Level.INLINE or isinstance(part, nodes.Call)
            ]
            return [nodes.Output(parts, lineno=node.lineno)] if parts else []
        if isinstance(node, nodes.CallBlock):
            content = COMPONENTS[(dotted(node.call.node) or "").removeprefix("ui.")].content or Level.INLINE
            node.call = self.call(node.call)
            node.body = (
                self.words(node.body) if content is Level.INLINE else self.statements(node.body, content)
            )
        elif isinstance(node, nodes.If):
            for branch in (node, *node.elif_):
                branch.body = self.statements(branch.body, level)
            node.else_ = self.statements(node.else_, level)
        elif isinstance(node, nodes.For):
            node.body = self.statements(node.body, level)
        return [node]

    def output(self, part: nodes.Expr) -> nodes.Expr:
        """Words escaped, components with guarded arguments, values guarded."""
        if isinstance(part, nodes.TemplateData):
            words = literal(self.env, _BLANKS.sub(" ", part.data))
            words.set_lineno(part.lineno)
            return words
        return self.call(part) if isinstance(part, nodes.Call) else self.guarded(part)

    def call(self, call: nodes.Call) -> nodes.Call:
        """A component call whose arguments are guarded, but for the tone."""
        takes = COMPONENTS[(dotted(call.node) or "").removeprefix("ui.")].takes
        named = dict(zip(takes, call.args, strict=False)) | {k.key: k.value for k in call.kwargs}
        call.args = []
        call.kwargs = [
            nodes.Keyword(
                name, value if takes[name] is Takes.TONE else self.guarded(value), lineno=value.lineno
            )
            for name, value in named.items()
        ]
        return call

    def guarded(self, node: nodes.Expr) -> nodes.Expr:
        """An expression that raises, naming itself, instead of printing nothing."""
        if isinstance(node, nodes.Const):
            return node
        if isinstance(node, nodes.Concat):
            node.nodes = [self.guarded(part) for part in node.nodes]
            return node
        if isinstance(node, nodes.CondExpr) and node.expr2 is not None:
            node.expr1, node.expr2 = self.guarded(node.expr1), self.guarded(node.expr2)
            return node
        if isinstance(node, nodes.Filter) and node.node is not None and node.name not in _TAKE_NOTHING:
            node.node = self.guarded(node.node)
            return node
        told = [nodes.Const(described(node)), nodes.Const(node.lineno)]
        guard = nodes.Filter(node, "_printed", told, [], None, None, lineno=node.lineno)
        guard.set_environment(self.env)
        return guard


def described(node: nodes.Node) -> str:
    """The path an expression reads first, for messages."""
    own = dotted(node)
    inner = (dotted(part) for part in node.find_all((nodes.Getattr, nodes.Name)))
    return own or next((name for name in inner if name), "a value")


def _trim(body: list[nodes.Node], at: int, strip: Callable[[str], str]) -> None:
    edge = body[at] if body else None
    data = edge.nodes[at] if isinstance(edge, nodes.Output) else None
    if isinstance(data, nodes.TemplateData):
        data.data = strip(data.data)
