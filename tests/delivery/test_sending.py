"""Every answer becomes exactly one clear outcome."""

import logging
import threading

import orjson
import pytest

from pakdee.delivery import Sender
from pakdee.delivery.outcomes import Answer, judge
from pakdee.domain.errors import (
    DeliveryDelayed,
    DeliveryRefused,
    DeliveryUnknown,
    KeyRefused,
    SettingsError,
    TooLarge,
)

DATE = "Sun, 22 Nov 2026 02:00:00 GMT"  # 1795312800


def sender(url, timeout=5.0):
    return Sender(api_key="SG.test-key", url=url, timeout=timeout)


def answering(kit, status_line, *headers, body=b"", seen=None):
    def answer(connection):
        request = kit.read_request(connection)
        if seen is not None:
            seen.append(request)
        lines = [f"HTTP/1.1 {status_line}", f"Content-Length: {len(body)}", "Connection: close", *headers]
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    return kit.service(answer)


@pytest.fixture
def claimed(kit):
    [batch] = kit.pressed(kit.mail(1))
    return kit.claim(batch.body)


def test_a_202_with_an_id_is_a_receipt_and_the_request_is_as_documented(kit, claimed):
    """One POST to /v3/mail/send with the key, JSON, and the attempt in its slot."""
    seen = []
    with answering(kit, "202 Accepted", "X-Message-Id: abc.def", seen=seen) as url:
        receipt = sender(url).send(claimed)

    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert (receipt.provider_id, receipt.status) == ("abc.def", 202)
    assert head.startswith(b"POST /v3/mail/send HTTP/1.1")
    assert b"authorization: bearer sg.test-key" in head.lower()
    assert b"content-type: application/json; charset=utf-8" in head.lower()
    assert body.startswith(b'{"custom_args":{"pakdee_attempt":"' + b"ab" * 16 + b'"}')
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("status", "headers", "error"),
    [
        ("200 OK", ["X-Message-Id: abc"], DeliveryUnknown),
        ("202 Accepted", [], DeliveryUnknown),
        ("204 No Content", [], DeliveryUnknown),
        ("301 Moved", ["Location: /elsewhere"], DeliveryUnknown),
        ("307 Temporary Redirect", ["Location: /elsewhere"], DeliveryUnknown),
        ("400 Bad Request", [], DeliveryRefused),
        ("401 Unauthorized", [], KeyRefused),
        ("403 Forbidden", [], KeyRefused),
        ("404 Not Found", [], DeliveryRefused),
        ("406 Not Acceptable", [], DeliveryRefused),
        ("408 Request Timeout", [], DeliveryUnknown),
        ("413 Payload Too Large", [], TooLarge),
        ("415 Unsupported Media Type", [], DeliveryRefused),
        ("422 Unprocessable", [], DeliveryRefused),
        ("429 Too Many Requests", [], DeliveryDelayed),
        ("500 Internal Server Error", [], DeliveryUnknown),
        ("502 Bad Gateway", [], DeliveryUnknown),
        ("503 Service Unavailable", [], DeliveryUnknown),
    ],
)
def test_every_answer_has_its_outcome(kit, claimed, status, headers, error):
    with answering(kit, status, *headers) as url, pytest.raises(error) as raised:
        sender(url).send(claimed)

    assert type(raised.value) is error
    assert raised.value.status == int(status.split()[0])
    assert "batch-1" in str(raised.value)


def test_a_redirect_is_not_followed(kit, claimed):
    """Followed, the POST would become a GET whose 200 looks like success."""
    seen = []
    with (
        answering(kit, "200 OK", "X-Message-Id: trap", seen=seen) as elsewhere,
        answering(kit, "302 Found", f"Location: {elsewhere}/v3/mail/send") as url,
        pytest.raises(DeliveryUnknown),
    ):
        sender(url).send(claimed)

    assert not seen


def test_a_refusal_tells_sendgrids_words_without_addresses(kit, claimed):
    body = b'{"errors":[{"message":"Does not contain a valid address: ada@example.com","field":"personalizations.0.to.0.email","help":null},{"message":"And more","field":null}]}'
    with answering(kit, "400 Bad Request", body=body) as url, pytest.raises(DeliveryRefused) as raised:
        sender(url).send(claimed)

    assert "valid address: (address) (personalizations.0.to.0.email); And more" in raised.value.what
    assert "ada@" not in str(raised.value)


@pytest.mark.parametrize("body", [b"<html>no JSON", b"[]", b'{"errors":[1]}', b"\xff", b""])
def test_a_refusal_in_any_form_is_a_refusal(kit, claimed, body):
    with answering(kit, "400 Bad Request", body=body) as url, pytest.raises(DeliveryRefused):
        sender(url).send(claimed)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"x-ratelimit-reset": "1795312830", "date": DATE}, 30),
        ({"x-ratelimit-reset": "1795312830"}, 7),  # without the service's own time it says nothing
        ({"x-ratelimit-reset": "1795312000", "date": DATE}, 7),  # in the past
        ({"x-ratelimit-reset": "9999999999", "date": DATE}, 7),  # absurd
        ({"x-ratelimit-reset": "soon", "date": DATE}, 7),
        ({}, 7),
    ],
)
def test_after_429_we_wait_as_long_as_asked_else_as_long_as_we_think(headers, wait):
    with pytest.raises(DeliveryDelayed) as raised:
        judge(Answer(429, headers, b""), where="batch 1", backoff=7)

    assert raised.value.retry_after == wait


def test_waiting_grows_with_every_429_and_ends_with_success(kit, claimed):
    waits = []
    with answering(kit, "429 Too Many Requests") as url:
        busy = sender(url)
        for _ in range(3):
            with pytest.raises(DeliveryDelayed) as raised:
                busy.send(claimed)
            waits.append(raised.value.retry_after)

    assert waits == [waits[0], waits[0] * 2, waits[0] * 4]


def test_no_address_and_no_key_is_logged_even_under_debug(kit, claimed, caplog):
    caplog.set_level(logging.DEBUG)
    with answering(kit, "202 Accepted", "X-Message-Id: abc") as url:
        sender(url).send(claimed)

    assert "example.com" not in caplog.text
    assert "SG.test-key" not in caplog.text


def test_a_proxy_in_the_environment_does_not_get_between_us_and_this_machine(kit, claimed, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    with answering(kit, "202 Accepted", "X-Message-Id: abc") as url:
        assert sender(url).send(claimed).provider_id == "abc"


def test_several_threads_send_at_once(kit):
    """Each message arrives once, whatever thread it came from."""
    seen, failed = [], []
    batches = [kit.pressed(kit.mail(n))[0] for n in range(24)]
    with answering(kit, "202 Accepted", "X-Message-Id: abc", seen=seen) as url:
        shared = sender(url)

        def work(mine):
            for batch in mine:
                try:
                    shared.send(kit.claim(batch.body))
                except Exception as error:  # noqa: BLE001 - told to the test
                    failed.append(error)

        threads = [threading.Thread(target=work, args=(batches[n::4],)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert not failed
    assert sorted(body[-36:-4] for body in seen) == sorted(batch.body[-36:-4] for batch in batches)


@pytest.mark.parametrize(
    ("fields", "positions", "is_shared"),
    [
        (["personalizations.17.to.0.email"], (17,), False),
        (
            ["personalizations.17.to.0.email", "personalizations.3.subject", "personalizations.17"],
            (3, 17),
            False,
        ),
        (["personalizations[999].to"], (999,), False),
        (["personalizations"], (), False),
        (["from.email"], (), True),
        (["content.1.value", "subject", "categories"], (), True),
        (["content", "personalizations.4.headers"], (4,), False),
        (["content", None], (), False),
        ([None], (), False),
        (["to"], (), False),
        (["customary.personalizations.3"], (), False),
        ([], (), False),
    ],
)
def test_a_refusal_names_whom_it_is_about(fields, positions, is_shared):
    """Single messages by their place, or what all of them share, or neither."""
    errors = orjson.dumps({"errors": [{"message": "No", "field": field, "help": None} for field in fields]})
    with pytest.raises(DeliveryRefused) as raised:
        judge(Answer(400, {}, errors), where="batch 1", backoff=7)

    assert (raised.value.positions, raised.value.is_shared) == (positions, is_shared)


@pytest.mark.parametrize(
    ("status", "is_shared"), [(400, False), (404, True), (405, True), (413, False), (415, True)]
)
def test_what_is_wrong_with_the_call_is_no_messages_fault(status, is_shared):
    """Nothing is gained by cutting such a request to pieces."""
    with pytest.raises(DeliveryRefused) as raised:
        judge(Answer(status, {}, b"no such page"), where="batch 1", backoff=7)

    assert raised.value.is_shared == is_shared


def test_a_held_request_says_so(kit, claimed):
    seen = []
    with answering(kit, "202 Accepted", "X-Message-Id: abc", seen=seen) as url:
        sender(url).send(claimed, kit.hold())

    assert b'"},"batch_id":"HkJ5yLYULb7Rj8GKSx7u025ouWVlMgAi","send_at":1795313700,"from"' in seen[0]


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:8026",
        "ftp://x",
        "http://",
        "http://x/?a=1",
        "http://x:80a",
        "http://[",
        "http://xn--ก.example",
    ],
)
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(SettingsError, match="address of a host"):
        Sender(api_key="SG.x", url=url, timeout=1)
