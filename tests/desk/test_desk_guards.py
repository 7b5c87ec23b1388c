"""Nobody else talks to the desk: not under another name, not from another page, not without its seal."""

import datetime as dt
import logging

import pytest

from pakdee.desk.guards import SEAL_LASTS, Names, Seals
from pakdee.domain.vocabulary import Mode
from tests.jobs.sending_desk import Clock

from .conftest import HOME

FORMS = (
    "/campaigns/birthday/stop",
    "/campaigns/birthday/test",
    "/campaigns/birthday/count",
    "/everything/stop",
)
PAGES = ("/", "/campaigns/birthday", "/campaigns/birthday?sample=markup&locale=en&look=text", "/nowhere")
FIELDS = {"by": "Nok", "because": "wrong price", "to": "me@example.com"}


@pytest.fixture(autouse=True)
def untouched(visitor):
    """Whatever is tried here, nothing is stopped and nothing is sent."""
    yield
    assert not visitor.house.journal.stops()
    assert not visitor.sendgrid.requests


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:80", "localhost.evil.example:8045", ""]
)
def test_another_host_name_is_answered_with_nothing(visitor, host):
    """A page elsewhere whose name was pointed at this machine reads nothing and changes nothing."""
    answers = [visitor.get(path, headers={"Host": host}) for path in (*PAGES, "/desk.css")]
    answers += [
        visitor.press(path, headers={"Host": host, "Origin": f"http://{host}"}, **FIELDS) for path in FORMS
    ]

    assert {answer.status_code for answer in answers} == {421}
    assert {answer.text for answer in answers} == {"not under this name"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:8025"},
        {"Origin": f"{HOME}.evil.example"},
        {"Referer": "https://evil.example/127.0.0.1:8045"},
        {},
    ],
)
def test_a_form_from_elsewhere_is_refused(visitor, headers):
    """Even with a good seal; and so is one that does not say where it comes from."""
    answers = [visitor.press(path, headers=headers, **FIELDS) for path in FORMS]

    assert {(answer.status_code, answer.text) for answer in answers} == {(403, "not from another page")}


@pytest.mark.parametrize("seal", ["x", "1.2", "é.ö", "9999999999." + "0" * 64])
def test_a_form_without_our_seal_is_refused(visitor, seal):
    answers = [visitor.press(path, seal=seal, **FIELDS) for path in FORMS]

    assert {answer.status_code for answer in answers} == {403}
    assert all("Nothing was changed" in answer.text for answer in answers)


def test_looking_changes_nothing(visitor):
    """What changes something is asked for by POST alone."""
    assert {visitor.get(path, follow_redirects=False).status_code for path in FORMS} <= {404, 405}


def test_a_seal_is_ours_and_lasts_some_hours():
    """Another's is none, and neither is one that was touched."""
    clock = Clock()
    seals = Seals(clock)
    seal = seals.new()

    assert seals.is_good(seal)
    assert not Seals(clock).is_good(seal)
    assert not seals.is_good(seal.replace(seal[:4], "9999", 1))
    clock.advance(SEAL_LASTS - dt.timedelta(minutes=1))
    assert seals.is_good(seal)
    clock.advance(dt.timedelta(minutes=2))
    assert not seals.is_good(seal)


def test_names_are_ours_and_those_given():
    """With their port where they have one, and in any case of letters."""
    names = Names.of(8045, ["Desk.Shop.example"])

    assert {"127.0.0.1:8045", "localhost:8045", "desk.shop.example"} <= names.hosts
    assert "https://desk.shop.example" in names.origins


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_closed_to_everything_else(visitor, path):
    """No inline script or style, nothing loaded from elsewhere, in no frame, kept nowhere."""
    answer = visitor.get(path)
    policy = answer.headers["content-security-policy"]

    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert "<style" not in answer.text
    assert " style=" not in answer.text
    assert answer.text.count("<script") == answer.text.count('<script src="/desk.js?')
    assert "onclick" not in answer.text


def test_a_mail_can_do_nothing_but_be_seen(visitor):
    """In a frame without any permission, and the same told by its own answer."""
    visitor.settled()
    page = visitor.get("/campaigns/birthday?sample=markup&locale=en").text
    mail = visitor.get("/campaigns/birthday/mail?sample=markup&locale=en")
    dark = visitor.get("/campaigns/birthday/mail?sample=markup&locale=en&look=dark")

    assert 'sandbox="" ' in page
    policy = mail.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'; ")
    assert "frame-ancestors 'self'" in policy
    assert "<script>" not in mail.text
    assert "prefers-color-scheme" not in mail.text + dark.text
    assert "@media not all" in mail.text
    assert "@media all" in dark.text


def test_no_customer_stands_on_a_page_or_in_a_log(visitor, caplog):
    """Counts alone; of addresses only those of the test list, which are the operator's own."""
    caplog.set_level(logging.DEBUG)
    visitor.settled()
    shown = "".join(visitor.get(path).text for path in PAGES)
    visitor.press("/campaigns/birthday/test", to="nobody@example.com", sample="regular")

    for person in ("ada@", "ben@", "chai@", "dao@", "Ada", "ชัย", ">a1<", ">b2<"):
        assert person not in shown
    assert "@" not in caplog.text


def test_what_is_too_long_or_nonsense_is_turned_away(visitor):
    """A large body, a campaign there is none of, fields left empty."""
    assert visitor.press("/campaigns/birthday/stop", by="x" * 20_000).status_code == 413
    assert visitor.press("/campaigns/no_such/stop", **FIELDS).status_code == 404
    assert visitor.press("/campaigns/..%2Fpakdee/stop", **FIELDS).status_code == 404
    assert visitor.press("/campaigns/birthday/stop", by="Nok", because="  ").status_code == 409
    assert visitor.get("/campaigns/no_such").status_code == 404
    assert visitor.get("/campaigns/birthday/mail?sample=nobody").status_code == 404
    assert "no sample customer &#39;nobody&#39;" in visitor.get("/campaigns/birthday?sample=nobody").text


def test_the_mode_is_told(visitor):
    """Whether mails leave this machine stands on every page."""
    assert visitor.house.settings.sendgrid.mode is Mode.TWIN
    assert "Rehearsal: nothing leaves this machine" in visitor.words()
