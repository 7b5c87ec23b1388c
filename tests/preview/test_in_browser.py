"""The page in a real Chromium: seen, read by keyboard, silent, and off the network. A dozen mails are shot."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from docs.gallery import Mail, index, pictures
from pakdee.preview import Wish, page, sample, told
from tests.preview.conftest import with_a_slip

OUT = Path(__file__).resolve().parents[2] / "build" / "gallery-sample"
SHOT = (("birthday", "th"), ("welcome", "en"), ("newsletter", "th"))
WINDOWS = [(320, 640, True), (600, 900, False), (1280, 900, True)]
MANY = 20
"""Colours that a mail has at least; an empty page has one or two."""


@pytest.fixture(scope="module")
def site(gallery, tmp_path_factory):
    """The address of the page of one campaign, and of the gallery."""
    folder = tmp_path_factory.mktemp("pages")
    one = {**gallery, "editions": gallery["editions"][:1], "locale": "en"}
    (folder / "one.html").write_text(page(one), encoding="utf-8")
    (folder / "all.html").write_text(page(gallery), encoding="utf-8")
    return folder.as_uri()


def pixels(picture):
    """Width, height, and the different colours of a PNG as browsers write it, by the bytes of its rows."""
    width, height = struct.unpack(">II", picture[16:24])
    at, data = 8, b""
    while at < len(picture):
        size, kind = struct.unpack(">I4s", picture[at : at + 8])
        data += picture[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        at += size + 12
    rows = zlib.decompress(data)
    return width, height, len(set(rows[:: len(rows) // 5_000 or 1]))


def test_a_dozen_mails_are_shot_and_fit_their_windows(chromium, untouched):
    """Three mails, at both widths, light and dark; each is drawn, and no dark one looks like its light one."""
    OUT.mkdir(parents=True, exist_ok=True)
    wishes = [Wish(name, locale=locale) for name, locale in SHOT]
    mails = [Mail(str(w.name), str(w.locale), sample(untouched, w)[1].html) for w in wishes]
    taken = list(pictures(chromium, mails, OUT))
    (OUT / "index.html").write_text(index(taken), encoding="utf-8")

    assert len(taken) == 12
    assert not [str(picture) for picture in taken if picture.is_wide]
    seen = {(p.campaign, p.width, p.is_dark): p.file.read_bytes() for p in taken}
    assert len(set(seen.values())) == 12
    for (_, width, _), png in seen.items():
        found, height, colours = pixels(png)
        assert found == width
        assert height > 600
        assert colours > MANY


# Frames are made when they come into sight, which a browser finds out in its own time.
FRAMED = """
new Promise(done => {
  const look = () => document.querySelector('iframe[sandbox=""]') ? done(true) : setTimeout(look, 20);
  look();
})
"""


@pytest.mark.parametrize("name", ["one", "all"])
def test_the_page_fits_any_window_and_says_nothing_to_the_console_or_the_network(chromium, site, name):
    """At the width of a small phone, a tablet and a desk, light or dark, in both languages."""
    for width, height, dark in WINDOWS:
        window = chromium.page(f"{site}/{name}.html", width=width, height=height, dark=dark)
        for language in ("en", "th"):
            window.ask(f"document.getElementById('ui-{language}').click()")
            assert window.ask("document.documentElement.lang") == language
            assert window.ask("document.documentElement.scrollWidth") <= width
        assert window.ask(FRAMED)
        assert window.ask("document.querySelectorAll('iframe:not([sandbox=\"\"])').length") == 0
        assert window.complaints() == []
        assert window.asked_for() == []
        window.close()


def test_everything_is_reached_by_keyboard(chromium, site):
    """Tab goes through in the order of the page, with something to see; arrows move the switches."""
    window = chromium.page(f"{site}/one.html")
    focused, rings = [], []
    for _ in range(8):
        window.press("Tab")
        focused.append(window.ask("document.activeElement.id"))
        rings += [window.ask(RING)] if window.ask(RING) else []
    assert focused == [
        "skip",
        "ui-th",
        "reader",
        "locale-en",
        "show-mail",
        "width-375",
        "look-light",
        "frame",
    ]
    assert rings == focused

    for switch, key in (("width-375", "width=600"), ("look-light", "look=dark"), ("show-mail", "show=text")):
        window.ask(f"document.getElementById('{switch}').focus()")
        window.press("ArrowRight")
        assert key in window.ask("location.hash")
    assert "Anna" in window.ask("document.getElementById('plain').textContent")
    window.ask("document.getElementById('ui-th').focus()")
    window.press("ArrowLeft")
    assert window.ask("[document.documentElement.lang, document.activeElement.id]") == ["en", "ui-en"]
    window.close()


RING = """(() => {
  const of = element => element && getComputedStyle(element).outlineStyle !== "none";
  const here = document.activeElement;
  return [here, here.nextElementSibling, here.parentElement].some(of) && here.id;
})()"""


def test_the_switches_change_what_is_seen(chromium, site):
    """Reader, language and look; the address keeps them, so that a reload shows the same."""
    window = chromium.page(f"{site}/one.html#reader=emoji&locale=th&look=dark&width=600")

    assert "Zoë" in window.ask("document.querySelector('.row .subject').textContent")
    assert "(prefers-color-scheme" not in window.ask("document.getElementById('frame').srcdoc")
    assert window.ask("document.getElementById('frame').offsetWidth") == 600
    dark = window.shoot()
    window.ask("document.getElementById('look-light').click()")
    assert window.shoot() != dark
    window.ask("document.getElementById('locale-en').click()")
    assert window.ask("document.getElementById('frame').srcdoc.includes('lang=\"en\"')")
    window.close()


def test_a_campaign_is_shown_first_to_one_like_those_it_mails(chromium, site):
    """A regular has a birthday this week; whom we welcome is new. An address that names somebody is heard."""
    for address, reader in (
        ("edition=birthday", "regular"),
        ("edition=welcome", "new_member"),
        ("edition=welcome&reader=emoji", "emoji"),
    ):
        window = chromium.page(f"{site}/all.html#{address}")
        assert window.ask("document.getElementById('reader').value") == reader
        window.close()


def test_the_gallery_is_filtered_and_leads_to_the_mail_and_back(chromium, site):
    """By reader; the count says how many; each thumbnail is a link."""
    window = chromium.page(f"{site}/all.html#readers=emoji&language=en")
    cards = window.ask("document.querySelectorAll('.card').length")

    assert cards == 3
    assert window.ask("document.querySelector('.count').textContent").startswith("3 ")
    window.ask("document.querySelector('.card').click()")
    window.settle()
    assert "edition=birthday" in window.ask("location.hash")
    assert window.ask("document.getElementById('frame').srcdoc.includes('Zoë')")
    window.ask("document.getElementById('back').click()")
    window.settle()
    assert window.ask("document.querySelectorAll('.card').length") == 3
    assert window.complaints() == []
    window.close()


def test_a_finding_leads_to_its_line(chromium, house, tmp_path):
    """The page of a broken template says where, and shows it."""
    file = house.directory / "templates" / "birthday" / "th.j2"
    file.write_text(with_a_slip(file.read_text(encoding="utf-8")), encoding="utf-8")
    (tmp_path / "page.html").write_text(page(told(house, Wish("birthday"))), encoding="utf-8")
    window = chromium.page((tmp_path / "page.html").as_uri())

    assert window.ask("document.querySelector('.place').textContent") == "templates/birthday/th.j2:2"
    window.ask("document.querySelector('.place').click()")
    assert window.ask("document.activeElement.id") == "line-2"
    assert "subjct: x" in window.ask("document.activeElement.textContent")
    assert window.complaints() == []
    window.close()


def test_a_mail_cannot_leave_its_frame(chromium, site):
    """No script runs, no picture is fetched before somebody asks for it, no link or refresh goes anywhere."""
    window = chromium.page(f"{site}/one.html")
    window.ask("document.getElementById('data').textContent = 'read already'")
    evil = (
        "<html><head></head><body><script>top.x=1</script><img src=https://example.com/a.png>"
        "<a href=https://example.com/b>x</a></body>"
    )
    window.ask(f"document.getElementById('frame').srcdoc = {evil!r}")
    window.settle()

    assert window.ask("typeof x") == "undefined"
    assert window.ask("document.getElementById('frame').contentDocument") is None
    window.close()
