"""Events are lost, late, repeated and out of order as told; one of each request may be promised."""

from collections import Counter

import orjson
import pytest

from pakdee.delivery.local_keys import local_keys
from pakdee.twin import EventTrouble, Misbehaviour
from pakdee.twin.batches import Batches
from pakdee.twin.conduct import Conduct
from pakdee.twin.database import Database
from pakdee.twin.keys import load_signing_key
from pakdee.twin.postman import Postman
from pakdee.twin.store import Store

QUIET = dict.fromkeys(
    ("bounce", "blocked", "deferred", "open", "click", "complaint", "unsubscribe", "duplicate", "late"), 0.0
)


class Rig:
    """A postman without a server: every round is one that the test asks for."""

    def __init__(self, kit, directory, clock, url):
        self.kit, self.clock, self.database = kit, clock, Database(directory / "twin")
        self.store = Store(self.database)
        self.conduct = Conduct(self.database, kit.behaviour(**QUIET), Misbehaviour())
        key = load_signing_key(local_keys(directory / "keys.json").signing_key)
        self.postman = Postman(
            self.store, Batches(self.database), self.conduct, webhook_url=url, key=key, seed=7, clock=clock
        )

    def suffer(self, **events):
        self.conduct.misbehave(Misbehaviour(events=EventTrouble(**events)))

    def accept(self, requests, size=1, attempt="a"):
        for number in range(requests):
            names = [f"m{number}x{n}" for n in range(size)]
            body = self.kit.request(*names, attempt=f"{attempt}{number}")
            self.store.accept(body, orjson.dumps(body), provider_id=f"{attempt}-{number}", now=self.clock())

    def round(self, after=0.0):
        self.clock.at(self.clock() + after)
        return self.postman.round()


@pytest.fixture
def rig(kit, tmp_path, webhook):
    found = Rig(kit, tmp_path, kit.hand(), webhook.url)
    yield found
    found.database.close()


def test_a_share_is_lost_and_shown_as_lost(rig, webhook):
    rig.suffer(lost=0.3)
    rig.accept(200)
    rig.round(after=600)
    states = {
        row["state"]: row["events"] for row in rig.store.counts()["events"] if row["name"] == "processed"
    }

    assert len(webhook.events()) == pytest.approx(280, abs=40)
    assert states["lost"] == pytest.approx(60, abs=25)
    assert states["lost"] + states["posted"] == 200


def test_without_a_promise_a_request_may_stay_dark(rig, webhook):
    rig.suffer(lost=0.9)
    rig.accept(100)
    rig.round(after=600)

    assert len({event["pakdee_attempt"] for event in webhook.events()}) < 60


@pytest.mark.parametrize("size", [1, 20])
def test_one_event_of_each_request_survives_in_time(rig, webhook, size):
    """However much is lost and late."""
    rig.suffer(
        lost=1,
        late=1,
        late_seconds=(5000, 9000),
        disorder_seconds=5000,
        one_survives=True,
        within_seconds=120,
    )
    rig.accept(50, size)
    rig.round(after=120)

    assert Counter(event["pakdee_attempt"] for event in webhook.events()) == {f"a{n}": 1 for n in range(50)}


def test_the_promise_counts_from_when_a_scheduled_mail_goes_out(rig, webhook):
    rig.suffer(lost=1, one_survives=True, within_seconds=60)
    body = rig.kit.request("m1", send_at=int(rig.clock() + 3600))
    rig.store.accept(body, orjson.dumps(body), provider_id="p", now=rig.clock())
    rig.round(after=3599)
    assert webhook.events() == []
    rig.round(after=61)

    assert [event["pakdee_message"] for event in webhook.events()] == ["m1"]


def test_a_dead_webhook_gets_nothing_until_it_lives(rig, webhook):
    rig.suffer(webhook="dead")
    rig.accept(10)
    rig.round(after=600)
    assert webhook.took == []

    rig.suffer()
    rig.round()
    assert len(webhook.events()) == 20


def test_after_a_day_of_a_dead_webhook_events_are_lost(rig, webhook):
    rig.suffer(webhook="dead")
    rig.accept(10)
    rig.round(after=600)
    rig.round(after=25 * 3600)
    rig.suffer()
    rig.round()

    assert webhook.took == []
    assert {row["state"] for row in rig.store.counts()["events"]} == {"lost"}


def test_copies_are_as_many_as_told(rig, webhook):
    rig.suffer(duplicate=1, copies=45)
    rig.accept(2)
    rig.round(after=600)
    counts = Counter(event["sg_event_id"] for event in webhook.events())

    assert set(counts.values()) == {46}
    assert len(counts) == 4


def test_late_events_come_between_their_two_bounds(rig, webhook):
    rig.suffer(late=1, late_seconds=(300, 900))
    rig.accept(100)
    rig.round(after=300)
    assert webhook.events() == []
    rig.round(after=300)
    halfway = len(webhook.events())
    rig.round(after=310)

    assert 50 < halfway < 150
    assert len(webhook.events()) == 200


def test_disorder_leaves_no_order(rig, webhook):
    rig.suffer(disorder_seconds=500)
    rig.accept(100)
    for _ in range(60):
        rig.round(after=10)
    times = [event["timestamp"] for event in webhook.events()]
    first = {}
    for event in webhook.events():
        first.setdefault(event["pakdee_message"], event["event"])

    assert len(times) == 200
    assert times != sorted(times)
    assert Counter(first.values())["delivered"] > 20


def test_a_second_copy_of_a_message_has_a_fate_of_its_own(rig, webhook):
    """Chance belongs to the attempt, the story to the message."""
    rig.suffer(lost=0.5)
    rig.accept(100, attempt="a")
    rig.accept(100, attempt="b")
    rig.round(after=600)
    seen = {
        letter: {e["pakdee_message"] for e in webhook.events() if e["pakdee_attempt"][0] == letter}
        for letter in "ab"
    }

    assert seen["a"] != seen["b"]


def test_the_same_seed_loses_the_same_events(kit, tmp_path, webhook):
    def arrived(name):
        webhook.took.clear()
        rig = Rig(kit, tmp_path / name, kit.hand(), webhook.url)
        rig.suffer(lost=0.5)
        rig.accept(50)
        rig.round(after=600)
        rig.database.close()
        return Counter((event["pakdee_message"], event["event"]) for event in webhook.events())

    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert arrived("a") == arrived("b")


def test_a_receiver_that_fails_gets_everything_later(rig, webhook):
    webhook.refuse = 2
    rig.accept(10)
    problems = [rig.round(after=600).problem, rig.round().problem, rig.round().problem]

    assert ["503" in (problem or "") for problem in problems] == [True, True, False]
    assert len(webhook.events()) == 20
