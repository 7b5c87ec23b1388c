"""What becomes of a request of which nobody can say whether it was taken: pure, from evidence alone.

SendGrid has no idempotency key, so an answer that was lost can't be asked for again. What can be known:
- *an event of the attempt arrived*: it was taken. Of a request that waits at SendGrid only events from its
  `send_at` on say so: until then it can still be thrown away, whatever was reported before;
- *it was cancelled at SendGrid before its time*: whatever copy there is will be thrown away;
- *the webhook was alive all the while, and nothing came*: it was not taken. Alive means that the events of
  requests sent within the quiet time after it did arrive, and that no request known to be taken is still
  without one. Requests sent hours later prove nothing: the webhook may have been down in between, and the
  events of this one may be among those that SendGrid is still repeating.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from pakdee.domain.message import Hold
from pakdee.domain.vocabulary import OnUnknown

CANCEL_BEFORE = dt.timedelta(minutes=10)  # SendGrid promises to heed a cancellation until then
WEBHOOK_RETRIES = dt.timedelta(hours=24)  # SendGrid repeats an event that was not taken so long


class Decision(StrEnum):
    """What to do about an unclear request."""

    ACCEPT = "accept"
    WAIT = "wait"
    CANCEL = "cancel"  # have SendGrid throw its copy away, then look again
    RESEND = "resend"
    UNCONFIRMED = "unconfirmed"


@dataclass(frozen=True, slots=True)
class Unclear:
    """All that is known of one unclear batch.

    Args:
        fence: of its last claim; a decision holds only as long as this does.
        since: from when on nobody knew; no request can have been taken later than this.
        has_evidence: an event of one of its attempts or messages arrived, and it proves that it went out.
        hold: where SendGrid keeps it, with guard = "scheduled".
        is_cancelled: SendGrid has confirmed that it will throw the held copy away.
        is_restored: a journal that was lost may have sent it; nothing here can prove that it did not.
        heard: requests claimed within one quiet time after `since`, accepted, whose events arrived.
        silent: requests accepted from the claim of this one until one quiet time ago, without any event.
    """

    batch_id: str
    campaign: str
    size: int
    fence: int
    since: dt.datetime
    reason: str
    has_evidence: bool = False
    hold: Hold | None = None
    is_cancelled: bool = False
    is_restored: bool = False
    heard: int = 0
    silent: int = 0


def cancel_by(hold: Hold) -> dt.datetime:
    """The last instant at which SendGrid promises to heed a cancellation."""
    return hold.send_at - CANCEL_BEFORE


def settle(
    unclear: Unclear, *, policy: OnUnknown, quiet: dt.timedelta, unread: int, now: dt.datetime
) -> Decision:
    """The decision about one unclear batch; deciding again with more evidence is always safe.

    Past `cancel_by` a held request is like any other whose outcome nobody knows: the policy alone decides,
    and the quiet time begins when it was to go out.

    Args:
        quiet: so long may the first event of a request take to arrive.
        unread: webhook deliveries that are stored but not yet read; they may hold the evidence.
    """
    if unclear.has_evidence:
        return Decision.ACCEPT
    if unclear.hold is not None and not unclear.is_restored:
        if unclear.is_cancelled:
            return Decision.RESEND
        if now < cancel_by(unclear.hold):
            return Decision.CANCEL
    waited = now - max(unclear.since, unclear.hold.send_at if unclear.hold else unclear.since)
    if waited < quiet or unread:
        return Decision.WAIT
    # After that SendGrid has given up repeating events that were not taken: silence proves nothing any more.
    if policy is OnUnknown.RESEND and not unclear.is_restored and waited < WEBHOOK_RETRIES:
        return Decision.RESEND if unclear.heard and not unclear.silent else Decision.WAIT
    return Decision.UNCONFIRMED
