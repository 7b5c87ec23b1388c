"""Scopes: what is evaluated whenever certain tests have turned out in a certain way, each expression once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

from pakdee.rendering.terms import Term, Varies, names_in, variable


@dataclass
class Numbers:
    """What is numbered through a whole program."""

    variables: Iterator[int] = field(default_factory=count)
    slots: Iterator[int] = field(default_factory=count)
    forks: Iterator[int] = field(default_factory=count)


@dataclass
class Fork:
    """A test with the scopes behind it. `bit` is set in the paths on which it is true."""

    test: Term
    bit: int
    yes: Scope
    no: Scope


@dataclass
class Scope:
    """One scope.

    Args:
        given: tests, and how they have turned out here.
        kept: expressions by the variable that holds them.
        slots: numbers of slots by the variables that go into them, in the order of a mail's values.
        needed: variables that must be evaluated, printed or not.
    """

    numbers: Numbers = field(default_factory=Numbers)
    parent: Scope | None = None
    given: dict[str, bool] = field(default_factory=dict)
    kept: dict[str, ast.expr] = field(default_factory=dict)
    slots: dict[str, int] = field(default_factory=dict)
    needed: set[str] = field(default_factory=set)
    forks: dict[str, Fork] = field(default_factory=dict)
    terms: dict[str, Term] = field(default_factory=dict)

    def keep(self, term: Term) -> Term:
        """`term` as a variable of this scope, or of one around it."""
        if term.varies is Varies.NEVER or isinstance(term.code, ast.Name):
            return term
        found = self.find(term.key)
        if found is None:
            name = f"value{next(self.numbers.variables)}"
            self.kept[name] = term.code
            found = self.terms[term.key] = replace(term, code=variable(name))
        return found

    def find(self, key: str) -> Term | None:
        """The variable that holds an expression already."""
        return next((scope.terms[key] for scope in self.around() if key in scope.terms), None)

    def perhaps(self) -> Perhaps:
        """The same place, for a part of an expression that may not be reached."""
        return Perhaps(self)

    def need(self, term: Term) -> None:
        """Have `term` evaluated even if nothing prints it."""
        if term.varies is Varies.BY_CUSTOMER:
            self.needed |= names_in(self.keep(term).code)

    def slot(self, term: Term) -> int:
        """The number of the slot that holds `term`."""
        (name,) = names_in(self.keep(term).code)
        found = next((scope.slots[name] for scope in self.around() if name in scope.slots), None)
        if found is None:
            found = self.slots[name] = next(self.numbers.slots)
        return found

    def fork(self, test: Term) -> Fork:
        """The scopes behind a test."""
        if test.key not in self.forks:
            yes, no = (Scope(self.numbers, self, {test.key: outcome}) for outcome in (True, False))
            self.forks[test.key] = Fork(test, next(self.numbers.forks), yes, no)
        return self.forks[test.key]

    def decided(self, test: Term) -> bool | None:
        """How a test has turned out here, None where that is open."""
        if test.varies is Varies.NEVER:
            return bool(test.value)
        return next((scope.given[test.key] for scope in self.around() if test.key in scope.given), None)

    def around(self) -> Iterator[Scope]:
        """This scope and those around it."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def all(self) -> Iterator[Scope]:
        """This scope and those inside it."""
        yield self
        for fork in self.forks.values():
            yield from fork.yes.all()
            yield from fork.no.all()


@dataclass(frozen=True)
class Perhaps:
    """A place that may not be reached: what is known there is used, but nothing evaluated in advance."""

    scope: Scope

    def keep(self, term: Term) -> Term:
        """The variable that holds `term`, else `term` itself."""
        return self.scope.find(term.key) or term

    def perhaps(self) -> Perhaps:
        """The same place."""
        return self


Place = Scope | Perhaps
