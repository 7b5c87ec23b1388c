"""Requests go wrong as they are told to: by seed and share, before or after being taken, across restarts."""

import http.client
import json
import socket
import time
from collections import Counter

import pytest

from pakdee.domain.errors import SettingsError
from pakdee.twin import Misbehaviour, bodies, misbehaviour_named
from pakdee.twin.behaviour import draw
from pakdee.twin.misbehaviour import PRESETS, Mishap


@pytest.fixture
def twin(kit, tmp_path):
    with kit.running(tmp_path) as found:
        yield found


def ask(twin, body, *, patience=10.0, method="POST", path="/v3/mail/send"):
    """Status, headers and body of the answer, or the kind of error without one."""
    port = int(twin.url.rsplit(":", 1)[1])
    headers = {"Authorization": f"Bearer {twin.keys.api_key}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    try:
        connection.request(method, path, body if isinstance(body, bytes) else json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    except (OSError, http.client.HTTPException) as error:
        return type(error)
    finally:
        connection.close()


def taken(twin):
    return twin.get("/twin/counts")["messages"]


def wait_until(is_so):
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("mishap", "is_taken"),
    [("reset_before", 0), ("reset_reading", 0), ("reset_after", 1)],
)
@pytest.mark.parametrize("size", [10, 3_000_000])
def test_a_reset_leaves_no_answer(kit, twin, mishap, is_taken, size):
    """Before, while and after the body is read; with a large body the client is still writing."""
    twin.post("/twin/misbehave", {mishap: 1})
    body = kit.request("m1", content=[{"type": "text/plain", "value": "x" * size}])

    error = ask(twin, body)
    assert issubclass(error, ConnectionError)
    assert error is not http.client.RemoteDisconnected  # that would be an orderly end
    assert taken(twin) == is_taken


@pytest.mark.parametrize(("mishap", "is_taken"), [("silence_before", 0), ("silence_after", 1)])
def test_silence_lasts_until_the_client_gives_up(kit, twin, mishap, is_taken):
    twin.post("/twin/misbehave", {mishap: 1})

    assert ask(twin, kit.request("m1"), patience=0.3) is TimeoutError
    assert taken(twin) == is_taken


def test_429_says_when_to_come_again(kit, twin):
    """By the clock that also dates the answer, whatever it shows."""
    twin.post("/twin/misbehave", {"too_many": 1, "wait_seconds": 30})
    status, headers, body = ask(twin, kit.request("m1"))

    date = http.client.email.utils.parsedate_to_datetime(headers["Date"]).timestamp()
    assert status == 429
    assert int(headers["X-RateLimit-Reset"]) - date in {29, 30}
    assert json.loads(body)["errors"][0]["message"] == "too many requests"
    assert taken(twin) == 0


def test_the_date_is_that_of_the_twins_clock(kit, tmp_path):
    with kit.running(tmp_path, clock=kit.hand(1_000_000_000.0)) as twin:
        twin.post("/twin/misbehave", {"too_many": 1, "wait_seconds": 7})
        _, headers, _ = ask(twin, kit.request("m1"))

    assert headers.get_all("Date") == ["Sun, 09 Sep 2001 01:46:40 GMT"]
    assert headers["X-RateLimit-Reset"] == "1000000007"


@pytest.mark.parametrize(("mishap", "is_taken"), [("error_before", 0), ("error_after", 1)])
def test_errors_before_and_after_taking_it(kit, twin, mishap, is_taken):
    twin.post("/twin/misbehave", {mishap: 1})
    answers = [ask(twin, kit.request(f"m{n}")) for n in range(12)]

    assert {status for status, *_ in answers} <= {500, 502, 503, 504}
    assert len({status for status, *_ in answers}) > 1
    assert taken(twin) == 12 * is_taken


@pytest.mark.parametrize("is_taken", [0, 1])
@pytest.mark.parametrize(
    ("mishap", "statuses", "is_like"),
    [
        ("ok", {200}, lambda headers, body: body == b""),
        ("html", {200, 502, 503}, lambda headers, body: body.startswith(b"<!doctype html>")),
        ("truncated", {500}, lambda headers, body: body.startswith(b"{") and not body.endswith(b"}")),
        ("redirect", {302}, lambda headers, body: headers["Location"] == "/health"),
    ],
)
def test_wrong_answers_whether_taken_or_not(kit, twin, mishap, statuses, is_like, is_taken):
    twin.post("/twin/misbehave", {mishap: 1, "taken": is_taken})
    status, headers, body = ask(twin, kit.request("m1"))

    assert status in statuses
    assert is_like(headers, body)
    assert "X-Message-Id" not in headers
    assert taken(twin) == is_taken


def test_an_acceptance_without_an_id(kit, twin):
    twin.post("/twin/misbehave", {"no_message_id": 1})
    status, headers, body = ask(twin, kit.request("m1"))

    assert (status, body, taken(twin)) == (202, b"", 1)
    assert "X-Message-Id" not in headers


def test_a_refusal_stays_one_when_it_is_cut_short(kit, twin):
    twin.post("/twin/misbehave", {"truncated": 1, "taken": 1})
    status, _, body = ask(twin, kit.request())

    assert status == 400
    assert body.startswith(b'{"errors":')
    with pytest.raises(ValueError):
        json.loads(body)


def test_a_late_request_is_taken_after_its_client_has_gone(kit, twin):
    """The worst of all: it comes in when everybody has given it up."""
    twin.post("/twin/misbehave", {"latency": 1, "latency_seconds": [0.5, 0.5]})

    assert ask(twin, kit.request("m1"), patience=0.1) is TimeoutError
    assert taken(twin) == 0
    wait_until(lambda: taken(twin) == 1)


def test_a_client_that_goes_away_while_writing_is_nobody(kit, twin):
    """Half a request is never taken."""
    for wanted in ({}, {"latency": 1, "latency_seconds": [0, 0]}):
        twin.post("/twin/misbehave", wanted)
        body = json.dumps(kit.request("m1")).encode()
        head = f"POST /v3/mail/send HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {twin.keys.api_key}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", int(twin.url.rsplit(":", 1)[1]))) as half:
            half.sendall(head.encode() + body[: len(body) // 2])
        assert ask(twin, kit.request("m2"))[0] == 202

    assert {m["message"] for m in twin.get("/twin/messages")["messages"]} == {"m2"}


def test_shares_are_kept_and_counted(kit, twin):
    wanted = {"seed": 3, "too_many": 0.2, "error_before": 0.1, "error_after": 0.1}
    twin.post("/twin/misbehave", wanted)
    statuses = Counter(ask(twin, kit.request(f"m{n}"))[0] for n in range(300))
    found = twin.get("/twin/misbehave")

    assert statuses[429] == found["happened"]["too_many"] == pytest.approx(60, abs=25)
    assert found["happened"]["error_before"] == pytest.approx(30, abs=18)
    assert found["happened"]["error_after"] == pytest.approx(30, abs=18)
    assert taken(twin) == statuses[202] + found["happened"]["error_after"]
    assert found["in_force"] == Misbehaviour(**wanted).model_dump(mode="json")


def test_early_and_later_shares_are_of_all_requests():
    """What is cut off before it can be read does not make the others rarer or more frequent."""
    wanted = Misbehaviour(reset_before=0.4, too_many=0.3, error_after=0.3)
    found = Counter()
    for number in range(4000):
        chance = draw(1, str(number))
        found[wanted.early(chance) or wanted.later(chance).mishap] += 1

    assert found[Mishap.RESET_BEFORE] / 4000 == pytest.approx(0.4, abs=0.03)
    assert found[Mishap.TOO_MANY] / 4000 == pytest.approx(0.3, abs=0.03)
    assert found[Mishap.ERROR_AFTER] / 4000 == pytest.approx(0.3, abs=0.03)


def test_the_same_seed_hits_the_same_requests_in_any_order(kit, tmp_path):
    """Whatever the attempt is called, and whoever comes first; another seed hits others."""

    def hit(name, seed, order, attempt):
        with kit.running(tmp_path / name) as twin:
            twin.post("/twin/misbehave", {"seed": seed, "too_many": 0.5})
            return {n for n in order if ask(twin, kit.request(f"m{n}", attempt=attempt))[0] == 429}

    first = hit("a", 5, range(40), "a1")
    assert 5 < len(first) < 35
    assert hit("b", 5, range(39, -1, -1), "ff" * 16) == first
    assert hit("c", 6, range(40), "a1") != first


def test_the_same_request_once_more_has_another_chance(kit, twin):
    """Otherwise whoever is refused once would be refused for ever."""
    twin.post("/twin/misbehave", {"too_many": 0.5})
    statuses = [ask(twin, kit.request("m1", attempt=f"a{n}"))[0] for n in range(30)]

    assert {429, 202} == set(statuses)


def test_only_mail_send_is_hit_unless_everything_is_meant(kit, twin):
    twin.post("/twin/misbehave", {"error_after": 1})
    assert ask(twin, {}, path="/v3/mail/batch")[0] == 201

    twin.post("/twin/misbehave", {"error_after": 1, "everywhere": True})
    assert ask(twin, {}, path="/v3/mail/batch")[0] >= 500
    assert ask(twin, {}, method="GET", path="/v3/suppression/bounces")[0] >= 500
    assert ask(twin, {}, method="GET", path="/health")[0] == 200

    twin.post("/twin/misbehave", {"truncated": 1, "taken": 1, "everywhere": True})
    status, _, body = ask(twin, {}, path="/v3/mail/batch")
    assert status == 201
    assert body.startswith(b'{"batch_id":"')
    assert not body.endswith(b"}")


def test_what_was_set_outlives_the_process(kit, tmp_path):
    with kit.running(tmp_path) as twin:
        twin.post("/twin/misbehave", {"too_many": 1})
        twin.post("/twin/behave", {"bounce": 1.0, "refuse_addresses": ["m7@example.com"]})
    with kit.running(tmp_path) as twin:
        assert ask(twin, kit.request("m1"))[0] == 429
        twin.post("/twin/misbehave", {})
        assert ask(twin, kit.request("m7"))[0] == 400
        assert twin.get("/twin/behave")["bounce"] == 1.0


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("/twin/misbehave", {"too_many": 0.6, "error_before": 0.6}),
        ("/twin/misbehave", {"novelty": 1}),
        ("/twin/misbehave", {"too_many": 2}),
        ("/twin/behave", {"bounce": -1}),
        ("/twin/behave", {"novelty": 1}),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(kit, twin, path, wanted):
    before = twin.get(path)
    with pytest.raises(Exception, match="422"):
        twin.post(path, wanted)

    assert twin.get(path) == before


def test_single_addresses_are_refused_on_command(kit, twin):
    """Named by place, or with no more than SendGrid's shortest words; without them it is taken."""
    twin.post("/twin/behave", {"refuse_addresses": ["M2@example.com"]})
    status, _, body = ask(twin, kit.request("m1", "m2", "m3"))
    assert status == 400
    assert json.loads(body) == {
        "errors": [{"message": "Does not contain a valid address.", "field": "personalizations.1.to.0.email"}]
    }

    twin.post("/twin/behave", {"unnamed": True})
    status, _, body = ask(twin, kit.request("m1", "m2", "m3"))
    assert (status, json.loads(body)) == (400, {"errors": [{"message": "Bad Request", "field": None}]})
    assert ask(twin, kit.request("m1", "m3"))[0] == 202
    assert taken(twin) == 2


def test_a_size_can_be_set_above_which_requests_are_too_large(kit, twin):
    small, large = kit.request("m1"), kit.request("m1", "m2", "m3", "m4")
    twin.post("/twin/behave", {"largest_request": len(json.dumps(large)) - 10})

    assert ask(twin, large)[0] == 413
    assert ask(twin, small)[0] == 202


def test_presets_and_files_can_be_named(tmp_path):
    file = tmp_path / "storm.json"
    file.write_text('{"too_many": 0.5, "events": {"lost": 0.1}}')

    assert misbehaviour_named(str(file)).events.lost == 0.1
    assert misbehaviour_named("none") == Misbehaviour()
    assert all(misbehaviour_named(name) for name in PRESETS)


@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "none of none, slow, rough"), ("{", "Invalid JSON"), ('{"events": {"lost": 2}}', "events.lost")],
)
def test_what_cannot_be_named_says_why(tmp_path, text, said):
    file = tmp_path / "storm.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(SettingsError, match=said):
        misbehaviour_named(str(file))


def test_rough_weather_loses_no_acceptance(kit, tmp_path):
    """Everything at once: whoever got 202 with an id is on disk, and nothing is there that nobody sent."""
    with kit.running(tmp_path) as twin:
        rough = PRESETS["rough"].model_dump(mode="json") | {"latency_seconds": [0.0, 0.01]}
        twin.post("/twin/misbehave", rough)
        answers = [ask(twin, kit.request(f"m{n}", attempt=f"{n}"), patience=0.3) for n in range(200)]
        kinds = twin.get("/twin/misbehave")["happened"]
    kept = {body.provider_id for body in bodies(tmp_path / "twin")}
    receipts = {a[1]["X-Message-Id"] for a in answers if isinstance(a, tuple) and a[0] == 202} - {None}

    assert receipts <= kept
    assert len(receipts) < len(kept) < 200
    assert len(kinds) >= 10
