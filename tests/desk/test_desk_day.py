"""A day at the desk, on both databases: what is planned, sent, stopped and tested is what the pages say."""

import datetime as dt
import re
from contextlib import contextmanager

import orjson
import pytest

from pakdee import jobs
from pakdee.domain.message import Event
from pakdee.domain.vocabulary import EventKind
from tests.jobs.conftest import DAY
from tests.jobs.sending_desk import ids
from tests.torture.databases import postgresql

from .conftest import desk_of

BIRTHDAY = "/campaigns/birthday"


@contextmanager
def journals(kind):
    """Where the journal is."""
    if kind == "sqlite":
        yield None
    else:
        with postgresql() as server:
            yield server.database("desk")


def answer(visitor, *kinds):
    """What SendGrid tells of the first message of each request."""
    events = [
        Event(f"{kind}-{number}", kind, visitor.house.clock(), ids(claimed)[0], claimed.attempt_id)
        for number, claimed in enumerate(visitor.sendgrid.requests)
        for kind in kinds
    ]
    visitor.house.journal.append_events(events)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_day(kind, tmp_path):
    """From nothing planned to a stopped campaign; each page is true at each hour."""
    with journals(kind) as url, desk_of(tmp_path, url) as visitor:
        _before(visitor)
        _planned(visitor)
        _stopped(visitor)
        _later(visitor)
        journal = visitor.house.journal
        assert set(journal.last_plans(dt.date.max)) == {"birthday"}, "nothing was planned by looking"
        assert not journal.stops()


def _before(visitor):
    """What to do next, and nothing invented; counted on demand, without a trace."""
    assert "Nothing is planned for Mon 15 Jun yet" in visitor.words()
    assert "Not planned yet." in visitor.settled(BIRTHDAY)
    assert "Nothing was sent in the last 90 days." in visitor.words(BIRTHDAY)
    assert visitor.press(f"{BIRTHDAY}/count").headers["location"] == f"{BIRTHDAY}?done=counting"
    assert re.search(r"Counted .* In the segment 5 .* Gets the mail [23] ", visitor.settled(BIRTHDAY))
    assert not visitor.house.journal.last_plans(DAY)


def _planned(visitor):
    """What was sent is what is shown."""
    jobs.plan_day(visitor.house, DAY)
    jobs.send_due(visitor.house, DAY)
    answer(visitor, EventKind.PROCESSED, EventKind.DELIVERED)
    overview, page = visitor.settled(), visitor.settled(BIRTHDAY)
    mailed = sum(len(ids(claimed)) for claimed in visitor.sendgrid.requests)
    assert f"{mailed} mails of Mon 15 Jun: all settled." in overview
    assert f"Birthday cake birthday Live tomorrow, 09:00 {mailed} of 5" in overview
    assert "As planned on Mon 15 Jun 2026." in page
    assert "Has not agreed, or withdrew 1 20.0 %" in page
    assert f"{mailed} Sent (SendGrid took them)" in page
    assert re.search(r"Delivered few observations \(n < 30\) 100\.0 % (\d) / \1 ", page)


def _stopped(visitor):
    """One campaign with who and why, and everything; and let go on."""
    done = visitor.press(f"{BIRTHDAY}/stop", by=" Nok ", because="wrong\nprice <b>")
    assert (done.status_code, done.headers["location"]) == (303, f"{BIRTHDAY}?done=stopped")
    (stop,) = visitor.house.journal.stops()
    assert (stop.scope, stop.by, stop.because) == ("birthday", "Nok", "wrong price <b>")
    assert "Stopped by Nok, today, 11:00: wrong price <b>" in visitor.words()
    assert "<b>" not in visitor.get().text
    assert visitor.press(f"{BIRTHDAY}/resume", by="Nok", because="mended").status_code == 303
    assert not visitor.house.journal.stops()
    again = visitor.press(f"{BIRTHDAY}/resume", by="Nok", because="mended")
    assert again.status_code == 409
    assert "birthday is not stopped" in again.text

    visitor.press("/everything/stop", by="Nok", because="fire")
    assert "Everything is stopped by Nok, today, 11:00: fire" in visitor.words()
    visitor.press("/everything/resume", by="Nok", because="out")
    assert not visitor.house.journal.stops()


def _later(visitor):
    """A month later, on facts too old for it, a rehearsal is still shown as of its day."""
    visitor.house.clock.advance(dt.timedelta(days=30))
    later = visitor.settled()
    assert "Shown as of Mon 15 Jun 2026, the last day that was planned" in later
    assert "birthday Live Tue 16 Jun, 09:00 " in later
    assert "cannot be used" not in later


def test_a_test_mail_reaches_the_one_who_asked_and_no_figure(visitor):
    """Marked, to the address of the list, as the sample customer chosen; no metric, no cap, no customer."""
    visitor.settled()
    sent = visitor.press(f"{BIRTHDAY}/test", to="me@example.com", sample="emoji", locale="en")

    assert sent.headers["location"] == f"{BIRTHDAY}?sample=emoji&locale=en&done=sent"
    (claimed,) = visitor.sendgrid.requests
    body = orjson.loads(claimed.body)
    assert [p["to"] for p in body["personalizations"]] == [[{"email": "me@example.com"}]]
    assert b"[Test] " in claimed.body
    journal = visitor.house.journal
    assert journal.message(ids(claimed)[0]).is_test
    assert not journal.day_status(DAY).messages
    assert not journal.period_messages(DAY, DAY.replace(day=16))
    assert "Nothing was sent in the last 90 days." in visitor.settled(BIRTHDAY)

    refused = visitor.press(f"{BIRTHDAY}/test", to="ada@example.com")
    assert refused.status_code == 409
    assert "is not on the test list" in refused.text
    assert len(visitor.sendgrid.requests) == 1
