"""Every component breaks no rule, on either ground, in both languages, for one of whom all is known or nothing."""

from __future__ import annotations

import tomllib

import pytest
from lint_making import a_proofreader
from mail_making import PERSONAS, ROOT, a_context, a_template

from pakdee.rendering.lint import Severity

SAMPLES = tomllib.loads((ROOT / "docs" / "component_shots.toml").read_text(encoding="utf-8"))["component"]
HEAD = {
    "th": ("ของขวัญวันเกิดของคุณ", "แวะรับได้ที่ร้านทุกวัน พร้อมชาหนึ่งกาและขนมอุ่น"),
    "en": ("A present for you", "Come by whenever you like; the kettle is on"),
}
OF_MANY = {"L08"}
"""A mail that has every component asks for more than one thing."""


@pytest.mark.parametrize("tone", ["plain", "soft"])
@pytest.mark.parametrize("locale", HEAD)
def test_all_components_in_one_mail_break_no_rule(locale: str, tone: str):
    """The samples of docs/component_shots.toml, with the hero as the headline."""
    body = "\n".join(sample[locale] for name, sample in SAMPLES.items() if name != "h1")
    body = body.replace("ui.section()", f'ui.section(tone="{tone}")')
    reader = a_proofreader(a_template(body, *HEAD[locale]), locale)

    for persona in ("known", "stranger"):
        found = reader.mail(a_context(locale, PERSONAS[persona]))
        grave = {finding for finding in found if finding.severity is not Severity.INFO}
        assert {finding.rule for finding in grave} <= OF_MANY, grave
