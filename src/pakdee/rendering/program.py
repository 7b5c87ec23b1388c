"""The slot program: from a customer's values straight to what stands in the slots, past all static words.

Subject, HTML and text become one pair of Python functions, made of one walk:

- `values(context)` gives the values that all customers of a run share, the path (a bit for each test that was
  true), the subject (None where all of a run share it), and what stands in the slots;
- `skeleton(context)` gives the slots of the path in the same order, and both parts in pieces.

What the program does not know raises, and that mail is rendered directly. It is trusted only as far as
`Writer` checks it against direct rendering.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from jinja2 import nodes

from pakdee.rendering.components import Library
from pakdee.rendering.expressions import GROUPS, SINGLE, Expressions
from pakdee.rendering.kinds import NUMERIC
from pakdee.rendering.sandbox import PARTS
from pakdee.rendering.scopes import Fork, Scope
from pakdee.rendering.slots import Aside, subject_line
from pakdee.rendering.terms import Refused, Term, Varies, assigned, item, joined, method, names_in, variable
from pakdee.rendering.walking import SUBJECT, Branch, Piece, Walk, Word

Values = Callable[[Mapping[str, Any]], tuple[Any, ...]]
"""A generated function of a context."""


class Pieces(NamedTuple):
    """What stands around and between the values of one path: words, and numbers of slots."""

    slots: list[int]
    html: list[str | int]
    text: list[str | int]
    subject: str | None


@dataclass
class SlotProgram:
    """The program of one template in one language, or why it has none.

    Args:
        why_direct: why its mails are rendered directly, in a marketer's words; None where they are not.
        line: where in the template the reason stands.
    """

    values: Values
    skeleton: Values
    why_direct: str | None = None
    line: int = 0

    def give_up(self, why: str) -> None:
        """Have every mail of the template rendered directly from now on."""
        self.why_direct = why


def slot_program(
    expressions: Expressions,
    subject: Sequence[nodes.Node],
    parts: Mapping[str, Sequence[nodes.Node]],
    libraries: Mapping[str, Mapping[str, Library]],
) -> SlotProgram:
    """The program of a template.

    Args:
        subject, parts: checked and prepared syntax trees, with calls of components.
        libraries: components, by part and namespace.
    """
    scope = Scope()
    try:
        pieces = {SUBJECT: Walk(SUBJECT, expressions, {}).pieces(subject, scope)}
        for part in PARTS:
            pieces[part] = Walk(part, expressions, libraries[part]).pieces(parts[part], scope)
        return SlotProgram(*_compiled(_Making(expressions, scope, pieces)))
    except Refused as refused:
        return SlotProgram(_nothing, _nothing, refused.what, refused.line)
    except RecursionError:
        return SlotProgram(_nothing, _nothing, "its branches stand too deep inside each other", 1)


def _nothing(_: Mapping[str, Any]) -> tuple[Any, ...]:
    raise Aside


@dataclass
class _Making:
    """Writes the two functions of one program."""

    expressions: Expressions
    scope: Scope
    pieces: Mapping[str, list[Piece]]

    def values(self) -> list[ast.stmt]:
        """The body of `values`: only what a slot, a test or the subject needs."""
        is_own = _varies(self.pieces[SUBJECT]) is Varies.BY_CUSTOMER
        subject = self.line(self.pieces[SUBJECT]) if is_own else ast.Constant(None)
        live = self.live(subject)
        result = ast.Tuple([self.shared(), variable("path"), subject, _frozen("values")], ast.Load())
        body = self.block(self.scope, lambda slots: [variable(name) for name in slots], live)
        start = [assigned("path", ast.Constant(0)), assigned("values", _list([]))]
        return [*self.roots(), *start, *body, ast.Return(result)]

    def skeleton(self) -> list[ast.stmt]:
        """The body of `skeleton`: all that stands around the values, once per path."""
        is_own = _varies(self.pieces[SUBJECT]) is Varies.BY_CUSTOMER
        subject = ast.Constant(None) if is_own else self.line(self.pieces[SUBJECT])
        result = ast.Tuple([variable("values"), *map(variable, PARTS), subject], ast.Load())
        body = self.block(self.scope, lambda slots: [ast.Constant(number) for number in slots.values()], None)
        start = [assigned("path", ast.Constant(0))]
        start += [assigned(name, _list([])) for name in ("values", *PARTS)]
        written = [statement for part in PARTS for statement in _written(part, self.pieces[part])]
        return [*self.roots(), *start, *body, *written, ast.Return(result)]

    def roots(self) -> list[ast.stmt]:
        """The context's parts as variables; a mail without an offer has none."""
        context = variable("context")
        required = [assigned(name, item(context, name)) for name in sorted((GROUPS | SINGLE) - {"offer"})]
        return [*required, assigned("offer", method(context, "get", ast.Constant("offer")))]

    def shared(self) -> ast.expr:
        """What must be equal for two mails of one path to have one skeleton, told apart by type as well."""
        paths = self.expressions.shared
        free = [e for path, term in paths.items() if not path.startswith("offer.") for e in self.exact(term)]
        offered = [e for path, term in paths.items() if path.startswith("offer.") for e in self.exact(term)]
        no_offer = ast.Compare(variable("offer"), [ast.Is()], [ast.Constant(None)])
        of_offer = ast.IfExp(no_offer, ast.Constant(None), ast.Tuple(offered, ast.Load()))
        return ast.Tuple([*free, of_offer], ast.Load())

    def exact(self, term: Term) -> list[ast.expr]:
        """Expressions that are equal only for values that print alike: 1 and True don't, nor 0.0 and -0.0."""
        is_number = term.entry is not None and term.entry.kind in NUMERIC
        told = self.expressions.namespace.call(str, term.code) if is_number else term.code
        return [ast.Attribute(term.code, "__class__", ast.Load()), told]

    def line(self, pieces: Sequence[Piece]) -> ast.expr:
        """The subject as one expression, made one line."""
        return self.expressions.namespace.call(subject_line, _text(pieces))

    def live(self, subject: ast.expr) -> set[str]:
        """Variables that `values` must evaluate."""
        scopes = list(self.scope.all())
        forks = [fork for scope in scopes for fork in scope.forks.values()]
        made = {name: code for scope in scopes for name, code in scope.kept.items()}
        waiting = {name for scope in scopes for name in (*scope.slots, *scope.needed)}
        waiting |= names_in(subject).union(*(names_in(fork.test.code) for fork in forks))
        found: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in made and name not in found:
                found.add(name)
                waiting |= names_in(made[name])
        return found

    def block(
        self,
        scope: Scope,
        held: Callable[[Mapping[str, int]], Sequence[ast.expr]],
        live: set[str] | None,
    ) -> list[ast.stmt]:
        """A scope's statements: its variables, its slots, then the scopes behind its tests."""
        body = [assigned(n, code) for n, code in scope.kept.items() if live is None or n in live]
        if scope.slots:
            body.append(_added("values", held(scope.slots)))
        for fork in scope.forks.values():
            yes, no = self.block(fork.yes, held, live), self.block(fork.no, held, live)
            body.append(ast.If(fork.test.code, [_marked(fork), *yes], no))
        return body


def _compiled(making: _Making) -> tuple[Values, Values]:
    bodies = {"values": making.values(), "skeleton": making.skeleton()}
    arguments = ast.arguments([], [ast.arg("context")], kwonlyargs=[], kw_defaults=[], defaults=[])
    functions: list[ast.stmt] = [ast.FunctionDef(n, arguments, body, []) for n, body in bodies.items()]
    tree = ast.fix_missing_locations(ast.Module(functions, []))
    made: dict[str, Any] = making.expressions.namespace.objects
    exec(compile(tree, "slot program", "exec"), made)  # noqa: S102 -- a tree of ours, no text of a template
    return made["values"], made["skeleton"]


def _varies(pieces: Iterable[Piece]) -> Varies:
    """Between which mails some pieces differ."""
    found = Varies.NEVER
    for piece in pieces:
        if isinstance(piece, Word):
            found = max(found, piece.term.varies)
        elif isinstance(piece, Branch):
            found = max(found, piece.test.varies, _varies(piece.yes), _varies(piece.no))
    return found


def _text(pieces: Sequence[Piece]) -> ast.expr:
    """Pieces as one text."""
    return joined([_piece(piece) for piece in pieces])


def _piece(piece: Piece) -> ast.expr:
    if isinstance(piece, Branch):
        return ast.IfExp(piece.test.code, _text(piece.yes), _text(piece.no))
    return piece.term.code if isinstance(piece, Word) else ast.Constant(piece)


def _written(part: str, pieces: Sequence[Piece]) -> list[ast.stmt]:
    """Statements that add pieces to the list `part`."""
    body: list[ast.stmt] = []
    for piece in pieces:
        if isinstance(piece, Branch):
            yes, no = _written(part, piece.yes), _written(part, piece.no)
            body.append(ast.If(piece.test.code, yes or [ast.Pass()], no))
        else:
            body.append(_added(part, [_piece(piece)]))
    return body


def _marked(fork: Fork) -> ast.stmt:
    return ast.AugAssign(ast.Name("path", ast.Store()), ast.BitOr(), ast.Constant(1 << fork.bit))


def _added(name: str, items: Sequence[ast.expr]) -> ast.stmt:
    return ast.AugAssign(ast.Name(name, ast.Store()), ast.Add(), _list(items))


def _list(items: Sequence[ast.expr]) -> ast.expr:
    return ast.List(list(items), ast.Load())


def _frozen(name: str) -> ast.expr:
    return ast.Tuple([ast.Starred(variable(name), ast.Load())], ast.Load())
