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


def test_what_is_scheduled_cancelled_or_paused_is_shown(kit, tmp_path):
    """In a word in the list, with its time on the mail's own page; a mail sent at once says nothing."""
    clock, words = kit.hand(), {}
    with kit.running(tmp_path, clock=clock) as twin, kit.client(twin) as api:
        api.post("/v3/mail/send", json=kit.request("at_once"))
        for number, status in enumerate((None, "cancel", "pause"), 2):
            batch_id = api.post("/v3/mail/batch").json()["batch_id"]
            body = kit.request(f"m{number}", batch_id=batch_id, send_at=int(clock() + 1200))
            assert api.post("/v3/mail/send", json=body).status_code == 202
            if status:
                api.post("/v3/user/scheduled_sends", json={"batch_id": batch_id, "status": status})

        def shown(number):
            found = re.search(r"<dt>Scheduled</dt><dd>(.*?)</dd>", page(twin, f"/messages/{number}"))
            return found and re.sub("<[^>]*>", "", found[1])

        listed = re.findall(r'<span class="tag state">(\w+)</span>', page(twin, "/"))
        words = [shown(number) for number in range(1, 5)]
        clock.at(clock() + 1200 + 73 * 3600)
        later = [shown(number) for number in range(1, 5)]

    assert listed == ["paused", "cancelled", "scheduled"]
    assert words == [
        None,
        "scheduled to go out at 2026-11-22 02:20:00 UTC",
        "cancelled to be thrown away at 2026-11-22 02:20:00 UTC",
        "paused to be thrown away at 2026-11-25 02:20:00 UTC unless it is released",
    ]
    assert later == [
        None,
        "sent went out at 2026-11-22 02:20:00 UTC",
        "cancelled thrown away at 2026-11-22 02:20:00 UTC",
        "expired thrown away at 2026-11-25 02:20:00 UTC",
    ]
