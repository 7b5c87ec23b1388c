"""The table of what mail clients show: whole, sourced, and known to the rules."""

from __future__ import annotations

import re

import pytest
from lint_making import a_mail, found_in

from pakdee.rendering.lint.facts import FAMILIES, Fact, facts

FACTS = [fact for same in facts().values() for fact in same]
BEARING = [fact for fact in FACTS if fact.bears and fact.lacking]


def body_with(fact: Fact) -> str:
    """A body that rests on one fact."""
    if fact.kind == "element":
        return f"<{fact.name}></{fact.name}>"
    if fact.kind == "function":
        return f'<p style="color:{fact.name}(1px)">ชา</p>'
    value = {"": "1px", "-": "-4px"}.get(fact.value, fact.value)
    return f'<p style="{fact.name}:{value}">ชา</p>'


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact.kind}-{fact.name}-{fact.value}")
def test_a_fact_is_whole_and_names_its_source(fact: Fact):
    """Each family has an answer, each row says what is seen instead and where that was read."""
    assert fact.kind in {"property", "function", "element", "at-rule"}
    assert set(fact.support) == set(FAMILIES)
    assert set(fact.support.values()) <= {"y", "n", "partial"}
    assert fact.then
    assert (
        re.match(r"caniemail (css|html)-[a-z0-9-]+ \d{4}-\d\d$", fact.source)
        or "no test published" in fact.source
    )
    assert set(fact.support.values()) != {"y"}


@pytest.mark.parametrize("fact", BEARING, ids=lambda fact: f"{fact.kind}-{fact.name}-{fact.value}")
def test_a_mail_that_rests_on_what_a_client_lacks_is_wrong(fact: Fact):
    """C01 names the clients and what their readers see."""
    found = [f.what for f in found_in(a_mail(body=body_with(fact))) if f.rule == "C01"]
    assert any(fact.lacking[0] in what and fact.then in what for what in found), found


def test_what_all_clients_show_is_fine():
    """Values that are no fact's pass, though their property is one's."""
    plain = '<p style="margin:0 4px;display:block;position:static;padding:1px;text-align:center">ชา</p>'
    assert not [f for f in found_in(a_mail(body=plain)) if f.rule == "C01"]
