"""docs/lint.md tells every rule as it is.

After a change, write it anew with: PYTHONPATH=tests/rendering python tests/rendering/lint/test_lint_docs.py
"""

from __future__ import annotations

import re

from mail_making import ROOT

from pakdee.rendering.lint import RULES, Rule
from pakdee.rendering.lint.facts import FAMILIES, facts

PAGE = ROOT / "docs" / "lint.md"
HEADINGS = {
    "J": "J: the language of templates",
    "V": "V: values",
    "S": "S: subject and preheader",
    "L": "L: links",
    "A": "A: mails everyone can read",
    "D": "D: dark inboxes",
    "C": "C: mail clients",
    "Z": "Z: weight",
    "X": "X: the text part",
    "T": "T: Thai",
    "K": "K: law and honesty",
    "P": "P: spam filters",
}
_SIGNS = {"y": "yes", "n": "no", "partial": "partly"}


def told(rule: Rule) -> str:
    """One rule for people."""
    return (
        f"### {rule.id} · {rule.severity}\n\n"
        f"**{rule.what}** {rule.why}\n\n"
        f"- Applied {rule.acts.value}. To mend: {rule.mend}.\n"
        f"- Source: {rule.source}.\n\n"
        f"```text\npasses: {shown(rule.good)}\nfails:  {shown(rule.bad)}\n```\n"
    )


def shown(sample: str) -> str:
    """A sample with what can't be seen spelt out."""
    visible = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in sample)
    return visible or "(nothing)"


def rules() -> str:
    """All rules, by family."""
    parts = []
    for letter, heading in HEADINGS.items():
        parts.append(f"## {heading}\n")
        parts += [told(rule) for rule in RULES.values() if rule.id[0] == letter]
    return "\n".join(parts).strip()


def clients() -> str:
    """The table of what clients show."""
    rows = ["| what | " + " | ".join(FAMILIES.values()) + " | without it | source |"]
    rows.append("|---|" + "---|" * (len(FAMILIES) + 2))
    for fact in (fact for same in facts().values() for fact in same):
        name = f"`{fact.name}: {fact.value}`" if fact.value else f"`{fact.name}`"
        name = f"{name} ({fact.kind})" + ("" if fact.bears else ", plainer only")
        signs = " | ".join(_SIGNS[fact.support[family]] for family in FAMILIES)
        rows.append(f"| {name} | {signs} | {fact.then} | {fact.source} |")
    return "\n".join(rows)


PLACES = {"rules": rules, "clients": clients}


def place(name: str) -> re.Pattern[str]:
    return re.compile(rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end of {name} -->)", re.DOTALL)


def test_every_family_has_its_heading():
    """No rule is left out of the page."""
    assert {id_[0] for id_ in RULES} == set(HEADINGS)


def test_the_page_is_true():
    """Rules and clients stand there as they are applied, no more and no less."""
    page = PAGE.read_text(encoding="utf-8")
    for name, text in PLACES.items():
        found = place(name).search(page)
        assert found, name
        assert found[0].split("\n", 1)[1].rpartition("<!--")[0].strip() == text(), f"run: {__doc__}"


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    for name, text in PLACES.items():
        page = place(name).sub(lambda found, text=text: f"{found[1]}{text()}\n{found[2]}", page)
    PAGE.write_text(page, encoding="utf-8")
