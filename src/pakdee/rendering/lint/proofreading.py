"""The lint over one template: each mail rendered with its lines, and the file itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from pakdee.domain.message import Rendered
from pakdee.domain.vocabulary import Purpose
from pakdee.rendering.contract import Contract
from pakdee.rendering.frontmatter import Source
from pakdee.rendering.kit import Kit
from pakdee.rendering.lint import checking, sources
from pakdee.rendering.lint.model import About, Finding, Lines
from pakdee.rendering.lint.rules import RULES
from pakdee.rendering.lint.tracing import Tracer
from pakdee.rendering.sandbox import HTML, PARTS, TEXT

Headers = Mapping[Purpose, Collection[str]]
_SHORTEST_TOLD = 4
"""Shorter texts of a reader's data are words like `up`, which stand in other words too."""


@dataclass(frozen=True)
class Proofreader:
    """Reads one template in one language, for one reader after the other.

    Args:
        where: its file, which has passed all checks of loading.
        headers: that requests have, by purpose, where they are known.
    """

    where: str
    source: Source
    kit: Kit
    contract: Contract
    headers: Headers = field(default_factory=dict)

    @cached_property
    def tracer(self) -> Tracer:
        """Knows the line of each piece of a mail; made when the first line is asked for."""
        return Tracer.of(self.where, self.source, self.kit, self.contract)

    @cached_property
    def sheet(self) -> sources.Sheet:
        """The file as it is written."""
        return sources.Sheet.of(self.source, self.kit.environments[TEXT])

    def mail(self, context: Mapping[str, Any]) -> list[Finding]:
        """What the rules find in the mail of one reader. Raises what rendering raises."""
        mail, lines = self.tracer.render(context)
        return self.rendered(mail, context, lines)

    def rendered(
        self, mail: Rendered, context: Mapping[str, Any], lines: Lines, *, infos: bool = True
    ) -> list[Finding]:
        """The same for a mail that is rendered already; without `infos` only what should be mended."""
        return unique(checking.findings(mail, self.about(context, lines), infos=infos))

    def slips(self, mail: Rendered, context: Mapping[str, Any]) -> list[Finding]:
        """What should be mended in a rendered mail; its lines are traced only where there is something."""
        traced = cache(lambda: self.tracer.render(context)[1])

        def lines(part: str, at: int) -> int:
            return traced()(part, at)

        return self.rendered(mail, context, lines, infos=False)

    def about(self, context: Mapping[str, Any], lines: Lines) -> About:
        """What the lint must know, from what the template was rendered with."""
        brand = self.kit.constants["brand"]
        purpose = Purpose(context["campaign"].get("purpose", Purpose.MARKETING))
        return About(
            where=self.where,
            locale=self.kit.locale,
            purpose=purpose,
            today=context["today"],
            offer=context.get("offer"),
            links=self.links(context),
            voice=self.kit.roots["voice"],
            brand_name=brand["name"],
            address=brand["postal_address"],
            why_you=context["why_you"],
            told=_told(context),
            palette=self.kit.roots["colour"],
            unit=self.kit.constants["program"]["unit"],
            headers=self.headers.get(purpose),
            lines=lines,
        )

    def links(self, context: Mapping[str, Any]) -> dict[str, str]:
        """All that a mail may lead to: links of templates, and the shop's accounts, which ui.social shows."""
        accounts = {account["name"]: account["url"] for account in self.kit.roots["accounts"]}
        return {name: link for name, link in context["links"].items() if link} | accounts

    def file(self, offer: Mapping[str, Any] | None) -> list[Finding]:
        """What the rules find in the file, given the offer of a campaign that uses it."""
        found = [("K03", *told) for told in sources.written_out(self.sheet, offer)]
        found += [("V05", *told) for told in sources.unsaid(self.sheet, offer)]
        found += [("K04", *told) for told in sources.selling_sorry(self.sheet, offer)]
        return unique(
            Finding(rule, RULES[rule].severity, self.where, line, what, next_step or RULES[rule].mend)
            for rule, line, what, next_step in found
        )


def alike(where: str, line: int, mails: Sequence[tuple[Rendered, Mapping[str, Any]]]) -> list[Finding]:
    """V06: where all these readers get the same mail but for their links and codes; on the subject's line."""
    found = {(mail.subject, _anonymous(mail.text, context)) for mail, context in mails}
    if len(found) != 1 or len(mails) == 1:
        return []
    rule = RULES["V06"]
    return [Finding(rule.id, rule.severity, where, line, "the mail is the same for everybody", rule.mend)]


def _anonymous(text: str, context: Mapping[str, Any]) -> str:
    """The words without what every reader has of their own, whatever the template says."""
    own = [*context["links"].values(), (context.get("offer") or {}).get("code")]
    for value in sorted(filter(None, own), key=len, reverse=True):
        text = text.replace(value, "")
    return text


def locales(readers: Mapping[str, Proofreader]) -> list[Finding]:
    """K02: where one language of a template has other components than the first one; `readers` by locale."""
    rule = RULES["K02"]
    found = sources.differences({locale: reader.sheet for locale, reader in readers.items()})
    return [
        Finding(rule.id, rule.severity, readers[locale].where, line, what, rule.mend)
        for locale, line, what in found
    ]


def components(kit: Kit) -> list[Finding]:
    """X02: components that one part has and the other lacks."""
    names = {part: set(kit.libraries[part]["ui"].macros) for part in PARTS}
    rule = RULES["X02"]
    return [
        Finding(rule.id, rule.severity, f"components/ui_{part}.j2", 1, f"there is no ui.{name}", rule.mend)
        for part, other in ((TEXT, HTML), (HTML, TEXT))
        for name in sorted(names[other] - names[part])
    ]


def unique(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once per line, in the order of the file."""
    return sorted(dict.fromkeys(findings), key=lambda found: (found.line, found.rule))


def _told(context: Mapping[str, Any]) -> tuple[str, ...]:
    customer = context["customer"]
    names = [customer.get("first_name"), customer.get("last_name"), (context.get("offer") or {}).get("code")]
    entries = [entry for value in customer.values() if isinstance(value, list) for entry in value]
    values = [*customer.values(), *(value for entry in entries for value in entry.values())]
    others = [value for value in values if isinstance(value, str) and len(value) >= _SHORTEST_TOLD]
    return tuple(str(value) for value in (*names, *others) if value)
