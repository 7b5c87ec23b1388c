"""The way out, with a real twin in a process of its own: refusals, workers side by side, and unclear answers.

The mails are frozen as planning freezes them; what went out is read from the twin's own files.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from pakdee import jobs
from pakdee.domain.campaign import Canary
from pakdee.domain.identity import sign_link
from pakdee.domain.vocabulary import BatchState
from pakdee.house import House
from pakdee.twin import deliveries
from tests.jobs.sending_desk import batches
from tests.torture.databases import postgresql

from .conftest import Shop, fetch, free_port, make_shop

MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
WORKER = """
import sys, time
from pathlib import Path
from pakdee import jobs
from pakdee.house import open_house
house = open_house(sys.argv[1])
house.journal.open_messages(house.clock())
print("ready", flush=True)
while not Path(sys.argv[2]).exists():
    time.sleep(0.01)
jobs.send_due(house)
"""


@dataclass
class Machine:
    """A project whose mails go to a real twin; its clock is the machine's, moved on at will."""

    shop: Shop
    url: str | None = None
    ahead: dt.timedelta = dt.timedelta(0)
    day: dt.date = field(init=False)  # of its mails, also when the clock has been moved past midnight
    twin_state: Path = field(init=False)

    def __post_init__(self) -> None:
        self.twin_state = self.shop.directory / "var" / "twin"

    @property
    def environment(self) -> dict[str, str]:
        return self.shop.environment | ({"PAKDEE_JOURNAL_URL": self.url} if self.url else {})

    def clock(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.ahead

    def house(self) -> House:
        return self.shop.house(clock=self.clock)

    def enqueue(self, messages: int, campaign: str = "birthday", *, size: int = 1000, **more: object) -> None:
        """Mails as planning stores them."""
        house = self.house()
        self.day = house.today()
        run_id = house.journal.start_run(
            day=self.day,
            zone="Asia/Bangkok",
            campaigns=[campaign],
            content_version="c1",
            snapshot_id="s1",
            lease=5 * MINUTE,
        )
        for batch in batches(messages, campaign, size):
            assert not house.journal.enqueue(run_id, batch, due_on=self.day)
        house.journal.finish_run(run_id, **more)

    def start_web(self) -> None:
        self.shop.start("web", port=self.web_port)

    def start_twin(self) -> None:
        self.web_port = free_port()
        self.shop.start_twin("--webhook", f"http://127.0.0.1:{self.web_port}/sendgrid/events")

    def tell_twin(self, what: str, **wanted: object) -> dict:
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.shop.twin_port}/twin/{what}",
            data=json.dumps(wanted).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def learn(self, house: House) -> None:
        """All events that there are arrive and are read."""
        self.tell_twin("deliver-events")
        jobs.ingest(house)

    def went_out(self) -> Counter[int]:
        """How many messages went out how often, from the twin's files."""
        return Counter(deliveries(self.twin_state).values())

    def states(self, house: House) -> Counter[BatchState]:
        found: Counter[BatchState] = Counter()
        for counts in house.journal.day_status(self.day).messages.values():
            found.update(counts)
        return found


def configured(directory: Path, **settings: str) -> None:
    """Lines of pakdee.toml replaced by others."""
    path = directory / "pakdee.toml"
    text = path.read_text(encoding="utf-8")
    for name, value in settings.items():
        text, found = re.subn(rf"(?m)^#? ?{name} = .*$", f"{name} = {value}", text)
        assert found == 1, f"pakdee.toml has {found} lines {name}"
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def machine(tmp_path, commands) -> Callable[..., AbstractContextManager[Machine]]:
    """Makes the one of a test, with settings of its own."""

    @contextmanager
    def up(*, url: str | None = None, **settings: str) -> Iterator[Machine]:
        directory = tmp_path / "shop"
        jobs.new_project(directory)
        configured(directory, **settings)
        made = Machine(Shop(directory, free_port(), commands), url)
        made.start_twin()
        try:
            yield made
        finally:
            made.shop.close()

    return up


# ── refusals ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("is_named", "most"), [(True, 3), (False, 25)])
def test_one_wrong_address_costs_one_mail(machine, is_named, most):
    """Of 1,000 in one request 999 are accepted and one is refused with SendGrid's words, in few requests."""
    with machine() as made:
        made.enqueue(1000)
        made.tell_twin("behave", refuse_addresses=["reader500@example.com"], unnamed=not is_named)
        report = jobs.send_due(made.house())
        assert report.outcomes == {"accepted": 999, "refused": 1}
        assert report.requests <= most
        (rest,) = report.rest
        assert rest.state == "refused"
        assert rest.why.startswith("SendGrid answered 400: ")
        assert "@" not in rest.why
        assert made.went_out() == {1: 999}
        assert "birthday-0500" not in deliveries(made.twin_state)


def test_who_unsubscribes_after_the_plan_is_not_mailed(machine):
    """One click on an earlier mail's link, between plan and claim: the others of the request are mailed."""
    with machine() as made:
        made.start_web()
        made.enqueue(20)
        house = made.house()
        token = sign_link(house.link_keys[0], "birthday-0007")
        fetch(f"http://127.0.0.1:{made.web_port}/u/{token}", b"List-Unsubscribe=One-Click")
        report = jobs.send_due(house)
        assert (report.outcomes, report.is_complete) == ({"accepted": 19}, True)
        assert made.states(house) == {BatchState.ACCEPTED: 19, BatchState.CANCELLED: 1}
        assert "birthday-0007" not in deliveries(made.twin_state)


# ── workers side by side ──────────────────────────────────────────────────────────────────────────
@pytest.fixture(params=["sqlite", "postgresql"])
def journal(request, tmp_path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/shared.sqlite"
        return
    with postgresql() as server:
        yield server.database("shared")


def side_by_side(made: Machine, workers: int) -> None:
    """So many processes, each ready before the first of them begins."""
    go = made.shop.directory / f"go-{workers}"
    command = [sys.executable, "-c", WORKER, str(made.shop.directory), str(go)]
    started = [
        subprocess.Popen(command, env=made.environment, stdout=subprocess.PIPE, text=True)
        for _ in range(workers)
    ]
    for process in started:
        assert process.stdout.readline() == "ready\n"
    go.touch()
    for process in started:
        assert process.wait(120) == 0
        process.stdout.close()


def shares(url: str) -> list[int]:
    """Requests by process, from a PostgreSQL journal's own table."""
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT worker FROM attempt").fetchall()
    return sorted(Counter(worker.rsplit(":", 1)[0] for (worker,) in found).values())


@pytest.mark.parametrize("workers", [2, 4])
def test_workers_at_once_mail_everyone_once(machine, journal, workers, monkeypatch):
    """They share the journal alone; on PostgreSQL none waits for another, so they share the work evenly."""
    monkeypatch.setenv("PAKDEE_JOURNAL_URL", journal)
    with machine(url=journal, in_flight="1") as made:
        made.enqueue(800, size=5)
        made.tell_twin("misbehave", latency=1.0, latency_seconds=[0.02, 0.02])
        side_by_side(made, workers)
        assert made.went_out() == {1: 800}
        assert made.states(made.house()) == {BatchState.ACCEPTED: 800}
        if journal.startswith("postgresql"):
            found = shares(journal)
            assert len(found) == workers
            assert min(found) >= 0.6 * sum(found) / workers


def test_kill_edit_resume_gives_one_text(tmp_path, commands):
    """The sender is killed, a marketer edits the template, the day goes on: every mail has the first words."""
    shop = make_shop(tmp_path / "shop", commands, customers=600)
    configured(shop.directory, batch_size="5")
    made = Machine(shop)
    made.start_twin()
    try:
        house = shop.house()
        planned = jobs.plan_day(house, shop.day).messages
        made.tell_twin("misbehave", latency=1.0, latency_seconds=[0.1, 0.1])
        sender = shop.begin("run", "--as-of", str(shop.day))
        while shop.twin("/twin/counts")["messages"] < planned / 5:
            time.sleep(0.05)
            assert sender.poll() is None
        sender.kill()
        sender.wait()
        for template in (shop.directory / "templates").glob("*/*.j2"):
            text = template.read_text(encoding="utf-8")
            template.write_text(re.sub(r"(?m)^(subject: \"?)", r"\1EDITED ", text, count=1), encoding="utf-8")
        made.tell_twin("misbehave")
        report = jobs.send_due(shop.house(), shop.day)
        assert report.accepted
        subjects = [mail["subject"] for mail in shop.twin_messages()]
        assert not [subject for subject in subjects if "EDITED" in subject]
        assert set(made.went_out()) == {1}
        unclear = sum(rest.messages for rest in report.rest)
        assert planned - unclear <= made.went_out()[1] <= planned
        assert unclear <= 4 * 5, "what was under way when it was killed"
    finally:
        shop.close()


# ── care on the way out ───────────────────────────────────────────────────────────────────────────
def test_a_bouncing_campaign_stops_after_its_first_mails(machine):
    """5 % bounce: 500 go ahead, then it is stopped with the reason; `resume` sends the rest, none twice."""
    with machine(bounced='"3%"', after="400") as made:
        made.start_web()
        made.enqueue(1500, size=100, canaries={"birthday": Canary(first=500, wait=HOUR)})
        made.tell_twin("behave", bounce=0.05)
        house = made.house()
        assert jobs.send_due(house).outcomes == {"accepted": 500}
        made.learn(house)
        (stop,) = house.journal.stops()
        assert stop.scope == "birthday"
        assert re.fullmatch(r"\d\.\d% bounced \(\d+ of \d+\); the limit is 3\.0%", stop.because)
        made.ahead = 2 * HOUR
        report = jobs.send_due(house)
        assert report.requests == 0
        assert [(rest.messages, rest.why) for rest in report.rest] == [
            (1000, f"birthday is stopped: {stop.because}")
        ]
        jobs.resume(house, "birthday", "the list is clean", by="op")
        assert jobs.send_due(house).outcomes == {"accepted": 1000}
        assert made.went_out() == {1: 1500}


def test_a_ramp_takes_two_days(machine):
    """500 today and the rest tomorrow; a second run today sends nothing."""
    with machine() as made:
        # At nine, so that the day does not end meanwhile.
        now = made.house().clock().astimezone(made.house().zone)
        made.ahead = now.replace(hour=9, minute=0) - now
        path = made.shop.directory / "pakdee.toml"
        text = re.sub(r"(?m)^# start = .*$", f"start = {made.house().today()}", path.read_text("utf-8"))
        path.write_text(text, encoding="utf-8")
        configured(made.shop.directory, ceilings="[500, 1000]")
        made.enqueue(1200, size=100)
        report = jobs.send_due(made.house())
        assert report.outcomes == {"accepted": 500}
        assert report.rest[0].why == "the ramp allows 500 messages today, 500 were sent"
        assert jobs.send_due(made.house()).requests == 0
        made.ahead += 24 * HOUR
        assert jobs.send_due(made.house()).outcomes == {"accepted": 700}
        assert made.went_out() == {1: 1200}


# ── unclear answers ───────────────────────────────────────────────────────────────────────────────
LOST_ANSWERS = {"reset_before": 0.1, "error_after": 0.15, "reset_after": 0.15}


def test_guarded_requests_without_an_answer_are_called_back_and_sent_again(machine):
    """Half taken, half not: each mail goes out exactly once, within one run."""
    with machine(guard='"scheduled"') as made:
        made.enqueue(120, size=10)
        made.tell_twin("misbehave", seed=3, **LOST_ANSWERS)
        house = made.house()
        report = jobs.send_due(house)
        happened = made.shop.twin("/twin/misbehave")["happened"]
        assert happened.get("error_after", 0) + happened.get("reset_after", 0) > 0
        assert report.rest == ()
        assert made.went_out() == {1: 120}
        assert made.states(house) == {BatchState.ACCEPTED: 120}


def test_missing_requests_are_sent_again_though_most_events_are_lost(machine):
    """With `resend` and a lossy webhook: what was taken is proven by one event, what was not goes out again."""
    with machine(unknown='"resend"', quiet='"10 minutes"') as made:
        made.start_web()
        made.enqueue(300, size=10)
        events = {"lost": 0.6, "one_survives": True, "duplicate": 0.3, "disorder_seconds": 20}
        made.tell_twin("misbehave", seed=5, events=events, **LOST_ANSWERS)
        house = made.house()
        unclear = jobs.send_due(house).outcomes["unknown"]
        assert unclear > 20
        made.tell_twin("misbehave", events=events)
        made.ahead = MINUTE
        made.enqueue(10, "later", size=1)
        jobs.send_due(house)
        made.learn(house)
        assert jobs.settle_unknown(house).resent == 0, "too early to tell"
        made.ahead += 10 * MINUTE
        assert jobs.settle_unknown(house).resent > 0
        report = jobs.send_due(house)
        assert report.is_complete
        assert made.went_out() == {1: 310}


def test_held_requests_end_as_unconfirmed_until_late_evidence(machine):
    """The webhook is away: nothing is sent twice, all unclear ones are listed; later news accepts the taken."""
    with machine() as made:
        made.enqueue(300, size=10)
        made.tell_twin("misbehave", seed=5, **LOST_ANSWERS)
        house = made.house()
        unclear = jobs.send_due(house).outcomes["unknown"]
        made.ahead = 2 * HOUR
        jobs.settle_unknown(house)
        assert made.states(house) == {
            BatchState.ACCEPTED: 300 - unclear,
            BatchState.UNCONFIRMED: unclear,
        }
        assert sum(row.messages for row in house.journal.unclear_batches()) == unclear
        made.tell_twin("misbehave")
        jobs.send_due(house)
        gone = made.went_out()
        assert set(gone) == {1}
        made.start_web()
        made.learn(house)
        assert made.states(house)[BatchState.ACCEPTED] == gone[1]
        assert made.states(house)[BatchState.UNCONFIRMED] == 300 - gone[1] > 0
