"""Each rule lets its good sample pass and finds its bad one: a rule that can't fail protects nobody."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from lint_making import ABOUT, KITS, a_mail, a_proofreader, context, findings_of, found_in, written
from mail_making import a_context, a_customer, a_paragraph, a_stranger, a_template, load

from pakdee.domain.errors import CatalogError, RenderError
from pakdee.domain.vocabulary import Purpose
from pakdee.rendering.lint import RULES, Acts, Finding, Rule, Severity
from pakdee.rendering.lint.proofreading import alike, components, locales


def those(acts: Acts) -> list[Rule]:
    return [rule for rule in RULES.values() if rule.acts is acts]


def a_file(rule: Rule, sample: str) -> str:
    """A template with a sample where its rule wants it."""
    bodies = {
        "paragraph": a_paragraph(written(sample)),
        "block": f"{{% call ui.section() %}}{{% call ui.p() %}}ชา{{% endcall %}}\n{sample}{{% endcall %}}",
        "subject": a_paragraph("ชา"),
    }
    return a_template(bodies[rule.place], subject=sample if rule.place == "subject" else "หัวเรื่อง")


@pytest.mark.parametrize("rule", those(Acts.MAIL), ids=lambda rule: rule.id)
def test_a_rule_on_mails_passes_its_good_sample_and_finds_its_bad_one(rule: Rule):
    """The finding has the rule's gravity, the template's file, and says what to do."""
    found = findings_of(rule, rule.bad)

    assert not findings_of(rule, rule.good)
    assert rule.severity in {finding.severity for finding in found}
    assert all(finding.file == ABOUT.where and finding.what and finding.next_step for finding in found)


def test_the_mail_that_samples_stand_in_breaks_no_rule():
    """So a sample's findings are its own."""
    assert [finding for finding in found_in(a_mail()) if finding.severity is not Severity.INFO] == []


@pytest.mark.parametrize("rule", those(Acts.LOAD), ids=lambda rule: rule.id)
def test_a_rule_of_loading_acts_while_the_file_is_read(rule: Rule, tmp_path: Path):
    """The good sample loads; the bad one is refused with the words the rule promises."""
    load(tmp_path, birthday=a_file(rule, rule.good))
    with pytest.raises(CatalogError) as caught:
        load(tmp_path, birthday=a_file(rule, rule.bad))

    assert any(rule.says in problem.what for problem in caught.value.problems)


@pytest.mark.parametrize("rule", those(Acts.RENDER), ids=lambda rule: rule.id)
def test_a_rule_of_rendering_acts_on_sample_customers(rule: Rule, tmp_path: Path):
    """The good sample is rendered for a customer nothing is known of; the bad one is refused."""
    stranger = a_context(customer=a_stranger())
    assert load(tmp_path, birthday=a_file(rule, rule.good)).render("birthday", "th", stranger)
    with pytest.raises(RenderError) as caught:
        load(tmp_path, birthday=a_file(rule, rule.bad)).render("birthday", "th", stranger)

    assert rule.says in caught.value.what


@pytest.mark.parametrize("rule", those(Acts.SOURCE), ids=lambda rule: rule.id)
def test_a_rule_on_files_passes_its_good_sample_and_finds_its_bad_one(rule: Rule):
    """The samples stand on line 6 of a template for a campaign with an offer."""
    offer = a_context()["offer"]
    good, bad = (a_proofreader(a_file(rule, sample)).file(offer) for sample in (rule.good, rule.bad))

    assert rule.id not in {finding.rule for finding in good}
    assert (rule.id, rule.severity) in {(finding.rule, finding.severity) for finding in bad}


def test_languages_that_differ_are_found():
    """K02: the same components and links in every language; words may differ, and so may what is stressed."""
    rule = RULES["K02"]
    thai = a_proofreader(a_file(rule, '{{ ui.button("ดูร้าน", href=links.shop) }}'))
    good, bad = (
        a_proofreader(a_file(rule, s), "en", "templates/birthday/en.j2") for s in (rule.good, rule.bad)
    )

    assert locales({"th": thai, "en": good}) == []
    (finding,) = locales({"th": thai, "en": bad})
    assert (finding.rule, finding.severity, finding.file, finding.line) == (
        "K02",
        rule.severity,
        bad.where,
        6,
    )
    assert "links.help" in finding.what
    assert "links.shop" in finding.what


@pytest.mark.parametrize(
    ("thai", "english", "line"), [("", "{{ ui.divider() }}", 6), ("{{ ui.divider() }}", "", 5)]
)
def test_a_component_too_many_is_found_in_either_language(thai: str, english: str, line: int):
    """K02: the line is that of the other language's file: where the component stands, or the last one."""
    rule = RULES["K02"]
    readers = {
        "th": a_proofreader(a_file(rule, thai)),
        "en": a_proofreader(a_file(rule, english), "en", "templates/birthday/en.j2"),
    }
    (finding,) = locales(readers)
    assert (finding.file, finding.line) == ("templates/birthday/en.j2", line)
    assert "ui.divider" in finding.what


def test_mails_that_are_the_same_for_everybody_are_found():
    """V06: links and codes are everyone's own and make no mail personal; one reader tells nothing."""
    (rule,) = those(Acts.READERS)

    def found(sample: str, readers: int = 2) -> list[Finding]:
        reader = a_proofreader(
            a_file(rule, sample + "{{ ui.link('x', href=links.redeem) }} {{ offer.code or '' }}")
        )
        contexts = [
            context(customer=a_customer(first_name=name), offer=a_context(number=number)["offer"])
            | {"links": a_context(number=number)["links"]}
            for number, name in enumerate(("สมหญิง", "สมชาย", None)[:readers])
        ]
        return alike(reader.where, 2, [(reader.tracer.render(values)[0], values) for values in contexts])

    assert not found(rule.good)
    (finding,) = found(rule.bad, readers=3)
    assert (finding.rule, finding.severity, finding.line) == ("V06", rule.severity, 2)
    assert not found(rule.bad, readers=1)


SORRY = '{{ ui.h2("We are sorry") }}'


@pytest.mark.parametrize(
    ("body", "subject", "line"),
    [
        (f"{SORRY}\n\n{{{{ ui.coupon('a', code='b') }}}}", "x", 8),
        (f"{SORRY}\n{{% call ui.p() %}}{{{{ offer.title }}}}{{% endcall %}}", "x", 7),
        ("{% call ui.p() %}{{ offer.title }}{% endcall %}", "เราขออภัย", 6),
        ("{% call ui.p() %}{{ offer.title }} sorry, no coffee{% endcall %}", "x", None),
        (f"{SORRY}{{% call ui.p() %}}We mended it.{{% endcall %}}", "We apologise", None),
        ("{{ ui.h2('Sorrel tea') }}{{ ui.coupon('a', code=offer.code or '-') }}", "x", None),
    ],
)
def test_a_mail_that_says_sorry_sells_nothing(body: str, subject: str, line: int | None):
    """K04: in subject or headings, not somewhere in the words; the first line that sells is told."""
    text = a_template(f"{{% call ui.section() %}}\n{body}{{% endcall %}}", subject=subject)
    found = [f.line for f in a_proofreader(text).file(a_context()["offer"]) if f.rule == "K04"]
    assert found == ([] if line is None else [line])


def test_headers_are_those_of_the_purpose():
    """L05: a proofreader that knows what requests carry looks at them, and only then."""
    text = a_template(a_paragraph("ชา"))
    for headers, is_found in (
        ({}, False),
        ({Purpose.MARKETING: ("From", "List-Unsubscribe", "List-Unsubscribe-Post")}, False),
        ({Purpose.MARKETING: ("From",), Purpose.SERVICE: ()}, True),
    ):
        reader = dataclasses.replace(a_proofreader(text), headers=headers)
        assert ("L05" in {finding.rule for finding in reader.mail(context())}) is is_found


def test_a_component_without_its_text_form_is_found():
    """X02: the system's own pass; one that lost its macro does not."""
    kit = KITS["th"]
    assert components(kit) == []
    macros = kit.libraries["text"]["ui"].macros
    coupon = macros.pop("coupon")
    try:
        (finding,) = components(kit)
    finally:
        macros["coupon"] = coupon
    assert (finding.rule, finding.severity) == ("X02", Severity.ERROR)
    assert finding.what == "there is no ui.coupon"


def test_every_rule_is_told_and_named_by_its_family():
    """Ids are a letter and two digits, each text is a sentence, samples differ."""
    for id_, rule in RULES.items():
        assert len(id_) == 3, id_
        assert id_[0] in "JVSLADCZXTKP", id_
        assert rule.what.endswith("."), id_
        assert rule.why.endswith("."), id_
        assert rule.mend, id_
        assert rule.source, id_
        assert rule.good != rule.bad, id_
        assert bool(rule.says) == (rule.acts in {Acts.LOAD, Acts.RENDER}), id_


def test_no_check_finds_what_is_no_rule():
    """A mail that is wrong in every way has only findings of known rules."""
    samples = {rule.place: rule.bad for rule in those(Acts.MAIL) if rule.place not in {"headers", "shop"}}
    assert {finding.rule for finding in found_in(a_mail(**samples))} <= set(RULES)
    assert context()
