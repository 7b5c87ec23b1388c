"""A template that could do more than write a mail is refused when it is loaded, in words a marketer understands."""

from __future__ import annotations

from pathlib import Path

import pytest
from mail_making import a_paragraph, a_template, load

from pakdee.domain.errors import CatalogError, Problem

HOSTILE = {
    "{{ ''.__class__.__mro__[1].__subclasses__() }}": "square brackets|can't be called",
    "{{ customer.__class__ }}": "can't begin with _",
    "{{ customer._secret }}": "can't begin with _",
    "{{ customer|attr('__class__') }}": "no filter 'attr'",
    "{{ '{0.__class__}'.format(customer) }}": "can't be called",
    "{{ cycler('a', 'b') }}": "can't be called",
    "{{ lipsum(n=100000) }}": "can't be called",
    "{{ range(10**9) }}": "can't be called",
    "{{ customer.pop('tier') }}": "can't be called",
    "{{ 'x' * 10**9 }}": "don't calculate",
    "{{ 2 ** 99 }}": "don't calculate",
    "{{ '%1000000000d' % 7 }}": "don't calculate",
    "{{ 'x'|center(1000000000) }}": "no filter 'center'",
    "{{ '%1000000000d'|format(7) }}": "no filter 'format'",
    "{{ customer|tojson }}": "no filter 'tojson'",
    "{{ customer.tier|safe }}": "no filter 'safe'",
    "{% set a = 'x' ~ 'x' %}{{ a }}": "{% set %}",
    "{% set a %}x{% endset %}": "{% set %}",
    "{% include '/etc/passwd' %}": "{% include %}",
    "{% import 'os' as os %}": "{% import %}",
    "{% from 'os' import system %}": "import %}",
    "{% macro m() %}{{ m() }}{% endmacro %}": "{% macro %}",
    "{% block x %}{% endblock %}": "{% block %}",
    "{% filter upper %}x{% endfilter %}": "{% filter %}",
    "{% with a = 1 %}{{ a }}{% endwith %}": "{% with %}",
    "{% autoescape false %}{{ customer.tier }}{% endautoescape %}": "{% autoescape %}",
    "{% for a in range(90000) %}{% for b in range(90000) %}x{% endfor %}{% endfor %}": "not one of the lists",
    "{% for a in [1, 2, 3] %}x{% endfor %}": "not one of the lists",
    "{% for a in customer.tier %}x{% endfor %}": "is not a list",
    "{% for a in program.tiers recursive %}{{ loop(program.tiers) }}{% endfor %}": "recursive",
    "{% for a in program.tiers %}{% for b in program.tiers %}{% for c in program.tiers %}x{% endfor %}{% endfor %}{% endfor %}": "loops stand 3 deep",
    "{% for customer in program.tiers %}x{% endfor %}": "can't name what a loop takes",
    "{{ [1, 2] }}": "lists can't be written",
    "{{ {'a': 1} }}": "can't be written",
    "{{ self }}": "no 'self'",
    "{{ config }}": "no 'config'",
    "{{ ui }}": "no 'ui'",
    "{{ ui.system('ls') }}": "no component ui.system",
    "{{ frame.foot() }}": "can't be called",
    "{{ ui.link('x', href='javascript:alert(1)') }}": "must be one of our links",
    "{{ ui.link('x', href=customer.first_name) }}": "must be one of our links",
    "{{ ui.link('x', href='https://evil.example') }}": "must be one of our links",
    "<script>alert(1)</script>": "HTML is not part",
    "<img src=x onerror=alert(1)>": "HTML is not part",
    "{{ '<b>' ~ customer.tier }}": "HTML is not part",
    "&#106;avascript": "HTML is not part",
    "{{ customer.tier is callable }}": "'is callable'",
    "{{ namespace() }}": "can't be called",
    "{{ none }}": "none can't be printed",
    "{{ 99999999999999 }}": "too large",
    "{% do customer.pop() %}": "there is no {% do %}",
    "{% extends 'x' %}": "{% extends %}",
    "{% debug %}": "there is no {% debug %}",
    "{{ '" + "x" * 3000 + "' }}": "longer than",
    "a\x00b": "control character",
}


def problems_of(directory: Path, text: str) -> tuple[Problem, ...]:
    with pytest.raises(CatalogError) as caught:
        load(directory, birthday=text)
    return caught.value.problems


@pytest.mark.parametrize("attack", HOSTILE)
def test_an_attack_is_refused_with_its_line_and_in_plain_words(tmp_path: Path, attack: str):
    """The message names what is not allowed; no word of Jinja's insides."""
    problems = problems_of(tmp_path, a_template(a_paragraph(attack)))

    whats = [problem.what for problem in problems]
    assert any(part in what for part in HOSTILE[attack].split("|") for what in whats), whats
    assert all(problem.next_step and problem.file.endswith("birthday/th.j2") for problem in problems)
    assert 6 in {problem.line for problem in problems}


@pytest.mark.parametrize("attack", [a for a in HOSTILE if '"' not in a and "\x00" not in a and "\\" not in a])
def test_the_same_attacks_are_refused_in_a_subject(tmp_path: Path, attack: str):
    """The subject speaks the same small language, and no components."""
    assert {2} == {
        problem.line for problem in problems_of(tmp_path, a_template(a_paragraph("x"), subject=attack))
    }


def test_brackets_without_end_are_refused(tmp_path: Path):
    """A text that would break the reader's own stack is a problem of the file, not of the program."""
    deep = "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}"
    assert "brackets" in problems_of(tmp_path, a_template(a_paragraph(deep)))[0].what


def test_a_huge_file_is_refused(tmp_path: Path):
    """Size is bounded by the file, so a file is bounded."""
    assert "larger than" in problems_of(tmp_path, a_template(a_paragraph("x" * 200_000)))[0].what


def test_names_that_are_no_system_ids_are_refused(tmp_path: Path):
    """Template names and languages are ids, never paths."""
    for folder, file in (("Birth Day", "th.j2"), ("ok", "klingon.j2"), ("ok", "../x.j2")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / file).write_text(a_template(a_paragraph("x")), encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        load(tmp_path)

    assert {problem.what for problem in caught.value.problems} >= {
        "'Birth Day' can't name a template",
        "there are no footer words in 'klingon'",
    }
