"""All checks of a rendered mail, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from pakdee.domain.message import Rendered
from pakdee.rendering.lint import access, clients, colours, links, policy, sizes, subject, thai
from pakdee.rendering.lint.model import About, Finding
from pakdee.rendering.lint.proof import Check, Proof
from pakdee.rendering.lint.rules import RULES

CHECKS: tuple[Check, ...] = (
    *subject.CHECKS,
    *links.CHECKS,
    *access.CHECKS,
    *colours.CHECKS,
    *clients.CHECKS,
    *sizes.CHECKS,
    *thai.CHECKS,
    *policy.CHECKS,
)


def findings(mail: Rendered, about: About) -> Iterator[Finding]:
    """Everything the rules find in one mail."""
    proof = Proof(mail, about)
    for check in CHECKS:
        for found in check(proof):
            rule = RULES[found.rule]
            yield Finding(
                rule.id,
                found.severity or rule.severity,
                about.where,
                about.lines(found.part, found.at),
                found.what,
                found.next_step or rule.mend,
            )
