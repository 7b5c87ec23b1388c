"""Events tell a believable story of every mail, signed, at least once, in no order, and lose nothing."""

import time
from collections import Counter, defaultdict

import pytest

from pakdee.delivery import read_events, verify
from pakdee.domain.vocabulary import EventKind

ALWAYS = {
    "bounce": 0,
    "blocked": 0,
    "deferred": 0,
    "open": 0,
    "click": 0,
    "complaint": 0,
    "unsubscribe": 0,
    "duplicate": 0,
}


def told(webhook):
    return [event for body, *_ in webhook.took for event in read_events(body)]


def by_message(webhook):
    kinds = defaultdict(Counter)
    for event in told(webhook):
        kinds[event.message_id][event.kind] += 1
    return kinds


def tell_all(twin):
    answer = twin.post("/twin/deliver-events")
    assert answer["problem"] is None
    return answer


def test_bodies_are_signed_and_written_as_sendgrid_does(kit, tmp_path, webhook):
    """CR LF between the events and at the end; the key of this project fits."""
    with kit.running(tmp_path, webhook_url=webhook.url) as twin:
        twin.send(*kit.batches(100))
        tell_all(twin)

    assert webhook.took
    for body, signature, timestamp in webhook.took:
        verify(body, signature=signature, timestamp=timestamp, keys=[twin.keys.webhook_key])
        assert body.endswith(b"}]\r\n")
        assert body.count(b"},\r\n{") == len(read_events(body)) - 1


def test_every_mail_has_its_story_and_our_ids(kit, tmp_path, webhook):
    with kit.running(tmp_path, webhook_url=webhook.url) as twin:
        [provider_id] = twin.send(*kit.batches(1000))
        tell_all(twin)

    kinds = by_message(webhook)
    assert set(kinds) == {f"{n:032x}" for n in range(1000)}
    for counts in kinds.values():
        assert counts[EventKind.PROCESSED] >= 1
        assert sum(counts[k] > 0 for k in (EventKind.DELIVERED, EventKind.BOUNCED, EventKind.BLOCKED)) == 1
        assert counts[EventKind.CLICKED] == 0 or counts[EventKind.OPENED] > 0
    for event in told(webhook):
        assert (event.provider_id, event.attempt_id) == (provider_id, "ab" * 16)
        assert event.address_hash is not None


def test_shares_are_those_of_the_behaviour(kit, tmp_path, webhook):
    """Of 10,000 mails: delivered 97.5 %, opened 35 % and more by clicks, a third by machines, clicked 5 %."""
    with kit.running(tmp_path, webhook_url=webhook.url) as twin:
        twin.send(*kit.batches(10_000))
        tell_all(twin)

    events = {(e.message_id, e.kind): e for e in told(webhook)}
    counts = Counter(kind for _, kind in events)
    machines = sum(e.is_machine for (_, kind), e in events.items() if kind is EventKind.OPENED)
    assert counts[EventKind.DELIVERED] / 10_000 == pytest.approx(0.975, abs=0.005)
    assert counts[EventKind.BOUNCED] / 10_000 == pytest.approx(0.015, abs=0.004)
    assert counts[EventKind.OPENED] / 10_000 == pytest.approx(0.37, abs=0.02)
    assert machines / counts[EventKind.OPENED] == pytest.approx(1 / 3, abs=0.03)
    assert counts[EventKind.CLICKED] / 10_000 == pytest.approx(0.049, abs=0.008)
    assert 10 <= counts[EventKind.UNSUBSCRIBED] <= 60


def test_copies_and_disorder_are_part_of_it(kit, tmp_path, webhook):
    """A copy is byte for byte its original; later posts bring older events."""
    behaviour = kit.behaviour(duplicate=0.2, late=0.2, pace=0.05)
    with kit.running(tmp_path, webhook_url=webhook.url, behaviour=behaviour) as twin:
        twin.send(*kit.batches(500))
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            counts = twin.get("/twin/counts")
            if counts["untold"] == 0 and all(row["state"] == "posted" for row in counts["events"]):
                break
            time.sleep(0.1)

    arrived = webhook.events()
    ids = Counter(event["sg_event_id"] for event in arrived)
    assert max(ids.values()) == 2
    assert len({str(sorted(event.items(), key=str)) for event in arrived}) == len(ids)
    times = [event["timestamp"] for event in arrived]
    assert times != sorted(times)


def test_nothing_is_told_from_the_future(kit, tmp_path, webhook):
    """Asked for everything at once, what would happen later has happened by now."""
    with kit.running(tmp_path, webhook_url=webhook.url, behaviour=kit.behaviour(pace=1000.0)) as twin:
        twin.send(*kit.batches(200))
        tell_all(twin)
        now = time.time()

    assert len(by_message(webhook)) == 200
    assert max(event["timestamp"] for event in webhook.events()) <= now


def test_a_webhook_that_fails_gets_everything_later(kit, tmp_path, webhook):
    webhook.refuse = 3
    with kit.running(tmp_path, webhook_url=webhook.url, behaviour=kit.behaviour(**ALWAYS, pace=0)) as twin:
        twin.send(*kit.batches(50))
        answers = [twin.post("/twin/deliver-events") for _ in range(5)]

    assert any(answer["problem"] for answer in answers)
    assert Counter(e.kind for e in told(webhook)) == {EventKind.PROCESSED: 50, EventKind.DELIVERED: 50}


def test_a_restart_loses_and_repeats_nothing(kit, tmp_path, webhook):
    """Events wait on disk while there is nobody to take them."""
    behaviour = kit.behaviour(**ALWAYS, pace=0)
    with kit.running(tmp_path, behaviour=behaviour) as twin:
        twin.send(*kit.batches(50))
        tell_all(twin)
    with kit.running(tmp_path, behaviour=behaviour, webhook_url=webhook.url) as twin:
        twin.send(*kit.batches(50, start=50))
        tell_all(twin)

    assert Counter(e.kind for e in told(webhook)) == {EventKind.PROCESSED: 100, EventKind.DELIVERED: 100}
    assert len(by_message(webhook)) == 100


@pytest.mark.parametrize(
    ("what", "kind", "reason"),
    [
        ("bounce", EventKind.BOUNCED, "Bounced Address"),
        ("complaint", EventKind.COMPLAINED, "Spam Reporting Address"),
        ("unsubscribe", EventKind.UNSUBSCRIBED, "Unsubscribed Address"),
    ],
)
def test_an_address_that_bounced_complained_or_left_is_dropped_next_time(
    kit, tmp_path, webhook, what, kind, reason
):
    behaviour = kit.behaviour(**{**ALWAYS, what: 1.0}, pace=0)
    with kit.running(tmp_path, behaviour=behaviour, webhook_url=webhook.url) as twin:
        twin.send(*kit.batches(1))
        tell_all(twin)
        twin.send(*kit.batches(1))
        tell_all(twin)

    assert kind in by_message(webhook)[f"{0:032x}"]
    assert [e.reason for e in told(webhook) if e.kind is EventKind.DROPPED] == [reason]


def test_a_block_does_not_list_the_address(kit, tmp_path, webhook):
    behaviour = kit.behaviour(**{**ALWAYS, "blocked": 1.0}, pace=0)
    with kit.running(tmp_path, behaviour=behaviour, webhook_url=webhook.url) as twin:
        for _ in range(2):
            twin.send(*kit.batches(1))
            tell_all(twin)

    assert Counter(e.kind for e in told(webhook)) == {EventKind.PROCESSED: 2, EventKind.BLOCKED: 2}


def test_clicks_are_on_links_that_are_tracked(kit, tmp_path, webhook):
    html = '<a href="https://shop.example/a?x=1&amp;y=2">a</a> <a clicktracking=off href="https://shop.example/u">u</a>'
    behaviour = kit.behaviour(**{**ALWAYS, "click": 1.0}, pace=0)
    with kit.running(tmp_path, behaviour=behaviour, webhook_url=webhook.url) as twin:
        twin.send(*kit.batches(20, html=html))
        tell_all(twin)

    assert {e.url for e in told(webhook) if e.kind is EventKind.CLICKED} == {"https://shop.example/a?x=1&y=2"}


def test_the_same_seed_tells_the_same_stories(kit, tmp_path, webhook):
    """Whatever the process; another seed tells others."""

    def kinds(name, seed):
        webhook.took.clear()
        with kit.running(tmp_path / name, webhook_url=webhook.url, seed=seed) as twin:
            twin.send(*kit.batches(300))
            tell_all(twin)
        return by_message(webhook)

    first = kinds("a", 7)
    assert kinds("b", 7) == first
    assert kinds("c", 8) != first
