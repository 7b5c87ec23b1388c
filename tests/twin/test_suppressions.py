"""The five suppression lists: filled by what happens to mails, read by page, emptied on request."""

import pytest

LISTS = ("bounces", "blocks", "spam_reports", "invalid_emails", "unsubscribes")
NOBODY = dict.fromkeys(
    ("bounce", "blocked", "deferred", "open", "click", "complaint", "unsubscribe", "duplicate", "late"), 0.0
)


@pytest.fixture
def clock(kit):
    return kit.hand()


@pytest.fixture
def twin(kit, tmp_path, clock):
    with kit.running(tmp_path, clock=clock, behaviour=kit.behaviour(**NOBODY, pace=0)) as found:
        yield found


@pytest.fixture
def api(kit, twin):
    with kit.client(twin) as found:
        yield found


def send(api, kit, twin, *references, **behaviour):
    """Sends to these while readers behave so, and lets everything happen."""
    twin.post("/twin/behave", {**NOBODY, "invalid": 0.0, **behaviour})
    assert api.post("/v3/mail/send", json=kit.request(*references)).status_code == 202
    twin.post("/twin/deliver-events")


def addresses(api, which, **query):
    return [entry["email"] for entry in api.get(f"/v3/suppression/{which}", params=query).json()]


@pytest.mark.parametrize(
    ("what", "which"),
    [("bounce", "bounces"), ("blocked", "blocks"), ("complaint", "spam_reports"), ("invalid", "invalid_emails"), ("unsubscribe", "unsubscribes")],
)  # fmt: skip
def test_stories_fill_the_lists(api, kit, twin, clock, what, which):
    send(api, kit, twin, "m1", **{what: 1.0})

    assert {name: addresses(api, name) for name in LISTS} == {
        name: ["m1@example.com"] if name == which else [] for name in LISTS
    }
    [entry] = api.get(f"/v3/suppression/{which}/M1@example.com").json()
    assert int(clock.now) <= entry["created"] <= clock.now + 60


@pytest.mark.parametrize(
    ("what", "is_dropped"),
    [("bounce", True), ("blocked", False), ("complaint", True), ("invalid", True), ("unsubscribe", True)],
)
def test_all_but_blocks_drop_the_next_mail(api, kit, twin, what, is_dropped):
    send(api, kit, twin, "m1", **{what: 1.0})
    send(api, kit, twin, "m1")
    events = [event["name"] for event in twin.get("/twin/messages/2")["events"]]

    assert events == (["dropped"] if is_dropped else ["processed", "delivered"])


def test_pages_newest_first(api, kit, twin, clock):
    """Whoever reads by offset sees everybody, some perhaps twice."""
    for number in range(7):
        send(api, kit, twin, f"m{number}", bounce=1.0)
        clock.at(clock.now + 100)
    everybody = [f"m{number}@example.com" for number in range(6, -1, -1)]
    first = addresses(api, "bounces", limit=3)
    send(api, kit, twin, "late", bounce=1.0)
    rest = [*addresses(api, "bounces", limit=3, offset=3), *addresses(api, "bounces", limit=3, offset=6)]

    assert first == everybody[:3]
    assert rest == everybody[2:]


def test_a_span_of_time_has_both_its_ends(api, kit, twin, clock):
    start = int(clock.now)
    for number in range(4):
        clock.at(start + number * 100)
        send(api, kit, twin, f"m{number}", unsubscribe=1.0)
    created = [entry["created"] for entry in api.get("/v3/suppression/unsubscribes").json()]

    assert addresses(api, "unsubscribes", start_time=created[2], end_time=created[1]) == [
        "m2@example.com",
        "m1@example.com",
    ]
    assert addresses(api, "unsubscribes", start_time=created[0] + 1) == []


def test_addresses_can_be_looked_for_by_how_they_begin(api, kit, twin):
    send(api, kit, twin, "anna", "bob", "a_a", bounce=1.0)

    assert sorted(addresses(api, "bounces", email="A")) == ["a_a@example.com", "anna@example.com"]
    assert addresses(api, "bounces", email="a_") == ["a_a@example.com"]  # LIKE's sign stands for itself


@pytest.mark.parametrize("query", ["limit=0", "limit=501", "limit=x", "offset=-1", "start_time=x"])
def test_a_page_that_cannot_be_is_refused(api, query):
    answer = api.get(f"/v3/suppression/bounces?{query}")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == query.split("=")[0]


def test_who_is_taken_off_gets_mail_again(api, kit, twin):
    send(api, kit, twin, "m1", "m2", "m3", "m4", bounce=1.0)
    assert api.delete("/v3/suppression/bounces/M1@example.com").status_code == 204
    assert (
        api.request("DELETE", "/v3/suppression/bounces", json={"emails": ["m2@example.com"]}).status_code
        == 204
    )
    assert sorted(addresses(api, "bounces")) == ["m3@example.com", "m4@example.com"]

    assert api.request("DELETE", "/v3/suppression/bounces", json={}).status_code == 400
    assert api.request("DELETE", "/v3/suppression/bounces", json={"delete_all": True}).status_code == 204
    assert addresses(api, "bounces") == []
    send(api, kit, twin, "m1")
    assert "delivered" in [event["name"] for event in twin.get("/twin/messages/5")["events"]]


def test_the_global_list_takes_addresses_one_by_one(api):
    path = "/v3/asm/suppressions/global"
    added = api.post(path, json={"recipient_emails": ["Ann@example.com"]})

    assert (added.status_code, added.json()) == (201, {"recipient_emails": ["Ann@example.com"]})
    assert api.get(f"{path}/ann@example.com").json() == {"recipient_email": "ann@example.com"}
    assert addresses(api, "unsubscribes") == ["ann@example.com"]
    assert api.delete(f"{path}/ann@example.com").status_code == 204
    assert api.get(f"{path}/ann@example.com").json() == {}
    assert api.post(path, json={"recipient_emails": "ann@example.com"}).status_code == 400


def test_there_are_no_other_lists(api):
    assert api.get("/v3/suppression/novelties").status_code == 400
