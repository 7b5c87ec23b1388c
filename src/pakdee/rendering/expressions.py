"""A template's expressions as terms: what never varies is worked out at once, all else becomes code.

Each kind of expression means what Jinja makes of it in direct rendering. Where an odd value could make a
difference the code raises, and that one mail is rendered directly.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from jinja2 import nodes

from pakdee.rendering import slots
from pakdee.rendering.contract import Contract
from pakdee.rendering.kinds import Kind
from pakdee.rendering.printing import Unprintable, printed
from pakdee.rendering.scopes import Place
from pakdee.rendering.terms import Form, Namespace, Refused, Term, Varies, item, joined, method, variable

GUARD = "_printed"
GROUPS = frozenset({"customer", "offer", "links", "campaign"})
SINGLE = frozenset({"today", "why_you"})
ENTRY = "[]"
"""What the path of a list's entry ends with."""
_FIGURES = frozenset({"date", "money", "num", "percent", "_bar"})
"""Filters that write digits and words of ours: nothing that HTML escapes."""
_TEXTS = frozenset({"greet", "plural", "level"})
_REFUSING = _FIGURES | {"plural", "level", "_share"}
"""Filters that refuse by themselves what the guard before them would refuse."""
_COMPARISONS: dict[str, type[ast.cmpop]] = {
    "eq": ast.Eq,
    "ne": ast.NotEq,
    "lt": ast.Lt,
    "lteq": ast.LtE,
    "gt": ast.Gt,
    "gteq": ast.GtE,
}


@dataclass(frozen=True)
class Frame:
    """What names mean in a component's body.

    Args:
        names: arguments as expressions in the frame of the call, and what loops take.
        content: what stands between `{% call %}` and `{% endcall %}`, with the frame it was written in.
        line: where the template calls the component; 0 in the template itself.
    """

    names: Mapping[str, tuple[nodes.Expr, Frame] | Term] = field(default_factory=dict)
    content: tuple[Sequence[nodes.Node], Frame] | None = None
    line: int = 0

    def with_name(self, name: str, term: Term) -> Frame:
        """The same frame, in which a loop takes `term` by this name."""
        return replace(self, names={**self.names, name: term})


def resolved(node: nodes.Node, frame: Frame) -> tuple[nodes.Node, Frame]:
    """An argument's name as the expression that was given for it."""
    while isinstance(node, nodes.Name):
        bound = frame.names.get(node.name)
        if not isinstance(bound, tuple):
            break
        node, frame = bound
    return node, frame


@dataclass
class Expressions:
    """Translates expressions of one template.

    Args:
        constants: roots that are the same in every mail.
        optional: features that the ledger may lack, so that they are unknown.
        shared: paths read so far that are the same for all customers of a run.
    """

    contract: Contract
    filters: Mapping[str, Callable[..., Any]]
    constants: Mapping[str, Any]
    optional: frozenset[str]
    namespace: Namespace = field(default_factory=Namespace)
    shared: dict[str, Term] = field(default_factory=dict)

    def term(self, node: nodes.Node, frame: Frame, place: Place) -> Term:
        """The value of an expression."""
        node, frame = resolved(node, frame)
        readers: dict[type[nodes.Node], Callable[[Any, Frame, Place], Term]] = {
            nodes.Const: lambda const, _, __: self.namespace.never(const.value),
            nodes.Name: self.name,
            nodes.Getattr: self.path,
            nodes.Filter: self.filtered,
            nodes.Test: self.tested,
            nodes.Compare: self.compared,
            nodes.Not: self.negated,
            nodes.And: self.either,
            nodes.Or: self.either,
            nodes.CondExpr: self.choice,
            nodes.Concat: self.words,
        }
        if type(node) not in readers:
            raise Refused("it has an expression that only direct rendering knows")
        return place.keep(readers[type(node)](node, frame, place))

    def words(self, node: nodes.Node, frame: Frame, place: Place) -> Term:
        """An expression as it is printed, before anything is escaped."""
        node, frame = resolved(node, frame)
        if isinstance(node, nodes.Concat):
            parts = [self.words(part, frame, place) for part in node.nodes]
            return place.keep(self.made(joined([p.code for p in parts]), parts, Form.TEXT))
        if isinstance(node, nodes.CondExpr) and node.expr2 is not None:
            return place.keep(self.choice(node, frame, place, self.words))
        is_guarded = isinstance(node, nodes.Filter) and node.name == GUARD
        inner = node.node or node if isinstance(node, nodes.Filter) and is_guarded else node
        value = self.term(inner, frame, place)
        write = slots.words if is_guarded else slots.as_is
        if value.form is not Form.ANY and not is_guarded:
            return value
        form = Form.TEXT
        if value.entry and value.entry.is_code:
            write, form = slots.unescaped, Form.PLAIN
        elif (value.entry and value.entry.kind is Kind.INTEGER) or getattr(inner, "name", "") == "_share":
            write, form = slots.whole, Form.PLAIN
        return place.keep(self.made(self.namespace.call(write, value.code), [value], form))

    def made(self, code: ast.expr, parts: Sequence[Term], form: Form = Form.ANY) -> Term:
        """A term of other terms, worked out at once where none of them varies."""
        varies = max(part.varies for part in parts)
        return self.folded(code, form) if varies is Varies.NEVER else Term(code, varies, form)

    def folded(self, code: ast.expr, form: Form) -> Term:
        """What an expression without customers gives."""
        whole = ast.fix_missing_locations(ast.Expression(code))
        try:
            value = eval(compile(whole, "constant", "eval"), self.namespace.objects)  # noqa: S307 -- our own tree
        except (Unprintable, slots.Aside, TypeError, ValueError, ArithmeticError) as error:
            raise Refused("it prints something that can't be printed in any mail") from error
        return self.namespace.never(value, form)

    def name(self, node: nodes.Name, frame: Frame, _: Place) -> Term:
        """A root, or what a loop takes."""
        bound = frame.names.get(node.name)
        if isinstance(bound, Term):
            return bound
        if node.name in self.constants:
            return self.namespace.never(self.constants[node.name])
        if node.name in SINGLE:
            return self.shared.setdefault(node.name, self.of_path(node.name, variable(node.name)))
        if node.name in GROUPS:
            return Term(variable(node.name), path=node.name)
        raise Refused(f"it reads {node.name}, which only direct rendering knows")

    def path(self, node: nodes.Getattr, frame: Frame, place: Place) -> Term:
        """`customer.tier`: a key of a mapping."""
        base = self.term(node.node, frame, place)
        if base.varies is Varies.NEVER:
            if type(base.value) is not dict or node.attr not in base.value:
                raise Refused(f"it reads {node.attr} of something that has none")
            return self.namespace.never(base.value[node.attr])
        if base.path not in GROUPS and not base.path.endswith(ENTRY):
            raise Refused(f"it reads {node.attr} of something that has no parts")
        path = f"{base.path}.{node.attr}"
        if base.path == "customer" and node.attr in self.optional:
            return self.of_path(path, method(base.code, "get", ast.Constant(node.attr)))
        found = self.of_path(path, item(base.code, node.attr))
        return found if found.varies is Varies.BY_CUSTOMER else self.shared.setdefault(path, found)

    def entries(self, run_over: Term, place: Place) -> list[tuple[Term, Term]]:
        """For each entry that a customer's own list can have: whether there is one, and the entry."""
        most = run_over.entry.most if run_over.entry else 0
        if not most:
            raise Refused("it loops over something that only direct rendering knows")
        code = self.namespace.call(slots.counted, run_over.code, ast.Constant(most))
        count = place.keep(self.made(code, [run_over]))
        found = []
        for number in range(most):
            test = self.made(ast.Compare(count.code, [ast.Gt()], [ast.Constant(number)]), [count])
            entry = Term(item(run_over.code, number), path=run_over.path + ENTRY)
            found.append((place.keep(test), entry))
        return found

    def of_path(self, path: str, code: ast.expr) -> Term:
        """A path, with what the contract says about it."""
        entry = self.contract.get(path)
        is_shared = path.startswith("campaign.") or bool(entry and entry.is_shared)
        varies = Varies.BY_RUN if is_shared else Varies.BY_CUSTOMER
        return Term(code, varies, path=path, entry=entry)

    def filtered(self, node: nodes.Filter, frame: Frame, place: Place) -> Term:
        """A value behind a filter."""
        value, name = node.node, node.name
        if value is None or name not in self.filters:
            raise Refused(f"it uses the filter {name}, which only direct rendering knows")
        if name in _REFUSING and isinstance(value, nodes.Filter) and value.name == GUARD:
            value = value.node or value
        if name == GUARD:
            inner = self.term(value, frame, place)
            code = self.namespace.call(printed, inner.code, ast.Constant(""), ast.Constant(0))
            return self.made(code, [inner], inner.form)
        terms = [self.term(part, frame, place) for part in (value, *node.args)]
        code = self.namespace.call(self.filters[name], *(term.code for term in terms))
        return self.made(code, terms, _form(name, terms[1:]))

    def tested(self, node: nodes.Test, frame: Frame, place: Place) -> Term:
        """`a is none`."""
        if node.name != "none":
            raise Refused(f"it tests 'is {node.name}', which only direct rendering knows")
        value = self.term(node.node, frame, place)
        return self.made(ast.Compare(value.code, [ast.Is()], [ast.Constant(None)]), [value])

    def compared(self, node: nodes.Compare, frame: Frame, place: Place) -> Term:
        """`a < b`; of several comparisons, later ones may not be reached."""
        if any(operand.op not in _COMPARISONS for operand in node.ops):
            raise Refused("it compares in a way that only direct rendering knows")
        left = self.term(node.expr, frame, place)
        first = self.term(node.ops[0].expr, frame, place)
        others = [self.term(operand.expr, frame, place.perhaps()) for operand in node.ops[1:]]
        rights = [first, *others]
        ops = [_COMPARISONS[operand.op]() for operand in node.ops]
        return self.made(ast.Compare(left.code, list(ops), [r.code for r in rights]), [left, *rights])

    def negated(self, node: nodes.Not, frame: Frame, place: Place) -> Term:
        """`not a`."""
        value = self.term(node.node, frame, place)
        return self.made(ast.UnaryOp(ast.Not(), value.code), [value])

    def either(self, node: nodes.And | nodes.Or, frame: Frame, place: Place) -> Term:
        """`a and b`, `a or b`: the right side may not be reached."""
        left = self.term(node.left, frame, place)
        if left.varies is Varies.NEVER:
            is_left = bool(left.value) is isinstance(node, nodes.Or)
            return left if is_left else self.term(node.right, frame, place)
        right = self.term(node.right, frame, place.perhaps())
        operator = ast.Or() if isinstance(node, nodes.Or) else ast.And()
        return self.made(ast.BoolOp(operator, [left.code, right.code]), [left, right])

    def choice(
        self,
        node: nodes.CondExpr,
        frame: Frame,
        place: Place,
        read: Callable[[nodes.Node, Frame, Place], Term] | None = None,
    ) -> Term:
        """`a if test else b`: one of them is not reached."""
        read = read or self.term
        test = self.term(node.test, frame, place)
        second = node.expr2 or nodes.Const(None)
        if test.varies is Varies.NEVER:
            return read(node.expr1 if test.value else second, frame, place)
        yes, no = (read(part, frame, place.perhaps()) for part in (node.expr1, second))
        return self.made(ast.IfExp(test.code, yes.code, no.code), [test, yes, no], min(yes.form, no.form))


def _form(name: str, arguments: Sequence[Term]) -> Form:
    """What a filter gives."""
    if name in _FIGURES:
        return Form.PLAIN
    is_constant = all(isinstance(a.value, str) and slots.is_plain(a.value) for a in arguments)
    if name == "plural" and is_constant:
        return Form.PLAIN
    return Form.TEXT if name in _TEXTS else Form.ANY
