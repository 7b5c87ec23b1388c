"""Batch ids and scheduled sends over HTTP: what SendGrid allows, and what then becomes of the mails."""

import json

import pytest

from pakdee.twin import deliveries

MINUTE = 60
SENDS = "/v3/user/scheduled_sends"


@pytest.fixture
def clock(kit):
    return kit.hand()


@pytest.fixture
def twin(kit, tmp_path, webhook, clock):
    calm = kit.behaviour(
        bounce=0,
        blocked=0,
        deferred=0,
        open=0,
        click=0,
        duplicate=0,
        late=0,
        complaint=0,
        unsubscribe=0,
        pace=0,
    )
    with kit.running(tmp_path, clock=clock, webhook_url=webhook.url, behaviour=calm) as found:
        yield found


@pytest.fixture
def api(kit, twin):
    with kit.client(twin) as found:
        yield found


def new_batch(api):
    answer = api.post("/v3/mail/batch")
    assert answer.status_code == 201
    return answer.json()["batch_id"]


def mark(api, batch_id, status="cancel"):
    return api.post(SENDS, json={"batch_id": batch_id, "status": status})


def schedule(api, kit, clock, *references, minutes=20, batch_id=None, attempt="a1"):
    """Sends `references` in so many minutes, under a batch id; its id."""
    batch_id = batch_id or new_batch(api)
    body = kit.request(
        *references, batch_id=batch_id, send_at=int(clock.now + minutes * MINUTE), attempt=attempt
    )
    assert api.post("/v3/mail/send", json=body).status_code == 202
    return batch_id


def happened(twin, webhook):
    """Names of events by message, once everything due has been posted."""
    assert twin.post("/twin/deliver-events")["problem"] is None
    found = {}
    for event in webhook.events():
        found.setdefault(event["pakdee_message"], []).append((event["event"], event["timestamp"]))
    return found


def test_a_batch_id_is_valid_once_it_was_given_out(api):
    batch_id = new_batch(api)

    assert api.get(f"/v3/mail/batch/{batch_id}").json() == {"batch_id": batch_id}
    answer = api.get("/v3/mail/batch/novelty")
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (400, "invalid batch id")


@pytest.mark.parametrize("batch_id", ["novelty", "", 7])
def test_only_such_ids_can_be_sent_with(api, kit, twin, batch_id):
    answer = api.post("/v3/mail/send", json=kit.request("m1", batch_id=batch_id))

    assert answer.status_code == 400
    assert twin.get("/twin/counts")["messages"] == 0


def test_a_mail_goes_out_at_its_time_and_its_events_begin_then(api, kit, clock, twin, webhook):
    start = clock.now
    schedule(api, kit, clock, "m1", minutes=20)
    assert happened(twin, webhook) == {}
    assert twin.get("/twin/counts")["scheduled"] == 1

    clock.at(start + 20 * MINUTE - 1)
    assert happened(twin, webhook) == {}
    clock.at(start + 25 * MINUTE)
    at = int(start + 20 * MINUTE)
    assert happened(twin, webhook)["m1"] == [("processed", at), ("delivered", at)]
    assert twin.get("/twin/counts")["scheduled"] == 0


@pytest.mark.parametrize("send_at", [-3600, 0])
def test_a_time_that_is_past_means_at_once(api, kit, clock, twin, webhook, send_at):
    body = kit.request("m1", send_at=int(clock.now + send_at))
    assert api.post("/v3/mail/send", json=body).status_code == 202

    assert set(happened(twin, webhook)) == {"m1"}


def test_each_personalization_may_have_its_time(api, kit, clock, twin, webhook):
    body = kit.request("m1", "m2", send_at=int(clock.now + 3600))
    body["personalizations"][0]["send_at"] = int(clock.now)
    assert api.post("/v3/mail/send", json=body).status_code == 202

    assert set(happened(twin, webhook)) == {"m1"}
    clock.at(clock.now + 3600)
    names = {m: [name for name, _ in told] for m, told in happened(twin, webhook).items()}
    assert names == {key: ["processed", "delivered"] for key in ("m1", "m2")}


def test_cancelled_in_time_it_is_thrown_away(api, kit, clock, twin, webhook, tmp_path):
    """Also what comes in later under the same id; a second attempt under another id goes out."""
    start = clock.now
    batch_id = schedule(api, kit, clock, "m1", minutes=20)
    clock.at(start + 9 * MINUTE)
    assert mark(api, batch_id).status_code == 201
    schedule(api, kit, clock, "m2", minutes=11, batch_id=batch_id)
    schedule(api, kit, clock, "m1", minutes=20, attempt="a2")
    clock.at(start + 60 * MINUTE)

    assert set(happened(twin, webhook)) == {"m1"}
    assert {event["pakdee_attempt"] for event in webhook.events()} == {"a2"}
    assert deliveries(tmp_path / "twin") == {"m1": 1}
    assert twin.get("/twin/counts")["scheduled"] == 0


def test_cancelled_too_late_it_goes_out_although_the_cancellation_was_taken(
    api, kit, clock, twin, webhook, tmp_path
):
    start = clock.now
    batch_id = schedule(api, kit, clock, "m1", minutes=20)
    clock.at(start + 11 * MINUTE)
    assert mark(api, batch_id).status_code == 201
    clock.at(start + 20 * MINUTE)

    assert set(happened(twin, webhook)) == {"m1"}
    assert deliveries(tmp_path / "twin") == {"m1": 1}


@pytest.mark.parametrize(("minutes", "goes_out"), [(15, True), (25, False)])
def test_released_before_its_time_it_goes_out_after_all(api, kit, clock, twin, webhook, minutes, goes_out):
    start = clock.now
    batch_id = schedule(api, kit, clock, "m1", minutes=20)
    mark(api, batch_id)
    clock.at(start + minutes * MINUTE)
    happened(twin, webhook)
    assert api.delete(f"{SENDS}/{batch_id}").status_code == 204
    clock.at(start + 60 * MINUTE)

    assert ("m1" in happened(twin, webhook)) is goes_out


def test_paused_it_waits_and_goes_out_when_released(api, kit, clock, twin, webhook):
    start = clock.now
    batch_id = schedule(api, kit, clock, "m1", minutes=20)
    mark(api, batch_id, "pause")
    clock.at(start + 24 * 3600)
    assert happened(twin, webhook) == {}
    api.delete(f"{SENDS}/{batch_id}")

    assert min(at for _, at in happened(twin, webhook)["m1"]) == int(start + 24 * 3600)


def test_paused_for_more_than_72_hours_it_is_gone(api, kit, clock, twin, webhook, tmp_path):
    start = clock.now
    batch_id = schedule(api, kit, clock, "m1", minutes=20)
    mark(api, batch_id, "pause")
    assert deliveries(tmp_path / "twin") == {}
    clock.at(start + 20 * MINUTE)
    happened(twin, webhook)
    clock.at(start + 73 * 3600)
    api.delete(f"{SENDS}/{batch_id}")

    assert happened(twin, webhook) == {}
    assert deliveries(tmp_path / "twin") == {}


def test_ten_at_a_time_and_no_more(api):
    """The eleventh is refused until one is released."""
    ids = [new_batch(api) for _ in range(11)]
    answers = [mark(api, batch_id, "pause" if n % 2 else "cancel") for n, batch_id in enumerate(ids)]

    assert [answer.status_code for answer in answers] == [201] * 10 + [400]
    assert "10" in answers[-1].json()["errors"][0]["message"]
    assert [one["batch_id"] for one in api.get(SENDS).json()] == ids[:10]
    api.delete(f"{SENDS}/{ids[3]}")
    assert mark(api, ids[10]).status_code == 201


def test_a_status_is_set_once_then_changed_or_taken_away(api):
    batch_id = new_batch(api)
    path = f"{SENDS}/{batch_id}"

    assert api.get(path).json() == []
    assert mark(api, batch_id).json() == {"batch_id": batch_id, "status": "cancel"}
    assert mark(api, batch_id).status_code == 400
    assert api.patch(path, json={"status": "pause"}).status_code == 204
    assert api.get(path).json() == [{"batch_id": batch_id, "status": "pause"}]
    assert api.delete(path).status_code == 204
    assert api.get(path).json() == api.get(SENDS).json() == []
    assert api.delete(path).status_code == api.patch(path, json={"status": "pause"}).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"batch_id": "novelty", "status": "cancel"}, 400),
        ({"status": "cancel"}, 400),
        ({"batch_id": "novelty", "status": "stop"}, 400),
        ({}, 400),
        ([], 400),
    ],
)
def test_what_cannot_be_marked_is_refused(api, asked, status):
    answer = api.post(SENDS, json=asked)

    assert answer.status_code == status
    assert answer.json()["errors"][0]["message"]


def test_without_the_key_nothing_is_told_or_done(twin):
    import httpx

    with httpx.Client(base_url=twin.url, trust_env=False) as stranger:
        for method, path in [("POST", "/v3/mail/batch"), ("GET", SENDS), ("GET", "/v3/suppression/bounces")]:
            answer = stranger.request(method, path)
            assert answer.status_code == 401
            assert "authorization grant" in json.loads(answer.content)["errors"][0]["message"]


def test_a_restart_changes_nothing_of_it(kit, tmp_path, webhook):
    """Scheduled, cancelled and paused mails are the same to a twin that is started again."""
    clock = kit.hand()
    start = clock.now
    with kit.running(tmp_path, clock=clock) as twin, kit.client(twin) as api:
        schedule(api, kit, clock, "m1", minutes=20)
        mark(api, schedule(api, kit, clock, "m2", minutes=20))
        paused = schedule(api, kit, clock, "m3", minutes=20)
        mark(api, paused, "pause")
    clock.at(start + 30 * MINUTE)
    with kit.running(tmp_path, clock=clock, webhook_url=webhook.url) as twin, kit.client(twin) as api:
        assert set(happened(twin, webhook)) == {"m1"}
        assert len(api.get(SENDS).json()) == 2
        api.delete(f"{SENDS}/{paused}")
        assert set(happened(twin, webhook)) == {"m1", "m3"}

    assert deliveries(tmp_path / "twin") == {"m1": 1, "m3": 1}
