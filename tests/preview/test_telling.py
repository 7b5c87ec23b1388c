"""What the page is told: every mail there can be, exactly as sent, with what is to be said of it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from importlib.resources import files

import pytest

from pakdee import jobs
from pakdee.domain.errors import CatalogError, PakdeeError
from pakdee.preview import Wish, page, sample, summary, told
from pakdee.preview.page import words
from pakdee.rendering.personas import personas
from tests.jobs.conftest import DAY as SHOP_DAY
from tests.jobs.conftest import house as shop
from tests.jobs.conftest import pattern
from tests.preview.conftest import DAY, with_a_slip

__all__ = ["pattern", "shop"]


def persona(house, name, locale):
    return next(one for one in personas(house.catalog, locale, house.project.program) if one.name == name)


def test_each_campaign_language_and_sample_customer_is_there_once(untouched, gallery):
    """And the template that no campaign uses."""
    readers = [one.name for one in personas(untouched.catalog, "th")]

    assert [edition["name"] for edition in gallery["editions"]] == ["birthday", "welcome", "newsletter"]
    for edition in gallery["editions"]:
        shown = [(m["locale"], m["reader"], m["variant"]) for m in edition["mails"]]
        variants = untouched.templates.variants(edition["template"])
        wanted = {(locale, reader, v) for locale in ("th", "en") for reader in readers for v in variants}
        assert set(shown) == wanted
        assert len(shown) == len(wanted)


def test_the_mail_shown_is_the_one_that_is_sent(untouched, gallery):
    """Byte for byte, with the headers of the very request."""
    campaign = untouched.project.campaigns["birthday"]
    context = persona(untouched, "regular", "en").context(
        campaign, untouched.project.brand, DAY, untouched.project.program
    )
    sent = untouched.templates.render("birthday", "en", context)
    (shown,) = (
        m
        for m in gallery["editions"][0]["mails"]
        if (m["reader"], m["locale"], m["variant"])
        == ("regular", "en", untouched.templates.variants("birthday")[0])
    )

    assert (shown["subject"], shown["text"], shown["html"]) == (sent.subject, sent.text, sent.html)
    assert shown["bytes"] == [len(sent.html.encode()), len(sent.text.encode())]
    assert dict(shown["headers"]) == {
        "From": "Baan Chaba <hello@baanchaba.example.com>",
        "Reply-To": "hello@baanchaba.example.com",
        "List-Unsubscribe": f"<{context['links']['unsubscribe']}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_headers_are_judged_as_check_does(house, monkeypatch):
    """A marketing mail that could not be unsubscribed with one click is told here too; service mail may be."""
    monkeypatch.setattr("pakdee.preview.desk.mail_headers", lambda _house: {"marketing": (), "service": ()})
    shown, _ = sample(house, Wish("welcome", locale="en"))
    (found,) = (one for one in shown.findings if one.rule == "L05")
    assert (found.severity, found.file) == ("error", "templates/welcome/en.j2")

    monkeypatch.undo()
    shown, _ = sample(house, Wish("welcome", locale="en"))
    assert "L05" not in {one.rule for one in shown.findings}


def test_service_mail_and_templates_without_a_campaign_have_the_headers_they_have(house, gallery):
    """No unsubscribing from service mail; no headers at all where nobody sends it."""
    file = house.directory / "campaigns" / "welcome.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "purpose: service\n", encoding="utf-8")
    shown, _ = sample(house, Wish("welcome", locale="en"))

    assert set(shown.headers) == {"From", "Reply-To"}
    assert gallery["editions"][2]["mails"][0]["headers"] == []
    assert gallery["editions"][2]["title"] is None


def test_what_the_lint_finds_stands_by_the_mail_with_file_and_line(house):
    """A subject that shouts, told where it stands."""
    file = house.directory / "templates" / "welcome" / "en.j2"
    lines = file.read_text(encoding="utf-8").split("\n")
    place = next(n for n, line in enumerate(lines) if line.startswith("preheader"))
    lines[place] = 'preheader: "Hi"'
    file.write_text("\n".join(lines), encoding="utf-8")
    (edition,) = told(house, Wish("welcome"))["editions"]
    short = [f for m in edition["mails"] if m["locale"] == "en" for f in m["findings"] if f["rule"] == "S04"]

    assert {(f["file"], f["line"], f["severity"]) for f in short} == {
        ("templates/welcome/en.j2", place + 1, "warning")
    }
    assert summary({"editions": [edition]})["warnings"] == len(short)


def test_a_broken_template_is_told_and_the_rest_is_shown(house):
    """By file and line, beside its own lines; the other language is there."""
    file = house.directory / "templates" / "birthday" / "th.j2"
    file.write_text(with_a_slip(file.read_text(encoding="utf-8")), encoding="utf-8")
    said = told(house, Wish("birthday"))
    broken = said["editions"][0]["files"]["th"]

    assert [(f["file"], f["line"]) for f in broken["findings"]] == [("templates/birthday/th.j2", 2)]
    assert broken["lines"][1] == "subjct: x"
    assert {mail["locale"] for mail in said["editions"][0]["mails"]} == {"en"}
    assert summary(said)["unreadable"] == 1
    with pytest.raises(CatalogError, match=r"birthday/th\.j2:2"):
        sample(house, Wish("birthday", locale="th"))


def test_who_cannot_be_written_to_is_shown_with_the_reason(house):
    """A campaign that lacks the offer its template needs."""
    file = house.directory / "campaigns" / "birthday.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(re.sub(r"(?m)^offer:.*\n", "", text), encoding="utf-8")
    said = told(house, Wish("birthday"))
    mails = said["editions"][0]["mails"]

    assert not any(mail["html"] for mail in mails)
    assert {f["rule"] for mail in mails for f in mail["findings"]} == {"J06"}
    assert page(said)


@pytest.mark.parametrize(
    ("wish", "what"),
    [
        (Wish("birthdy"), "write 'birthday'"),
        (Wish("birthday", persona="regulr"), "write 'regular'"),
        (Wish("birthday", locale="fr"), "use one of: en, th"),
        (Wish("birthday", variant="loud"), "there is no subject 'loud'"),
    ],
    ids=["campaign", "persona", "locale", "variant"],
)
def test_what_is_not_there_is_refused_with_what_is(untouched, wish, what):
    """The nearest one, or all of them."""
    with pytest.raises(PakdeeError, match=what):
        sample(untouched, wish)


def test_a_customer_is_shown_beside_the_sample_customers_and_nowhere_else(shop):
    """A page that nobody asked a customer for knows nobody."""
    said = told(shop, Wish("birthday", SHOP_DAY, customer="a1"))
    found = jobs.preview(shop, "birthday", "a1", SHOP_DAY)
    real = [mail for mail in said["editions"][0]["mails"] if mail["reader"] == "customer"]

    assert said["readers"][0]["title"]["en"] == "Customer a1"
    assert (said["reader"], said["locale"], said["readers"][0]["note"]) == ("customer", "en", "rendered")
    assert {mail["html"] for mail in real} == {found.mail.html}
    assert {tuple(map(tuple, mail["headers"])) for mail in real} == {tuple(found.headers.items())}
    everything = page(told(shop, Wish("birthday", SHOP_DAY)))
    assert not [word for word in ("Ada", "ชัย", "ada@example.com", "Customer") if word in everything]


def test_no_mail_breaks_out_of_the_page(gallery):
    """Readers may be called anything; the page runs its own script, and its policy no other."""
    html = page(gallery)
    script = html.rpartition("<script>")[2].partition("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)

    assert html.count("</script") == 2
    assert f"sha256-{digest}" in html
    assert any("alert(1)" in mail["subject"] for mail in json.loads(data)["editions"][0]["mails"])
    assert not re.search(r'(src|href)="(?!data:,|#)', html.split('<script type="application/json"')[0])


def test_the_page_speaks_each_language_whole():
    """The same words in all of them, and every word that the script says."""
    script = (files("pakdee.preview") / "page.js").read_text(encoding="utf-8")
    said = set(re.findall(r'say\("(\w+)"', script))

    assert len({frozenset(language) for language in words().values()}) == 1
    assert said <= set(words()["en"])
    for language in words().values():
        assert all(language.values())
    for name in words()["en"]:
        slots = {frozenset(re.findall(r"\{\w+\}", language[name])) for language in words().values()}
        assert len(slots) == 1, name


def test_a_campaign_is_shown_with_its_steps_and_a_step_alone(house):
    """In the order in which they go; a gallery has them as well."""
    file = house.directory / "campaigns" / "welcome.yaml"
    steps = "steps:\n  - {id: news, after: 2 days, template: newsletter}\n"
    file.write_text(file.read_text(encoding="utf-8") + steps, encoding="utf-8")

    series, alone = (told(house, Wish(name))["editions"] for name in ("welcome", "welcome.news"))
    assert [(one["name"], one["template"]) for one in series] == [
        ("welcome", "welcome"),
        ("welcome.news", "newsletter"),
    ]
    assert [one["name"] for one in alone] == ["welcome.news"]
