"""A mail's question is answered on pages that work without JavaScript; only the button's press counts."""

from __future__ import annotations

import datetime as dt
import re
import sys
import warnings
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "journal"))
from journal_making import NINE, batch, message_id, plan, start

from pakdee import jobs
from pakdee.domain.answer import LONGEST_COMMENT, AnswerKind
from pakdee.domain.identity import sign_link
from pakdee.house import open_house
from pakdee.rendering.languages import packaged
from pakdee.web import create_app
from pakdee.web.links import FORM_LIMIT
from pakdee.web.pages import Pages, Question

with warnings.catch_warnings():  # as in test_web.py
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

READERS = ["ada", "ben", "cat", "dan", "eve", "fah", "gun", "hom"]
PATHS = ["nps", "rating"]


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A project of its own whose journal has mails in Thai, one in English and a test mail; no ledger."""
    folder = tmp_path_factory.mktemp("answers") / "shop"
    jobs.new_project(folder)
    brand = folder / "brand.yaml"
    text = re.sub(r"(?m)^  review:.*\n", "", brand.read_text(encoding="utf-8"))
    review = "\n  review: https://reviews.example/write?a=1&b=2"
    brand.write_text(re.sub(r"(?m)^(  help: .*)$", rf"\1{review}", text), encoding="utf-8")
    found = open_house(folder, clock=lambda: NINE, environment={})
    english = batch(["jane"])
    english = replace(english, envelope=replace(english.envelope, locale="en"))
    plan(found.journal, batch(READERS), english)
    run = start(found.journal, is_test=True)
    found.journal.enqueue(run, batch(["tester"]), due_on=NINE.date())
    yield found
    found.close()


@pytest.fixture(scope="module")
def client(house):
    return TestClient(create_app(house), follow_redirects=False)


def token(house, reader):
    return sign_link(house.link_keys[0], message_id(reader))


def answers(house, reader):
    """(question, score, words) of all that this reader's answers are."""
    found = house.journal.answers(NINE - dt.timedelta(days=1), NINE + dt.timedelta(days=1))
    return {(one.kind.value, one.score, one.comment) for one in found if one.customer_id == reader}


def links(shown):
    """Addresses of the scale, made whole as a browser does."""
    scale = re.search(r"<nav.*?</nav>", shown.text, re.DOTALL)[0]
    base = httpx.URL(str(shown.url))
    return [base.join(found).path for found in re.findall(r'href="([^"]+)"', scale)]


@pytest.mark.parametrize("kind", list(AnswerKind))
def test_from_the_mail_to_the_answer(client, house, kind):
    """The scale, a tap, another tap, words, the button; a reload of the page after it changes nothing."""
    path = f"/{kind}/{token(house, 'ada')}"
    scale = links(client.get(path))
    assert scale == [f"{path}/{score}" for score in kind.scale]

    tapped = client.get(scale[-1])
    assert links(tapped) == scale
    assert re.findall(r'href="(\w+)" aria-current', tapped.text) == [str(kind.scale[-1])]
    tapped = client.get(links(tapped)[1])
    assert tapped.text.count("<form") == tapped.text.count("<button") == tapped.text.count("<textarea") == 1
    assert token(house, "ada") not in tapped.text
    assert 'action="' not in tapped.text
    assert not answers(house, "ada") & {(kind.value, score, None) for score in kind.scale}

    words = "ส่งช้า <b>มาก</b>\r\nค่ะ 'ok' & \x00\x1b[31m "
    done = client.post(str(tapped.url), data={"comment": words})
    again = client.post(str(tapped.url), data={"comment": words})
    kept = (kind.value, kind.scale[1], "ส่งช้า <b>มาก</b>\nค่ะ 'ok' & [31m")

    assert (done.status_code, done.text) == (200, again.text)
    assert {one for one in answers(house, "ada") if one[0] == kind} == {kept}
    assert "set-cookie" not in done.headers
    assert "มาก" not in re.sub(r"ดีใจมาก", "", done.text)  # what was written is not shown again


def test_looking_records_nothing(client, house):
    """Scanners open every link, with every method they know."""
    for path in PATHS:
        for tail in ("", "/1", "/5"):
            for method in ("GET", "HEAD", "OPTIONS"):
                found = client.request(method, f"/{path}/{token(house, 'ben')}{tail}?comment=x")
                assert found.status_code in {200, 204}
            for method in ("PUT", "DELETE", "PATCH"):
                assert client.request(method, f"/{path}/{token(house, 'ben')}{tail}").status_code == 405
        assert client.post(f"/{path}/{token(house, 'ben')}", data={"comment": "x"}).status_code == 405
    assert answers(house, "ben") == set()


def test_the_latest_answer_counts_and_words_are_optional(client, house):
    """A change of mind, with an empty field, with none, with rubbish in place of a form."""
    path = f"/nps/{token(house, 'cat')}"
    for score, sent, kept in [
        (3, {"data": {"comment": "why"}}, "why"),
        (10, {"data": {"comment": " \r\n "}}, None),
        (0, {}, None),
        (5, {"content": b"\xff%ff&&;=comment=&comment=%F0%9F%98%80&comment=second"}, "😀"),
        (6, {"files": {"comment": (None, "multipart")}}, None),
    ]:
        assert client.post(f"{path}/{score}", **sent).status_code == 200
        assert answers(house, "cat") == {("nps", score, kept)}


def test_no_other_link_and_no_other_score_answers(client, house):
    """404 with a way out that fits, and nothing is recorded."""
    good = token(house, "dan")
    wrong = [f"/nps/{good[:-1]}x/3", f"/nps/{'a' * 5000}/3", "/rating/x/3", f"/nps/{message_id('dan')}/3"]
    wrong += [f"/nps/{good}/{score}" for score in ("11", "-1", "03", "3.0", "+3", "๓", "x", "%00", "3%20")]
    wrong += [f"/rating/{good}/{score}" for score in ("0", "6")]
    unsigned = sign_link(b"another key", message_id("dan"))
    stranger = sign_link(house.link_keys[0], "0" * 32)
    wrong += [f"/{path}/{other}/3" for path in PATHS for other in (unsigned, stranger)]
    for path in wrong:
        for method in ("GET", "POST"):
            found = client.request(method, path, headers={"Accept-Language": "en"})
            assert found.status_code == 404, path
            assert "Reply to the mail with your answer" in found.text
    assert answers(house, "dan") == set()


def test_too_many_words_are_given_back_and_nothing_is_lost_or_kept(client, house):
    """Counted as a browser counts, in Thai to the last one; a line's end is one character."""
    path = f"/nps/{token(house, 'eve')}/4"
    long = "ก" * (LONGEST_COMMENT - 2) + "\r\n" + "</textarea>"
    refused = client.post(path, data={"comment": long})

    assert refused.status_code == 422
    assert "ยาวเกิน" in refused.text
    assert "ก" * (LONGEST_COMMENT - 2) + "\n&lt;/textarea&gt;" in refused.text
    assert refused.text.count("</textarea>") == 1
    assert client.post(path, content=bytes(FORM_LIMIT + 1)).status_code == 413
    assert answers(house, "eve") == set()

    fits = "ก" * (LONGEST_COMMENT - 2) + "\r\n" + "x"
    assert client.post(path, data={"comment": fits}).status_code == 200
    assert answers(house, "eve") == {("nps", 4, fits.replace("\r\n", "\n"))}


def test_thanks_fit_the_answer(client, house):
    """The unhappy are told that a person reads it, the happy are asked for a review; in the mail's language."""
    brand = house.project.brand.links
    thai, english = token(house, "fah"), token(house, "jane")

    def thanked(path):
        found = client.post(path)
        return re.findall(r'class="go" href="([^"]+)"', found.text), re.search(r"<h1>(.*?)</h1>", found.text)[
            1
        ]

    unhappy = [thanked(f"/nps/{thai}/{score}")[0] for score in range(7)]
    others = [thanked(f"/nps/{thai}/{score}")[0] for score in range(7, 11)]
    others += [thanked(f"/rating/{thai}/{score}")[0] for score in (1, 2, 3)]
    happy = [thanked(f"/rating/{thai}/{score}")[0] for score in (4, 5)]

    assert unhappy == [[brand.help]] * 7
    assert others == [[]] * 7
    assert happy == [["https://reviews.example/write?a=1&amp;b=2"]] * 2
    assert thanked(f"/nps/{english}/0")[1] == "Thank you for saying it openly"
    assert "and a person will read it" in client.post(f"/nps/{english}/0").text
    assert thanked(f"/nps/{thai}/9")[1] == "ขอบคุณสำหรับคำตอบ"
    assert answers(house, "jane") == {("nps", 0, None)}


def test_a_test_mails_pages_work_and_leave_nothing(client, house):
    """Who tries the mail sees what a reader sees."""
    path = f"/rating/{token(house, 'tester')}/5"

    assert "<textarea" in client.get(path).text
    assert client.post(path, data={"comment": "only a test"}).status_code == 200
    assert answers(house, "tester") == set()


def test_neither_words_nor_tokens_reach_a_log(house, capfd, caplog):
    """Not when it works, and not when the journal is out of order."""
    secret = token(house, "gun")
    broken = TestClient(create_app(house), raise_server_exceptions=False)
    assert broken.post(f"/nps/{secret}/1", data={"comment": "private words"}).status_code == 200
    with house.journal._engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE answer RENAME TO lost")
    try:
        found = broken.post(f"/nps/{secret}/1", data={"comment": "private words"})
    finally:
        with house.journal._engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE lost RENAME TO answer")

    assert found.status_code == 503
    assert "ตอบกลับอีเมลด้วยคำตอบของคุณ" in found.text or "Reply to the mail with your answer" in found.text
    out, err = capfd.readouterr()
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx")]
    assert any("no such table" in line for line in ours)
    assert not [line for line in (out, err, *ours) if secret in line or "private" in line or "gun" in line]


@pytest.mark.parametrize("language", ["th", "en"])
def test_every_page_is_whole_and_does_nothing_but_show_itself(language):
    """Both languages say all; brands and words are text; no script, no style, no address elsewhere."""
    asked = [Question(kind, chosen) for kind in AnswerKind for chosen in (None, *kind.scale)]
    pages = Pages(packaged())
    shown = [pages.question(language, "<i>X</i>", one) for one in asked]
    shown += [pages.page(f"thanks{how}", language, brand="<i>X</i>") for how in ("", "_happy", "_unhappy")]
    shown += [pages.page(name, language, of_answer=True) for name in ("unknown", "trouble")]
    for text in shown:
        assert f'<html lang="{language}">' in text
        assert not re.search(r"<script|https?://|\son\w+=|style=|<i>|\{brand|\{score", text)
