"""One template in one language, with one subject: read, checked, compiled, rendered."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from jinja2 import Template, TemplateError, TemplateSyntaxError, UndefinedError, nodes

from pakdee.domain.errors import Problem, RenderError
from pakdee.domain.message import Rendered
from pakdee.rendering.components import Level
from pakdee.rendering.contract import Contract
from pakdee.rendering.expressions import Expressions
from pakdee.rendering.findings import Enough, Findings
from pakdee.rendering.frontmatter import Source, split
from pakdee.rendering.grammar import Grammar
from pakdee.rendering.kit import Kit
from pakdee.rendering.preparing import Preparing
from pakdee.rendering.printing import EMPTY, Unprintable, one_line
from pakdee.rendering.program import SlotProgram, slot_program
from pakdee.rendering.reading import Reading
from pakdee.rendering.sandbox import PARTS, TEXT, MailEnvironment, compiled
from pakdee.rendering.unreadable import unreadable

LARGEST_MAIL = 200_000
_FAILURES = (
    Unprintable,
    TemplateError,
    TypeError,
    ValueError,
    ArithmeticError,
    AttributeError,
    RecursionError,
)


@dataclass(frozen=True)
class Compiled:
    """What writes a template's mails.

    Args:
        subject: a template of one line of plain text.
        direct: the definition, by part: components are called.
        program: the same, but only values, in one go.
    """

    subject: Template
    direct: Mapping[str, Template]
    program: SlotProgram


@dataclass(frozen=True)
class Mail:
    """One template in one language, with one of its subjects.

    Args:
        where: its file, for messages.
        paths: what it reads, with lines.
        features: those it can't do without.
        optional: features it has a fallback for, so that a ledger may lack them altogether.
        told: what it can't do without of what only a campaign can say, such as "incident".
        subject_line: where its subject stands.
        compile: what is made of it when the first mail is written, which takes longer than reading it.
    """

    where: str
    paths: tuple[tuple[str, int], ...]
    features: frozenset[str]
    optional: frozenset[str]
    needs_offer: bool
    told: frozenset[str]
    constants: Mapping[str, Any]
    subject_line: int
    compile: Callable[[], Compiled]

    @cached_property
    def compiled(self) -> Compiled:
        """What writes its mails."""
        return self.compile()

    def ready(self) -> Mail:
        """The same, compiled now."""
        self.compiled  # noqa: B018 - asking for it makes it
        return self

    @property
    def program(self) -> SlotProgram:
        """What writes only values."""
        return self.compiled.program

    @property
    def reads_offer(self) -> bool:
        """Whether it says anything of an offer, if only where there is one."""
        return any(path.partition(".")[0] == "offer" for path, _ in self.paths)

    @property
    def slowness(self) -> list[Problem]:
        """A warning where its mails can't be written quickly, with the line and the reason."""
        why = self.program.why_direct
        what = f"these mails are rendered one by one, since {why}"
        mend = "write it more simply; if the mails are few, nothing has to be done"
        return [Problem(self.where, self.program.line or 1, what, mend, "warning")] if why else []

    def render(self, context: Mapping[str, Any]) -> Rendered:
        """The mail for one reader. Raises RenderError."""
        values = self._values(context)
        try:
            subject = self._subject(values)
            html, text = (self.compiled.direct[part].render(values) for part in PARTS)
        except _FAILURES as error:
            raise self._failed(error, values) from error
        self._bounded(html)
        return Rendered(subject, text, html)

    def _values(self, context: Mapping[str, Any]) -> dict[str, Any]:
        offer = context.get("offer")
        return {
            "customer": dict.fromkeys(self.optional) | dict(context["customer"]),
            "offer": None if offer is None else dict(offer),
            "links": dict(context["links"]),
            "campaign": dict(context["campaign"]),
            "today": context["today"],
            "why_you": context["why_you"],
            **self.constants,
        }

    def _subject(self, values: Mapping[str, Any]) -> str:
        subject = one_line(self.compiled.subject.render(values))
        if not subject:
            raise Unprintable(EMPTY, "the subject")
        return subject

    def _bounded(self, html: str) -> None:
        if len(html) > LARGEST_MAIL:
            raise RenderError(
                f"the mail is larger than {LARGEST_MAIL:,} characters",
                where=self.where,
                next_step="shorten the template or what it prints",
            )

    def _failed(self, error: Exception, values: Mapping[str, Any]) -> RenderError:
        line = getattr(error, "line", 0) or self._line(error)
        variable = getattr(error, "variable", "") or self._variable(line, values)
        what = error.what if isinstance(error, Unprintable) else "is not there"
        if not isinstance(error, Unprintable | UndefinedError):
            what = f"can't be used like this ({error})"
        return RenderError(
            f"{variable} {what}",
            where=f"{self.where}:{line}" if line else self.where,
            next_step="give it a fallback in the template, or leave such customers out of the segment",
        )

    def _line(self, error: Exception) -> int:
        frames = traceback.extract_tb(error.__traceback__)
        return next((frame.lineno or 0 for frame in reversed(frames) if frame.filename == self.where), 0)

    def _variable(self, line: int, values: Mapping[str, Any]) -> str:
        """The path on `line` (or anywhere) that has no value, else the first one there."""
        near = [path for path, at in self.paths if at == line] or [path for path, _ in self.paths]
        without = [path for path in near if _found(path, values) is None]
        return next(iter([*without, *near]), "a value")


def read_mails(
    where: str, raw: bytes, kit: Kit, contract: Contract, *, lazily: bool = False
) -> tuple[dict[str, Mail], list[Problem]]:
    """A template file as a Mail for each variant of its subject, or everything that is wrong with it.

    Args:
        lazily: compile each when it writes its first mail; for those that were compiled well before.
    """
    findings = Findings(where)
    try:
        sources = split(raw, findings) or {}
        checked = {name: (s, _check(s, kit, findings, contract)) for name, s in sources.items()}
        if findings.problems:
            return {}, findings.problems
        mails = {name: _mail(where, s, kit, read) for name, (s, read) in checked.items() if read}
        return mails if lazily else {name: mail.ready() for name, mail in mails.items()}, []
    except Enough:
        return {}, findings.problems
    except (RecursionError, SyntaxError):  # of Python: Jinja's own is a TemplateSyntaxError
        what = "brackets or branches stand too deep inside each other"
        return {}, [*findings.problems, Problem(where, 1, what, "write it more simply")]


def _check(source: Source, kit: Kit, findings: Findings, contract: Contract) -> Reading | None:
    env = kit.environments[TEXT]
    grammar, reading = Grammar(findings, kit.locale), Reading(contract, findings)
    for text in (source.subject, source.preheader):
        tree = _parse(text, env, findings)
        if tree:
            grammar.words(tree.body)
            reading.statements(tree.body)
    tree = _parse(source.body, env, findings)
    if tree is None:
        return None
    grammar.statements(tree.body, Level.TOP)
    reading.statements(tree.body)
    if not any(
        isinstance(node, nodes.Output | nodes.CallBlock | nodes.If) and _says(node) for node in tree.body
    ):
        findings.add(
            source.body.count("\n") + 1, "the mail is empty", "write at least one {% call ui.section() %}"
        )
    return reading


def _says(node: nodes.Node) -> bool:
    return next(node.find_all(nodes.Call), None) is not None


def _parse(text: str, env: MailEnvironment, findings: Findings) -> nodes.Template | None:
    try:
        return env.parse(text)
    except TemplateSyntaxError as error:
        findings.add(*unreadable(text, error))
    return None


def _mail(where: str, source: Source, kit: Kit, reading: Reading) -> Mail:
    read = frozenset(filter(None, (reading.contract.feature(path) for path, _ in reading.paths)))
    required = read & {path.removeprefix("customer.") for path in reading.required}
    return Mail(
        where=where,
        paths=tuple(reading.paths),
        features=required,
        optional=read - required,
        needs_offer=reading.needs_offer,
        told=frozenset(p.removeprefix("campaign.") for p in reading.required if p.startswith("campaign.")),
        constants=kit.constants,
        subject_line=source.subject_line,
        compile=partial(_compiled, where, source, kit, reading.contract, read - required),
    )


def _compiled(where: str, source: Source, kit: Kit, contract: Contract, optional: frozenset[str]) -> Compiled:
    trees = {part: _tree(source, kit.environments[part], part) for part in PARTS}
    direct = {part: compiled(kit.environments[part], trees[part], where) for part in PARTS}
    text_env = kit.environments[TEXT]
    subject = Preparing(text_env).words(text_env.parse(source.subject).body)
    expressions = Expressions(contract, text_env.filters, kit.roots, optional)
    program = slot_program(expressions, subject, trees, kit.libraries)
    return Compiled(compiled(text_env, subject, where), direct, program)


def _tree(source: Source, env: MailEnvironment, part: str) -> list[nodes.Node]:
    return Preparing(env).mail(env.parse(source.preheader), env.parse(source.body), part)


def _found(path: str, values: Mapping[str, Any]) -> Any:
    found: Any = values
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found
