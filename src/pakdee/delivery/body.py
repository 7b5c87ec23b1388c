"""Requests to Mail Send as bytes: begun once, then only trimmed, marked with the attempt, and read back.

A body begins with the slot of the attempt id, so marking it never searches megabytes and never meets text
of a mail that looks like the slot. All bytes are orjson's compact form with keys in one order: the same
messages give the same bytes, and parsing and writing a body again changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

import orjson

from pakdee.domain.errors import DeliveryError
from pakdee.domain.message import Hold, Rendered

ATTEMPT_SLOT = b"pakdee-attempt-slot-000000000000"
_HEAD = b'{"custom_args":{"pakdee_attempt":"'
_AFTER_SLOT = b'"},'
TAIL = b"]}"
_ATTEMPT_ID = re.compile(r"[A-Za-z0-9-]{1,64}")


def beginning(shared: bytes) -> bytes:
    """A frozen body up to its first message; after the last one stands TAIL.

    Args:
        shared: all of a request but its messages, as the inside of a JSON object.
    """
    return _HEAD + ATTEMPT_SLOT + _AFTER_SLOT + shared + b',"personalizations":['


def without(body: bytes, message_ids: Collection[str]) -> bytes:
    """The frozen body less these messages, the rest byte for byte as it was; b"" when none is left."""
    request = orjson.loads(body)
    kept = [p for p in request["personalizations"] if _message_id(p) not in message_ids]
    if not kept:
        return b""
    return orjson.dumps({**request, "personalizations": kept})


def messages_at(body: bytes, positions: Collection[int]) -> frozenset[str]:
    """The ids of the messages at these places of the request; a place it does not have names none."""
    wanted, personalizations = set(positions), orjson.loads(body)["personalizations"]
    return frozenset(_message_id(p) for place, p in enumerate(personalizations) if place in wanted)


def with_attempt(body: bytes, attempt_id: str, hold: Hold | None = None) -> bytes:
    """The frozen body as it is sent: the slot replaced by `attempt_id` (letters, digits, dashes).

    With `hold` SendGrid keeps the request until `send_at`, under the batch id by which it can be cancelled.

    Raises:
        ValueError: `body` is not a frozen body, or `attempt_id` is not such a text.
    """
    start = _HEAD + ATTEMPT_SLOT + _AFTER_SLOT
    if not body.startswith(start):
        raise ValueError("not a frozen body: the slot of the attempt id is missing")
    if not _ATTEMPT_ID.fullmatch(attempt_id):
        raise ValueError("an attempt id is 1 to 64 letters, digits and dashes")
    marked = _HEAD + attempt_id.encode() + _AFTER_SLOT
    return b"".join((marked, _held(hold), memoryview(body)[len(start) :]))


def read_back(body: bytes, message_id: str) -> Rendered:
    """The mail that the reader of `message_id` gets from this body, frozen or sent.

    Raises:
        DeliveryError: the body does not hold this message.
    """
    request = orjson.loads(body)
    found = _personalization(request, message_id)
    content = {block["type"]: block["value"] for block in request["content"]}
    slots = found.get("substitutions", {})
    text, html = content.get("text/plain", ""), content.get("text/html", "")
    return Rendered(_replaced(found["subject"], slots), _replaced(text, slots), _replaced(html, slots))


def headers_of(body: bytes, message_id: str) -> dict[str, str]:
    """The headers that the reader of `message_id` gets from this body, by name.

    Raises:
        DeliveryError: the body does not hold this message.
    """
    request = orjson.loads(body)
    own = _personalization(request, message_id)
    sender = request["from"]
    name = f"{sender['name']} " if "name" in sender else ""
    found: dict[str, str] = {"From": f"{name}<{sender['email']}>", "Reply-To": request["reply_to"]["email"]}
    return found | dict(own.get("headers", {}))


def _personalization(request: Mapping[str, Any], message_id: str) -> Mapping[str, Any]:
    found = next((p for p in request["personalizations"] if _message_id(p) == message_id), None)
    if found is None:
        raise DeliveryError(
            "the stored request does not hold this message",
            where=f"message {message_id}",
            next_step="look it up again: pakdee explain CUSTOMER shows its batch",
        )
    return dict(found)


def _held(hold: Hold | None) -> bytes:
    if hold is None:
        return b""
    told = {"batch_id": hold.provider_batch_id, "send_at": int(hold.send_at.timestamp())}
    return orjson.dumps(told)[1:-1] + b","


def _replaced(text: str, slots: Mapping[str, str]) -> str:
    """As SendGrid does it: one tag after the other, values of earlier ones included."""
    for tag, value in slots.items():
        text = text.replace(tag, value)
    return text


def _message_id(personalization: Mapping[str, Any]) -> str:
    return str(personalization["custom_args"]["pakdee_message"])
