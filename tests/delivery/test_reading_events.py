"""SendGrid's events become ours whatever else arrives beside them, and no address is kept."""

import base64
import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pakdee.delivery import read_events
from pakdee.domain.errors import WebhookRejected
from pakdee.domain.identity import address_hash
from pakdee.domain.vocabulary import EventKind

VECTORS = Path(__file__).resolve().parents[3] / "shared/sendgrid/vectors/webhook_signatures.json"
NOW = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)
PLAIN = {
    "email": "Ada@Example.com",
    "timestamp": 1795312800,
    "event": "open",
    "sg_event_id": "b3Blbi0x",
    "sg_message_id": "qNwBLgPQQjW6DJvKQwSAbw.recvd-7c5b-1-6089EA4A-56.0",
    "pakdee_message": "0f" * 16,
    "pakdee_attempt": "a1" * 16,
    "ip": "192.0.2.1",
}


def read_one(**changed):
    [event] = read_events(json.dumps([{**PLAIN, **changed}]).encode())
    return event


def test_an_event_in_our_words():
    event = read_one(sg_machine_open=True, useragent="Mozilla", novelty={"a": 1})

    assert event.kind is EventKind.OPENED
    assert event.occurred_at == NOW
    assert (event.event_key, event.message_id, event.attempt_id) == ("b3Blbi0x", "0f" * 16, "a1" * 16)
    assert event.provider_id == "qNwBLgPQQjW6DJvKQwSAbw"
    assert event.address_hash == address_hash("ada@example.com")
    assert event.is_machine


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"event": "processed"}, EventKind.PROCESSED),
        ({"event": "deferred"}, EventKind.DEFERRED),
        ({"event": "delivered"}, EventKind.DELIVERED),
        ({"event": "bounce", "type": "bounce"}, EventKind.BOUNCED),
        ({"event": "bounce"}, EventKind.BOUNCED),
        ({"event": "bounce", "type": "blocked"}, EventKind.BLOCKED),
        ({"event": "bounce", "type": "Blocked"}, EventKind.BLOCKED),
        ({"event": "dropped"}, EventKind.DROPPED),
        ({"event": "click"}, EventKind.CLICKED),
        ({"event": "spamreport"}, EventKind.COMPLAINED),
        ({"event": "unsubscribe"}, EventKind.UNSUBSCRIBED),
        ({"event": "group_unsubscribe"}, EventKind.UNSUBSCRIBED),
        ({"event": "group_resubscribe"}, EventKind.RESUBSCRIBED),
        ({"event": "account_status_change", "type": "compliance_suspend"}, EventKind.ACCOUNT),
        ({"event": "teleported"}, EventKind.UNKNOWN),
        ({"event": None}, EventKind.UNKNOWN),
        ({"event": ["open"]}, EventKind.UNKNOWN),
    ],
)
def test_kinds(told, kind):
    assert read_one(**told).kind is kind


@pytest.mark.parametrize("timestamp", [1795312800, 1795312800.0, "1795312800", 1795312800000])
def test_timestamps_are_seconds_or_milliseconds(timestamp):
    assert read_one(timestamp=timestamp).occurred_at == NOW


@pytest.mark.parametrize("timestamp", [None, "soon", -1, 0, 1e300, True, [], "nan", 10**400])
def test_an_absurd_timestamp_becomes_the_time_of_receipt(timestamp):
    body = json.dumps([{**PLAIN, "timestamp": timestamp}]).encode()

    assert read_events(body, received_at=NOW)[0].occurred_at == NOW


def test_copies_have_one_key_with_and_without_an_id():
    assert read_one().event_key == read_one(useragent="other").event_key
    assert read_one(sg_event_id=None).event_key == read_one(sg_event_id="").event_key
    keys = {
        read_one(sg_event_id=None, **told).event_key
        for told in (
            {},
            {"event": "click"},
            {"timestamp": 1},
            {"url": "https://x"},
            {"url_offset": {"index": 1}},
        )
    }
    assert len(keys) == 5


def test_an_asynchronous_bounce_is_found_by_its_message_id_header():
    """There sg_message_id and our own ids can be missing."""
    event = read_one(
        event="bounce",
        sg_message_id="",
        pakdee_message=None,
        **{"smtp-id": "<qNwBLgPQQjW6DJvKQwSAbw@ismtpd0178>"},
    )

    assert (event.provider_id, event.message_id) == ("qNwBLgPQQjW6DJvKQwSAbw", None)


def test_reasons_are_kept_and_addresses_are_not():
    """Neither in the reason, nor in the raw event, nor in a clicked link."""
    event = read_one(
        event="bounce",
        type="bounce",
        reason="550 5.1.1 <ada@example.com>: user unknown",
        response=["to ada@example.com", {"ada@example.com": "x"}],
        url="https://shop.example/?email=ada%40example.com&a=1",
    )

    assert event.reason == "550 5.1.1 <(address)>: user unknown"
    assert event.url == "https://shop.example/?email=(address)&a=1"
    assert "example.com" not in str(asdict(event)).lower()
    assert "192.0.2.1" not in str(event)


@pytest.mark.parametrize(
    "reason", ["Invalid", "Bounced Address", "Unsubscribed Address", "Spam Reporting Address"]
)
def test_why_something_was_dropped_is_kept(reason):
    assert read_one(event="dropped", reason=reason).reason == reason


def test_why_something_was_deferred_is_kept():
    assert read_one(event="deferred", response="451 later").reason == "451 later"


def test_what_became_of_the_account_is_kept():
    assert (
        read_one(event="account_status_change", type="compliance_ban", email=None).reason == "compliance_ban"
    )


def test_one_odd_event_costs_no_good_one():
    """Half a surrogate, NaN, NUL and values of any kind stand beside a good event."""
    odd = rb'{"event":"click","url":"\ud800 \u0000x","n":NaN,"s":"a\u0000b","email":7,"sg_event_id":{}}'
    body = b"[" + odd + b',1,null,"x",[],{},' + orjson.dumps(PLAIN) + b"]"
    events = read_events(body)

    assert [event.kind for event in events].count(EventKind.OPENED) == 1
    assert len(events) == 7
    assert "\x00" not in str(events[0].url)
    orjson.dumps(events[0].url)  # text that every database takes


@pytest.mark.parametrize("body", [b"", b"rubbish", b"\xff\xfe", b"12", b'"text"', b"null", b"[" * 100_000])
def test_what_is_no_list_of_events_is_rejected(body):
    with pytest.raises(WebhookRejected):
        read_events(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@settings(max_examples=200, deadline=None)
@given(found=st.lists(st.dictionaries(st.sampled_from([*PLAIN, "url", "reason", "type", "x"]), JSON) | JSON))
def test_whatever_json_arrives_every_entry_becomes_an_event_that_can_be_stored(found):
    events = read_events(json.dumps(found).encode())

    assert len(events) == len(found)
    for event in events:
        orjson.dumps(event)


@pytest.mark.skipif(not VECTORS.exists(), reason="the published vectors are not beside this checkout")
def test_real_events_are_read():
    """A drop, and an address that was processed and then over quota, as SendGrid sent them."""
    vectors = {
        v["name"]: base64.b64decode(v["body_base64"]) for v in json.loads(VECTORS.read_text())["vectors"]
    }
    [dropped] = read_events(vectors["single-event"])
    processed, blocked = read_events(vectors["two-events-crlf"])

    assert (dropped.kind, dropped.reason) == (EventKind.DROPPED, "Bounced Address")
    assert (processed.kind, blocked.kind) == (EventKind.PROCESSED, EventKind.BLOCKED)
    assert processed.provider_id == blocked.provider_id == "qNwBLgPQQjW6DJvKQwSAbw"
