"""The pages show every mail to a person with a browser, and nothing in a mail can act on the page."""

import re
import urllib.error
import urllib.request

import pytest

EVIL = '<script>alert(1)</script>"></iframe><img src=x onerror=alert(2)>'


@pytest.fixture(scope="module")
def twin(kit, tmp_path_factory):
    with kit.running(tmp_path_factory.mktemp("pages")) as found:
        found.send(*kit.batches(120), *kit.batches(1, start=500, html=f"<p>{EVIL}</p>"))
        found.post("/twin/deliver-events")
        yield found


def page(twin, path):
    with urllib.request.urlopen(twin.url + path) as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        return answer.read().decode()


def test_the_list_has_pages(twin):
    assert "121 mails" in page(twin, "/")
    assert "Page 1 of 3" in page(twin, "/")
    assert page(twin, "/?page=3").count('<li><a href="/messages/') == 21
    assert page(twin, "/?page=-4") == page(twin, "/?page=1")


def test_the_list_can_be_searched(twin):
    assert page(twin, "/?q=c117%40").count('<li><a href="/messages/') == 1
    assert "No mail fits" in page(twin, "/?q=nobody")
    assert "No mail fits" in page(twin, "/?category=welcome")
    assert 'q=example&amp;category=birthday&amp;page=2"' in page(twin, "/?q=example&category=birthday")


@pytest.mark.parametrize(
    ("show", "text"),
    [
        ("html", "srcdoc="),
        ("text", "You have 250 points"),
        ("headers", "List-Unsubscribe-Post"),
        ("headers", "pakdee_message"),
        ("events", "processed"),
    ],
)
def test_a_mail_has_its_views(twin, show, text):
    assert text in page(twin, f"/messages/1?show={show}")


def test_a_mail_cannot_act_on_the_page(twin):
    """Its HTML stands escaped in a frame that runs no scripts."""
    html = page(twin, "/messages/121")

    assert "<script" not in html
    assert "onerror=alert(2)>" not in html
    assert re.search(r'<iframe [^>]*sandbox="(?![^"]*allow-(scripts|same-origin))', html)


def test_a_search_is_shown_as_text(twin):
    assert "<script>" not in page(twin, "/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")


@pytest.mark.parametrize("path", ["/messages/9999", "/messages/1?show=novelty", "/novelty"])
def test_what_is_not_there_is_404(twin, path):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        page(twin, path)


def test_pages_need_nothing_from_elsewhere(twin):
    """No script, style sheet, font or picture from another host; labelled fields; one heading."""
    for path in ("/", "/messages/1?show=headers"):
        html = page(twin, path)
        assert not re.search(r'(src|href)="(https?:)?//', html)
        assert html.count("<h1>") == 1
        assert 'lang="en"' in html
    assert page(twin, "/").count("<label") == 2
