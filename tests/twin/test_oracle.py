"""The files alone say how often each message goes out and what it said, with or without a running twin."""

from pakdee.twin import bodies, deliveries
from pakdee.twin.batches import Batches
from pakdee.twin.database import Database
from pakdee.twin.schedule import Status


def accept(kit, directory, *requests):
    with kit.running(directory) as twin, kit.client(twin) as api:
        for body in requests:
            assert api.post("/v3/mail/send", json=body).status_code == 202


def test_where_there_is_no_twin_nothing_goes_out(tmp_path):
    assert deliveries(tmp_path / "nowhere") == {}
    assert not (tmp_path / "nowhere").exists()


def test_what_goes_out_twice_is_counted_twice(kit, tmp_path):
    accept(kit, tmp_path, kit.request("m1", "m2"), kit.request("m2", "m3", attempt="a2"))

    assert deliveries(tmp_path / "twin") == {"m1": 1, "m2": 2, "m3": 1}


def test_messages_of_others_are_left_out(kit, tmp_path):
    """Without the argument pakdee_message there is nothing to count by; one for all counts for each."""
    plain, shared = kit.request("m1"), kit.request("m1", "m2")
    del plain["personalizations"][0]["custom_args"]
    for one in shared["personalizations"]:
        del one["custom_args"]
    shared["custom_args"] = {"pakdee_message": "all"}
    accept(kit, tmp_path, plain, shared)

    assert deliveries(tmp_path / "twin") == {"all": 2}


def test_it_reads_while_the_twin_runs(kit, tmp_path):
    with kit.running(tmp_path) as twin, kit.client(twin) as api:
        for number in range(3):
            api.post("/v3/mail/send", json=kit.request(f"m{number}"))
            assert len(deliveries(tmp_path / "twin")) == len(list(bodies(tmp_path / "twin"))) == number + 1


def test_a_cancelled_copy_does_not_count_and_a_scheduled_one_does(kit, tmp_path):
    database = Database(tmp_path / "twin")
    batches, clock = Batches(database), kit.hand()
    ids = [batches.new(clock()) for _ in range(2)]
    batches.mark(ids[0], Status.CANCEL, clock())
    database.close()
    send_at = int(clock() + 3600)
    with kit.running(tmp_path, clock=clock) as twin, kit.client(twin) as api:
        for attempt, batch_id in zip(("a1", "a2"), ids, strict=True):
            body = kit.request("m1", attempt=attempt, batch_id=batch_id, send_at=send_at)
            assert api.post("/v3/mail/send", json=body).status_code == 202

    assert deliveries(tmp_path / "twin") == {"m1": 1}


def test_what_each_request_said_can_be_compared(kit, tmp_path):
    """The same words under another attempt are the same; one letter makes them others."""
    changed = kit.request("m2", attempt="a3", content=[{"type": "text/plain", "value": "Hullo"}])
    accept(kit, tmp_path, kit.request("m1", "m2", attempt="a1"), kit.request("m2", attempt="a2"), changed)
    first, second, third = bodies(tmp_path / "twin")

    assert [body.attempt_id for body in (first, second, third)] == ["a1", "a2", "a3"]
    assert first.content_sha256 == second.content_sha256 != third.content_sha256
    assert first.says()["m2"] == second.says()["m2"] != third.says()["m2"]
    assert set(first.says()) == {"m1", "m2"}
    assert b'"Hello"' in first.raw
