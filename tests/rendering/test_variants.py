"""A subject in variants: read with its lines, the same ones in every language, each with a skeleton of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from mail_making import BRAND, FEATURES, PROGRAM, a_context, a_customer, a_draft, a_paragraph
from test_bounds import every

from pakdee.domain.errors import CatalogError, Problem, RenderError
from pakdee.domain.message import ONLY
from pakdee.rendering import Templates

FLOW = '{plain: "ชาใหม่สำหรับคุณ", warm: "คิดถึง{{ customer|greet }}"}'
BLOCK = '\n  plain: "ชาใหม่สำหรับคุณ"\n  warm: "คิดถึง{{ customer|greet }}"'
WORDS = "{{ customer.order_count|num }} ครั้งแล้ว"


def a_text(subject: str) -> str:
    return f'---\nsubject: {subject}\npreheader: "บรรทัดแรก"\n---\n{a_paragraph(WORDS)}\n'


def write(folder: Path, **subjects: str) -> Path:
    """Templates of the name birthday by language."""
    own = folder / "templates" / "birthday"
    own.mkdir(exist_ok=True, parents=True)
    for locale, subject in subjects.items():
        (own / f"{locale}.j2").write_text(a_text(subject), encoding="utf-8")
    return own.parent


def load(folder: Path, **subjects: str) -> Templates:
    found = write(folder, **subjects)
    return Templates.load(found, brand=BRAND, currency="THB", features=FEATURES, program=PROGRAM)


def problems(folder: Path, **subjects: str) -> list[Problem]:
    with pytest.raises(CatalogError) as caught:
        load(folder, **subjects)
    return list(caught.value.problems)


@pytest.mark.parametrize("subject", [FLOW, BLOCK])
def test_every_variant_is_a_mail_of_its_own(tmp_path: Path, subject: str):
    """The body is the same, the subject is not; without a word on it the first one is shown."""
    templates = load(tmp_path, th=subject)
    context = a_context(customer=a_customer(first_name="สมหญิง"))
    mails = {name: templates.render("birthday", "th", context, name) for name in ("plain", "warm", ONLY)}

    assert templates.variants("birthday") == ("plain", "warm")
    assert {name: mail.subject for name, mail in mails.items()} == {
        "plain": "ชาใหม่สำหรับคุณ",
        "warm": "คิดถึงคุณสมหญิง",
        ONLY: "ชาใหม่สำหรับคุณ",
    }
    assert len({mail.html for mail in mails.values()}) == 1
    with pytest.raises(RenderError, match=r"no variant 'cold'(.|\n)*use one of: plain, warm"):
        templates.render("birthday", "th", context, "cold")


def test_each_variant_is_written_by_slots_and_fills_to_its_direct_rendering(tmp_path: Path):
    """A skeleton per variant; a subject that is the same for all stands in none of the slots."""
    templates = load(tmp_path, th=FLOW)
    skeletons = set()
    for variant in templates.variants("birthday"):
        writer = templates.writer("birthday", "th", variant)
        for number, name in enumerate(("Anna", "สมชาย", None)):
            context = a_context(customer=a_customer(first_name=name), number=number)
            written = writer.write(a_draft(context, number))
            filled = written.skeleton.filled(written.subject, written.values)
            assert filled == templates.render("birthday", "th", context, variant)
            skeletons.add(written.skeleton)
        assert writer.why_direct is None

    assert len(skeletons) == 2


def test_one_subject_is_one_variant(tmp_path: Path):
    """Nothing changes for templates that test nothing."""
    assert load(tmp_path, th='"ชาใหม่"').variants("birthday") == (ONLY,)


@pytest.mark.parametrize(
    ("subject", "line", "what"),
    [
        ('{plain: "ก"}', 2, "2 to 4 variants, and here are 1"),
        ("{}", 2, "2 to 4 variants, and here are 0"),
        ('{a: "ก", b: "ข", c: "ค", d: "ง", e: "จ"}', 2, "and here are 5"),
        ('\n  plain: "ก"\n  Warm one: "ข"', 4, "'Warm one' can't name a variant"),
        ('\n  plain: "ก"\n  only: "ข"', 4, "'only' is what mails without variants are called"),
        ('\n  plain: "ก"\n  warm:', 4, "there is no warm"),
        ('\n  plain: "ก"\n  warm: 7', 4, "warm is not a text"),
        ('\n  plain: "ก"\n  warm: "{{ customer.teir }}"', 4, "there is no 'customer.teir'"),
        ('\n  plain: "ก"\n  plain: "ข"', 4, "plain stands here twice"),
        ("{{ offer.title }}", 2, "subject is not a text"),
        ("[ก, ข]", 2, "subject is not a text"),
    ],
)
def test_a_slip_in_a_variant_is_told_on_its_line(tmp_path: Path, subject: str, line: int, what: str):
    """Each once, though the body is read for every variant."""
    (found,) = problems(tmp_path, th=subject)
    assert (found.file, found.line) == ("templates/birthday/th.j2", line)
    assert what in found.what
    assert found.next_step


@pytest.mark.parametrize(
    ("english", "told"),
    [
        ('{plain: "New tea", cold: "Tea"}', "plain and cold here"),
        ('"New tea"', "one subject here"),
        ('{plain: "a", warm: "b", third: "c"}', "plain and warm and third here"),
    ],
)
def test_languages_have_the_same_variants(tmp_path: Path, english: str, told: str):
    """Another order is fine; `check` and loading say the same, on the line of the subject."""
    load(tmp_path, th=FLOW, en='{warm: "We miss you", plain: "New tea"}')
    (found,) = problems(tmp_path, th=FLOW, en=english)

    assert (found.file, found.line) == ("templates/birthday/en.j2", 2)
    assert f"{told}, and plain and warm in th" in found.what
    assert found in every(tmp_path / "templates")


def test_each_subject_is_proofread(tmp_path: Path):
    """A variant that shouts is told on its line, one that is empty for a sample customer too."""
    shouting = '\n  plain: "ชาใหม่"\n  loud: "ชาใหม่!!!"\n  odd: "{% if customer.next_tier %}ชา{% endif %}"'
    found = {(p.line, p.what) for p in every(write(tmp_path, th=shouting)) if p.severity == "error"}

    assert (4, "the subject shouts: !!! (S03)") in found
    assert any("the subject is empty for this customer" in what for _, what in found)
