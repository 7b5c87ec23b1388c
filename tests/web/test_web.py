"""The endpoints do what mail clients, scanners, SendGrid and people need, and nothing else."""

import contextlib
import re
import resource
import socket
import threading
import warnings
from dataclasses import dataclass, field

import httpx
import pytest
import uvicorn

from pakdee.domain.errors import JournalError, WebhookRejected
from pakdee.rendering.languages import packaged
from pakdee.web import Actions, create_app
from pakdee.web.events import EVENTS_LIMIT
from pakdee.web.links import FORM_LIMIT
from pakdee.web.pages import Pages

with warnings.catch_warnings():  # it would rather have a successor of httpx that Prefect does not bring
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

TOKEN = "0123456789abcdef0123456789abcdef.fedcba9876543210fedcba9876543210"
BAD = "0123456789abcdef0123456789abcdef.00000000000000000000000000000000"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@dataclass
class Owner:
    language: str
    brand: str
    help: str = "https://shop.example/help"
    review: str | None = None


@dataclass
class Shop:
    """A house small enough to see through: what was stored, and who is still subscribed."""

    language: str = "th"
    brand: str = "บ้านชบา"
    broken: bool = False
    bodies: list = field(default_factory=list)
    unsubscribed: set = field(default_factory=set)


def receive_webhook(shop, headers, body):
    refuse_if_broken(shop)
    if headers.get("x-twilio-email-event-webhook-signature") != "good":
        raise WebhookRejected("no proof", where="webhook", next_step="set the key")
    shop.bodies.append(body)


def unsubscribe(shop, token):
    refuse_if_broken(shop)
    if token != TOKEN:
        return False
    shop.unsubscribed.add(token)
    return True


def link_owner(shop, token):
    refuse_if_broken(shop)
    return Owner(shop.language, shop.brand) if token == TOKEN else None


def health(shop):
    refuse_if_broken(shop)
    return {"ok": True, "deliveries_waiting": len(shop.bodies)}


def refuse_if_broken(shop):
    if shop.broken:
        raise JournalError("read-only", where="var/journal.db", next_step="make it writable")


def answer(shop, token, kind, score, comment):
    raise AssertionError("nobody was asked")


PAGES = Pages(packaged())
ACTIONS = Actions(receive_webhook, unsubscribe, link_owner, health, answer)


@pytest.fixture
def shop():
    return Shop()


@pytest.fixture
def client(shop):
    return TestClient(create_app(shop, ACTIONS), follow_redirects=False)


@contextlib.contextmanager
def served(shop):
    """A real server on a free port, stopped at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(create_app(shop, ACTIONS), port=port, access_log=False, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    waiting = threading.Event()
    while not server.started and thread.is_alive():
        waiting.wait(0.02)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)


def test_signed_events_are_stored_as_they_came(client, shop):
    """The raw bytes, CR LF and rubbish included: nothing is parsed before it is stored."""
    body = b'[{"event":"open"},\r\n not json \xff\r\n'
    headers = {"X-Twilio-Email-Event-Webhook-Signature": "good", "Content-Type": "application/json"}

    answer = client.post("/sendgrid/events", content=body, headers=headers)

    assert (answer.status_code, answer.content) == (204, b"")
    assert shop.bodies == [body]


@pytest.mark.parametrize("headers", [{}, {"X-Twilio-Email-Event-Webhook-Signature": "forged"}])
def test_unproven_events_are_refused_without_a_reason(client, shop, headers):
    """403, a short text that teaches a forger nothing, and nothing stored."""
    answer = client.post("/sendgrid/events", content=b"[]", headers=headers)

    assert (answer.status_code, answer.text) == (403, "not accepted")
    assert shop.bodies == []


@pytest.mark.parametrize(("size", "status"), [(EVENTS_LIMIT, 204), (EVENTS_LIMIT + 1, 413)])
def test_bodies_are_taken_up_to_the_limit(client, shop, size, status):
    """4 MB to the byte."""
    headers = {"X-Twilio-Email-Event-Webhook-Signature": "good"}

    assert client.post("/sendgrid/events", content=bytes(size), headers=headers).status_code == status
    assert len(shop.bodies) == (status == 204)


def test_a_delivery_that_breaks_off_is_neither_stored_nor_a_drama(shop, capfd):
    """SendGrid hangs up in the middle of a body: it will come again, and nobody need read of it."""
    with served(shop) as address:
        port = int(address.rsplit(":", 1)[1])
        with socket.create_connection(("127.0.0.1", port)) as half:
            half.sendall(b"POST /sendgrid/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n[{")
        assert httpx.get(f"{address}/health").json()["ok"]

    assert shop.bodies == []
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_events_come_by_post_only(client, shop, method):
    assert client.request(method, "/sendgrid/events").status_code == 405
    assert shop.bodies == []


def test_a_journal_in_trouble_makes_sendgrid_try_again(client, shop):
    """503 keeps the events at SendGrid for its next attempt."""
    shop.broken = True

    assert client.post("/sendgrid/events", content=b"[]").status_code == 503


def test_ten_megabytes_of_rubbish_are_refused_without_being_held(shop):
    """A real server answers 413 eight times over and its memory does not grow by what was sent."""

    def rubbish():
        for _ in range(160):
            yield b"\xff" * 65_536

    with served(shop) as address, httpx.Client(timeout=60) as browser:
        assert browser.post(f"{address}/sendgrid/events", content=b"[]").status_code == 403
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        known = [browser.post(f"{address}/sendgrid/events", content=bytes(10 * 2**20)) for _ in range(4)]
        streamed = [browser.post(f"{address}/sendgrid/events", content=rubbish()) for _ in range(4)]
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        alive = browser.get(f"{address}/health")

    assert {answer.status_code for answer in known + streamed} == {413}
    assert after - before < 60 * 1024  # KiB; the client's own 10 MB are in it, for both live in this process
    assert (alive.json()["deliveries_waiting"], shop.bodies) == (0, [])


@pytest.mark.parametrize(
    "sent", [{"data": ONE_CLICK}, {"files": {"List-Unsubscribe": (None, "One-Click")}}, {"content": b""}]
)
def test_one_click_unsubscribes_without_cookie_redirect_or_question(client, shop, sent):
    """A mail client's POST (RFC 8058), form or multipart, or the bare minimum: done, 200."""
    answer = client.post(f"/u/{TOKEN}", **sent)

    assert answer.status_code == 200
    assert shop.unsubscribed == {TOKEN}
    assert "set-cookie" not in answer.headers


def test_pressing_twice_is_fine(client, shop):
    """The second press gets the same answer."""
    first, second = (client.post(f"/u/{TOKEN}", data=ONE_CLICK) for _ in range(2))

    assert first.status_code == second.status_code == 200
    assert first.text == second.text


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("path", ["u", "preferences"])
def test_looking_changes_nothing(client, shop, method, path):
    """Scanners open every link; only a POST acts."""
    answer = client.request(method, f"/{path}/{TOKEN}")

    assert answer.status_code in {200, 204}
    assert not shop.unsubscribed


@pytest.mark.parametrize("path", ["u", "preferences"])
def test_each_page_has_one_button_and_it_unsubscribes(client, shop, path):
    """The form on the page, sent as a browser would send it, leads to the confirmation."""
    shown = client.get(f"/{path}/{TOKEN}")
    forms = re.findall(r"<form[^>]*>", shown.text)
    action = re.search(r'action="([^"]*)"', forms[0])
    target = httpx.URL(str(shown.url)).join(action[1] if action else "")

    done = client.post(str(target), data=ONE_CLICK)

    assert (len(forms), shown.text.count("<button")) == (1, 1)
    assert 'name="List-Unsubscribe" value="One-Click"' in shown.text
    assert "เลิกรับเรียบร้อยแล้ว" in done.text
    assert shop.unsubscribed == {TOKEN}


@pytest.mark.parametrize("token", [BAD, "x", "a" * 5000, "..%2f..%2fetc", "%00", "<script>", "ชบา", "a b"])
@pytest.mark.parametrize(("method", "path"), [("GET", "u"), ("POST", "u"), ("GET", "preferences")])
def test_a_token_that_is_not_ours_gets_help(client, shop, token, method, path):
    """404 with a way out, in the browser's language, and nothing of the token in the page."""
    answer = client.request(method, f"/{path}/{token}", headers={"Accept-Language": "en"})

    assert answer.status_code == 404
    assert not shop.unsubscribed
    if "text/html" in answer.headers["content-type"]:
        assert "Reply to the mail" in answer.text
        assert token not in answer.text or token == "x"


def test_a_flood_in_place_of_a_form_is_refused(client, shop):
    """The form is a few bytes; anything much longer is not one."""
    assert client.post(f"/u/{TOKEN}", content=bytes(FORM_LIMIT + 1)).status_code == 413
    assert not shop.unsubscribed


def test_trouble_is_never_told_as_done(client, shop):
    """The journal cannot be written: 503, a page that says so, and how to be unsubscribed all the same."""
    shop.broken = True

    answer = client.post(f"/u/{TOKEN}", data=ONE_CLICK, headers={"Accept-Language": "th"})

    assert answer.status_code == 503
    assert "ยังทำไม่สำเร็จ" in answer.text
    assert "journal" not in answer.text


def test_a_surprise_shows_a_page_and_no_trace():
    """An error nobody foresaw is a polite page to the reader."""

    def surprise(*_):
        raise RuntimeError("secret words")

    app = create_app(Shop(), Actions(surprise, surprise, surprise, surprise, surprise))
    answer = TestClient(app, raise_server_exceptions=False).get(f"/u/{TOKEN}")

    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "minutes" in answer.text


def test_pages_may_do_nothing_but_show_themselves(client):
    """No script, no address elsewhere, no referrer, no index, no cache; the style's hash is its own."""
    answer = client.get(f"/u/{TOKEN}")

    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"<script|https?://|\son\w+=|style=", answer.text)


def test_headers_are_on_every_answer(client):
    """Refusals and health included."""
    for answer in (client.get("/health"), client.post("/sendgrid/events"), client.get("/nowhere")):
        assert "content-security-policy" in answer.headers


def test_a_page_holds_no_token_but_in_the_form_that_needs_it(client):
    """The page behind the link posts to its own address; only preferences must name it."""
    assert TOKEN not in client.get(f"/u/{TOKEN}").text
    assert TOKEN not in client.post(f"/u/{TOKEN}", data=ONE_CLICK).text
    assert client.get(f"/preferences/{TOKEN}").text.count(TOKEN) == 1


@pytest.mark.parametrize(
    ("locale", "accepted", "language"),
    [
        ("th", "en", "th"),
        ("th-TH", None, "th"),
        ("de", "th;q=0.8,fr", "th"),
        (None, "fr, th;q=0.2, en;q=0.7", "en"),
        (None, "th;q=0, en;q=0.1", "en"),
        (None, "th;q=lots", "en"),
        (None, None, "en"),
        (None, ";;;,,,=" * 1000, "en"),
    ],
)
def test_pages_speak_the_customers_language(locale, accepted, language):
    """Their own first, else the browser's, else English."""
    assert PAGES.language_of(locale, accepted) == language


def test_a_brand_is_text_and_nothing_more():
    """A name with markup in it is shown as written."""
    shown = PAGES.page("ask", "en", brand="<b>Fish & Chips</b>")

    assert "<b>Fish" not in shown
    assert "&lt;b&gt;Fish &amp; Chips&lt;/b&gt;" in shown


def test_thai_and_english_pages_say_the_same_things():
    """Each page exists in both languages, with the same parts."""
    for name in ("ask", "done", "preferences", "unknown", "trouble"):
        for language in ("th", "en"):
            shown = PAGES.page(name, language, brand="X")
            assert f'<html lang="{language}">' in shown
            assert "{brand}" not in shown


def test_health_is_json_and_says_when_something_is_wrong(client, shop):
    """200 while the journal answers, 503 when it does not, and no path in it."""
    assert client.get("/health").json() == {"ok": True, "deliveries_waiting": 0}
    shop.broken = True
    answer = client.get("/health")

    assert (answer.status_code, answer.json()) == (503, {"ok": False, "because": "JournalError"})


def test_nothing_else_is_served(client):
    """No documentation page, no schema, no other method."""
    for path in ("/", "/docs", "/redoc", "/openapi.json"):
        assert client.get(path).status_code == 404
    for method in ("PUT", "DELETE", "PATCH"):
        assert client.request(method, f"/u/{TOKEN}").status_code == 405


def test_no_token_reaches_the_logs_of_a_real_server(shop, capfd, caplog):
    """Served by uvicorn as `run` starts it: unsubscribed, and the token is in no line."""
    with served(shop) as address:
        assert httpx.post(f"{address}/u/{TOKEN}", data=ONE_CLICK).status_code == 200
        assert httpx.get(f"{address}/u/{BAD}").status_code == 404

    out, err = capfd.readouterr()
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("httpx")]
    assert TOKEN not in out + err + "".join(ours)
    assert shop.unsubscribed == {TOKEN}
