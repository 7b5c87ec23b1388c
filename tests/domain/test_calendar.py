"""When messages may leave, around quiet hours, midnights and clock changes."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from test_plan import campaign

from pakdee.domain.calendar import day_bounds, local_instant, next_due, send_window
from pakdee.domain.campaign import When
from pakdee.domain.settings import QuietHours

BANGKOK, LONDON = ZoneInfo("Asia/Bangkok"), ZoneInfo("Europe/London")
DAY = dt.date(2026, 6, 15)
NIGHT = QuietHours(start="21:00", end="08:00")


def window(when, day=DAY, zone=BANGKOK, quiet=NIGHT):
    return send_window(When.model_validate(when), day, zone, quiet)


def test_a_wall_clock_time_is_meant_in_the_shops_zone():
    """09:00 in Bangkok is 02:00 UTC, and a rhythm never expires."""
    assert window({"every": "day", "at": "09:00"}) == (dt.datetime(2026, 6, 15, 2, tzinfo=dt.UTC), None)


@pytest.mark.parametrize(
    ("at", "hours_utc"),
    [("20:59", 13.98), ("21:00", 25), ("23:30", 25), ("00:00", 1), ("07:59", 1), ("08:00", 1)],
)
def test_quiet_hours_push_to_their_end(at, hours_utc):
    """What falls into the night waits for its end, tonight's for tomorrow morning."""
    start, _ = window({"every": "day", "at": at})
    assert (start - dt.datetime(2026, 6, 15, tzinfo=dt.UTC)).total_seconds() / 3600 == pytest.approx(
        hours_utc, abs=0.01
    )


def test_quiet_hours_within_one_day():
    """A siesta from 13:00 to 15:00 moves 14:00 to 15:00 and nothing else."""
    siesta = QuietHours(start="13:00", end="15:00")
    assert window({"every": "day", "at": "14:00"}, quiet=siesta)[0].hour == 8
    assert window({"every": "day", "at": "12:59"}, quiet=siesta)[0].hour == 5


def test_a_dated_campaign_expires_with_its_day_or_as_it_says():
    """A newsletter for the 15th is not sent on the 16th; skip_after shortens that."""
    assert window({"date": DAY, "at": "18:00"})[1] == dt.datetime(2026, 6, 15, 17, tzinfo=dt.UTC)
    assert window({"date": DAY, "at": "18:00", "skip_after": "2 hours"})[1] == dt.datetime(
        2026, 6, 15, 13, tzinfo=dt.UTC
    )


def test_clock_changes_neither_skip_nor_repeat_a_day():
    """01:30 does not exist on the spring day in London: it falls just after the gap; days stay whole."""
    assert local_instant(dt.date(2026, 3, 29), dt.time(1, 30), LONDON) == dt.datetime(
        2026, 3, 29, 1, 30, tzinfo=dt.UTC
    )
    first, last = day_bounds(dt.date(2026, 3, 29), LONDON)
    assert (last - first) == dt.timedelta(hours=23)
    first, last = day_bounds(dt.date(2026, 10, 25), LONDON)
    assert (last - first) == dt.timedelta(hours=25)


@pytest.mark.parametrize(
    ("every", "days"),
    [
        ("monday", {15, 22, 29}),
        ("1st", set()),
        ("31st", {30}),
        ("22nd", {22}),
    ],
)
def test_rhythms(every, days):
    """Weekdays, days of the month, and the 31st on the last day of a shorter month."""
    when = When.model_validate({"every": every})
    assert {d for d in range(9, 31) if when.is_due_on(dt.date(2026, 6, d))} == days


def test_a_rhythm_has_bounds():
    """From and until are inclusive."""
    when = When.model_validate({"every": "day", "from": "2026-06-15", "until": "2026-06-16"})
    assert [when.is_due_on(dt.date(2026, 6, d)) for d in (14, 15, 16, 17)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("when", "due"),
    [
        ({"every": "day"}, "2026-06-15"),
        ({"every": "sunday"}, "2026-06-21"),
        ({"every": "31st"}, "2026-06-30"),
        ({"every": "monday", "from": "2026-07-01"}, "2026-07-06"),
        ({"every": "monday", "until": "2026-06-14"}, None),
        ({"date": "2026-06-15"}, "2026-06-15"),
        ({"date": "2026-06-14"}, None),
        ({"date": "2028-08-01"}, "2028-08-01"),
    ],
)
def test_the_next_day_a_campaign_is_due(when, due):
    """Today counts; what is over is over."""
    assert next_due(campaign(when=when), DAY) == (due and dt.date.fromisoformat(due))


def test_a_campaign_is_over_when_its_steps_are():
    """A single day's first mail is gone, and its step may still go on some days; then nothing is left."""
    found = campaign(when={"date": "2026-06-10"}, steps=[{"id": "more", "after": "7 days", "template": "t"}])
    days = [next_due(found, dt.date(2026, 6, day)) for day in (10, 11, 20, 24)]
    assert days == [dt.date(2026, 6, 10), dt.date(2026, 6, 17), dt.date(2026, 6, 20), None]
