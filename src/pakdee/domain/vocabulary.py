"""The closed lists of words the whole house speaks; `docs/glossary.md` explains them to people."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What became of a customer in a segment. Order is precedence: the first that applies is told."""

    CALLED_OFF = "called_off"  # the step's own `unless` holds; it is not sent later for this occasion either
    EXCEPTED = "excepted"  # the campaign's own `except` names a segment the customer is in
    NO_CONSENT = "no_consent"
    SUPPRESSED = "suppressed"
    OPEN_TICKET = "open_ticket"  # waits for an answer of the shop, so is not advertised to
    NO_OCCASION = "no_occasion"
    ALREADY_SENT = "already_sent"
    UNDER_WAY = "under_way"  # the steps of an earlier occasion are not over yet
    AT_MOST = "at_most"
    FREQUENCY_CAP = "frequency_cap"
    OUTRANKED = "outranked"
    NO_OFFER = "no_offer"  # none of the campaign's offers is for this customer
    ALREADY_REDEEMED = "already_redeemed"
    OFFER_CAP = "offer_cap"  # has had the grant as often as the programme allows a member
    CANNOT_RENDER = "cannot_render"
    NO_OFFER_LEFT = "no_offer_left"  # its budget is given out, or its codes are
    OTHER_CHANNEL = "other_channel"  # would be mailed, but wants another channel or has no usable address
    HOLDOUT = (
        "holdout"  # last but one: held-out customers are eligible in every other way, so the arms compare
    )
    INCLUDED = "included"


class Status(StrEnum):
    """State of a campaign file; absent means draft, and drafts are never sent."""

    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"
    ENDED = "ended"


class Purpose(StrEnum):
    """Why a message is sent. Marketing and survey need consent and count in caps; service does not."""

    MARKETING = "marketing"
    SURVEY = "survey"
    SERVICE = "service"


class OncePer(StrEnum):
    """The closed list of occasions that act; at most one message per customer for each."""

    BIRTHDAY = "birthday"
    JOIN_ANNIVERSARY = "join_anniversary"
    FIRST_ORDER = "first_order"
    ORDER = "order"
    LAPSE = "lapse"
    TIER_CHANGE = "tier_change"
    TIER_TERM = "tier_term"
    MILESTONE = "milestone"
    SURVEY = "survey"
    TICKET = "ticket"
    WISH = "wish"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    EVER = "ever"


class BatchState(StrEnum):
    """Where a request to the provider stands; the last four are terminal."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    UNCONFIRMED = "unconfirmed"

    @property
    def is_terminal(self) -> bool:
        """True where only late evidence can change anything."""
        return self in {BatchState.ACCEPTED, BatchState.REFUSED, BatchState.CANCELLED, BatchState.UNCONFIRMED}


class EventKind(StrEnum):
    """What the provider reports about a message, in our words."""

    PROCESSED = "processed"
    DEFERRED = "deferred"
    DELIVERED = "delivered"
    OPENED = "opened"
    CLICKED = "clicked"
    BOUNCED = "bounced"
    BLOCKED = "blocked"  # a soft bounce: this mail was not taken, the address stays good
    DROPPED = "dropped"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    RESUBSCRIBED = "resubscribed"
    ACCOUNT = "account"  # compliance status of the sending account
    UNKNOWN = "unknown"  # kept raw, acts on nothing


class SuppressionReason(StrEnum):
    """Why an address gets no mail. Only `unsubscribed` yields to a later dated grant."""

    BOUNCED = "bounced"
    COMPLAINED = "complained"
    INVALID = "invalid"
    UNSUBSCRIBED = "unsubscribed"


class ConsentState(StrEnum):
    """One entry of the consent log."""

    GRANTED = "granted"
    WITHDRAWN = "withdrawn"


class Mode(StrEnum):
    """Where requests go: the local twin or the real SendGrid."""

    TWIN = "twin"
    LIVE = "live"


class OnUnknown(StrEnum):
    """What becomes of a request of which nobody can say whether it was taken."""

    HOLD = "hold"  # never repeated; shown as unconfirmed until evidence or a person decides
    RESEND = "resend"  # repeated once its absence is proven by the events of later requests


class Guard(StrEnum):
    """How requests are kept from being taken twice."""

    NONE = "none"
    SCHEDULED = "scheduled"  # each waits at SendGrid for a while, so that an unclear one can be cancelled
