"""The twin refuses what SendGrid refuses, names the place, and keeps nothing of it."""

import json

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pakdee.twin.mail import expand
from pakdee.twin.validation import problems

ONE = {"to": [{"email": "ada@example.com"}], "subject": "Hello", "custom_args": {"pakdee_message": "m1"}}
GOOD = {
    "from": {"email": "hello@shop.example", "name": "Kao"},
    "content": [{"type": "text/plain", "value": "Hello"}, {"type": "text/html", "value": "<p>Hello</p>"}],
    "personalizations": [ONE],
}


@pytest.fixture(scope="module")
def client(kit, tmp_path_factory):
    with kit.running(tmp_path_factory.mktemp("twin")) as twin:
        headers = {"Authorization": f"Bearer {twin.keys.api_key}"}
        with httpx.Client(base_url=twin.url, headers=headers, trust_env=False, timeout=30) as found:
            yield found


def many(count, **changed):
    return [{**ONE, "to": [{"email": f"c{n}@example.com"}], **changed} for n in range(count)]


def test_a_good_request_is_taken_with_202_an_id_and_no_body(client):
    answer = client.post("/v3/mail/send", json=GOOD)

    assert (answer.status_code, answer.content) == (202, b"")
    assert len(answer.headers["X-Message-Id"]) == 22


def test_a_thousand_personalizations_are_taken(client):
    assert client.post("/v3/mail/send", json={**GOOD, "personalizations": many(1000)}).status_code == 202


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"personalizations": []}, "personalizations"),
        ({"personalizations": many(1001)}, "personalizations"),
        ({"personalizations": many(3, to=[])}, "personalizations.0.to"),
        ({"personalizations": [ONE, {**ONE, "to": [{"email": "nobody"}]}]}, "personalizations.1.to.0.email"),
        ({"personalizations": [ONE, {**ONE, "to": [{"email": "b@x.example", "name": "B; C"}]}]}, "personalizations.1.to.0.name"),
        ({"personalizations": [ONE, {**ONE, "to": [{"email": "ADA@example.com"}]}]}, "personalizations.1"),
        ({"personalizations": [{**ONE, "subject": ""}]}, "personalizations.0.subject"),
        ({"personalizations": [{"to": ONE["to"]}]}, "personalizations.0.subject"),
        ({"personalizations": [{**ONE, "novelty": 1}]}, "personalizations.0"),
        ({"personalizations": [{**ONE, "custom_args": {}}]}, "personalizations.0.custom_args"),
        ({"personalizations": [{**ONE, "custom_args": {"a": 1}}]}, "personalizations.0.custom_args"),
        ({"personalizations": [{**ONE, "custom_args": {"a": "x" * 10_000}}]}, "personalizations.0.custom_args"),
        ({"personalizations": [{**ONE, "substitutions": {f"-{n}-": "" for n in range(151)}}]}, "personalizations.0.substitutions"),
        ({"personalizations": [{**ONE, "substitutions": {"-a-": "ก" * 3400}}]}, "personalizations.0.substitutions"),
        ({"personalizations": [{**ONE, "substitutions": {"-a-": 1}}]}, None),
        ({"personalizations": [{**ONE, "headers": {"To": "x"}}]}, "personalizations.0.headers.To"),
        ({"personalizations": [{**ONE, "headers": {"X A": "x"}}]}, "personalizations.0.headers.X A"),
        ({"personalizations": [{**ONE, "headers": {"X-A": "x", "x-a": "y"}}]}, "personalizations.0.headers.x-a"),
        ({"from": {"name": "Kao"}}, "from.email"),
        ({"from": {"email": "nobody"}}, "from.email"),
        ({"reply_to": {"email": "nobody"}}, "reply_to.email"),
        ({"content": []}, "content"),
        ({"content": GOOD["content"][::-1]}, "content"),
        ({"content": GOOD["content"][:1] * 2}, "content"),
        ({"content": [{"type": "text/plain", "value": ""}]}, "content.0.value"),
        ({"content": {"type": "text/plain", "value": "x"}}, None),
        ({"categories": ["a"] * 2}, "categories"),
        ({"categories": [str(n) for n in range(11)]}, "categories"),
        ({"categories": ["x" * 256]}, "categories.0"),
        ({"categories": ["วันเกิด"]}, "categories.0"),
        ({"categories": "birthday"}, None),
        ({"send_at": "soon"}, "send_at"),
        ({"send_at": 9_999_999_999}, "send_at"),
        ({"template_id": "d-1"}, None),
        ({"mail_settings": []}, None),
        ({"tracking_settings": {"click_tracking": True}}, None),
        ({"subject": 1}, None),
        ({"categories": None}, None),
        ({"personalizations": [{**ONE, "custom_args": None}]}, None),
    ],
)  # fmt: skip
def test_a_bad_request_is_refused_whole_and_told_where(client, changed, field):
    before = client.get("/twin/counts").json()["messages"]
    answer = client.post("/v3/mail/send", json={**GOOD, **changed})
    errors = answer.json()["errors"]

    assert answer.status_code == 400
    assert errors[0].keys() == {"message", "field"}
    assert field in [error["field"] for error in errors]
    assert client.get("/twin/counts").json()["messages"] == before


def test_several_faults_are_told_at_once(client):
    answer = client.post("/v3/mail/send", json={**GOOD, "from": {}, "content": [], "categories": ["a", "a"]})

    assert {error["field"] for error in answer.json()["errors"]} == {"from.email", "content", "categories"}


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Authorization": "Bearer SG.wrong"}, json.dumps(GOOD).encode(), 401),
        ({"Authorization": ""}, json.dumps(GOOD).encode(), 401),
        ({"Authorization": "Bearer กุญแจ".encode()}, json.dumps(GOOD).encode(), 401),
        ({"Content-Type": "text/plain"}, json.dumps(GOOD).encode(), 415),
        ({}, b"rubbish", 400),
        ({}, b"", 400),
        ({}, b"[]", 400),
        ({}, b" " * 30_000_000, 413),
    ],
)
def test_what_is_no_request_at_all(client, headers, body, status):
    answer = client.post(
        "/v3/mail/send", content=body, headers={"Content-Type": "application/json"} | headers
    )

    assert answer.status_code == status
    assert answer.json()["errors"][0]["message"]


def test_the_sandbox_judges_but_keeps_nothing(client):
    before = client.get("/twin/counts").json()["messages"]
    sandbox = {"mail_settings": {"sandbox_mode": {"enable": True}}}

    assert client.post("/v3/mail/send", json={**GOOD, **sandbox}).status_code == 200
    assert client.post("/v3/mail/send", json={**GOOD, **sandbox, "content": []}).status_code == 400
    assert client.get("/twin/counts").json()["messages"] == before


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*GOOD, *ONE, "email", "type", "value"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from([*GOOD, "reply_to", "headers", "categories", "custom_args", "asm", "mail_settings"]),
    value=JSON,
)
def test_whatever_json_arrives_is_judged_and_never_breaks_the_judge(name, value):
    for request in ({**GOOD, name: value}, {**GOOD, "personalizations": [{**ONE, name: value}]}):
        if not problems(request, now=0):
            mail = expand(request, 0)  # what is taken can be shown
            assert all(isinstance(text, str) for text in (mail.to, mail.subject, mail.text, mail.html))
            assert all(isinstance(text, str) for text in (*mail.headers.values(), *mail.custom_args.values()))
