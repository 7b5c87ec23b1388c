"""The twin's answers are those of SendGrid's official documents: statuses, schemas, media types."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource

SPEC = Path(__file__).resolve().parents[3] / "shared/sendgrid/spec"
pytestmark = pytest.mark.skipif(
    not SPEC.exists(), reason="the official documents are not beside this checkout"
)

SENDS = "/v3/user/scheduled_sends"
LISTS = ("bounces", "blocks", "spam_reports", "invalid_emails", "unsubscribes")
TOLD = {"bounce": "bounces", "blocked": "blocks", "complaint": "spam_reports", "invalid": "invalid_emails", "unsubscribe": "unsubscribes"}  # fmt: skip
CALM = {**dict.fromkeys(("deferred", "open", "click", "duplicate", "late", *TOLD), 0.0), "pace": 0}


class Official:
    """What the documents say about answers."""

    def __init__(self):
        self.documents = {
            name: _nullable(json.loads((SPEC / f"tsg_{name}_v3.json").read_text(encoding="utf-8")))
            for name in ("mail", "scheduled_sends", "suppressions")
        }
        self.seen = set()

    def check(self, answer, path):
        """Fails unless the documents know this answer of the operation at `path`."""
        method = answer.request.method.lower()
        name, document = next((n, d) for n, d in self.documents.items() if path in d["paths"])
        responses = document["paths"][path][method]["responses"]
        assert str(answer.status_code) in responses, f"{method} {path}: {answer.status_code}"
        self.seen.add((method, path, answer.status_code))
        told = _followed(responses[str(answer.status_code)], document)
        if not told.get("content"):
            assert answer.content == b""
            return
        assert answer.headers["content-type"].split(";")[0] in told["content"]
        schema = {**told["content"]["application/json"]["schema"]}
        resource = Resource.from_contents(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **document}
        )
        registry = Registry().with_resource(name, resource)
        validator = Draft202012Validator(_at(schema, name), registry=registry, format_checker=FormatChecker())
        validator.validate(answer.json())


def _nullable(found):
    """The documents are OpenAPI 3.1 but say `nullable`, as 3.0 did."""
    if isinstance(found, dict):
        found = {key: _nullable(value) for key, value in found.items()}
        if found.pop("nullable", False) is True:
            found["type"] = [found["type"], "null"]
        return found
    return [_nullable(one) for one in found] if isinstance(found, list) else found


def _followed(found, document):
    if "$ref" not in found:
        return found
    for part in found["$ref"].removeprefix("#/").split("/"):
        document = document[part]
    return document


def _at(schema, name):
    """The schema with its references pointing into the document `name`."""
    if isinstance(schema, dict):
        return {k: f"{name}{v}" if k == "$ref" else _at(v, name) for k, v in schema.items()}
    return [_at(one, name) for one in schema] if isinstance(schema, list) else schema


@pytest.fixture(scope="module")
def official():
    return Official()


@pytest.fixture(scope="module")
def twin(kit, tmp_path_factory):
    with kit.running(tmp_path_factory.mktemp("official"), behaviour=kit.behaviour(**CALM)) as found:
        yield found


@pytest.fixture(scope="module")
def api(kit, twin):
    """A client; every list has entries."""
    with kit.client(twin) as found:
        for what in TOLD:
            twin.post("/twin/behave", {**CALM, what: 1.0})
            assert found.post("/v3/mail/send", json=kit.request(f"{what}1", f"{what}2")).status_code == 202
            twin.post("/twin/deliver-events")
        yield found


def test_mail_send(official, api, kit):
    path = "/v3/mail/send"
    official.check(api.post(path, json=kit.request("m1")), path)
    official.check(api.post(path, json=kit.request()), path)
    official.check(api.post(path, content=b"{", headers={"Content-Type": "application/json"}), path)
    official.check(api.post(path, json=kit.request("m1", batch_id="novelty")), path)
    official.check(api.post(path, json=kit.request("m1"), headers={"Authorization": "Bearer SG.other"}), path)
    official.check(api.post(path, content=b"x" * 30_000_000), path)

    assert {status for _, p, status in official.seen if p == path} == {202, 400, 401, 413}


def test_mail_batches(official, api):
    made = api.post("/v3/mail/batch")
    official.check(made, "/v3/mail/batch")
    one = "/v3/mail/batch/{batch_id}"
    official.check(api.get(f"/v3/mail/batch/{made.json()['batch_id']}"), one)
    official.check(api.get("/v3/mail/batch/novelty"), one)
    official.check(api.post("/v3/mail/batch", headers={"Authorization": "x"}), "/v3/mail/batch")

    assert {status for _, p, status in official.seen if "/batch" in p} == {201, 200, 400, 401}


def test_scheduled_sends(official, api):
    one = f"{SENDS}/{{batch_id}}"
    ids = [api.post("/v3/mail/batch").json()["batch_id"] for _ in range(11)]
    answers = [api.post(SENDS, json={"batch_id": id_, "status": "cancel"}) for id_ in [*ids, ids[0]]]
    for answer in answers:
        official.check(answer, SENDS)
    official.check(api.get(SENDS), SENDS)
    official.check(api.get(f"{SENDS}/{ids[0]}"), one)
    official.check(api.get(f"{SENDS}/novelty"), one)
    official.check(api.patch(f"{SENDS}/{ids[0]}", json={"status": "pause"}), one)
    official.check(api.patch(f"{SENDS}/{ids[0]}", json={"status": "stop"}), one)
    for id_ in ids:
        official.check(api.delete(f"{SENDS}/{id_}"), one)

    assert [answer.status_code for answer in answers] == [201] * 10 + [400] * 2
    assert {status for _, p, status in official.seen if p == one} == {200, 204, 400, 404}


@pytest.mark.parametrize("which", LISTS)
def test_suppression_lists(official, api, which):
    path = f"/v3/suppression/{which}"
    page = api.get(path, params={"limit": 500, "offset": 0, "start_time": 0})
    official.check(page, path)
    assert len(page.json()) >= 2
    if which == "unsubscribes":  # its single addresses are under /v3/asm
        return
    address = page.json()[0]["email"]
    for email in (address, "nobody@example.com"):
        official.check(api.get(f"{path}/{email}"), f"{path}/{{email}}")
    official.check(api.delete(f"{path}/{address}"), f"{path}/{{email}}")
    official.check(api.request("DELETE", path, json={"delete_all": True}), path)
    official.check(api.get(path), path)


def test_global_suppressions(official, api):
    path = "/v3/asm/suppressions/global"
    official.check(api.post(path, json={"recipient_emails": ["ann@example.com"]}), path)
    official.check(api.get(f"{path}/ann@example.com"), f"{path}/{{email}}")
    official.check(api.delete(f"{path}/ann@example.com"), f"{path}/{{email}}")

    # The schema requires the address, the words beside it say: an empty object when it is not suppressed.
    assert api.get(f"{path}/ann@example.com").json() == {}


def test_the_check_can_fail(official, api):
    """A wrong type, a missing field, a status of no document."""
    import httpx

    def answer(status, found):
        return httpx.Response(status, json=found, request=httpx.Request("GET", "http://x"))

    path = "/v3/suppression/blocks"
    good = {"created": 1, "email": "a@example.com", "reason": "", "status": "4.0.0"}
    official.check(answer(200, [good]), path)
    for status, wrong in [
        (200, [{**good, "created": "1"}]),
        (200, [{"created": 1}]),
        (200, good),
        (404, [good]),
    ]:
        with pytest.raises(Exception):  # noqa: B017 - a failed assertion or a failed schema
            official.check(answer(status, wrong), path)
