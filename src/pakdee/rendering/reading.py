"""What a template reads, expression by expression: known paths, fitting types, nothing empty printed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from jinja2 import nodes

from pakdee.rendering.components import COMPONENTS, Takes, named
from pakdee.rendering.contract import Contract, Entry
from pakdee.rendering.findings import Findings, did_you_mean, dotted
from pakdee.rendering.guards import NONE, Guards, told
from pakdee.rendering.kinds import FILTER_FOR, PLAIN, TAKES, Kind, alike, right_filter
from pakdee.rendering.showing import FIGURES, Figure, lacking


@dataclass(frozen=True)
class Value:
    """What an expression is: its kind, None if unknown, and the unguarded paths it is empty without."""

    kind: Kind | None
    entries: tuple[Entry, ...] = ()


@dataclass
class Reading:
    """What one template reads: paths with lines, those it can't do without, and whether it needs an offer."""

    contract: Contract
    findings: Findings
    paths: list[tuple[str, int]] = field(default_factory=list)
    required: set[str] = field(default_factory=set)
    needs_offer: bool = False
    _loops: dict[str, str] = field(default_factory=dict)

    def statements(self, body: Sequence[nodes.Node], guards: Guards = NONE) -> None:
        """Read statements; `guards` are paths known to have a value here."""
        for node in body:
            if isinstance(node, nodes.Output):
                for part in node.nodes:
                    self.output(part, guards)
            elif isinstance(node, nodes.If):
                self.branches([node, *node.elif_], node.else_, guards)
            elif isinstance(node, nodes.For):
                self.loop(node, guards)
            elif isinstance(node, nodes.CallBlock):
                self.call(node.call, guards)
                self.statements(node.body, guards)

    def branches(self, ifs: Sequence[nodes.If], otherwise: Sequence[nodes.Node], guards: Guards) -> None:
        """`if … elif … else`: each branch knows what the tests before it ruled out."""
        for branch in ifs:
            self.value(branch.test, guards)
            true, false = self.told(branch.test)
            self.statements(branch.body, guards | true)
            guards |= false
        self.statements(otherwise, guards)

    def loop(self, node: nodes.For, guards: Guards) -> None:
        """A loop binds its name to the entries of a list."""
        name, path = getattr(node.target, "name", None), dotted(node.iter)
        if name is None or path is None:
            return
        value = self.value(node.iter, guards)
        self.needed(value, node, guards)
        if value.kind not in {Kind.LIST, None}:
            self.findings.add(
                node.lineno, f"{path} is not a list", "loop over customer.favourites or program.tiers"
            )
        outer = self._loops.get(name)
        self._loops[name] = f"{self.full(path)}[]"
        self.statements(node.body, guards)
        self._loops.pop(name)
        if outer is not None:
            self._loops[name] = outer

    def output(self, part: nodes.Node, guards: Guards) -> None:
        """A printed expression or a component."""
        if isinstance(part, nodes.Call):
            self.call(part, guards)
        elif not isinstance(part, nodes.TemplateData):
            self.printable(part, guards)

    def call(self, call: nodes.Call, guards: Guards) -> None:
        """A component's arguments, each by what it may be."""
        component = COMPONENTS.get((dotted(call.node) or "").removeprefix("ui."))
        if component is None:
            return
        given = named(component, call)
        for line, what, next_step in lacking(component, given, call.lineno, self.contract):
            self.findings.add(line, what, next_step)
        for name, value in given.items():
            takes = component.takes.get(name)
            if takes is Takes.WORDS:
                self.printable(value, guards)
            elif takes is Takes.LINK:
                self.needed(self.value(value, guards), value, guards)
            elif takes in FIGURES:
                self.figure(name, FIGURES[takes], value, guards)

    def figure(self, name: str, wanted: Figure, node: nodes.Node, guards: Guards) -> None:
        """A number that is there, as it is: the component writes it."""
        value = self.value(node, guards)
        self.needed(value, node, guards)
        if value.kind not in {*wanted.kinds, None}:
            what = f"{name} takes {wanted.told}"
            self.findings.add(node.lineno, what, f"write for example {name}={wanted.example}")

    def printable(self, node: nodes.Node, guards: Guards) -> None:
        """A value that can be printed as it is and is never empty."""
        if isinstance(node, nodes.Concat):
            for part in node.nodes:
                self.printable(part, guards)
            return
        value = self.value(node, guards)
        self.needed(value, node, guards)
        if value.kind is None or value.kind in PLAIN:
            return
        name = dotted(node) or "this"
        what = f"{name} is {value.kind.told} and can't be printed"
        self.findings.add(node.lineno, *self.unprintable(name, value.kind, what))

    def unprintable(self, name: str, kind: Kind, what: str) -> tuple[str, str]:
        """What is wrong with printing `name`, and how it is printed."""
        if kind is Kind.GROUP and name in self._loops:
            parts = sorted(p for p in self.contract.entries if p.startswith(f"{self._loops[name]}."))
            return what, f"print one of its parts: {', '.join(p.rpartition('.')[2] for p in parts)}"
        if kind is Kind.GROUP and name != "customer":
            return what, f"print one of its parts, such as {name}.title"
        if kind in FILTER_FOR:
            return f"{what} as it is", f"write {name}|{FILTER_FOR[kind]}"
        if kind is Kind.LINK:
            return f"{name} is a link", "use ui.link or ui.button with href"
        return what, "test it with {% if %}"

    def needed(self, value: Value, node: nodes.Node, guards: Guards) -> None:
        """Notes what a value needs, and where that could be empty without a fallback."""
        for entry in value.entries:
            if entry.path in guards:
                continue
            if not entry.nullable:
                self.required.add(entry.path)
                continue
            what = f"{entry.path} can be empty, and is used here without a fallback"
            if entry.empty_when:
                what = f"{entry.path} can be empty ({entry.empty_when}), and is used here without a fallback"
            self.findings.add(
                node.lineno,
                what,
                entry.mend
                or f"put it inside {{% if {entry.path} %}} … {{% endif %}}, or write {entry.path} or '…'",
            )

    def value(self, node: nodes.Node, guards: Guards) -> Value:
        """What an expression is; notes unknown paths and types that don't fit on the way."""
        readers: dict[type[nodes.Node], Callable[[Any, Guards], Value]] = {
            nodes.Const: self.constant,
            nodes.Name: self.path,
            nodes.Getattr: self.path,
            nodes.Filter: self.filtered,
            nodes.CondExpr: self.choice,
            nodes.And: self.joined,
            nodes.Or: self.joined,
            nodes.Concat: self.concatenation,
            nodes.Compare: self.comparison,
            nodes.Not: self.yes_or_no,
            nodes.Test: self.yes_or_no,
        }
        reader = readers.get(type(node))
        return reader(node, guards) if reader else Value(None)

    def constant(self, node: nodes.Const, _: Guards) -> Value:
        """A text or number written out."""
        kinds = {str: Kind.TEXT, bool: Kind.BOOLEAN, int: Kind.INTEGER, float: Kind.NUMBER}
        return Value(kinds.get(type(node.value)))

    def concatenation(self, node: nodes.Concat, guards: Guards) -> Value:
        """`a ~ b`: words."""
        self.printable(node, guards)
        return Value(Kind.TEXT)

    def yes_or_no(self, node: nodes.Not | nodes.Test, guards: Guards) -> Value:
        """`not a`, `a is none`."""
        self.value(node.node, guards)
        return Value(Kind.BOOLEAN)

    def full(self, path: str) -> str:
        """A path with a loop's name replaced by the list it runs over."""
        root, dot, rest = path.partition(".")
        return f"{self._loops[root]}{dot}{rest}" if root in self._loops else path

    def instead(self, name: str, path: str) -> str:
        """What to write for a path there is not, by the name of the loop it begins with."""
        loop = name.partition(".")[0]
        next_step = self.contract.next_step(path)
        return next_step.replace(self._loops[loop], loop) if loop in self._loops else next_step

    def path(self, node: nodes.Node, guards: Guards) -> Value:
        """A path of the contract."""
        name = dotted(node)
        if name is None:
            return Value(None)
        path = self.full(name)
        if path in set(self._loops.values()):
            return Value(Kind.GROUP)
        entry = self.contract.get(path)
        if entry is None:
            self.findings.add(node.lineno, f"there is no {name!r}", self.instead(name, path))
            return Value(None)
        self.paths.append((path, node.lineno))
        self.needs_offer |= path.startswith("offer.") and "offer" not in guards
        return Value(entry.kind, () if path in guards else (entry,))

    def filtered(self, node: nodes.Filter, guards: Guards) -> Value:
        """A value behind a filter."""
        if node.node is None:
            return Value(None)
        value = self.value(node.node, guards)
        if node.name == "default":
            return (
                self.either(value, self.value(node.args[0], guards), node) if node.args else Value(value.kind)
            )
        if node.name != "greet":
            self.needed(value, node, guards)
        wanted = TAKES.get(node.name)
        fits = value.kind is None or wanted is None or value.kind in wanted
        if not fits or (node.name == "greet" and dotted(node.node) != "customer"):
            name = dotted(node.node) or "this"
            self.findings.add(
                node.lineno,
                f"the filter {node.name} doesn't fit {name}, {(value.kind or Kind.TEXT).told}",
                right_filter(node.name, name, value.kind),
            )
        for argument in node.args:
            self.printable(argument, guards)
        return Value(Kind.TEXT)

    def choice(self, node: nodes.CondExpr, guards: Guards) -> Value:
        """`a if test else b`."""
        self.value(node.test, guards)
        true, false = self.told(node.test)
        first = self.value(node.expr1, guards | true)
        if node.expr2 is None:
            return first
        second = self.value(node.expr2, guards | false)
        return Value(self.either(first, second, node).kind, first.entries + second.entries)

    def joined(self, node: nodes.And | nodes.Or, guards: Guards) -> Value:
        """`a and b`, `a or b`; the right side is reached only when the left allows it."""
        true, false = self.told(node.left)
        left = self.value(node.left, guards)
        if isinstance(node, nodes.And):
            self.value(node.right, guards | true)
            return Value(Kind.BOOLEAN)
        right = self.value(node.right, guards | false)
        if Kind.BOOLEAN in {left.kind, right.kind} or Kind.GROUP in {left.kind, right.kind}:
            return Value(Kind.BOOLEAN)
        return self.either(left, right, node)

    def either(self, first: Value, second: Value, node: nodes.Node) -> Value:
        """A value or its fallback: both must be of one sort; empty only if the fallback can be."""
        if first.kind and second.kind and not alike(first.kind, second.kind):
            self.findings.add(
                node.lineno,
                f"{first.kind.told} and {second.kind.told} can't stand for each other",
                "format the first inside {% if %}, and write the words after {% else %}",
            )
        return Value(first.kind, second.entries)

    def comparison(self, node: nodes.Compare, guards: Guards) -> Value:
        """`a < b`: values of one sort; order needs both to be there; listed values must exist."""
        left = self.value(node.expr, guards)
        for operand in node.ops:
            right = self.value(operand.expr, guards)
            if operand.op in {"in", "notin"}:
                self.findings.add(node.lineno, "'in' is not part of templates", "compare with == and or")
            elif operand.op not in {"eq", "ne"}:
                self.needed(left, node, guards)
                self.needed(right, node, guards)
            else:
                # Equality tells an unknown value apart, but not one that the ledger should have and lacks.
                self.required |= {e.path for e in left.entries + right.entries if not e.nullable}
            if left.kind and right.kind and not alike(left.kind, right.kind):
                what = f"{left.kind.told} is compared with {right.kind.told}"
                self.findings.add(node.lineno, what, "compare values of one sort")
            self.listed(node, operand.expr)
        return Value(Kind.BOOLEAN)

    def listed(self, node: nodes.Compare, other: nodes.Expr) -> None:
        """A text compared with a value that has a closed list."""
        entry = self.contract.get(dotted(node.expr) or "")
        if entry and entry.values and isinstance(other, nodes.Const) and str(other.value) not in entry.values:
            self.findings.add(
                node.lineno,
                f"{entry.path} is never {other.value!r}",
                did_you_mean(str(other.value), entry.values),
            )

    def told(self, test: nodes.Node) -> tuple[Guards, Guards]:
        """Paths that surely have a value when `test` is true, and when it is false."""
        return told(test, self.full)
