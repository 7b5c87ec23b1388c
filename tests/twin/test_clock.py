"""A clock on which minutes pass in milliseconds, the same for every process that shares it."""

import datetime as dt
import pickle
import time

import pytest

from pakdee.twin import ScaledClock
from pakdee.twin.clock import real_seconds
from pakdee.twin.conduct import kept_clock
from pakdee.twin.database import Database

NINE = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=7)))


@pytest.fixture
def wall(monkeypatch):
    """The wall's clock, moved by hand."""

    class Wall:
        now = 5_000.0

    monkeypatch.setattr(time, "time", lambda: Wall.now)
    return Wall


def test_it_runs_so_many_times_as_fast(wall):
    clock = ScaledClock(NINE, 600)
    assert (clock(), clock.now()) == (NINE.timestamp(), NINE)
    wall.now += 0.1

    assert clock() == pytest.approx(NINE.timestamp() + 60)
    assert clock.now().tzinfo is dt.UTC
    assert clock.now() - NINE == dt.timedelta(minutes=1)


def test_what_is_to_be_slept_is_shorter():
    assert ScaledClock(0, 600).real(60) == pytest.approx(0.1)
    assert real_seconds(ScaledClock(0, 600), 60) == pytest.approx(0.1)
    assert real_seconds(time.time, 60) == 60


def test_processes_that_share_it_read_the_same(wall):
    clock = ScaledClock(NINE, 60)
    other = pickle.loads(pickle.dumps(clock))  # noqa: S301 - our own
    wall.now += 7

    assert other() == clock() == NINE.timestamp() + 420


@pytest.mark.parametrize(("start", "scale"), [(NINE, 0), (NINE, -1), (NINE.replace(tzinfo=None), 1)])
def test_what_is_no_clock_is_refused(start, scale):
    with pytest.raises(ValueError):
        ScaledClock(start, scale)


def test_a_twin_that_is_started_again_goes_on(wall, tmp_path):
    """Time never turns back at a restart, and keeps its pace."""
    database = Database(tmp_path)
    assert kept_clock(database, start=None, scale=None) is None
    kept_clock(database, start=1000.0, scale=60.0)
    wall.now += 10
    database.close()

    database = Database(tmp_path)
    assert kept_clock(database, start=None, scale=None)() == 1600
    assert kept_clock(database, start=None, scale=1.0)() == 1600
    wall.now += 10
    assert kept_clock(database, start=None, scale=None)() == 1610
    assert kept_clock(database, start=50.0, scale=None)() == 50
    database.close()


def test_a_scale_alone_begins_at_present(wall, tmp_path):
    database = Database(tmp_path)
    clock = kept_clock(database, start=None, scale=60.0)
    assert clock() == wall.now
    wall.now += 1
    assert clock() == 5_000.0 + 60
    database.close()


def test_minutes_of_a_story_pass_in_milliseconds(kit, tmp_path, webhook):
    """A mail scheduled in an hour has gone out, been delivered and been told of; no time is asked for here."""
    clock = ScaledClock(NINE, 36_000)
    with kit.running(tmp_path, clock=clock, webhook_url=webhook.url, behaviour=kit.behaviour()) as twin:
        with kit.client(twin) as api:
            assert (
                api.post("/v3/mail/send", json=kit.request("m1", send_at=int(clock() + 3600))).status_code
                == 202
            )
        deadline = time.monotonic() + 30
        while not webhook.events():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    assert min(event["timestamp"] for event in webhook.events()) >= int(NINE.timestamp() + 3600)
