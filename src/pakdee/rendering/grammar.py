"""The small language templates are written in: what is not listed here does not exist.

No template can keep a value, call anything but a component, multiply a text, read a file or loop without
end: every loop runs over a list of ours, at most two deep, so size and time are bounded by the file itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from jinja2 import nodes

from pakdee.rendering.calls import Calls
from pakdee.rendering.components import Level
from pakdee.rendering.counting import counting
from pakdee.rendering.findings import Findings, did_you_mean, dotted
from pakdee.rendering.refusals import refusal
from pakdee.rendering.wording import oddities

FILTERS = {"greet": 0, "date": 1, "money": 0, "num": 0, "percent": 0, "plural": 6, "level": 0, "default": 1}
"""Filters a template may use, and how many arguments each takes at most."""
ROOTS = frozenset({"customer", "offer", "links", "brand", "program", "today", "why_you", "campaign"})
RESERVED = ROOTS | {"ui", "frame", "words", "colour", "caller", "loop", "slots", "accounts", "scales"}
DEEPEST_LOOP = 2
LONGEST_TEXT = 2_000
LARGEST_NUMBER = 10**9
_LEAST = {"plural": 1, "default": 1}
"""How many of them it needs, where it can't do without."""
_FORMS = ("long", "short")
_QUOTED = re.compile("[“”„‟].*[“”„‟]", re.DOTALL)
_PARTS = (nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.Concat)


class Grammar:
    """Walks one template and notes everything outside the language.

    Args:
        locale: in which it is written; says how many forms a word has after a number.
    """

    def __init__(self, findings: Findings, locale: str) -> None:
        self._note, self._counting = findings.add, counting(locale)
        self._calls = Calls(findings.add, self.expression)

    def statements(self, body: Sequence[nodes.Node], level: Level, depth: int = 0) -> None:
        """Check what stands at `level`, inside `depth` loops."""
        for node in body:
            if isinstance(node, nodes.Output):
                for part in node.nodes:
                    self.output(part, level)
            elif isinstance(node, nodes.If):
                self.expression(node.test)
                for branch in (node.body, node.elif_, node.else_):
                    self.statements(branch, level, depth)
            elif isinstance(node, nodes.For):
                self.loop(node, level, depth + 1)
            elif isinstance(node, nodes.CallBlock):
                self.content(node, level, depth)
            else:
                self.refuse(node)

    def words(self, body: Sequence[nodes.Node]) -> None:
        """Check a line of front matter: words and values, no components."""
        for node in body:
            for call in node.find_all((nodes.Call, nodes.CallBlock)):
                self._note(call.lineno, "subject and preheader hold no components", "write words and values")
                return
        self.one_line(body)
        self.statements(body, Level.INLINE)

    def one_line(self, body: Sequence[nodes.Node]) -> None:
        """Front matter is padded with empty lines up to its own; after them no line may end."""
        texts = [part.data for node in body for part in node.find_all(nodes.TemplateData)]
        if not texts:
            return
        padded, texts[0] = texts[0], texts[0].lstrip("\n")
        line = len(padded) - len(texts[0]) + 1
        if any(set("\r\n") & set(text) for text in texts):
            self._note(line, "there is a line break in the subject or preheader", "write it on one line")
        if _QUOTED.fullmatch("".join(texts)):
            next_step = 'leave them out, or write straight ones around the line: "…"'
            self._note(line, "curly quotation marks stand around the whole line", next_step)

    def output(self, part: nodes.Node, level: Level) -> None:
        """Words, a component or a value."""
        if isinstance(part, nodes.TemplateData):
            self.data(part, level)
        elif isinstance(part, nodes.Call):
            self._calls.component(part, level, with_content=False)
        elif level is not Level.INLINE:
            self._note(
                part.lineno, "a value stands outside a component", "put it inside ui.p or another component"
            )
        else:
            self.expression(part)

    def data(self, part: nodes.TemplateData, level: Level) -> None:
        """Plain words: only where words can stand, and never HTML."""
        text = part.data
        words = text.strip()
        line = part.lineno + text[: len(text) - len(text.lstrip())].count("\n")
        if words and level is not Level.INLINE:
            shown = " ".join(words.split())[:40]
            self._note(
                line,
                f"words stand outside a component: {shown!r}",
                "put them inside {% call ui.p() %} … {% endcall %}",
            )
        self.plain(words, line)

    def plain(self, text: str, line: int) -> None:
        """A text written into the template."""
        for at, what, next_step in oddities(text):
            self._note(line + text.count("\n", 0, at), what, next_step)

    def loop(self, node: nodes.For, level: Level, depth: int) -> None:
        """A loop over one of our lists, not too deep."""
        if depth > DEEPEST_LOOP:
            what = f"loops stand {depth} deep"
            self._note(node.lineno, what, f"use at most {DEEPEST_LOOP} inside each other")
        if dotted(node.iter) is None:
            what = "a loop runs over something that is not one of the lists"
            self._note(node.lineno, what, "loop over program.tiers")
        if not isinstance(node.target, nodes.Name):
            self._note(
                node.lineno, "a loop takes one thing at a time", "write {% for tier in program.tiers %}"
            )
        elif _is_taken(node.target.name):
            what = f"{node.target.name!r} can't name what a loop takes"
            self._note(node.lineno, what, "choose another word: tier")
        if node.recursive or node.test or node.else_:
            self._note(node.lineno, "a loop has no if, else or recursive", "write a plain {% for … in … %}")
        self.statements(node.body, level, depth)

    def content(self, node: nodes.CallBlock, level: Level, depth: int) -> None:
        """`{% call ui.x() %} … {% endcall %}`."""
        if node.args or node.defaults:
            self._note(node.lineno, "{% call(…) %} takes nothing in brackets", "write {% call ui.p() %}")
        component = self._calls.component(node.call, level, with_content=True)
        if component and component.content:
            self.statements(node.body, component.content, depth)
            self._calls.rows(component, node)

    def expression(self, node: nodes.Node) -> None:
        """An expression: paths, texts, numbers, comparisons, filters of the list."""
        if isinstance(node, nodes.Const):
            self.constant(node)
        elif isinstance(node, nodes.Getattr | nodes.Name):
            self.path(node)
        elif isinstance(node, nodes.Filter):
            self.filter(node)
        elif isinstance(node, nodes.Test):
            if node.name != "none":
                what = f"'is {node.name}' is not part of templates"
                self._note(node.lineno, what, "write 'is none' or compare values")
            self.expression(node.node)
        elif isinstance(node, nodes.CondExpr):
            if node.expr2 is None:
                self._note(node.lineno, "a short if has no else", "write … if … else …")
            self.parts(node)
        elif isinstance(node, _PARTS):
            self.parts(node)
        else:
            self.refuse(node)

    def parts(self, node: nodes.Node) -> None:
        """Everything an expression is made of."""
        for part in node.iter_child_nodes():
            self.expression(part)

    def constant(self, node: nodes.Const) -> None:
        """A text or number written out: bounded."""
        value = node.value
        if value is None:
            self._note(node.lineno, "none can't be printed or compared", "write 'is none', or leave it out")
        elif isinstance(value, str):
            self.plain(value, node.lineno)
            if len(value) > LONGEST_TEXT:
                self._note(
                    node.lineno, f"a text is longer than {LONGEST_TEXT:,} characters", "split it in two"
                )
            if set("\r\n") & set(value):
                next_step = "close it on its own line, with the quotation mark it begins with"
                self._note(node.lineno, "a text in quotes runs over several lines", next_step)
        elif abs(value) > LARGEST_NUMBER:
            self._note(node.lineno, "a number is too large", f"stay below {LARGEST_NUMBER:,}")

    def path(self, node: nodes.Node) -> None:
        """`customer.tier`: names joined by dots, none of them hidden."""
        name = dotted(node)
        if name is None:
            self._note(
                node.lineno, "a dot follows something that has no parts", "write a path such as customer.tier"
            )
        elif any(part.startswith("_") for part in name.split(".")):
            self._note(
                node.lineno,
                f"{name} is not open to templates: names can't begin with _",
                "use a path of docs/templates.md",
            )

    def filter(self, node: nodes.Filter) -> None:
        """A filter of the list, with as many arguments as it takes."""
        most, least = FILTERS.get(node.name, 0), _LEAST.get(node.name, 0)
        if node.name not in FILTERS:
            self._note(node.lineno, f"there is no filter {node.name!r}", did_you_mean(node.name, FILTERS))
        elif len(node.args) > most or node.kwargs or node.dyn_args or node.dyn_kwargs:
            what = f"the filter {node.name} gets too many arguments"
            self._note(node.lineno, what, f"it takes at most {most}")
        elif len(node.args) < least:
            self._note(node.lineno, f"the filter {node.name} lacks its words", f'write {node.name}("…")')
        elif node.name == "date" and node.args and getattr(node.args[0], "value", None) not in _FORMS:
            self._note(node.lineno, "the filter date has no such form", 'write date, or date("short")')
        elif node.name == "plural":
            self.forms(node)
        for part in (node.node, *node.args):
            if part is not None:
                self.expression(part)

    def forms(self, node: nodes.Filter) -> None:
        """A word for each form that the language has after a number, or one that never changes."""
        given, needed, most = len(node.args), self._counting.needed, max(len(self._counting.names), 2)
        if 1 < given < len(needed):
            what = f"there are {given} words after the number, and this language has {len(needed)} forms"
            self._note(node.lineno, what, f"write one for each of: {', '.join(needed)}")
        elif given > most:
            what = f"the filter {node.name} gets too many arguments"
            self._note(node.lineno, what, f"it takes at most {most}")

    def refuse(self, node: nodes.Node) -> None:
        """Anything else, in words."""
        line = node.lineno or next((inner.lineno for inner in node.find_all(nodes.Node) if inner.lineno), 1)
        self._note(line, *refusal(node))


def _is_taken(name: str) -> bool:
    """Whether a name means something else, is hidden, or is a disguise of another for Python."""
    return name in RESERVED or name.startswith("_") or unicodedata.normalize("NFKC", name) != name
