"""Expressions of a template as Python's own syntax trees.

Nothing of a template is ever text that Python reads: names in a tree are ours and numbered, all else stands
in it as a constant or is bound to such a name. So there is no quotation mark to break out of.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from pakdee.rendering.contract import Entry

_WRITTEN_OUT = (str, int, float, bool, type(None))


class Refused(Exception):
    """A template has no slot program. `what` says why, in a marketer's words."""

    def __init__(self, what: str, line: int = 0) -> None:
        self.what, self.line = what, line
        super().__init__(what)


class Varies(IntEnum):
    """Between which mails of a template an expression can differ."""

    NEVER = 0
    BY_RUN = 1
    BY_CUSTOMER = 2


class Form(IntEnum):
    """What is known about a value before it is there."""

    ANY = 0
    TEXT = 1
    PLAIN = 2
    """Text that is the same in HTML."""


@dataclass(frozen=True)
class Term:
    """One expression.

    Args:
        value: what it is, where it never varies.
        path, entry: where it is a path: its name, and what the contract says about it.
    """

    code: ast.expr
    varies: Varies = Varies.BY_CUSTOMER
    form: Form = Form.ANY
    value: Any = None
    path: str = ""
    entry: Entry | None = None

    @property
    def key(self) -> str:
        """The same for equal expressions."""
        return ast.dump(self.code)


@dataclass
class Namespace:
    """The objects that a generated function reaches. It has no others, not even Python's own."""

    objects: dict[str, Any] = field(default_factory=lambda: {"__builtins__": {}})
    _names: dict[int, str] = field(default_factory=dict)

    def bound(self, value: Any) -> ast.expr:
        """An expression that gives `value`."""
        if type(value) in _WRITTEN_OUT:
            return ast.Constant(value)
        name = self._names.setdefault(id(value), f"object{len(self._names)}")
        self.objects[name] = value
        return variable(name)

    def never(self, value: Any, form: Form = Form.ANY) -> Term:
        """A term that is `value` in every mail."""
        return Term(self.bound(value), Varies.NEVER, form, value)

    def call(self, function: Callable[..., Any], *arguments: ast.expr) -> ast.expr:
        """A call of one of our functions."""
        return ast.Call(self.bound(function), list(arguments), [])


def variable(name: str) -> ast.Name:
    """A variable that is read."""
    return ast.Name(name, ast.Load())


def assigned(name: str, code: ast.expr) -> ast.stmt:
    """`name = code`."""
    return ast.Assign([ast.Name(name, ast.Store())], code)


def item(of: ast.expr, key: str | int) -> ast.expr:
    """`of[key]`."""
    return ast.Subscript(of, ast.Constant(key), ast.Load())


def method(of: ast.expr, name: str, *arguments: ast.expr) -> ast.expr:
    """`of.name(…)`, for names of ours."""
    return ast.Call(ast.Attribute(of, name, ast.Load()), list(arguments), [])


def joined(parts: Sequence[ast.expr]) -> ast.expr:
    """Texts one after the other."""
    return ast.JoinedStr([p if isinstance(p, ast.Constant) else ast.FormattedValue(p, -1) for p in parts])


def names_in(code: ast.expr) -> set[str]:
    """Names that an expression reads."""
    return {node.id for node in ast.walk(code) if isinstance(node, ast.Name)}
