"""Requests to Mail Send as bytes: frozen once, then only trimmed, marked with the attempt, and read back.

A body begins with the slot of the attempt id, so marking it never searches megabytes and never meets text
of a mail that looks like the slot. All bytes are orjson's compact form with keys in one order: the same
messages give the same bytes, and parsing and writing a body again changes nothing.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from pakdee.delivery import limits
from pakdee.domain.errors import DeliveryError, RenderError
from pakdee.domain.message import Draft, Envelope, FrozenBatch, Rendered, Row, Shape
from pakdee.domain.vocabulary import Purpose

ATTEMPT_SLOT = b"pakdee-attempt-slot-000000000000"
_HEAD = b'{"custom_args":{"pakdee_attempt":"'
_TELLING = 4  # letters; a shorter prefix would be found in ordinary values
_ATTEMPT_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_TRACKING = {
    # In the plain part rewritten links are unreadable, and `clicktracking=off` does not help there.
    "click_tracking": {"enable": True, "enable_text": False},
    "open_tracking": {"enable": True},
    # Ours are the List-Unsubscribe headers and the footer; SendGrid would add its own of both.
    "subscription_tracking": {"enable": False},
}


class _Part(NamedTuple):
    draft: Draft
    data: bytes


def freeze(
    shape: Shape,
    envelope: Envelope,
    *,
    batch_size: int,
    not_before: dt.datetime,
    not_after: dt.datetime | None,
) -> list[FrozenBatch]:
    """The requests that carry all rows of `shape`, each within SendGrid's documented limits.

    Args:
        batch_size: most messages in one request, 1 to 1000.
        not_before, not_after: when the requests may be sent, UTC.

    Returns:
        Every row in exactly one batch, rows that need a request of their own last. A row stands alone,
        rendered, when its slots are over the limits, or when a value holds text that looks like a tag,
        which SendGrid would replace again.

    Raises:
        RenderError: a subject is empty or has a line break, there is no content, or one mail is too large.
    """
    together, alone = _sort_out(shape, envelope)
    shared = _shared(envelope, shape.text, shape.html)
    room = limits.REQUEST_BYTES - len(shared)
    requests = [(shared, parts) for parts in _spread(together, most=batch_size, room=room)]
    requests += [(_rendered(envelope, shape, row), [_part(row, envelope, None)]) for row in alone]
    return [
        FrozenBatch(envelope, _join(head, parts), tuple(part.draft for part in parts), not_before, not_after)
        for head, parts in requests
    ]


def without(body: bytes, message_ids: Collection[str]) -> bytes:
    """The frozen body less these messages, the rest byte for byte as it was; b"" when none is left."""
    request = orjson.loads(body)
    kept = [p for p in request["personalizations"] if _message_id(p) not in message_ids]
    if not kept:
        return b""
    return orjson.dumps({**request, "personalizations": kept})


def with_attempt(body: bytes, attempt_id: str) -> bytes:
    """The frozen body as it is sent: the slot replaced by `attempt_id` (letters, digits, dashes).

    Raises:
        ValueError: `body` is not a frozen body, or `attempt_id` is not such a text.
    """
    start = _HEAD + ATTEMPT_SLOT
    if not body.startswith(start):
        raise ValueError("not a frozen body: the slot of the attempt id is missing")
    if not _ATTEMPT_ID.fullmatch(attempt_id):
        raise ValueError("an attempt id is 1 to 64 letters, digits and dashes")
    return _HEAD + attempt_id.encode() + body[len(start) :]


def read_back(body: bytes, message_id: str) -> Rendered:
    """The mail that the reader of `message_id` gets from this body, frozen or sent.

    Raises:
        DeliveryError: the body does not hold this message.
    """
    request = orjson.loads(body)
    found = next((p for p in request["personalizations"] if _message_id(p) == message_id), None)
    if found is None:
        raise DeliveryError(
            "the stored request does not hold this message",
            where=f"message {message_id}",
            next_step="look it up again: pakdee explain CUSTOMER shows its batch",
        )
    content = {block["type"]: block["value"] for block in request["content"]}
    slots = found.get("substitutions", {})
    text, html = content.get("text/plain", ""), content.get("text/html", "")
    return Rendered(_replace(found["subject"], slots), _replace(text, slots), _replace(html, slots))


def _replace(text: str, slots: Mapping[str, str]) -> str:
    """As SendGrid does it: one tag after the other, values of earlier ones included."""
    for tag, value in slots.items():
        text = text.replace(tag, value)
    return text


def _fill(text: str, slots: Mapping[str, str]) -> str:
    """All tags in one pass, so that what stands in a value is never taken for a tag."""
    if not slots:
        return text
    tags = re.compile("|".join(map(re.escape, sorted(slots, key=len, reverse=True))))
    return tags.sub(lambda found: slots[found[0]], text)


def _sort_out(shape: Shape, envelope: Envelope) -> tuple[list[_Part], list[Row]]:
    """Rows that can share a request, and those that need one of their own."""
    prefix = _tag_prefix(shape.rows)
    together: list[_Part] = []
    alone: list[Row] = []
    for row in shape.rows:
        _check_subject(row)
        slots = _slots(row, prefix)
        if slots is None:
            alone.append(row)
        else:
            together.append(_part(row, envelope, slots))
    return together, alone


def _tag_prefix(rows: Iterable[Row]) -> str:
    """How all tags of a shape begin, "" where that says too little; rows of one shape have the same tags."""
    tags = next((row.substitutions.keys() for row in rows if row.substitutions), [""])
    first, last = min(tags), max(tags)
    shared = next((i for i, letter in enumerate(first) if letter != last[i]), len(first))
    return first[:shared] if shared >= _TELLING else ""


def _slots(row: Row, prefix: str) -> bytes | None:
    """The row's substitutions as JSON, or None where they cannot be left to SendGrid."""
    slots = row.substitutions
    if not slots:
        return b""
    # join() also refuses a value that is not text: SendGrid answers those with a bare "Bad Request".
    values = "\n".join((row.subject, *slots.values()))
    tag_like = prefix in values if prefix else any(tag in values for tag in slots)
    if tag_like or len(slots) > limits.SUBSTITUTIONS:
        return None
    data = orjson.dumps(dict(slots))
    return data if len(data) <= limits.SUBSTITUTION_BYTES else None


def _part(row: Row, envelope: Envelope, slots: bytes | None) -> _Part:
    """A personalization: one `to`, without a name, so that no name can break the envelope."""
    draft = row.draft
    found: dict[str, Any] = {"to": [{"email": draft.address.strip()}], "subject": row.subject}
    if slots:
        found["substitutions"] = orjson.Fragment(slots)
    if draft.unsubscribe_url is not None and envelope.purpose is not Purpose.SERVICE:
        # Per recipient in headers: whether SendGrid substitutes in headers is not documented.
        found["headers"] = {
            "List-Unsubscribe": f"<{draft.unsubscribe_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
    found["custom_args"] = {"pakdee_message": draft.message_id}
    return _Part(draft, orjson.dumps(found))


def _rendered(envelope: Envelope, shape: Shape, row: Row) -> bytes:
    """The shared part of a request for one row whose slots are filled here."""
    return _shared(envelope, _fill(shape.text, row.substitutions), _fill(shape.html, row.substitutions))


def _shared(envelope: Envelope, text: str, html: str) -> bytes:
    """Everything of a request but the messages, as the inside of a JSON object."""
    blocks = (("text/plain", text), ("text/html", html))  # this order is required (RFC 1341, 7.2)
    content = [{"type": kind, "value": value} for kind, value in blocks if value]
    if not content:
        raise _cannot(envelope.campaign, "the mail has no content", "write something in the template's body")
    name = _clean_name(envelope.from_name)
    sender = {"email": envelope.from_email} | ({"name": name} if name else {})
    shared = {
        "from": sender,
        "reply_to": {"email": envelope.reply_to},
        "categories": [_category(envelope.campaign)],
        "tracking_settings": _TRACKING,
        "content": content,
    }
    return orjson.dumps(shared)[1:-1]


def _category(campaign: str) -> str:
    if not campaign or not campaign.isascii() or len(campaign) > limits.CATEGORY_LENGTH:
        raise _cannot(campaign, "this name cannot be a SendGrid category", "use at most 255 ASCII letters")
    return campaign


def _clean_name(name: str) -> str:
    """`;` and `,` separate addresses at SendGrid, also inside names; line breaks would end the header."""
    return " ".join(re.sub(r"[;,\x00-\x1f\x7f]", " ", name).split())


def _check_subject(row: Row) -> None:
    if not row.subject.strip() or re.search(r"[\r\n]", row.subject):
        raise _cannot(
            f"message {row.draft.message_id}",
            "the subject is empty or has a line break",
            "look at `subject` in the template's front matter",
        )


def _cannot(where: str, what: str, next_step: str) -> RenderError:
    return RenderError(what, where=where, next_step=f"{next_step}. Nothing was sent.")


def _spread(parts: Iterable[_Part], *, most: int, room: int) -> Iterator[list[_Part]]:
    """Requests of at most `most` parts and `room` bytes, in each no address twice, whatever its case.

    A repeated address makes SendGrid refuse the whole request, so its second message goes to a later one.
    """
    times: Counter[str] = Counter()
    rounds: defaultdict[int, list[_Part]] = defaultdict(list)
    for part in parts:
        address = part.draft.address.strip().lower()
        rounds[times[address]].append(part)
        times[address] += 1
    for one_round in rounds.values():
        yield from _cut(one_round, min(most, limits.PERSONALIZATIONS), room)


def _cut(parts: Iterable[_Part], most: int, room: int) -> Iterator[list[_Part]]:
    chunk: list[_Part] = []
    size = 0
    for part in parts:
        length = len(part.data) + 1
        if chunk and (len(chunk) == most or size + length > room):
            yield chunk
            chunk, size = [], 0
        chunk.append(part)
        size += length
    if chunk:
        yield chunk


def _join(shared: bytes, parts: list[_Part]) -> bytes:
    start = _HEAD + ATTEMPT_SLOT + b'"},' + shared + b',"personalizations":['
    body = b"".join((start, b",".join([part.data for part in parts]), b"]}"))
    if len(body) > limits.REQUEST_BYTES:
        where = f"message {parts[0].draft.message_id}"
        raise _cannot(where, "one mail is over SendGrid's 30 MB", "make the template smaller")
    return body


def _message_id(personalization: Mapping[str, Any]) -> str:
    return str(personalization["custom_args"]["pakdee_message"])
