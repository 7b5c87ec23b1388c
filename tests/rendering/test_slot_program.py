"""The slot program knows what is a value and what is not, and holds nothing of a template but constants."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from mail_making import (
    PERSONAS,
    a_context,
    a_customer,
    a_draft,
    a_paragraph,
    a_stranger,
    a_template,
    load,
    slow,
)

from pakdee.domain.errors import RenderError
from pakdee.domain.message import Rendered, Skeleton, Written
from pakdee.rendering import Templates

FEW = "{{ customer.tier }}"


def writes(templates: Templates, *customers: dict[str, Any]) -> list[Written]:
    """The Thai birthday mails of some customers, each checked against direct rendering."""
    writer = templates.writer("birthday", "th")
    found = []
    for number, customer in enumerate(customers):
        context = a_context("th", customer, number)
        found.append(writer.write(a_draft(context, number)))
        assert filled(found[-1]) == templates.render("birthday", "th", context)
    assert writer.why_direct is None
    return found


def filled(written: Written) -> Rendered:
    return written.skeleton.filled(written.subject, written.values)


def test_customers_on_the_same_path_share_one_skeleton(templates: Templates):
    """A thousand birthdays of which some have years to thank for: two paths, two skeletons."""
    customers = [a_customer(first_name=f"ชื่อ{n}", years_a_member=n % 3) for n in range(1000)]
    writer = templates.writer("birthday", "th")
    skeletons = [writer.write(a_draft(a_context("th", c, n), n)).skeleton for n, c in enumerate(customers)]

    counts = sorted(skeletons.count(skeleton) for skeleton in set(skeletons))
    assert counts == [334, 666]


def test_what_all_share_is_words_and_what_needs_no_escaping_is_one_tag(templates: Templates):
    """Brand, day and offer are words; a code is one tag in both parts; an escaped name is two."""
    writer = templates.writer("birthday", "en")
    written = writer.write(a_draft(a_context("en", a_customer(first_name="Ann & Co"), 3), locale="en"))
    html, text = written.skeleton.html, written.skeleton.text
    tag_of = {value: tag for tag, value in zip(written.skeleton.tags, written.values, strict=True)}

    assert "22\xa0December\xa02026" in html
    assert "A slice of birthday cake" in html
    assert "฿145" in text
    assert written.values.count("K7RM-2QWX-0003") == 1
    assert tag_of["K7RM-2QWX-0003"] in html
    assert tag_of["K7RM-2QWX-0003"] in text
    assert tag_of["Ann &amp; Co"] in html
    assert tag_of["Ann &amp; Co"] not in text
    assert tag_of["Ann & Co"] in text
    assert len([value for value in written.values if "/preferences/" in value]) == 1


def test_tags_are_counted_begin_alike_and_stand_in_no_value(templates: Templates):
    """Each tag stands in the text or the HTML, and nothing else there looks like one."""
    for written in writes(templates, *PERSONAS.values()):
        if not (tags := written.skeleton.tags):
            continue
        prefix = tags[0].partition(".")[0]
        both = written.skeleton.html + written.skeleton.text
        assert all(tag.startswith(prefix) and tag[-1] == prefix[0] for tag in tags)
        assert not set("".join(tags)) & set("<>&\"' ")
        assert both.count(prefix) == sum(both.count(tag) for tag in tags) >= len(tags)
        assert both.count(prefix[0]) == 2 * both.count(prefix)
        assert prefix[0] not in "".join(written.values)


def test_a_value_is_worked_out_once_however_often_it_is_printed(tmp_path: Path):
    """Repeated values share a slot, also those of a branch that stands in both parts."""
    words = "{{ customer|greet }} {{ customer|greet }} {% if customer.to_next_tier %}{{ customer.to_next_tier|money }}"
    words += " {{ customer.to_next_tier|money }}{% endif %}{% if customer.to_next_tier %}{{ customer.to_next_tier|money }}{% endif %}"
    templates = load(tmp_path, birthday=a_template(a_paragraph(words)))
    (written,) = writes(templates, a_customer())

    assert sum("บาท" in value for value in written.values) == 1
    assert sum("สมหญิง" in value for value in written.values) == 2  # HTML and text


def test_loops_over_the_programme_become_words(tmp_path: Path):
    """The same in every mail, but for what a customer decides inside."""
    words = "{% for t in program.tiers %}{{ t.title }}{% if customer.tier == t.id %} ({{ customer.order_count }}){% endif %} {% endfor %}"
    templates = load(tmp_path, birthday=a_template(a_paragraph(words)))
    gold, silver = writes(templates, a_customer(tier="gold"), a_customer(tier="silver"))

    assert gold.skeleton is not silver.skeleton
    assert "โกลด์" in gold.skeleton.text
    assert "7" in gold.values


def test_a_choice_is_two_paths_and_its_words_are_no_values(tmp_path: Path):
    """`'Hi ' ~ name if name else 'Hi'`: the name alone is sent per customer."""
    words = "{{ 'Hi ' ~ customer.first_name if customer.first_name else 'Hi' }}"
    templates = load(tmp_path, birthday=a_template(a_paragraph(words)))
    named, unnamed = writes(templates, a_customer(), a_stranger())

    assert "Hi " in named.skeleton.text
    assert not any("Hi" in value for value in named.values)
    assert len(unnamed.values) == len(named.values) - 2


class Bare(Mapping[str, Any]):
    """A customer that can be asked, but not copied."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __len__(self) -> int:
        raise NotImplementedError

    def __iter__(self) -> Iterator[str]:
        raise NotImplementedError


def test_a_customer_is_read_and_never_copied(templates: Templates):
    """What the ledger lacks and the template has a fallback for reads as unknown, without sixty keys."""
    writer = templates.writer("birthday", "th")
    known = {"first_name": "สมหญิง", "years_a_member": 2}
    writer.write(a_draft(a_context("th", known)))
    context = a_context("th") | {"customer": Bare(known | {"first_name": "สมศรี"})}
    written = writer.write(a_draft(context))

    assert "คุณสมศรี" in written.values


def test_one_writer_never_mixes_runs_up(templates: Templates):
    """Another day, reason or offer is another skeleton, also where values are equal and print differently."""
    writer = templates.writer("birthday", "th")
    seen: dict[Any, Skeleton] = {}
    for value in (145, 145.0, True, 1, None, 145):
        for why in ("A", "B", "A"):
            context = a_context("th") | {"why_you": why}
            context["offer"]["value"] = value
            try:
                expected = templates.render("birthday", "th", context)
            except RenderError as error:
                with pytest.raises(RenderError, match=re.escape(str(error))):
                    writer.write(a_draft(context))
                continue
            written = writer.write(a_draft(context))
            assert filled(written) == expected
            assert seen.setdefault((type(value), value, why), written.skeleton) is written.skeleton
    assert writer.why_direct is None


@pytest.mark.parametrize("words", ["{{ offer.percent|num }}", "{{ offer.percent }}"])
def test_equal_numbers_that_print_differently_are_different_runs(tmp_path: Path, words: str):
    """10 and a decimal 10, true and 1, 0.0 and -0.0: equal to Python, not to a reader."""
    body = a_paragraph(f"{{% if offer.percent is not none %}}{words}{{% endif %}}")
    templates = load(tmp_path, birthday=a_template(body))
    writer = templates.writer("birthday", "th")
    for percent in (10, Decimal(10), 10, 10.0, 1, True, 0.0, -0.0, 0.0):
        context = a_context("th")
        context["offer"]["percent"] = percent
        try:
            expected: Rendered | str = templates.render("birthday", "th", context)
        except RenderError as error:
            expected = str(error)
        try:
            found: Rendered | str = filled(writer.write(a_draft(context)))
        except RenderError as error:
            found = str(error)
        assert found == expected
    assert writer.why_direct is None


def test_joined_words_of_a_test_are_looked_at_though_nothing_prints_them(tmp_path: Path):
    """They are never empty, so the branch is sure; but a tier that is not there is refused all the same."""
    words = "{% if 'a' ~ customer.tier %}x{% endif %}"
    writer = load(tmp_path, birthday=a_template(a_paragraph(words))).writer("birthday", "th")
    writer.write(a_draft(a_context()))
    with pytest.raises(RenderError, match=r"customer\.tier is not there"):
        writer.write(a_draft(a_context(customer={"first_name": None})))

    assert writer.why_direct is None


BREAKING_OUT = [
    "'); __import__('os').system('x'); ('",
    "' + str(customer) + '",
    "{customer!r}{values[0]}",
    "{0.__class__}%s%(x)s\\N{LATIN SMALL LETTER A}\\x41\\",
    "value0 object0 path values context",
    "\\' \\\" ''' \\n ${x + 1} `x` $(x)",
]
NAMES = [
    "object0",
    "value0",
    "context",
    "path",
    "values",
    "lambda",
    "class",
    "None1",
    "print",
    "exec",
    "é",
    "tier",
]


@pytest.mark.parametrize("words", BREAKING_OUT)
def test_words_cannot_break_out_of_the_program(tmp_path: Path, words: str):
    """Whatever stands in quotes is printed as it is."""
    quoted = "'" + words.replace("\\", "\\\\").replace("'", "\\'") + "'"
    tests = f"{{% if customer.tier == {quoted} %}}x{{% endif %}}"
    body = f"{tests}{{{{ {quoted} ~ customer.tier }}}} {{{{ customer.next_tier|default({quoted}) }}}}"
    templates = load(tmp_path, birthday=a_template(a_paragraph(body)))
    one, other, _ = writes(templates, a_customer(), a_customer(tier=words), a_customer(next_tier=""))

    assert words in filled(one).text
    assert filled(other).text.count(words) == 2


@pytest.mark.parametrize("name", NAMES)
def test_names_of_a_template_are_never_names_of_the_program(tmp_path: Path, name: str):
    """What a loop takes may be called like anything of ours or of Python's."""
    body = f"{{% for {name} in program.tiers %}}{{{{ {name}.title ~ customer.tier }}}}{{% endfor %}}"
    templates = load(tmp_path, birthday=a_template(a_paragraph(body)))
    (one,) = writes(templates, a_customer(tier="~"))

    assert "เมมเบอร์~ซิลเวอร์~โกลด์~" in filled(one).text.replace(" ", "")


def test_the_program_has_no_names_but_ours(templates: Templates):
    """No builtins, no attributes but two, and variables that are numbered."""
    for mail in (mail for mails in templates._mails.values() for mail in mails.values()):
        for function in (mail.program.values, mail.program.skeleton):
            code: CodeType = function.__code__
            names = {*code.co_names, *code.co_varnames}
            own = "(value|object)[0-9]+|context|customer|offer|links|campaign|today|why_you|path|values|html|text|get|__class__"
            assert all(re.fullmatch(own, name) for name in names), names
            assert function.__globals__["__builtins__"] == {}


MANY = "{% if customer.order_count > 5000 %}a" + "".join(
    f"{{% elif customer.order_count > {n} %}}{n}" for n in range(1500)
)
LARGE = (
    "{% for a in program.tiers %}{% for b in program.tiers %}"
    + "{% if customer.is_member %}{% endif %}" * 2400
    + "{% endfor %}{% endfor %}"
)


@pytest.mark.parametrize(
    ("words", "why"), [(MANY + "{% endif %}", "too deep"), (LARGE, "more than 20,000 things")]
)
def test_what_has_no_program_is_told_and_rendered_directly(tmp_path: Path, words: str, why: str):
    """A warning with file and line, in plain words; the mails are right all the same."""
    texts = {"birthday": a_template(a_paragraph(words)), "other": a_template(a_paragraph(FEW))}
    templates = load(tmp_path, **texts)
    writer = templates.writer("birthday", "th")
    written = writer.write(a_draft(a_context()))
    [problem] = slow(templates)

    assert filled(written) == templates.render("birthday", "th", a_context())
    assert written.skeleton.tags == ()
    assert why in (writer.why_direct or "")
    assert (problem.severity, problem.file.endswith("birthday/th.j2")) == ("warning", True)
    assert problem.line >= 1
    assert why in problem.what


def test_the_starter_projects_mails_all_have_a_program(templates: Templates):
    """None is slow."""
    assert slow(templates) == []
