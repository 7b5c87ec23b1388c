"""A mail without calls: each component's body in place of its call, arguments put in as expressions.

Arguments are pure by the allow-list, so a body may read one twice. Static words come out as static words,
`"a " ~ x` as a word and a value, and what only the brand decides is evaluated here, once.
The result prints the same bytes as the calls do; `shapes` checks that it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from pakdee.rendering.components import Library
from pakdee.rendering.sandbox import MailEnvironment, clone, compiled

CONSTANT_NAMES = frozenset({"brand", "colour", "words"})


def flattened(
    env: MailEnvironment, body: Sequence[nodes.Node], libraries: Mapping[str, Library]
) -> list[nodes.Node]:
    """`body` with every component call replaced by what it prints."""
    return list(_Flattener(env, libraries).statements(body, None))


@dataclass(frozen=True)
class _Flattener:
    env: MailEnvironment
    libraries: Mapping[str, Library]

    def statements(
        self, body: Sequence[nodes.Node], caller: Sequence[nodes.Node] | None
    ) -> Iterator[nodes.Node]:
        """The statements of `body`, calls inlined; `caller` stands where `caller()` is printed."""
        for node in body:
            if isinstance(node, nodes.Output):
                for part in node.nodes:
                    yield from self.output(part, caller)
            elif isinstance(node, nodes.If):
                yield from self.branch(node, caller)
            elif isinstance(node, nodes.CallBlock):
                yield from self.inlined(node.call, list(self.statements(node.body, caller)))
            else:
                loop = cast("nodes.For", node)
                loop.body = list(self.statements(loop.body, caller))
                yield loop

    def branch(self, node: nodes.If, caller: Sequence[nodes.Node] | None) -> Iterator[nodes.Node]:
        """An `if`, decided at once where no customer can change its test."""
        decided = self.decided(node.test)
        if decided is not None:
            yield from self.statements(node.body if decided else _otherwise(node), caller)
            return
        for other in (node, *node.elif_):
            other.body = list(self.statements(other.body, caller))
        node.else_ = list(self.statements(node.else_, caller))
        yield node

    def decided(self, test: nodes.Node) -> bool | None:
        """Whether a test is true in every mail, None where it depends on the customer."""
        if not _names(test) <= CONSTANT_NAMES:
            return None
        return bool(self.constant(nodes.If(clone(test), [nodes.Output([nodes.TemplateData("1")])], [], [])))

    def constant(self, statement: nodes.Node) -> str:
        """What a statement without customers prints."""
        statement.set_lineno(1)
        return compiled(self.env, [statement], "constant").render()

    def output(self, part: nodes.Expr, caller: Sequence[nodes.Node] | None) -> Iterator[nodes.Node]:
        """One printed expression: words, a call, the caller's content, or a value."""
        if isinstance(part, nodes.TemplateData):
            yield nodes.Output([part], lineno=part.lineno)
        elif isinstance(part, nodes.Call) and isinstance(part.node, nodes.Name):
            yield from map(clone, caller or ())
        elif isinstance(part, nodes.Call):
            yield from self.inlined(part, None)
        elif isinstance(part, nodes.Concat):
            for piece in part.nodes:
                yield from self.output(piece, caller)
        else:
            yield nodes.Output([self.value(part)], lineno=part.lineno)

    def value(self, part: nodes.Expr) -> nodes.Expr:
        """A printed value, as static words where it is the same in every mail."""
        if _names(part) <= CONSTANT_NAMES:
            return nodes.TemplateData(self.constant(nodes.Output([clone(part)])))
        return part

    def inlined(self, call: nodes.Call, content: Sequence[nodes.Node] | None) -> Iterator[nodes.Node]:
        """The body of the component that `call` names, with its arguments put in."""
        target = cast("nodes.Getattr", call.node)
        macro = self.libraries[cast("nodes.Name", target.node).name].trees[target.attr]
        names = [argument.name for argument in macro.args]
        given = dict(zip(reversed(names), reversed(macro.defaults), strict=False))
        given |= dict(zip(names, call.args, strict=False))
        given |= {keyword.key: keyword.value for keyword in call.kwargs}
        arguments = _Arguments(given)
        body = [cast("nodes.Node", arguments.visit(clone(node))) for node in macro.body]
        for node in body:
            node.set_lineno(call.lineno, override=True)
        yield from self.statements(body, content)


def _otherwise(node: nodes.If) -> list[nodes.Node]:
    if not node.elif_:
        return list(node.else_)
    first = node.elif_[0]
    return [nodes.If(first.test, first.body, node.elif_[1:], node.else_, lineno=first.lineno)]


def _names(node: nodes.Node) -> set[str]:
    inner = {name.name for name in node.find_all(nodes.Name)}
    return inner | {node.name} if isinstance(node, nodes.Name) else inner


class _Arguments(NodeTransformer):
    """Puts argument expressions in place of a component's parameter names."""

    def __init__(self, given: Mapping[str, nodes.Expr]) -> None:
        self._given = given

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802 -- Jinja's visitor finds it by this name
        """The argument of that name, or the name itself."""
        return clone(self._given[node.name]) if node.name in self._given else node
