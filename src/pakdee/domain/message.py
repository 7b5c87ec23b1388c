"""Messages on their way: keys, drafts, rendered mails, and requests frozen to bytes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pakdee.domain.vocabulary import EventKind, Purpose


class MessageKey(NamedTuple):
    """The uniqueness promise: at most one message for each of these, for ever."""

    campaign: str
    step: str
    customer_id: str
    occasion: str


@dataclass(frozen=True, slots=True)
class ReservedOffer:
    """A grant promised in one message. `code` is None where the grant has no codes."""

    grant: str
    code: str | None
    value: str
    expires_on: dt.date


@dataclass(frozen=True, slots=True)
class Draft:
    """One message before rendering.

    Args:
        message_id: opaque id, 32 hex digits; the only name of the message on the wire.
        locale: a locale the template has.
        unsubscribe_url: the one-click address, also in the List-Unsubscribe header; None for service mail.
        context: plain values for the template: customer, offer, links, brand, today, why_you.
    """

    key: MessageKey
    message_id: str
    address: str
    locale: str
    unsubscribe_url: str | None
    context: Mapping[str, Any]
    offer: ReservedOffer | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """One mail as its reader gets it."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Row:
    """One customer's part of a shape: the subject, and what stands in the slots."""

    draft: Draft
    subject: str
    substitutions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shape:
    """Mails that differ only in their slots: text and HTML with tags, and the rows that fill them.

    Law: replacing each tag by its value gives the direct rendering, byte for byte.
    """

    text: str
    html: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What all messages of a request share besides the content."""

    campaign: str
    step: str
    variant: str
    locale: str
    purpose: Purpose
    from_name: str
    from_email: str
    reply_to: str


@dataclass(frozen=True, slots=True)
class FrozenBatch:
    """One request: the exact bytes to POST but for the attempt id, and the messages in it."""

    envelope: Envelope
    body: bytes
    drafts: tuple[Draft, ...]
    not_before: dt.datetime
    not_after: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ClaimedBatch:
    """A batch this worker may send, once: `fence` proves the claim, `attempt_id` marks the request."""

    batch_id: str
    campaign: str
    attempt_id: str
    fence: int
    body: bytes
    size: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """SendGrid's answer to a request it took."""

    provider_id: str
    status: int


@dataclass(frozen=True, slots=True)
class Event:
    """One engagement event in our words. Times are UTC; `address_hash` stands for the recipient.

    Args:
        event_key: deduplicates copies: the provider's event id, else a hash of what identifies the event.
        message_id, attempt_id: our own ids, None where the provider dropped them.
        provider_id: the request's X-Message-Id, the prefix of sg_message_id.
        is_machine: the provider's own flag on opens.
    """

    event_key: str
    kind: EventKind
    occurred_at: dt.datetime
    message_id: str | None = None
    attempt_id: str | None = None
    provider_id: str | None = None
    address_hash: str | None = None
    is_machine: bool = False
    url: str | None = None
    reason: str | None = None
    raw: Mapping[str, Any] = field(default_factory=dict)
