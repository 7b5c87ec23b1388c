"""How one message gets into a request: its tags judged, its personalization dumped, its bytes appended.

A tag must stand for nothing but its slot. Tags begin with a letter that is rare in values; a mail with that
letter in a value is looked at closely, and stands alone where SendGrid could take the value, or what it forms
with the text after it, for a tag.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import orjson

from pakdee.delivery import limits
from pakdee.delivery.body import TAIL, beginning
from pakdee.delivery.content import unusable
from pakdee.domain.message import Draft, MessageRow, OfferRow, Written


class Tags:
    """What of a skeleton's tags can be told before and of every mail."""

    def __init__(self, tags: tuple[str, ...]) -> None:
        self._tags = tags
        self._are_few = len(tags) <= limits.SUBSTITUTIONS
        letters = {tag[0] for tag in tags}
        # Where they have no first letter in common, "" is in every value, so that all are looked at.
        self._sign = letters.pop() if len(letters) == 1 else ""
        self._beginnings = tuple({tag[:size] for tag in tags for size in range(1, len(tag))})

    def can_hold(self, written: Written) -> bool:
        """Whether SendGrid, filling in this mail's values, gets the mail that was written."""
        if not self._tags:
            return True
        # join() also refuses a value that is not text: SendGrid answers those with a bare "Bad Request".
        if self._sign in "".join(written.values) or self._sign in written.subject:
            return self._are_few and not self._are_in((written.subject, *written.values))
        return self._are_few

    def _are_in(self, values: Iterable[str]) -> bool:
        """A value holds a tag, or its end may become one together with what follows it in the mail."""
        return any(v.endswith(self._beginnings) or any(tag in v for tag in self._tags) for v in values)


class Form:
    """A personalization filled in again for each message: making its dictionaries anew would cost more."""

    def __init__(self, tags: tuple[str, ...], *, has_one_click: bool) -> None:
        self._tags = tags
        self._has_one_click = has_one_click
        self._to = {"email": ""}
        self._slots: dict[str, str] = {}
        self._custom = {"pakdee_message": ""}
        # Per recipient in headers: whether SendGrid substitutes in headers is not documented.
        self._headers = {"List-Unsubscribe": "", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        slots: dict[str, Any] = {"substitutions": self._slots} if tags else {}
        self._plain = {"to": [self._to], "subject": "", **slots, "custom_args": self._custom}
        self._marked = {
            "to": [self._to],  # one, and without a name, so that no name can break the envelope
            "subject": "",
            **slots,
            "headers": self._headers,
            "custom_args": self._custom,
        }

    def filled(self, draft: Draft, written: Written) -> bytes | None:
        """The personalization; None where its substitutions are over SendGrid's limit.

        Raises:
            RenderError: a value is no text. ValueError: there are not as many values as tags.
        """
        self._to["email"] = draft.address.strip()
        self._custom["pakdee_message"] = draft.message_id
        if self._tags:
            self._slots.update(zip(self._tags, written.values, strict=True))
        told = self._plain
        if draft.unsubscribe_url is not None and self._has_one_click:
            self._headers["List-Unsubscribe"] = f"<{draft.unsubscribe_url}>"
            told = self._marked
        told["subject"] = written.subject
        try:
            part = orjson.dumps(told)
        except orjson.JSONEncodeError as error:
            raise unusable(f"message {draft.message_id}", "a value is no text", "look at its data") from error
        most = limits.SUBSTITUTION_BYTES
        return None if len(part) > most and len(orjson.dumps(self._slots)) > most else part


class Request:
    """A request that is being filled: the bytes of its body so far, and whose messages they are."""

    def __init__(self, shared: bytes) -> None:
        self.messages: list[MessageRow] = []
        self.offers: list[OfferRow] = []
        self.addresses: set[str] = set()
        # One growing buffer: pieces kept apart until the end cost a third more, most of it in the kernel.
        self._written = io.BytesIO()
        self.size = 0
        self.room = limits.REQUEST_BYTES - self._written.write(beginning(shared)) - len(TAIL)

    def put(self, draft: Draft, address: str, part: bytes) -> None:
        """Append a message; `address` in lower case."""
        if self.messages:
            self.room -= self._written.write(b",")
        self.room -= self._written.write(part)
        self.size += len(part)
        self.addresses.add(address)
        key, offer = draft.key, draft.offer
        self.messages.append((key.customer_id, key.occasion, draft.message_id, draft.address_hash))
        if offer is not None:
            expires = offer.expires_on.isoformat()
            starts = offer.starts_on.isoformat() if offer.starts_on else None
            self.offers.append((draft.message_id, offer.grant, offer.code, offer.value, expires, starts))

    def body(self) -> bytes:
        """The whole request, which takes no more."""
        self._written.write(TAIL)
        return self._written.getvalue()
