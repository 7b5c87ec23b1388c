"""The lint over whole templates: the shipped ones are right, and a slip in one is found on its line."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from lint_making import a_proofreader, context, of_file
from mail_making import PERSONAS, ROOT, a_context

from pakdee.domain.message import Rendered
from pakdee.rendering.lint import Severity
from pakdee.rendering.lint.proofreading import Proofreader, locales

FILES = sorted((ROOT / "templates").glob("*/*.j2"))
NAMES = sorted({file.parent for file in FILES})


def the_context(reader: Proofreader, locale: str, customer: dict[str, Any]) -> dict[str, Any]:
    """With an offer only where the template tells of one."""
    whole = a_context(locale, customer)
    tells = any(path.startswith("offer.") for path in reader.sheet.paths)
    return whole if tells else whole | {"offer": None}


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_shipped_templates_have_no_errors_for_any_customer(file):
    """Not for the nasty ones either: names are nobody's mistake."""
    reader = of_file(file)
    found = {
        (name, finding.rule, finding.line, finding.what)
        for name, customer in PERSONAS.items()
        for finding in [
            *reader.mail(the_context(reader, file.stem, customer)),
            *reader.file(the_context(reader, file.stem, customer)["offer"]),
        ]
        if finding.severity is Severity.ERROR
    }
    assert not found


@pytest.mark.parametrize("folder", NAMES, ids=lambda folder: folder.name)
def test_shipped_templates_say_the_same_in_every_language(folder):
    """The same components with the same links."""
    assert locales({file.stem: of_file(file) for file in sorted(folder.glob("*.j2"))}) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
@pytest.mark.parametrize("name", PERSONAS)
def test_a_mail_with_lines_is_the_mail(templates, file, name):
    """Tracing adds nothing and takes nothing, byte for byte."""
    told = a_context(file.stem, PERSONAS[name])
    mail, lines = of_file(file).tracer.render(told)
    _, second, *_ = file.read_text("utf-8").splitlines()

    assert mail == templates.render(file.parent.name, file.stem, told)
    assert lines("subject", 0) == (3 if second == "subject:" else 2), "the first of several stands below"


MAIL = """---
subject: "ข่าวจากร้าน"
preheader: "ชาใหม่หน้าฝน กับขนมอบรอบบ่าย ที่ร้านของเรา"
---
{{ ui.hero("ข่าวหน้าฝน") }}
{% call ui.section() %}
  {% call ui.p() %}
    บรรทัดที่แปด
    WORDS
  {% endcall %}
  {% if customer.is_member %}
    {% call ui.list() %}
      {% for tier in program.tiers %}
        {% call ui.item() %}LOOP {{ tier.title }}{% endcall %}
      {% endfor %}
    {% endcall %}
  {% else %}
    {% call ui.p() %}ELSE{% endcall %}
  {% endif %}
  {{ ui.button("ดูของใหม่", href=links.shop) }}
{% endcall %}
"""
SLIPS = {
    "a particle": ("WORDS", "แวะมานะค่ะ", "T03", 9),
    "a year": ("WORDS", "ถึง 5 มกราคม 2027", "T05", 9),
    "a year in the preheader": ("ชาใหม่หน้าฝน", "ถึง 5 มกราคม 2027", "T05", 3),
    "a claim in the subject": ("ข่าวจากร้าน", "วันนี้เท่านั้น ข่าวจากร้าน", "K08", 2),
    "a last day in a loop": ("LOOP", "วันสุดท้ายแล้ว", "K08", 14),
    "a heading without a break": ("ข่าวหน้าฝน", "ก" * 41, "T07", 5),
    "a shout": ("ข่าวจากร้าน", "ลดราคา!!!", "S03", 2),
    "a short preheader": ("ชาใหม่หน้าฝน กับขนมอบรอบบ่าย ที่ร้านของเรา", "ชาใหม่", "S04", 3),
    "a forgotten brace": ("WORDS", "ถึงคุณ customer.first_name }}", "V03", 9),
    "a second button": (
        "  {{ ui.button",
        '  {{ ui.button("ถาม", href=links.redeem) }}\n  {{ ui.button',
        "L08",
        21,
    ),
    "no button": ('{{ ui.button("ดูของใหม่", href=links.shop) }}', "", "L08", None),
    "two titles": ("WORDS", "ถึงคุณ{{ customer|greet }}", "T04", 9),
}


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_found_on_its_line(slip: str):
    """And the template without it is right."""
    words, wrong, rule, line = SLIPS[slip]
    told = context(offer=None)
    assert words in MAIL
    assert not [f for f in a_proofreader(MAIL).mail(told) if f.severity is not Severity.INFO]

    found = [f for f in a_proofreader(MAIL.replace(words, wrong, 1)).mail(told) if f.rule == rule]
    assert found
    assert line is None or line in {finding.line for finding in found}


def test_what_stands_in_the_other_branch_has_its_own_line():
    """Each reader's mail is traced by the branches it took."""
    told = context(offer=None)
    told["customer"]["is_member"] = False
    found = a_proofreader(MAIL.replace("ELSE", "วันสุดท้ายแล้ว")).mail(told)

    assert [(f.rule, f.line) for f in found if f.severity is Severity.ERROR] == [("K08", 18)]


OFFER_SLIPS = {
    "a date": ('note="ใช้ได้ถึง 22 ธันวาคม 2569"', 7),
    "a short date": ('note="ใช้ได้ถึง 22 ธ.ค."', 7),
    "an ISO date": ('note="หมดเขต 2026-12-22"', 7),
    "an English date": ('note="Good until December 22"', 7),
    "a weekday": ('note="until Saturday 27 June"', 7),
    "a Thai weekday": ('note="ภายในวันเสาร์ที่ 27 มิถุนายน"', 7),
    "the end of a month": ('note="ถึงสิ้นเดือนกรกฎาคม"', 7),
    "the worth": ('note="มูลค่า 145 บาท"', 7),
    "any gift": ('note="ส่วนลด 200 บาท"', 7),
    "any share": ('note="20% off"', 7),
}


def an_offer_mail(arguments: str) -> str:
    return (
        '---\nsubject: "ของขวัญ"\npreheader: "แวะรับได้ที่ร้านทุกวัน พร้อมชาหนึ่งกา"\n---\n'
        '{{ ui.hero("ของขวัญ") }}\n{% call ui.section() %}\n'
        f"{{{{ ui.coupon({arguments}) }}}}\n"
        "{% call ui.p() %}{{ offer.title }} {{ offer.expires_on|date }}{% endcall %}\n"
        '{{ ui.button("รับ", href=links.redeem) }}\n{% endcall %}\n'
    )


@pytest.mark.parametrize("slip", OFFER_SLIPS)
def test_an_offer_that_is_written_out_is_found_on_its_line(slip: str):
    """K03: dates, worth and shares, in either language."""
    note, line = OFFER_SLIPS[slip]
    found = a_proofreader(an_offer_mail(f'"รหัส", code=offer.code, {note}')).file(a_context()["offer"])

    assert [(f.rule, f.line) for f in found] == [("K03", line)]


def test_a_code_for_everyone_is_found():
    """K03: a code that is written out is the same for all."""
    (finding,) = a_proofreader(an_offer_mail('"รหัส", code="SALE2026"')).file(None)
    assert (finding.rule, finding.line, finding.next_step) == ("K03", 7, "write code=offer.code")


def test_amounts_that_are_no_gift_may_be_written_out():
    """Delivery is free above an amount, whatever the offer is worth; a day of the shop is its own."""
    words = 'note="ส่งฟรีเมื่อซื้อครบ 500 บาท ร้านเปิดอีกครั้ง 5 มกราคม"'
    assert a_proofreader(an_offer_mail(f'"รหัส", code=offer.code, {words}')).file(a_context()["offer"]) == []


def test_news_without_an_offer_may_name_any_day():
    """K03 is about offers: a market has its date."""
    told = MAIL.replace("WORDS", "ตลาดเปิดถึง 27 มิถุนายน 2569 มูลค่า 145 บาท")
    assert a_proofreader(told).file(None) == []


def test_an_offer_nobody_tells_is_noted():
    """V05: the campaign brings a gift, the mail is silent."""
    (finding,) = a_proofreader(MAIL).file(a_context()["offer"])
    assert (finding.rule, finding.severity) == ("V05", Severity.INFO)


def test_findings_become_problems_with_their_rule():
    """An error blocks; whatever else is a warning."""
    error, warning = (
        next(f for f in a_proofreader(MAIL.replace(old, new)).mail(context(offer=None)) if f.rule == rule)
        for old, new, rule in (("WORDS", "นะค่ะ", "T03"), ("ข่าวหน้าฝน", "ก" * 41, "T07"))
    )
    assert error.problem().severity == "error"
    assert "(T03)" in error.problem().what
    assert warning.problem().severity == "warning"


def test_the_parsers_wait_until_a_mail_is_looked_at():
    """`pakdee --help` must not wait for them."""
    code = "import sys, pakdee.cli, pakdee.rendering.lint; sys.exit(bool({'lxml', 'tinycss2'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


DAMAGE = {
    "A01": (' lang="th"', ""),
    "A02": (' dir="ltr"', ""),
    "A03": (' role="presentation"', ""),
    "A05": ("color:#1f2328", "color:#cfcfcf"),
    "A09": ("<title>", "<title></title><!--"),
    "C01": ("max-width:600px", "display:grid;max-width:600px"),
    "C07": ("[if mso]", "[if ie]"),
    "C08": ("<tbody>", ""),
    "D01": (".pk-ink{color:#f1f0ee !important}", ""),
    "D04": ("light dark", "light"),
    "K01": ("99 ถนนเจริญกรุง", ""),
    "L01": ("https://baanchaba", "http://baanchaba"),
    "L04": ("/u/", "/x/"),
    "S04": ("display:none", ""),
    "T01": ("color:#1f2328", "color:#1f2328;text-align:justify"),
    "T02": ("line-height:28px", "line-height:20px"),
    "T09": ("font-family:Tahoma", "font-family:Arial;x:Tahoma"),
}


@pytest.mark.parametrize("rule", DAMAGE)
def test_damage_to_the_frame_or_a_component_is_found(rule: str):
    """The system's own HTML is held to the same rules as any other."""
    whole, broken = DAMAGE[rule]
    reader, told = of_file(ROOT / "templates" / "birthday" / "th.j2"), a_context()
    mail, lines = reader.tracer.render(told)
    assert whole in mail.html

    damaged = Rendered(mail.subject, mail.text, mail.html.replace(whole, broken))
    assert rule in {finding.rule for finding in reader.rendered(damaged, told, lines)}
