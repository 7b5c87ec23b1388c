"""One part of a mail taken apart: static words, slots, words of the run, and branches that hold more.

Components are not called: their bodies are walked in place, arguments as expressions, which are pure by the
allow-list. Branches and loops that no customer can change are taken here, once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jinja2 import nodes
from markupsafe import escape

from pakdee.rendering.components import Library
from pakdee.rendering.expressions import Expressions, Frame, resolved
from pakdee.rendering.sandbox import HTML
from pakdee.rendering.scopes import Scope
from pakdee.rendering.slots import in_html
from pakdee.rendering.terms import Form, Refused, Term, Varies

SUBJECT = "subject"
MOST_STEPS = 20_000
"""What loops can make of a file of bounded size."""


@dataclass(frozen=True)
class Word:
    """Printed where it stands, without a slot."""

    term: Term


@dataclass(frozen=True)
class Branch:
    """One of two lists of pieces, as a test turns out."""

    test: Term
    yes: list[Piece]
    no: list[Piece]


Piece = str | int | Word | Branch
"""Static words, the number of a slot, a word, or a branch."""


@dataclass
class Walk:
    """Walks one part.

    Args:
        libraries: components of this part, by namespace.
        line: the template's line that is walked, for messages.
    """

    part: str
    expressions: Expressions
    libraries: Mapping[str, Library]
    line: int = 0
    steps: int = 0

    def pieces(self, body: Sequence[nodes.Node], scope: Scope) -> list[Piece]:
        """What a part is made of. Raises Refused, with the line."""
        try:
            return _merged(self.statements(body, Frame(), scope))
        except Refused as refused:
            raise Refused(refused.what, self.line) from refused

    def statements(self, body: Sequence[nodes.Node], frame: Frame, scope: Scope) -> Iterator[Piece]:
        """The pieces of some statements."""
        for node in body:
            self.line = frame.line or node.lineno or self.line
            self.step()
            if isinstance(node, nodes.Output):
                for part in node.nodes:
                    yield from self.printed(part, frame, scope)
            elif isinstance(node, nodes.If):
                yield from self.decision(node, frame, scope)
            elif isinstance(node, nodes.CallBlock):
                yield from self.component(node.call, frame, scope, (node.body, frame))
            elif isinstance(node, nodes.For):
                yield from self.loop(node, frame, scope)
            else:
                raise Refused("it has something that only direct rendering knows")

    def step(self) -> None:
        """Count what is walked: a program has to stay small."""
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise Refused(f"its loops write more than {MOST_STEPS:,} things")

    def printed(self, part: nodes.Node, frame: Frame, scope: Scope) -> Iterator[Piece]:
        """One printed expression: words, a component, its content, or a value."""
        self.step()
        part, frame = resolved(part, frame)
        if isinstance(part, nodes.TemplateData):
            yield part.data
        elif isinstance(part, nodes.Call) and isinstance(part.node, nodes.Name):
            if frame.content is not None:
                yield from self.statements(*frame.content, scope)
        elif isinstance(part, nodes.Call):
            yield from self.component(part, frame, scope, None)
        elif isinstance(part, nodes.Concat):
            for inner in part.nodes:
                yield from self.printed(inner, frame, scope)
        elif isinstance(part, nodes.CondExpr) and part.expr2 is not None:
            either = (nodes.Output([part.expr1]),), (nodes.Output([part.expr2]),)
            yield from self.branch(self.truth(part.test, frame, scope), *either, frame, scope)
        else:
            yield self.value(self.expressions.words(part, frame, scope), scope)

    def value(self, term: Term, scope: Scope) -> Piece:
        """A printed value as a piece of this part."""
        is_html = self.part == HTML and term.form is not Form.PLAIN
        if term.varies is Varies.NEVER:
            return str(escape(term.value)) if self.part == HTML else str(term.value)
        if is_html:
            code = self.expressions.namespace.call(in_html, term.code)
            term = scope.keep(Term(code, term.varies, Form.TEXT))
        if self.part == SUBJECT or term.varies is Varies.BY_RUN:
            return Word(term)
        return scope.slot(term)

    def component(
        self,
        call: nodes.Call,
        frame: Frame,
        scope: Scope,
        content: tuple[Sequence[nodes.Node], Frame] | None,
    ) -> Iterator[Piece]:
        """The pieces of the component that `call` names."""
        target = call.node
        if not isinstance(target, nodes.Getattr) or not isinstance(target.node, nodes.Name):
            raise Refused("it calls something that only direct rendering knows")
        macro = self.libraries[target.node.name].trees[target.attr]
        names = [argument.name for argument in macro.args]
        given = dict(zip(reversed(names), reversed(macro.defaults), strict=False))
        given |= dict(zip(names, call.args, strict=False))
        given |= {keyword.key: keyword.value for keyword in call.kwargs}
        arguments = {name: (value, frame) for name, value in given.items()}
        line = frame.line or call.lineno or self.line
        yield from self.statements(macro.body, Frame(arguments, content, line), scope)

    def loop(self, node: nodes.For, frame: Frame, scope: Scope) -> Iterator[Piece]:
        """A loop, gone through here: over a list that is the same in every mail, or a customer's own."""
        run_over = self.expressions.term(node.iter, frame, scope)
        if not isinstance(node.target, nodes.Name):
            raise Refused("it loops in a way that only direct rendering knows")
        if run_over.varies is not Varies.NEVER:
            yield from self.own_loop(node, node.target.name, run_over, frame, scope)
            return
        for entry in run_over.value:
            inner = frame.with_name(node.target.name, self.expressions.namespace.never(entry))
            yield from self.statements(node.body, inner, scope)

    def own_loop(
        self, node: nodes.For, name: str, run_over: Term, frame: Frame, scope: Scope
    ) -> Iterator[Piece]:
        """A loop over a customer's own list: a branch for each entry there can be."""
        for there_is, entry in self.expressions.entries(run_over, scope):
            yield from self.branch(there_is, node.body, (), frame.with_name(name, entry), scope)

    def decision(self, node: nodes.If, frame: Frame, scope: Scope) -> Iterator[Piece]:
        """`if … elif … else`."""
        otherwise: Sequence[nodes.Node] = node.else_
        if node.elif_:
            first = node.elif_[0]
            otherwise = [nodes.If(first.test, first.body, node.elif_[1:], node.else_, lineno=first.lineno)]
        yield from self.branch(self.truth(node.test, frame, scope), node.body, otherwise, frame, scope)

    def branch(
        self,
        test: Term,
        yes: Sequence[nodes.Node],
        no: Sequence[nodes.Node],
        frame: Frame,
        scope: Scope,
    ) -> Iterator[Piece]:
        """One of two bodies, at once where it is known which."""
        decided = scope.decided(test)
        if decided is not None:
            yield from self.statements(yes if decided else no, frame, scope)
            return
        fork = scope.fork(test)
        taken = _merged(self.statements(yes, frame, fork.yes))
        yield Branch(test, taken, _merged(self.statements(no, frame, fork.no)))

    def truth(self, test: nodes.Node, frame: Frame, scope: Scope) -> Term:
        """A test. Words joined with words of the template are never empty, but must be printable."""
        test, frame = resolved(test, frame)
        if not isinstance(test, nodes.Concat):
            return scope.keep(self.expressions.term(test, frame, scope))
        parts = [self.expressions.words(part, frame, scope) for part in test.nodes]
        for part in parts:
            scope.need(part)
        if any(part.value for part in parts if part.varies is Varies.NEVER):
            return self.expressions.namespace.never(value=True)
        return scope.keep(self.expressions.words(test, frame, scope))


def _merged(pieces: Iterator[Piece]) -> list[Piece]:
    """Pieces with neighbouring words put together."""
    found: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and found and isinstance(found[-1], str):
            found[-1] += piece
        elif piece != "":
            found.append(piece)
    return found
