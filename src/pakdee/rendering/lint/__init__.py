"""The lint: rules for mails that reach their readers, can be read, and tell the truth.

Rules stand in `rules.toml`, with their reasons and samples; `docs/lint.md` shows them to people. Each family
of checks has its file. The parsers are loaded when the first mail is looked at, not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pakdee.rendering.lint.model import About, Acts, Finding, Rule, Severity
from pakdee.rendering.lint.rules import RULES

if TYPE_CHECKING:
    from pakdee.domain.message import Rendered

__all__ = ["RULES", "About", "Acts", "Finding", "Rule", "Severity", "lint"]


def lint(mail: Rendered, about: About) -> list[Finding]:
    """Everything the rules find in one rendered mail, in the order of the template."""
    from pakdee.rendering.lint import checking, proofreading

    return proofreading.unique(checking.findings(mail, about))
