"""Messages on their way: keys, drafts, rendered mails, and requests frozen to bytes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pakdee.domain.vocabulary import EventKind, Purpose

ONLY = "only"
"""The variant of mails whose campaign tests nothing."""


class MessageKey(NamedTuple):
    """The uniqueness promise: at most one message for each of these, for ever."""

    campaign: str
    step: str
    customer_id: str
    occasion: str


class ReservedOffer(NamedTuple):
    """A grant promised in one message.

    Args:
        code: None where the grant has no codes.
        expires_on: the last day on which it can be used.
        starts_on: the first; None where it can be used at once.
    """

    grant: str
    code: str | None
    value: str
    expires_on: dt.date
    starts_on: dt.date | None = None


class Redemption(NamedTuple):
    """A code was used on the shop's `day`; `order_id` where an order tells so."""

    code: str
    day: dt.date
    order_id: str | None


class UsedOffer(NamedTuple):
    """An offer that was used on `day`, whoever brought its code.

    Args:
        key: of the message that promised it.
    """

    key: MessageKey
    grant: str
    day: dt.date


class Unsent(NamedTuple):
    """Somebody whom a campaign has won and who gets no mail of it.

    Args:
        message_id: None for a held-out customer; else another channel is to tell them.
        offer: what they get all the same.
    """

    key: MessageKey
    message_id: str | None = None
    offer: ReservedOffer | None = None


class Draft(NamedTuple):
    """One message before rendering. A tuple, since a million of them are made and dropped again.

    Args:
        message_id: opaque id, 32 hex digits; the only name of the message on the wire.
        address_hash: what stands for the address in the journal.
        locale: a locale the template has.
        unsubscribe_url: the one-click address, also in the List-Unsubscribe header; None for service mail.
        context: plain values for the template: customer, offer, links, brand, today, why_you.
        variant: which of the template's subjects it has.
    """

    key: MessageKey
    message_id: str
    address: str
    address_hash: str
    locale: str
    unsubscribe_url: str | None
    context: Mapping[str, Any]
    offer: ReservedOffer | None = None
    variant: str = ONLY


@dataclass(frozen=True, slots=True)
class Rendered:
    """One mail as its reader gets it."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True, eq=False)
class Skeleton:
    """What all mails of one path through a template share: both parts, with a tag where each value stands.

    Compared by identity: one path has one skeleton, so it can key a dictionary at no cost.
    """

    text: str
    html: str
    tags: tuple[str, ...]

    def filled(self, subject: str, values: Sequence[str]) -> Rendered:
        """The mail of one reader, tags replaced one after the other as SendGrid does."""
        text, html = self.text, self.html
        for tag, value in zip(self.tags, values, strict=True):
            text, html = text.replace(tag, value), html.replace(tag, value)
        return Rendered(subject, text, html)


class Written(NamedTuple):
    """One reader's mail as a skeleton and what stands in it.

    Law: `skeleton.filled(subject, values)` is the direct rendering, byte for byte.
    """

    skeleton: Skeleton
    subject: str
    values: tuple[str, ...]


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


MessageRow = tuple[str, str, str, str]
"""(customer id, occasion, message id, address hash): plain tuples, which the garbage collector lets alone."""
OfferRow = tuple[str, str, str | None, str, str, str | None]
"""(message id, grant, code, value, expires on, starts on), the days as ISO texts, see ReservedOffer."""


@dataclass(frozen=True, slots=True)
class FrozenBatch:
    """One request: the exact bytes to POST but for the attempt id, and the messages in it."""

    envelope: Envelope
    body: bytes
    messages: Sequence[MessageRow]
    offers: Sequence[OfferRow]
    not_before: dt.datetime
    not_after: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ClaimedBatch:
    """A batch this worker may send, once: `fence` proves the claim, `attempt_id` marks the request.

    Args:
        send_by: the claim's lease; whoever has not begun to send by then has lost it.
    """

    batch_id: str
    campaign: str
    attempt_id: str
    fence: int
    body: bytes
    size: int
    send_by: dt.datetime


@dataclass(frozen=True, slots=True)
class Hold:
    """SendGrid keeps a request until `send_at`, and throws it away then if it was cancelled before."""

    provider_batch_id: str
    send_at: dt.datetime


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
