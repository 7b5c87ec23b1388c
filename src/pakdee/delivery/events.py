"""SendGrid's events in our words. Whatever arrives, good events beside an odd one are read.

Keys that SendGrid added and we do not know are kept in `raw` and act on nothing; kinds that we do not know
become UNKNOWN. The recipient's address is hashed, and neither it nor an IP address is kept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any

import orjson

from pakdee.delivery.privacy import scrub
from pakdee.domain.errors import WebhookRejected
from pakdee.domain.identity import address_hash
from pakdee.domain.message import Event
from pakdee.domain.vocabulary import EventKind

_KINDS = {
    "processed": EventKind.PROCESSED,
    "deferred": EventKind.DEFERRED,
    "delivered": EventKind.DELIVERED,
    "bounce": EventKind.BOUNCED,
    "dropped": EventKind.DROPPED,
    "open": EventKind.OPENED,
    "click": EventKind.CLICKED,
    "spamreport": EventKind.COMPLAINED,
    "unsubscribe": EventKind.UNSUBSCRIBED,
    "group_unsubscribe": EventKind.UNSUBSCRIBED,
    "group_resubscribe": EventKind.RESUBSCRIBED,
    "account_status_change": EventKind.ACCOUNT,
}
# What makes two copies the same event where SendGrid gave no id (it is missing on some *subscribe events).
_IDENTITY = ("event", "email", "timestamp", "sg_message_id", "url", "url_offset", "reason")
_LONGEST_ID = 128
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_SECONDS = (1_000_000_000, 10_000_000_000)  # 2001 to 2286; a thousand times that is milliseconds


def read_events(body: bytes, *, received_at: dt.datetime = _EPOCH) -> list[Event]:
    """All events of a webhook body whose signature was checked, in the order given.

    Args:
        received_at: stands in for a timestamp that is missing or absurd.

    Raises:
        WebhookRejected: the body is not a JSON array of events. Odd events never raise.
    """
    found = _parsed(body)
    events = [found] if isinstance(found, dict) else found
    if not isinstance(events, list):
        raise _not_events("it is JSON, but no list")
    return [_event(e if isinstance(e, dict) else {"value": e}, received_at) for e in events]


def _parsed(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except ValueError:
        pass
    try:
        # More tolerant: half a surrogate pair or NaN in one event must not cost the others.
        return json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise _not_events("it is not JSON") from error


def _event(raw: Mapping[str, Any], received_at: dt.datetime) -> Event:
    email = raw.get("email")
    return Event(
        event_key=_key(raw),
        kind=_kind(raw),
        occurred_at=_instant(raw.get("timestamp")) or received_at,
        message_id=_id(raw.get("pakdee_message")),
        attempt_id=_id(raw.get("pakdee_attempt")),
        provider_id=_provider_id(raw),
        address_hash=address_hash(_text(email)) if isinstance(email, str) and email.strip() else None,
        is_machine=raw.get("sg_machine_open") in (True, 1, "true", "True", "1"),
        url=scrub(_text(raw["url"])) if isinstance(raw.get("url"), str) else None,
        reason=_reason(raw),
    )


def _kind(raw: Mapping[str, Any]) -> EventKind:
    name = raw.get("event")
    kind = _KINDS.get(name.lower(), EventKind.UNKNOWN) if isinstance(name, str) else EventKind.UNKNOWN
    # `blocked` is a soft bounce: SendGrid itself goes on delivering to the address.
    if kind is EventKind.BOUNCED and str(raw.get("type", "")).lower() == "blocked":
        return EventKind.BLOCKED
    return kind


def _key(raw: Mapping[str, Any]) -> str:
    given = _id(raw.get("sg_event_id"))
    if given is not None:
        return given
    told = json.dumps([raw.get(name) for name in _IDENTITY], sort_keys=True, default=str)
    return "sha256-" + hashlib.sha256(told.encode()).hexdigest()


def _id(value: object) -> str | None:
    """An id as text; anything that is none, or too long for one, counts as absent."""
    if isinstance(value, str) and 0 < len(value) <= _LONGEST_ID and value.isascii() and value.isprintable():
        return value
    return None


def _provider_id(raw: Mapping[str, Any]) -> str | None:
    """The request's X-Message-Id, with which sg_message_id begins; asynchronous bounces have only smtp-id."""
    for name in ("sg_message_id", "smtp-id"):
        value = raw.get(name)
        if isinstance(value, str) and (found := value.lstrip("<").split("@")[0].split(".")[0]):
            return _id(found)
    return None


def _instant(timestamp: object) -> dt.datetime | None:
    """UTC from unix seconds, or from milliseconds as Marketing Campaigns' events have them."""
    try:
        seconds = float(timestamp) if isinstance(timestamp, int | float | str) else math.nan
    except (ValueError, OverflowError):
        return None
    low, high = _SECONDS
    if low * 1000 <= seconds < high * 1000:
        seconds /= 1000
    return dt.datetime.fromtimestamp(seconds, dt.UTC) if low <= seconds < high else None


def _reason(raw: Mapping[str, Any]) -> str | None:
    """Why: of bounces, blocks and drops `reason`, of deferrals `response`, of the account its new state."""
    fields = ("type", "reason") if raw.get("event") == "account_status_change" else ("reason", "response")
    told = next((value for name in fields if isinstance(value := raw.get(name), str) and value), None)
    return None if told is None or _kind(raw) is EventKind.DELIVERED else scrub(_text(told))


def _text(value: str) -> str:
    return value.encode("utf-8", "replace").decode().replace("\x00", "")


def _not_events(what: str) -> WebhookRejected:
    return WebhookRejected(
        what, where="webhook body", next_step="nothing: SendGrid does not send such a body"
    )
