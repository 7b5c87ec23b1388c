"""When a mail goes out, if it does: SendGrid's rules for scheduled, cancelled and paused batches, pure.

- A mail goes out at its `send_at`; without one, or when that is past, at once.
- A cancellation or pause counts until ten minutes before `send_at`. SendGrid takes later ones too and
  promises nothing; here the mail then goes out.
- What is cancelled at its time is thrown away, also what comes in later under the same batch id.
- What is paused at its time waits until the pause is taken away, at most 72 hours.

Source: Twilio's pages "Cancel Scheduled Sends" and "Mail Send".
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

NOTICE_SECONDS = 600
PAUSED_SECONDS = 72 * 3600


class Status(StrEnum):
    """What was asked for a batch id."""

    PAUSE = "pause"
    CANCEL = "cancel"


class Mark(NamedTuple):
    """A batch id was paused or cancelled from `set_at` until `ended_at` (None: still is).

    `since` is when it was first marked; changing pause into cancel does not begin anew. Unix seconds.
    """

    status: Status
    since: float
    set_at: float
    ended_at: float | None


class Outcome(StrEnum):
    """How it ends for a mail."""

    GOES_OUT = "goes out"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Fate(NamedTuple):
    """How it ends if nobody marks anything any more, and when (unix seconds, perhaps in the future)."""

    outcome: Outcome
    at: float


def fate(received_at: float, send_at: float | None, marks: Iterable[Mark] = ()) -> Fate:
    """What becomes of a mail.

    Args:
        received_at: when its request was taken, unix seconds.
        send_at: as it was asked for; None means at once.
        marks: all marks its batch id ever had, oldest first.
    """
    asked = received_at if send_at is None else send_at
    leaves_at = max(asked, received_at)
    at = leaves_at
    for mark in marks:
        in_time = mark.since <= asked - NOTICE_SECONDS
        in_force = mark.set_at <= at and (mark.ended_at is None or mark.ended_at > at)
        if not (in_time and in_force):
            continue
        if mark.status is Status.CANCEL:
            return Fate(Outcome.CANCELLED, at)
        if mark.ended_at is None or mark.ended_at > leaves_at + PAUSED_SECONDS:
            return Fate(Outcome.EXPIRED, leaves_at + PAUSED_SECONDS)
        at = mark.ended_at
    return Fate(Outcome.GOES_OUT, at)
