"""Typical slips made to the shipped templates: `check` finds each, on the line where it was made, in plain words."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from mail_making import ROOT

from pakdee import jobs
from pakdee.domain.errors import Problem
from pakdee.house import open_house
from tests.fewer import keep


@dataclass(frozen=True)
class Slip:
    """One slip: a line of a shipped template written wrongly, and what `check` says.

    Args:
        old, new: words of the template, and what stands there instead.
        says, next_step: words of the message.
        at: words of the line where it is found, if that is not the first line that changed.
        file: the new file name.
        encoding: what the file is saved as.
    """

    template: str
    old: str
    new: str
    says: str
    next_step: str
    at: str | None = None
    file: str = ""
    encoding: str = "utf-8"
    severity: str = "error"


CUT = "\x1a"
WELCOME, BIRTHDAY, WIN_BACK = "welcome/en.j2", "birthday/en.j2", "win_back/en.j2"
TIER, SECOND, NEWS = "tier_upgrade/en.j2", "second_purchase/en.j2", "newsletter/en.j2"
THAI = "birthday/th.j2"
SLIPS = {
    "a typo in a value": Slip(
        BIRTHDAY,
        "customer.years_a_member|plural",
        "customer.year_a_member|plural",
        "there is no 'customer.year_a_member'",
        "write 'customer.years_a_member'",
    ),
    "a typo in a test": Slip(
        TIER,
        'customer.tier == "gold"',
        'customer.teir == "gold"',
        "there is no 'customer.teir'",
        "write 'customer.tier'",
    ),
    "a typo in a tier's direction": Slip(
        TIER, 'customer.tier == "gold"', 'customer.tier_moved_7d == "upp"', "is never 'upp'", "write 'up'"
    ),
    "a typo in a group": Slip(
        BIRTHDAY,
        "ui.strong(offer.title)",
        "ui.strong(ofer.title)",
        "there is no 'ofer.title'",
        "write 'offer.title'",
    ),
    "a value without its group": Slip(
        BIRTHDAY, "ui.strong(offer.title)", "ui.strong(title)", "there is no 'title'", "write 'offer.title'"
    ),
    "a value with a blank": Slip(
        BIRTHDAY,
        "ui.strong(offer.title)",
        "ui.strong(offer title)",
        "'title' does not fit here",
        "_ for blanks",
    ),
    "a value with a hyphen": Slip(
        BIRTHDAY,
        "{{ customer.years_a_member|plural",
        "{{ customer.order-count|plural",
        "templates don't calculate",
        "write customer.order_count",
    ),
    "a name without a fallback": Slip(
        WIN_BACK,
        "eyebrow=customer|greet",
        "eyebrow=customer.first_name",
        "customer.first_name can be empty",
        "customer.first_name or '…'",
    ),
    "a guard taken away": Slip(
        BIRTHDAY,
        "{% if customer.years_a_member and customer.years_a_member >= 1 %}",
        "{% if customer.order_count >= 1 %}",
        "customer.years_a_member can be empty",
        "put it inside {% if",
        at="customer.years_a_member|plural",
    ),
    "an if for another value": Slip(
        BIRTHDAY,
        "{% if offer.code %}",
        "{% if offer.value %}",
        "offer.code can be empty (the grant has no codes)",
        "{% if offer.code %}",
        at="ui.coupon(",
    ),
    "a date without its filter": Slip(
        BIRTHDAY,
        "offer.expires_on|date) }}",
        "offer.expires_on) }}",
        "offer.expires_on is a date and can't be printed",
        "write offer.expires_on|date",
    ),
    "money without its filter": Slip(
        TIER,
        "customer.to_next_tier|money",
        "customer.to_next_tier",
        "customer.to_next_tier is an amount of money and can't be printed",
        "write customer.to_next_tier|money",
    ),
    "the wrong filter": Slip(
        BIRTHDAY,
        "offer.value|money",
        "offer.value|date",
        "the filter date doesn't fit offer.value, an amount of money",
        "write offer.value|money",
    ),
    "a filter nobody knows": Slip(
        TIER,
        "customer.next_tier|level",
        "customer.next_tier|upper",
        "there is no filter 'upper'",
        "use one of",
    ),
    "a filter misspelt": Slip(
        BIRTHDAY, "offer.value|money", "offer.value|mony", "there is no filter 'mony'", "write 'money'"
    ),
    "a number without its word": Slip(
        BIRTHDAY, '|plural("year", "years")', "|plural", "the filter plural lacks its words", 'plural("…")'
    ),
    "an endif forgotten": Slip(
        BIRTHDAY,
        '    {{ ui.coupon("Your birthday code", code=offer.code, note="Good until " ~ offer.expires_on|date) }}\n  {% endif %}\n',
        '    {{ ui.coupon("Your birthday code", code=offer.code, note="Good until " ~ offer.expires_on|date) }}\n',
        "{% if %} is never closed",
        "write {% endif %}",
        at="{% if offer.code %}",
    ),
    "an endif forgotten at the end": Slip(
        BIRTHDAY,
        "{% endcall %}\n{% endif %}\n",
        "{% endcall %}\n",
        "{% if %} is never closed",
        "at the end of what belongs to it",
        at="{% if customer.next_tier and",
    ),
    "an endcall forgotten": Slip(
        BIRTHDAY,
        "leave the sweet part to us.\n  {% endcall %}\n",
        "leave the sweet part to us.\n",
        "{% call ui.p() %} is never closed",
        "write {% endcall %}",
        at="{% call ui.p() %}",
    ),
    "an endfor forgotten": Slip(
        WELCOME,
        "      {% endfor %}\n",
        "",
        "{% for %} is never closed",
        "write {% endfor %}",
        at="{% for tier",
    ),
    "an endif too many": Slip(
        BIRTHDAY,
        "{% endif %}\n  {{ ui.button",
        "{% endif %}\n  {% endif %}\n  {{ ui.button",
        "{% endif %} stands here without a {% if %}",
        "take it out",
    ),
    "an end misspelt": Slip(
        BIRTHDAY,
        "leave the sweet part to us.\n  {% endcall %}",
        "leave the sweet part to us.\n  {% endcal %}",
        "there is no {% endcal %}",
        "write 'endcall'",
        at="{% endcal %}",
    ),
    "else if as two words": Slip(
        TIER,
        "{% else %}",
        '{% else if customer.tier == "silver" %}',
        "{% else if … %} is written as one word",
        "write {% elif … %}",
    ),
    "one = in a test": Slip(
        TIER, 'customer.tier == "gold"', 'customer.tier = "gold"', "= compares nothing", "write =="
    ),
    "a brace missing": Slip(
        BIRTHDAY,
        '{{ ui.button("Claim your present", href=links.redeem) }}',
        '{{ ui.button("Claim your present", href=links.redeem) }',
        "{{ is never closed",
        "write }}",
    ),
    "braces mixed up": Slip(
        BIRTHDAY,
        "{{ ui.strong(offer.title) }}",
        "{{ ui.strong(offer.title) %}",
        "what begins with {{ ends with %}",
        "end it with }}",
    ),
    "a blank between braces": Slip(
        NEWS,
        "{{ customer|greet }}, the afternoons",
        "{ { customer|greet } }, the afternoons",
        "braces stand among the words",
        "without blanks between two braces",
    ),
    "single braces": Slip(
        WIN_BACK,
        'It has been {{ customer.days_since_last_purchase|plural("day", "days") }}',
        "It has been {days}",
        "'{days}' looks like a value of another program",
        "{{ customer.first_name or 'you' }}",
    ),
    "another program's value": Slip(
        SECOND,
        "Thank you for your first order.",
        "Thank you for your first order, *|FNAME|*.",
        "'*|FNAME|*' looks like a value of another program",
        "write values as {{",
    ),
    "a bracket not closed": Slip(
        BIRTHDAY,
        "href=links.redeem) }}",
        "href=links.redeem }}",
        "a bracket is opened and not closed",
        "as many ( as )",
    ),
    "brackets forgotten": Slip(
        BIRTHDAY,
        "{% call ui.section() %}",
        "{% call ui.section %}",
        "brackets are missing after ui.section",
        "write {% call ui.section() %}",
    ),
    "a quotation mark missing": Slip(
        TIER, 'ui.h2("New for you")', 'ui.h2("New for you)', "a text in quotes is not closed", "both ends"
    ),
    "quotes swapped": Slip(
        TIER,
        'ui.h2("New for you")',
        "ui.h2(\"New for you')",
        "a text in quotes is not closed",
        "the same quotation mark",
    ),
    "curly quotes in a component": Slip(
        TIER,
        'ui.h2("New for you")',
        "ui.h2(“New for you”)",
        "the quotation mark “ is only for words",
        "straight quotes",
    ),
    "curly quotes in Thai": Slip(
        THAI,
        'ui.h2("ใกล้ถึงแล้ว")',
        "ui.h2(“ใกล้ถึงแล้ว”)",
        "the quotation mark “ is only for words",
        "straight quotes",
    ),
    "curly quotes around the subject": Slip(
        THAI,
        '"{{ offer.title }} สำหรับ{{ customer|greet }} 🎂"',
        "“{{ offer.title }} สำหรับ{{ customer|greet }} 🎂”",
        "curly quotation marks stand around the whole line",
        "leave them out",
    ),
    "a comma missing": Slip(
        BIRTHDAY,
        'ui.button("Claim your present", href',
        'ui.button("Claim your present" href',
        "'href' does not fit here",
        "join values and words",
    ),
    "a plus instead of ~": Slip(
        BIRTHDAY,
        '"Good until " ~ offer',
        '"Good until " + offer',
        "templates don't calculate",
        "pakdee features",
    ),
    "a component misspelt": Slip(
        BIRTHDAY, "ui.button(", "ui.buton(", "there is no component ui.buton", "write 'button'"
    ),
    "a component that does not exist": Slip(
        BIRTHDAY, "ui.signature(", "ui.gif(", "there is no component ui.gif", "use one of"
    ),
    "an argument misspelt": Slip(
        BIRTHDAY, "href=links.redeem", "herf=links.redeem", "ui.button takes no 'herf'", "write 'href'"
    ),
    "an argument missing": Slip(BIRTHDAY, ", href=links.redeem", "", "ui.button lacks href", "add href=…"),
    "a tone nobody knows": Slip(
        BIRTHDAY,
        'ui.p(tone="small")',
        'ui.p(tone="tiny")',
        "tone of ui.p can't be this",
        "use one of: plain, small",
    ),
    "a link as text": Slip(
        BIRTHDAY,
        "href=links.redeem",
        'href="https://shop.example/gift"',
        "href of ui.button must be one of our links",
        "href=links.shop",
    ),
    "a link as a value": Slip(
        SECOND,
        '{{ ui.link("Tell us", href=links.help) }}',
        "{{ links.help }}",
        "links.help is a link",
        "use ui.link",
    ),
    "a link that does not exist": Slip(
        SECOND,
        "href=links.help",
        "href=links.contact",
        "there is no 'links.contact'",
        "use one of: links.shop, links.redeem, links.help",
    ),
    "a component inside words": Slip(
        BIRTHDAY,
        "Birthdays call for",
        '{{ ui.h2("Birthdays") }} call for',
        "ui.h2 can't stand here",
        "a ui.section",
    ),
    "a component outside a section": Slip(
        TIER,
        "{{ ui.hero(",
        '{{ ui.button("x", href=links.shop) }}\n{{ ui.hero(',
        "ui.button can't stand here",
        "a ui.section",
    ),
    "words outside a component": Slip(
        BIRTHDAY,
        "  {% call ui.p() %}\n    Birthdays",
        "  Dear friend\n  {% call ui.p() %}\n    Birthdays",
        "words stand outside a component: 'Dear friend'",
        "{% call ui.p() %}",
        at="Dear friend",
    ),
    "content forgotten": Slip(
        BIRTHDAY,
        '{{ ui.signature("May the year be kind to you,") }}',
        "{{ ui.quote() }}",
        "ui.quote needs content",
        "{% call ui.quote() %}",
    ),
    "HTML": Slip(
        WELCOME,
        "in it has a story",
        "in it has a <b>story</b>",
        "HTML is not part of templates: '<b'",
        "ui.strong",
    ),
    "an HTML entity": Slip(
        WELCOME,
        "in it has a story",
        "in it has&nbsp;a story",
        "HTML is not part of templates: '&nbsp;'",
        "use a component",
    ),
    "a picture as HTML": Slip(
        WELCOME,
        "in it has a story",
        "<img src=x> in it has a story",
        "HTML is not part of templates: '<i'",
        "use a component",
    ),
    "the file cut short": Slip(
        BIRTHDAY,
        '  {{ ui.signature("May the year be kind to you,") }}\n{% endcall %}\n',
        CUT,
        "{% call ui.section() %} is never closed",
        "write {% endcall %}",
        at="{% call ui.section() %}",
    ),
    "no preheader": Slip(
        BIRTHDAY,
        'preheader: "Happy birthday from all of us at {{ brand.name }}. It is yours until {{ offer.expires_on|date }}."\n',
        "",
        "there is no preheader",
        "add preheader:",
        at="---",
    ),
    "an empty subject": Slip(
        BIRTHDAY,
        'subject: "{{ offer.title }}, on us 🎂"',
        'subject: ""',
        "there is no subject",
        'add subject: "…"',
    ),
    "a key misspelt": Slip(
        BIRTHDAY, "preheader:", "preheadr:", "the front matter takes no 'preheadr'", "write 'preheader'"
    ),
    "a key twice": Slip(
        BIRTHDAY,
        "preheader:",
        'subject: "Once more"\npreheader:',
        "subject stands here twice",
        "leave one of them out",
        at="Once more",
    ),
    "a key nobody knows": Slip(
        BIRTHDAY,
        "preheader:",
        "purpose: marketing\npreheader:",
        "the front matter takes no 'purpose'",
        "use one of",
    ),
    "a tab in the front matter": Slip(
        BIRTHDAY, "preheader:", "\tpreheader:", "a tab stands at the beginning of this line", "delete the tab"
    ),
    "no quotes around the subject": Slip(
        BIRTHDAY,
        'subject: "{{ offer.title }}, on us 🎂"',
        "subject: {{ offer.title }}, on us",
        "the front matter can't be read",
        "in quotes",
    ),
    "a quotation mark missing in the front matter": Slip(
        BIRTHDAY, 'on us 🎂"', "on us 🎂", "a quotation mark is missing in the front matter", 'subject: "…"'
    ),
    "a component in the subject": Slip(
        WELCOME,
        '{{ brand.name }}"\npreheader',
        '{{ ui.strong(brand.name) }}"\npreheader',
        "subject and preheader hold no components",
        "write words and values",
    ),
    "a subject of two lines": Slip(
        WELCOME,
        'subject: "Welcome to {{ brand.name }}"',
        'subject: "Welcome\\nto {{ brand.name }}"',
        "there is a line break in the subject or preheader",
        "on one line",
    ),
    "the front matter not closed": Slip(
        BIRTHDAY,
        '.expires_on|date }}."\n---\n',
        '.expires_on|date }}."\n',
        "there is no front matter",
        "begin the file with ---",
        at="",
    ),
    "words before the front matter": Slip(
        BIRTHDAY,
        '---\nsubject: "{{ offer',
        'Birthday mail\n---\nsubject: "{{ offer',
        "there is no front matter",
        "begin the file with ---",
        at="",
    ),
    "saved as cp874": Slip(
        THAI,
        "วันเกิดทั้งที",
        "วันเกิดทั้งที",
        "the file is not UTF-8",
        "save it as UTF-8",
        at="subject:",
        encoding="cp874",
    ),
    "saved as UTF-16": Slip(
        THAI, "วันเกิดทั้งที", "วันเกิดทั้งที", "the file is not UTF-8", "save it as UTF-8", at="", encoding="utf-16"
    ),
    "a hidden character pasted in": Slip(
        WELCOME,
        "in it has a story",
        "in it has a \u202estory",
        "invisible control character here (U+202E)",
        "type it again",
    ),
    "a locale in capitals": Slip(
        WELCOME,
        "Ours",
        "Ours",
        "there are no footer words in 'EN'",
        "name the file en.j2 or th.j2",
        at="",
        file="EN.j2",
    ),
    "a region in the file name": Slip(
        THAI,
        "วันเกิดทั้งที",
        "วันเกิดทั้งที",
        "there are no footer words in 'th-TH'",
        "name the file en.j2 or th.j2",
        at="",
        file="th-TH.j2",
    ),
    "a wrong ending": Slip(
        WELCOME,
        "Ours",
        "Ours",
        "no mail is made of this file",
        "name it en.j2 or th.j2",
        at="",
        file="en.j2.txt",
        severity="warning",
    ),
    "a loop over no list": Slip(
        WELCOME, "in program.tiers", "in program.tier", "there is no 'program.tier'", "write 'program.tiers'"
    ),
    # What only the rendered mail shows, by the lint.
    "a date written out": Slip(
        BIRTHDAY,
        "any day until {{ offer.expires_on|date }}",
        "any day until 31 July 2026",
        "(K03)",
        "offer.expires_on|date",
    ),
    "an amount written out": Slip(
        BIRTHDAY, "(worth {{ offer.value|money }})", "(worth ฿145)", "(K03)", "offer.value"
    ),
    "a percentage written out": Slip(
        "win_back_2/th.j2", "{{ ui.hero(offer.title,", '{{ ui.hero("รับส่วนลด 15% วันนี้",', "(K03)", "offer."
    ),
    "click here": Slip(BIRTHDAY, "Claim your present", "Click here", "(L07)", "", severity="warning"),
    "a shouting subject": Slip(WIN_BACK, "has been a while", "has been a while!!!", "(S03)", ""),
    "a subject in capitals": Slip(
        WELCOME, 'subject: "Welcome to', 'subject: "WELCOME BACK FRIEND to', "(S03)", ""
    ),
    "a subject that plays an answer": Slip(
        WELCOME, 'subject: "Welcome', 'subject: "RE: Welcome', "(S03)", ""
    ),
    "a subject too long": Slip(
        WELCOME,
        'subject: "Welcome to',
        'subject: "Welcome to the small shop with the large heart for all our neighbours at',
        "(S01)",
        "",
    ),
    "two emoji in the subject": Slip(BIRTHDAY, "on us 🎂", "🎁 on us 🎂", "(S02)", "", severity="warning"),
    "a preheader that repeats the subject": Slip(
        "welcome/en.j2",
        "Who we are, what members get, and a good place to start",
        "Welcome to {{ brand.name }}",
        "(S04)",
        "",
        severity="warning",
    ),
    "no button": Slip(
        SECOND,
        '  {{ ui.button("Choose what to try next", href=links.shop) }}\n',
        "",
        "(L08)",
        "keep one ui.button",
        at="  {% call ui.p() %}",
    ),
    "two buttons": Slip(
        SECOND,
        '  {{ ui.button("Choose what to try next", href=links.shop) }}\n',
        '  {{ ui.button("Choose what to try next", href=links.shop) }}\n  {{ ui.button("Or your third", href=links.redeem) }}\n',
        "(L08)",
        "keep one ui.button",
        at="Or your third",
        severity="warning",
    ),
    "greeted twice": Slip(
        THAI, "วันเกิดทั้งที", "คุณ{{ customer|greet }} วันเกิดทั้งที", "(T04)", "", severity="warning"
    ),
    "a year of the wrong era": Slip(THAI, "วันเกิดทั้งที", "วันที่ 5 ธันวาคม 2026 วันเกิดทั้งที", "(T05)", ""),
    "two voices": Slip(THAI, "วันเกิดทั้งที", "สวัสดีครับ/ค่ะ วันเกิดทั้งที", "(T03)", ""),
}


def slipped(slip: Slip) -> tuple[str, int]:
    """The template with the slip, and the line where it is to be found."""
    before = (ROOT / "templates" / slip.template).read_text(encoding="utf-8")
    assert before.count(slip.old) >= 1, "the template has changed; find another place for the slip"
    after = before.replace(slip.old, slip.new, 1)
    after = after.partition(CUT)[0]
    lines, had = after.split("\n"), before.split("\n")
    if slip.at is not None:
        return after, next(number for number, line in enumerate(lines, 1) if slip.at in line)
    return after, next(
        (n for n, pair in enumerate(zip(had, lines, strict=False), 1) if len(set(pair)) > 1), 1
    )


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[Problem]]]:
    """What `check` says of a project in which every slip was made, each in a template of its own."""
    shop = tmp_path_factory.mktemp("slips") / "shop"
    jobs.new_project(shop)
    for number, slip in enumerate(SLIPS.values()):
        folder = shop / "templates" / f"slip_{number}"
        folder.mkdir()
        text, _ = slipped(slip)
        file = folder / (slip.file or Path(slip.template).name)
        file.write_bytes(text.encode(slip.encoding, "ignore"))
    house = open_house(shop, environment={})
    problems: dict[str, list[Problem]] = {name: [] for name in SLIPS}
    try:
        for problem in jobs.check(house):
            number = problem.file.split("/")[1].removeprefix("slip_")
            problems[list(SLIPS)[int(number)]].append(problem)
    finally:
        house.close()
    yield problems
    shutil.rmtree(shop)


@pytest.mark.parametrize("name", SLIPS)
def test_check_finds_the_slip_on_its_line_and_says_what_to_do(found: dict[str, list[Problem]], name: str):
    """File, line, what is wrong and what to write; nobody has to know the template language's own words."""
    slip = SLIPS[name]
    _, line = slipped(slip)
    told = [p for p in found[name] if slip.says in p.what and slip.next_step in p.next_step]

    assert [(p.line, p.severity) for p in told[:1]] == [(line, slip.severity)], found[name]
    assert told[0].file.startswith("templates/slip_")
    assert not [p for p in found[name] if "Jinja" in str(p) or "token" in str(p) or "Error" in str(p)]


def test_a_slip_makes_few_messages(found: dict[str, list[Problem]]):
    """One slip is not told ten times over, so that the marketer finds it."""
    assert {name: len(problems) for name, problems in found.items() if len(problems) > 3} == {}


def test_a_byte_order_mark_and_windows_line_ends_are_no_slip(tmp_path: Path):
    """Editors write them unasked."""
    jobs.new_project(tmp_path / "shop")
    keep(tmp_path / "shop", ["welcome"])
    file = tmp_path / "shop" / "templates" / WELCOME
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    house = open_house(tmp_path / "shop", environment={})
    try:
        assert [p for p in jobs.check(house) if "templates/" in p.file] == []
    finally:
        house.close()
