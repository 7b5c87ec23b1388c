"""Written mails become requests: each personalization turned to bytes at once, grouped by skeleton.

Bytes and flat tuples wait until a request is full, never dictionaries: the garbage collector would look at
millions of these again and again.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

from pakdee.delivery import limits
from pakdee.delivery.content import shared_part, unusable
from pakdee.delivery.filling import Form, Request, Tags
from pakdee.domain.errors import RenderError
from pakdee.domain.message import Draft, Envelope, FrozenBatch, Skeleton, Written
from pakdee.domain.vocabulary import Purpose

HELD_BYTES = 64_000_000
"""So much waits for requests to become full; more, as when every mail has its own skeleton, goes out."""


class Press:
    """Makes the requests of one campaign step, variant and language, within SendGrid's documented limits.

    Args:
        batch_size: most messages in one request, 1 to 1000.
        not_before, not_after: when the requests may be sent, UTC.
    """

    def __init__(
        self,
        envelope: Envelope,
        *,
        batch_size: int,
        not_before: dt.datetime,
        not_after: dt.datetime | None,
    ) -> None:
        self._envelope = envelope
        self._most = min(batch_size, limits.PERSONALIZATIONS)
        self._window = not_before, not_after
        self._groups: dict[object, _Group] = {}
        self._held = 0

    def add(self, draft: Draft, written: Written) -> list[FrozenBatch]:
        """Take one mail. Returns the requests that became full by it, usually none.

        A mail stands alone, filled in, when its slots are over the limits or a value looks like a tag.

        Raises:
            RenderError: the subject is empty or has a line break, there is no content, a value is no text,
                or the mail is too large; nothing of it was taken.
        """
        _check_subject(draft, written.subject)
        group = self._group(written.skeleton)
        part = group.form.filled(draft, written) if group.tags.can_hold(written) else None
        if part is None:
            return self._alone(draft, written)
        if len(part) > group.room:
            raise _too_large(draft)
        self._held += len(part)
        full = group.put(draft, part, self._most)
        return self._out(full) if full or self._held > HELD_BYTES else []

    def rest(self) -> list[FrozenBatch]:
        """The requests that never became full; the press is empty afterwards."""
        groups, self._groups, self._held = self._groups, {}, 0
        return [self._frozen(request) for group in groups.values() for request in group.requests]

    def _out(self, full: Sequence[Request]) -> list[FrozenBatch]:
        self._held -= sum(request.size for request in full)
        done = [self._frozen(request) for request in full]
        return done + self.rest() if self._held > HELD_BYTES else done

    def _group(self, skeleton: Skeleton) -> _Group:
        # Mails rendered directly have a skeleton each; where these say the same, they share a request.
        key = skeleton if skeleton.tags else (skeleton.text, skeleton.html)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group(self._envelope, skeleton)
            self._held += 2 * len(group.shared)
        return group

    def _alone(self, draft: Draft, written: Written) -> list[FrozenBatch]:
        slots = dict(zip(written.skeleton.tags, written.values, strict=True))
        text, html = (_filled(part, slots) for part in (written.skeleton.text, written.skeleton.html))
        group = _Group(self._envelope, Skeleton(text, html, ()))
        part = group.form.filled(draft, Written(written.skeleton, written.subject, ()))
        if part is None or len(part) > group.room:
            raise _too_large(draft)
        return [self._frozen(request) for request in group.put(draft, part, most=1)]

    def _frozen(self, request: Request) -> FrozenBatch:
        return FrozenBatch(self._envelope, request.body(), request.messages, request.offers, *self._window)


class _Group:
    """The open requests of one skeleton: one, and further ones while an address is repeated."""

    def __init__(self, envelope: Envelope, skeleton: Skeleton) -> None:
        self.shared = shared_part(envelope, skeleton.text, skeleton.html)
        self.tags = Tags(skeleton.tags)
        self.form = Form(skeleton.tags, has_one_click=envelope.purpose is not Purpose.SERVICE)
        self.requests: list[Request] = []
        self.room = Request(self.shared).room

    def put(self, draft: Draft, part: bytes, most: int) -> list[Request]:
        """Take a message; returns what became full. A repeated address goes to a later request.

        SendGrid refuses a request that has an address twice, whatever its case.
        """
        address = draft.address.strip().lower()
        full: list[Request] = []
        for request in self.requests:
            if address not in request.addresses:
                break
        else:
            request = self._opened()
        if len(part) >= request.room:  # also for the comma
            full.append(self._closed(request))
            request = self._opened()
        request.put(draft, address, part)
        if len(request.messages) == most:
            full.append(self._closed(request))
        return full

    def _opened(self) -> Request:
        self.requests.append(Request(self.shared))
        return self.requests[-1]

    def _closed(self, request: Request) -> Request:
        self.requests.remove(request)
        return request


def _filled(text: str, slots: Mapping[str, str]) -> str:
    """All tags in one pass, so that what stands in a value is never taken for a tag."""
    tags = re.compile("|".join(map(re.escape, sorted(slots, key=len, reverse=True))))
    return tags.sub(lambda found: slots[found[0]], text) if slots else text


def _check_subject(draft: Draft, subject: str) -> None:
    if not subject.strip() or "\n" in subject or "\r" in subject:
        raise unusable(
            f"message {draft.message_id}",
            "the subject is empty or has a line break",
            "look at `subject` in the template's front matter",
        )


def _too_large(draft: Draft) -> RenderError:
    where = f"message {draft.message_id}"
    return unusable(where, "one mail is over SendGrid's 30 MB", "make the template smaller")
