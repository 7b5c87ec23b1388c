"""Every mail of the starter project, in both languages, is right for customers of every sort."""

from __future__ import annotations

import re
import unicodedata
from functools import partial
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from mail_making import (
    BRAND,
    FEATURES,
    PERSONAS,
    PROGRAM,
    ROOT,
    a_context,
    a_customer,
    a_paragraph,
    a_template,
    load,
)
from ruamel.yaml import YAML

from pakdee.domain.contrast import READABLE, contrast
from pakdee.domain.errors import RenderError
from pakdee.domain.message import Rendered
from pakdee.rendering import Templates
from pakdee.rendering.palette import palette

NAMES = (
    "birthday", "early_access", "join_anniversary", "newsletter", "nps_survey", "referral_invitation",
    "review_request", "second_purchase", "service_apology", "tier_near_miss", "tier_upgrade", "welcome",
    "win_back", "win_back_2", "win_back_3",
)  # fmt: skip
SCALES = {"nps_survey": "nps", "review_request": "rating"}
"""Mails that are answered by a tap, and ask for nothing else."""
MAILS = [(name, locale) for name in NAMES for locale in ("th", "en")]
every_mail = pytest.mark.parametrize(("name", "locale"), MAILS)
every_persona = pytest.mark.parametrize("persona", PERSONAS)
PHONE_CELLS = 38
ONLY_IN_TEXT = {"กดตอบได้ที่นี่", "Answer here"}
"""Where numbers and stars of a scale can't be tapped one by one, their link needs words."""
MOST_PARTICLES = 3
"""Polite particles in a whole mail: more would grovel."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


OFFERS = {
    campaign["template"]: PROGRAM.grant(campaign["offer"]["grant"])
    for campaign in map(YAML(typ="safe").load, (ROOT / "campaigns").glob("*.yaml"))
    if "offer" in campaign
}


def rendered(templates: Templates, name: str, locale: str, persona: str = "known") -> Rendered:
    """A mail that brings what its campaign brings."""
    context = a_context(locale, PERSONAS[persona])
    if name in OFFERS:
        context["offer"]["title"] = OFFERS[name].title.in_language(locale)
    return templates.render(name, locale, context)


def cells(text: str) -> int:
    """Visible cells: marks above and below letters take none."""
    return sum(unicodedata.category(c) not in {"Mn", "Cf"} for c in text)


def visible(html: str) -> str:
    """What a reader of the HTML part sees."""
    body = html[html.index("</head>") :]
    text = re.sub(r"<!--.*?-->|<[^>]*>", " ", body, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text.replace("&#847;", "").replace("&nbsp;", " "))


@every_persona
@every_mail
def test_a_mail_is_whole_for_everyone(templates: Templates, name: str, locale: str, persona: str):
    """No None, nan, braces or control characters; one-line subject; the law's links in both parts."""
    mail = rendered(templates, name, locale, persona)

    shown = visible(mail.html)
    for text in (mail.subject, mail.text, shown):
        without_name = text.replace("{{7*7}}{% set a = 1 %}", "")
        assert not re.search(r"\bNone\b|\bnan\b|\{\{|\}\}|\{%|Undefined|\bTrue\b", without_name)
        assert not CONTROL.search(text)
    assert mail.subject
    assert not set("\r\n\t") & set(mail.subject)
    context = a_context(locale)
    for link in ("unsubscribe", "preferences", "help"):
        assert context["links"][link] in mail.text
        assert f'href="{context["links"][link]}"' in mail.html
    for words in (BRAND.postal_address, BRAND.tagline, BRAND.name):
        assert words.in_language(locale) in mail.text
        assert words.in_language(locale) in shown
    assert context["why_you"] in mail.text
    assert len(mail.html.encode()) < 60_000


@every_mail
def test_names_are_escaped_in_html_and_literal_elsewhere(templates: Templates, name: str, locale: str):
    """`<script>` is text for the reader of either part, and never markup."""
    mail = rendered(templates, name, locale, "script")
    assert "<script" not in mail.html
    mail = rendered(templates, name, locale, "ampersand")
    assert "&amp;" not in mail.text + mail.subject
    assert "O'Neil & Sons" not in mail.html
    if "Sons" in mail.html:
        assert "O&#39;Neil &amp; Sons &#34;Ltd&#34;" in mail.html
        assert 'O\'Neil & Sons "Ltd"' in mail.text


@every_mail
def test_a_template_in_a_name_is_text(templates: Templates, name: str, locale: str):
    """A name is data: nothing in it is worked out."""
    mail = rendered(templates, name, locale, "template")
    assert "49" not in mail.subject + visible(mail.html).replace("#", "")
    assert mail.html.count("{{7*7}}") == visible(mail.html).count("{{7*7}}")


def test_a_name_starts_no_header(templates: Templates):
    """A line break in a name can't add a Bcc."""
    mail = rendered(templates, "birthday", "th", "new line")
    assert "Eve Bcc: all@example.com" in mail.subject
    assert "\n" not in mail.subject


@every_mail
def test_subjects_fit_a_phone_and_preheaders_go_on(templates: Templates, name: str, locale: str):
    """At most 38 cells; the preheader says something else, in 30 to 90 cells."""
    mail = rendered(templates, name, locale)
    preheader = re.search(r"max-height:0;overflow:hidden\">(.*?)&#847;", mail.html)

    assert cells(mail.subject) <= PHONE_CELLS
    assert preheader
    assert 30 <= cells(preheader[1]) <= 90
    assert mail.subject not in preheader[1]
    assert sum(unicodedata.category(c) == "So" for c in mail.subject) <= 1


@every_mail
def test_html_is_well_formed_and_accessible(templates: Templates, name: str, locale: str):
    """Tables are for layout and say so, language and direction are set, one h1, small text stays readable."""
    html = rendered(templates, name, locale).html
    body = html[html.index("<body") : html.index("</html>")]
    ET.fromstring(  # noqa: S314 -- our own mail
        re.sub(r"<br>", "<br/>", re.sub(r"<!--.*?-->|&nbsp;", "", body, flags=re.DOTALL))
    )
    tables = re.findall(r"<table[^>]*>", html)

    assert html.startswith("<!doctype html>")
    assert sum('role="presentation"' not in table for table in tables) == html.count("<thead>")
    assert html.count(f'lang="{locale}"') == 2
    assert html.count('dir="ltr"') == 2
    assert html.count("<h1") == 1
    assert html.count("<tbody>") == html.count("</tbody>") == len(re.findall(r"<table", body)) - 1
    assert min(int(size) for size in re.findall(r"font-size:(\d+)px", body) if size != "0") >= 14
    assert not re.search(r"letter-spacing|text-transform|justify|word-break", html)
    assert "prefers-color-scheme:dark" in html
    assert "<!--[if mso]>" in html
    assert html.count('class="pk-button"') == (0 if name in SCALES else 1)


@every_mail
def test_both_parts_say_the_same(templates: Templates, name: str, locale: str):
    """Every sentence of the text part stands in the HTML part, and every link of the HTML in the text."""
    mail = rendered(templates, name, locale)
    shown = re.sub(r"\s+", "", unescape(visible(mail.html)))
    for line in mail.text.splitlines():
        words = re.sub(r"\(https\S+\)|[—“”█░]|^\d+%|\d+%$|^--$|:$", "", re.sub(r"\s+", " ", line.strip()))
        if words and not words.startswith("https://") and words not in ONLY_IN_TEXT:
            for cell in re.split(" · | = ", words):
                assert re.sub(r"\s+", "", cell).split(":")[0] in shown, line
    for link in re.findall(r'href="([^"]+)"', mail.html):
        assert re.sub(r"/\d+$", "", link.replace("&amp;", "&")) in mail.text


@every_mail
def test_a_service_mail_has_no_unsubscribe_link(templates: Templates, name: str, locale: str):
    """What must be said can't be unsubscribed from; preferences stay."""
    context = a_context(locale)
    context["campaign"] |= {"purpose": "service"}
    mail = templates.render(name, locale, context)

    in_words = 1 if name == "win_back_3" else 0  # a farewell offers it in its own words
    assert mail.html.count(context["links"]["unsubscribe"]) == in_words
    assert mail.text.count(context["links"]["unsubscribe"]) == in_words
    assert context["links"]["preferences"] in mail.html


@every_mail
def test_thai_is_written_as_thai_and_english_as_english(templates: Templates, name: str, locale: str):
    """Buddhist years in Thai, Christian ones in English; one voice; no Thai words in an English mail."""
    mail = rendered(templates, name, locale, "latin name")
    said = mail.subject + mail.text
    for goods in PERSONAS["latin name"]["favourites"]:
        said = said.replace(goods["title"], "")  # as the shop calls it
    if locale == "th":
        assert not re.search(r"\b20\d\d\b", re.sub(r"https\S+", "", said))
        assert not re.search(r"ครับ|นะค่ะ|ไหมค่ะ|คุณคุณ|[ก-๙]ๆ|!!", said)
        assert len(re.findall("ค่ะ|คะ(?!แนน)", said)) <= MOST_PARTICLES
    else:
        assert not re.search(r"25\d\d|[ก-ฺเ-๙]", said.replace("10500", ""))


def test_a_bar_and_a_tier_show_only_where_there_is_a_next_one(templates: Templates):
    """At the top there is nothing to reach."""
    assert "โกลด์" in rendered(templates, "birthday", "th").text
    assert "█" not in rendered(templates, "birthday", "th", "top tier").text


@pytest.mark.parametrize(("share", "cells_drawn"), [(0.0, 1), (0.5, 2), (1.0, 1), (1.7, 1)])
def test_a_bar_has_as_many_cells_as_it_needs(tmp_path: Path, share: float, cells_drawn: int):
    """0 % and 100 % draw one cell, since Outlook can't draw a cell without width."""
    body = "{% call ui.section() %}{{ ui.progress(share=customer.tier_progress, label='x') }}{% endcall %}"
    templates = load(tmp_path, birthday=a_template(body))
    html = templates.render("birthday", "th", a_context(customer=a_customer(tier_progress=share))).html

    assert html.count('height="12"') == cells_drawn


def test_without_a_programme_there_are_no_tiers(tmp_path: Path):
    """A shop without tiers renders the same mails; the section about tiers is left out."""
    root = Path(__file__).resolve().parents[2]
    read = partial(
        Templates.load, root / "templates", brand=BRAND, currency="THB", features=FEATURES, lazily=True
    )
    templates, with_tiers = read(), read(program=PROGRAM)

    assert "โกลด์" not in templates.render("welcome", "th", a_context()).text
    assert re.search(r"โกลด์.*20,000\xa0บาท", with_tiers.render("welcome", "th", a_context()).text)


def test_an_empty_subject_is_refused(tmp_path: Path):
    """A mail without a subject is never sent."""
    text = a_template(a_paragraph("x"), subject="{% if customer.next_tier %}x{% endif %}")
    templates = load(tmp_path, birthday=text)
    with pytest.raises(RenderError, match="the subject is empty"):
        templates.render("birthday", "th", a_context(customer=a_customer(next_tier=None)))


def test_colours_are_readable_in_light_and_dark():
    """Every text colour has a contrast of 4.5 to its ground, also for a brand that chose badly."""
    pale = BRAND.colours.model_copy(update={"primary": "#ffd9e0"})
    for colours in (palette(BRAND.colours), palette(pale)):
        pairs = [("ink", "card"), ("ink", "soft"), ("muted", "card"), ("muted", "soft"), ("muted", "page")]
        pairs += [("accent", "card"), ("accent", "soft"), ("on_primary", "primary")]
        dark = ("dark_card", "dark_soft", "dark_page")
        pairs += [(text, ground) for text in ("dark_ink", "dark_muted", "dark_accent") for ground in dark]
        for text, ground in pairs:
            assert contrast(colours[text], colours[ground]) >= READABLE, (text, ground)
