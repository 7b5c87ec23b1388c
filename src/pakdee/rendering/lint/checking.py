"""All checks of a rendered mail, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

from pakdee.domain.message import Rendered
from pakdee.rendering.lint import access, clients, colours, links, policy, sizes, subject, thai
from pakdee.rendering.lint.model import About, Finding, Severity
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


def findings(mail: Rendered, about: About, *, infos: bool = True) -> Iterator[Finding]:
    """Everything the rules find in one mail.

    Args:
        infos: also what is only worth knowing.
    """
    proof = Proof(mail, about)
    for check in CHECKS:
        for found in check(proof):
            rule = RULES[found.rule]
            severity, next_step = found.severity or rule.severity, found.next_step or rule.mend
            if infos or severity is not Severity.INFO:
                line = about.lines(found.part, found.at)
                yield Finding(rule.id, severity, about.where, line, found.what, next_step)
