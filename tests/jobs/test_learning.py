"""What the jobs do with what they learn."""

import json

import pytest

from pakdee import jobs
from pakdee.domain.errors import SettingsError
from pakdee.domain.identity import sign_link

from .conftest import DAY, NOW


def learn(house, *events):
    house.journal.store_webhook(json.dumps(events).encode(), received_at=NOW)
    return jobs.ingest(house)


def account(kind):
    return {"event": "account_status_change", "type": kind, "timestamp": 1781496000, "sg_event_id": kind}


def test_a_suspended_account_pulls_the_brake(house):
    """When SendGrid suspends the account, everything stops with its word; reactivation stops nothing."""
    learn(house, account("reactivate"))
    assert not house.journal.stops()
    learn(house, account("compliance_suspend"))
    (stop,) = house.journal.stops()
    assert stop.scope is None
    assert "compliance_suspend" in stop.because


def test_an_old_copy_does_not_pull_the_brake_again(house):
    """After resume, a repeated delivery of the same event changes nothing."""
    learn(house, account("compliance_suspend"))
    jobs.resume(house, None, "mended", by="op")
    learn(
        house, account("compliance_suspend"), {"event": "open", "timestamp": 1781496000, "sg_event_id": "z"}
    )
    assert not house.journal.stops()


def test_many_deliveries_are_read_in_turns_and_each_is_marked(house, monkeypatch):
    """However they are grouped, every delivery is read once and every event counted once."""
    monkeypatch.setattr("pakdee.jobs.learning.GROUP", 5)
    for n in range(0, 24, 2):
        events = [{"event": "open", "timestamp": 1781496000 + n + k, "sg_event_id": "x"} for k in (0, 1)]
        house.journal.store_webhook(json.dumps(events).encode(), received_at=NOW)
    report = jobs.ingest(house)
    assert (report.deliveries, report.events, report.new) == (12, 24, 24)
    assert house.journal.unread() == 0


def test_an_event_without_a_time_is_dated_by_its_arrival(house):
    """Malformed timestamps do not move events to 1970."""
    jobs.plan_day(house, DAY)
    message = house.journal.sent("birthday", "a1")[0].message_id
    learn(house, {"event": "open", "pakdee_message": message, "timestamp": "soon", "sg_event_id": "x"})
    (event,) = house.journal.history("a1").events
    assert event.at == NOW


def test_one_click_withdraws_at_once_and_counts_among_unsubscriptions(house):
    """The customer is told no more, and M18 counts the mail that made them leave."""
    jobs.plan_day(house, DAY)
    message = house.journal.sent("birthday", "a1")[0].message_id
    assert jobs.link_owner(house, sign_link(house.link_keys[0], message)).language == "en"
    assert jobs.unsubscribe(house, sign_link(house.link_keys[0], message))
    assert not jobs.unsubscribe(house, f"{message}.forged")
    (entry,) = house.journal.history("a1").consents
    assert (entry.state, entry.source) == ("withdrawn", "one-click")
    events = house.journal.engagement(DAY, DAY.replace(day=16)).to_pylist()
    assert [(e["kind"], e["message_id"]) for e in events] == [("unsubscribed", message)]


def test_unreadable_deliveries_are_told_and_kept(house):
    """Rubbish that somebody signed is counted; the deliveries behind it are read."""
    house.journal.store_webhook(b"\xff not json", received_at=NOW)
    report = learn(house, {"event": "open", "timestamp": 1781496000, "sg_event_id": "y"})
    assert (report.deliveries, report.unreadable, report.new) == (2, 1, 1)


def test_health_tells_what_waits(house):
    """The web process says that it works and how much is unread."""
    house.journal.store_webhook(b"[]", received_at=NOW)
    assert jobs.health(house) == {"ok": True, "mode": "twin", "deliveries_waiting": 1}


def test_live_mode_wants_https_for_its_links(house, tmp_path):
    """An unsubscribe link over http is refused before anyone is planned."""
    from pakdee.house import open_house

    path = house.directory / "pakdee.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('mode = "twin"', 'mode = "live"'), encoding="utf-8"
    )
    keys = {"SENDGRID_API_KEY": "SG.x", "PAKDEE_LINK_KEYS": "a", "PAKDEE_WEBHOOK_KEYS": "b"}
    live = open_house(
        house.directory, environment=keys | {"PAKDEE_JOURNAL_URL": f"sqlite:///{tmp_path}/l.sqlite"}
    )
    with pytest.raises(SettingsError, match="https"):
        live.require_keys()
