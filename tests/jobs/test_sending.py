"""Whatever goes wrong while sending is told, and nothing is claimed that cannot be sent."""

import pytest

from pakdee import jobs
from pakdee.domain.errors import JournalError, SettingsError
from pakdee.domain.vocabulary import BatchState
from pakdee.house import open_house

from .conftest import DAY, NOW


def states(house):
    return {state for counts in house.journal.day_status(DAY).messages.values() for state in counts}


def test_a_missing_key_is_told_before_anything_is_claimed(house):
    """A worker without keys leaves the morning's plan queued, and says what it lacks."""
    jobs.plan_day(house, DAY)
    path = house.directory / "pakdee.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('mode = "twin"', 'mode = "live"'), encoding="utf-8"
    )
    keyless = open_house(house.directory, clock=lambda: NOW, environment={})
    keyless.__dict__["journal"] = house.journal
    with pytest.raises(SettingsError, match="SENDGRID_API_KEY"):
        jobs.send_due(keyless)
    assert states(house) == {BatchState.QUEUED}


def test_an_error_in_a_worker_ends_the_run_with_its_words(house, monkeypatch):
    """No thread keeps an error to itself: a run that could not send never looks like one with nothing to do."""
    jobs.plan_day(house, DAY)
    monkeypatch.setattr(house, "clock", lambda: NOW.replace(hour=12))
    broken = JournalError("disk is full", where="journal", next_step="make room")

    def fail(_claimed):
        raise broken

    monkeypatch.setattr(house.sender, "send", fail)
    with pytest.raises(JournalError, match="disk is full"):
        jobs.send_due(house)
