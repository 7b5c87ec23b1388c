"""Where rules end: what just passes, what just fails, and what only looks like a fault."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lint_making import ABOUT, TODAY, a_mail, found_in

from pakdee.domain.message import Rendered
from pakdee.domain.vocabulary import Purpose
from pakdee.rendering.lint import About, Severity, lint

SHOP = ABOUT.links["shop"]
TODAY_ENDS = ABOUT.offer | {"expires_on": TODAY}
ENDS_TOMORROW = ABOUT.offer | {"expires_on": TODAY + dt.timedelta(days=1)}
BOX = '<table role="presentation"><tbody><tr><td style="background-color:#a3123f;color:#ffffff">{}</td></tr></tbody></table>'
SCALE = '<table role="presentation"><tbody><tr>{}</tr></tbody></table>'
CELL = '<td bgcolor="#ffffff" class="card"><a href="https://web.example.com/nps/t/{0}" style="display:block;line-height:44px;color:#1f2328" class="ink">{0}</a></td>'
SCALE_LINKS = ABOUT.links | {"nps": "https://web.example.com/nps/t"}
FINE: dict[str, tuple[str, dict[str, str], dict[str, Any]]] = {
    "61 cells, of which a name takes many": ("S01", {"subject": "คุณ" + "ก" * 58}, {"told": ("ก" * 58,)}),
    "one abbreviation": ("S03", {"subject": "ข่าวจาก NPS ของเรา"}, {}),
    "a name in capitals": ("S03", {"subject": "ANNA LEE แวะมานะคะ"}, {"told": ("ANNA LEE",)}),
    "the brand in capitals": ("S03", {"subject": "CHABA TEA"}, {"brand_name": "CHABA TEA"}),
    "rehearsal pages": ("L01", {}, {}),
    "a mail to write to": ("L03", {"body": '<p><a class="ink" style="color:#1f2328" href="mailto:a@shop.example.com">ถามเรา</a></p>'}, {}),
    "a link in a name": ("L03", {"more": "คุณhttps://evil.example.net"}, {"told": ("https://evil.example.net",)}),
    "service without unsubscribe": ("L04", {"footer": ""}, {"purpose": Purpose.SERVICE}),
    "service without address": ("K01", {"footer": ""}, {"purpose": Purpose.SERVICE}),
    "service without button": ("L08", {"button": ""}, {"purpose": Purpose.SERVICE}),
    "the same button twice": ("L08", {"body": f'<p><a href="{SHOP}" style="display:block;background-color:#a3123f;color:#ffffff">ดู</a></p>'}, {}),
    "a scale is one thing": ("L08", {"button": SCALE.format("".join(CELL.format(n) for n in range(5)))}, {"links": SCALE_LINKS}),
    "the brand's own particle": ("T03", {"body": "<p>แวะมานะคะ ยินดีค่ะ คะแนนของคุณ</p>"}, {"voice": "ค่ะ"}),
    "words without a particle": ("T03", {"body": "<p>คะแนนของคุณ</p>"}, {"voice": "none"}),
    "a table of data": ("A03", {"body": "<table><tbody><tr><th>แต้ม</th></tr></tbody></table>"}, {}),
    "a picture that says nothing": ("A04", {"body": '<p><img src="https://shop.example.com/a.png" alt="" width="20"></p>'}, {}),
    "grey, but large": ("A05", {"body": '<p style="font-size:24px;line-height:40px;color:#8a8a8a">ชา</p>'}, {}),
    "grey, but bold and nearly large": ("A05", {"body": '<p style="font-size:19px;line-height:40px;font-weight:700;color:#8a8a8a">ชา</p>'}, {}),
    "white on the brand's colour": ("A05", {"body": BOX.format("ชา")}, {}),
    "white on a cell that HTML colours": ("A05", {"body": '<table role="presentation"><tbody><tr><td bgcolor="#a3123f" style="color:#ffffff">ชา</td></tr></tbody></table>'}, {}),
    "a faint emoji": ("A05", {"body": '<p style="color:#fefefe">🎂 ·</p>'}, {}),
    "a bar without words": ("A07", {"body": '<p style="font-size:0;line-height:0">&nbsp;</p>'}, {}),
    "the sheet colours it": ("A05", {"head": "<style>.pale{color:#1f2328}</style>", "body": '<p class="pale">ชา</p>'}, {}),
    "important beats inline": ("A05", {"head": "<style>td .pale{color:#1f2328 !important}</style>", "body": '<p class="pale" style="color:#eeeeee">ชา</p>'}, {}),
    "a colour of names": ("A05", {"body": '<p style="color:black">ชา</p>'}, {}),
    "a rule for phones only": ("A05", {"head": "<style>@media (max-width:480px){p{color:#eeeeee}}</style>"}, {}),
    "a dark ground of its own": ("D01", {"body": BOX.format("ชา")}, {}),
    "the word None": ("V03", {"body": "<p>None of us forgets</p>"}, {}),
    "braces in a name": ("V03", {"body": "<p>คุณ{{7*7}}</p>"}, {"told": ("{{7*7}}",)}),
    "Latin letters spaced": ("T01", {"body": '<p style="letter-spacing:2px">K7RM</p>'}, {}),
    "a Thai name in an English mail": ("T09", {"body": '<p style="font-family:Arial">สมหญิง</p>'}, {"locale": "en"}),
    "Latin in a Latin font": ("T09", {"body": "<p style=\"font-family:'Courier New',monospace\">K7RM</p>"}, {}),
    "thanks to a reader": ("T04", {"body": "<p>ขอบคุณคุณสมหญิง คุณนายิกา คุณคุณากร</p>"}, {}),
    "a year that is a code": ("T05", {"body": "<p>SALE2026</p>"}, {}),
    "a price of 2569 baht": ("T05", {"body": "<p>From 2,569 baht</p>"}, {"locale": "en"}),
    "a Christian year in English": ("T05", {"body": "<p>until 22 December 2026</p>"}, {"locale": "en"}),
    "today is the offer's last day": ("K08", {"body": "<p>วันนี้วันสุดท้ายแล้ว</p>"}, {"offer": TODAY_ENDS}),
    "the last day is named in English": ("K08", {"body": "<p>The last day is 22 December 2026</p>"}, {}),
    "the last day of a market": ("K08", {"body": "<p>วันสุดท้ายของตลาดคือ 27 มิถุนายน</p>"}, {"offer": None}),
    "yesterday's last visit": ("K08", {"body": "<p>ครั้งสุดท้ายที่คุณแวะมา</p>"}, {}),
    "what is hidden": ("T03", {"body": '<p style="display:none">นะค่ะ</p>'}, {}),
    "an ampersand": ("X04", {"more": "Tea & cake & more;"}, {}),
    "it ends tomorrow, and the offer does": ("K08", {"body": "<p>พรุ่งนี้วันสุดท้ายแล้ว</p>"}, {"offer": ENDS_TOMORROW}),
    "points with number and day, elsewhere in the mail": ("K05", {"subject": "Your points run out soon", "body": "<p>120 of your points</p><p>until 31 December 2026</p>"}, {}),
    "points that run out within days": ("K05", {"subject": "840 of your points run out soon", "body": "<p>within 30 days</p>"}, {}),
    "what the programme counts": ("K05", {"subject": "ใบชา 12 ใบหมดอายุ 31 ธันวาคม 2569"}, {"unit": "ใบชา"}),
    "points that never expire": ("K05", {"subject": "Your points never expire"}, {}),
    "points beside what expires": ("K05", {"body": "<p>Use your points before the code expires</p>"}, {}),
    "a code that expires": ("K05", {"subject": "Your code expires soon. Points count double."}, {}),
    "service without headers": ("L05", {}, {"headers": (), "purpose": Purpose.SERVICE}),
    "headers are not known": ("L05", {}, {"headers": None}),
}  # fmt: skip
WRONG: dict[str, tuple[str, dict[str, str], dict[str, Any]]] = {
    "another voice than the brand's": ("T03", {"body": "<p>แวะมานะครับ</p>"}, {"voice": "ค่ะ"}),
    "a soft voice for a brand with none": ("T03", {"body": "<p>แวะมานะคะ</p>"}, {"voice": "none"}),
    "39 cells": ("S01", {"subject": "ก" * 39}, {}),
    "no subject": ("S01", {"subject": ""}, {}),
    "an emoji first": ("S02", {"subject": "🎂 ของขวัญ"}, {}),
    "one loud word": ("S03", {"subject": "ลดราคา FLASH"}, {}),
    "a false forward": ("S03", {"subject": "Fwd: ของขวัญ"}, {}),
    "a long preheader": ("S04", {"preheader": "ก" * 91}, {}),
    "a preheader that repeats": ("S04", {"preheader": "ของขวัญวันเกิดของคุณ ของขวัญวันเกิดของคุณ"}, {}),
    "a line break in the subject": ("S05", {"subject": "ก\r\nBcc: a@b.c"}, {}),
    "a script for a link": ("L01", {"body": '<p><a href="javascript:alert(1)">ดู</a></p>'}, {}),
    "an empty link": ("L02", {"body": '<p><a href="">ดู</a></p>'}, {}),
    "a sample address": ("L02", {"body": '<p><a href="https://www.example.com/x">ดู</a></p>'}, {}),
    "brackets that are no address": ("L01", {"body": '<p><a href="https://[x/">ดู</a></p>'}, {}),
    "a foreign link in the text": ("L03", {"more": "https://elsewhere.example.net/"}, {}),
    "numbers for a host": ("L09", {"body": '<p><a href="https://10.1.2.3/">ดู</a></p>'}, {}),
    "unsubscribe in one part only": ("L04", {"text": "ก" * 300}, {}),
    "a survey without unsubscribe": ("L04", {"footer": ""}, {"purpose": Purpose.SURVEY}),
    "the language of another mail": ("A01", {"html": '<html lang="en" dir="ltr">'}, {}),
    "a file name for words": ("A04", {"body": '<p><img src="https://shop.example.com/a.png" alt="IMG_0042.jpg" width="20"></p>'}, {}),
    "half transparent": ("A05", {"body": '<p style="color:rgba(31,35,40,0.4)">ชา</p>'}, {}),
    "a link nobody coloured": ("D01", {"body": f'<p><a href="{SHOP}">ดู</a></p>'}, {}),
    "white on white, far below": ("A05", {"body": BOX.format('<p style="background-color:#ffffff">ชา</p>')}, {}),
    "a heading too deep": ("A06", {"body": "<h3>ชา</h3>"}, {}),
    "words of no size": ("A07", {"body": '<p style="font-size:1px;line-height:1px">ซ่อน</p>'}, {}),
    "a grid in a sheet": ("C01", {"head": "<style>td{display:grid}</style>"}, {}),
    "a variable": ("C01", {"body": '<p style="margin:0;color:var(--ink)">ชา</p>'}, {}),
    "a negative margin": ("C01", {"body": '<p style="margin:0 -4px">ชา</p>'}, {}),
    "a form": ("C01", {"body": "<form><p>ชา</p></form>"}, {}),
    "a large style block": ("C03", {"head": f"<style>{'p{margin:0}' * 2000}</style>"}, {}),
    "a picture for a ground": ("C04", {"body": '<div style="background-image:url(https://shop.example.com/a.png)">ชา</div>'}, {}),
    "a huge picture": ("C05", {"body": '<p><img src="https://shop.example.com/a.png" alt="ชา" width="2400"></p>'}, {}),
    "a wide style": ("C06", {"body": '<div style="width:700px">ชา</div>'}, {}),
    "a font from the web": ("C09", {"head": "<style>@font-face{font-family:Kanit;src:url(k.woff2)}</style>"}, {}),
    "no text part": ("X01", {"text": "", "more": ""}, {}),
    "italics": ("T01", {"body": '<p style="font-style:italic">ชา</p>'}, {}),
    "broken anywhere": ("T01", {"body": '<p style="word-break:break-all">ชา</p>'}, {}),
    "lines by number": ("T02", {"body": '<div style="line-height:1.2"><p>ชา</p></div>'}, {}),
    "both voices": ("T03", {"body": "<p>สวัสดีครับ/ค่ะ</p>"}, {}),
    "a Christian year in figures": ("T05", {"body": "<p>ถึง 22/12/2026</p>"}, {}),
    "a Buddhist year in English": ("T05", {"body": "<p>until December 22, 2569</p>"}, {"locale": "en"}),
    "an invisible blank in a code": ("T08", {}, {"offer": {"code": "K7\u200bRM"}}),
    "today only, tomorrow too": ("K08", {"body": "<p>Today only!</p>"}, {}),
    "a last day of another date": ("K08", {"body": "<p>วันสุดท้ายคือ 21 ธันวาคม 2569</p>"}, {}),
    "a last day of nothing": ("K08", {"body": "<p>โอกาสสุดท้ายแล้ว</p>"}, {"offer": None}),
    "today only in the preheader": ("K08", {"preheader": "เฉพาะวันนี้ ชาหนึ่งกาและขนมอุ่น ๆ ที่ร้านของเรา"}, {}),
    "it ends tomorrow, and the offer does not": ("K08", {"body": "<p>It ends tomorrow!</p>"}, {"offer": TODAY_ENDS}),
    "the last day is tomorrow, not today": ("K08", {"body": "<p>พรุ่งนี้วันสุดท้ายแล้ว</p>"}, {"offer": TODAY_ENDS}),
    "points with a number and no day": ("K05", {"subject": "Your points run out soon", "body": "<p>120 of your points</p>"}, {}),
    "points with a day and no number": ("K05", {"body": "<h2>Points expire soon</h2><p>until 31 December 2026</p>"}, {}),
    "what the programme counts, without number": ("K05", {"subject": "ใบชากำลังจะหมดอายุ"}, {"unit": "ใบชา"}),
    "one of two headers": ("L05", {}, {"headers": ("From", "List-Unsubscribe-Post")}),
    "a survey without headers": ("L05", {}, {"headers": (), "purpose": Purpose.SURVEY}),
    "no way to be asked why": ("K01", {}, {"why_you": ""}),
}  # fmt: skip


def rules_in(pieces: dict[str, str], about: dict[str, Any]) -> set[str]:
    return {finding.rule for finding in found_in(a_mail(**pieces), **about)}


@pytest.mark.parametrize("name", FINE)
def test_what_only_looks_like_a_fault_passes(name: str):
    """The rule that might be meant finds nothing."""
    rule, pieces, about = FINE[name]
    assert rule not in rules_in(pieces, about)


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_of_another_form_is_found(name: str):
    """By the rule that is meant."""
    rule, pieces, about = WRONG[name]
    assert rule in rules_in(pieces, about)


def test_a_subject_too_long_for_phones_is_a_warning_and_for_all_an_error():
    """38 cells pass, 39 warn, 61 fail."""
    gravity = {
        wide: [f.severity for f in found_in(a_mail(subject="ก" * wide)) if f.rule == "S01"]
        for wide in (38, 39, 60, 61)
    }
    assert gravity == {38: [], 39: [Severity.WARNING], 60: [Severity.WARNING], 61: [Severity.ERROR]}


def test_a_contrast_is_told_with_its_words_and_colours():
    """Names of the brand's colours help to find the setting."""
    (finding,) = (
        finding
        for finding in found_in(
            a_mail(body='<p style="color:#b0b0b0">เงื่อนไข</p>'), palette={"muted": "#B0B0B0"}
        )
        if finding.rule == "A05"
    )
    assert (
        finding.what
        == "'เงื่อนไข' can't be read well: #b0b0b0 (muted) on #ffffff (contrast 2.2, 4.5 is needed)"
    )


def test_lines_are_asked_for_by_part_and_offset():
    """The subject, the text and the HTML have their own."""
    asked: list[tuple[str, int]] = []

    def lines(part: str, at: int) -> int:
        asked.append((part, at))
        return 42

    mail = a_mail(subject="ลด!!", body="<p>นะค่ะ</p>", more="&amp;")
    found = found_in(mail, lines=lines)

    assert {finding.line for finding in found} == {42}
    assert ("subject", 0) in asked
    assert ("html", mail.html.index("นะค่ะ")) in asked
    assert ("text", 0) in asked


@pytest.mark.parametrize(
    "html", ["", " ", "plain words", "<", "<p", "\x00", "<table><td>x<table><tr>", "</p></p>", "\ud800"]
)
def test_anything_can_be_linted(html: str):
    """A mail that is none has findings, and no mail stops the lint."""
    found = lint(Rendered("", "", html), About("x/th.j2", "th", today=dt.date(2026, 1, 1)))
    assert {"S01", "A01", "A09"} <= {finding.rule for finding in found}


@given(
    html=st.text(max_size=200),
    text=st.text(max_size=200),
    subject=st.text(max_size=80),
    name=st.text(max_size=20),
)
def test_no_text_stops_the_lint(html: str, text: str, subject: str, name: str):
    """Whatever stands in a mail and whatever a reader is called."""
    about = dataclasses.replace(ABOUT, told=(name,))
    broken, mail = (lint(Rendered(subject, text, h), about) for h in (html, a_mail(body=html).html))

    assert "A09" in {finding.rule for finding in broken}, "no title"
    assert all(finding.line >= 1 and finding.what and finding.next_step for finding in (*broken, *mail))
