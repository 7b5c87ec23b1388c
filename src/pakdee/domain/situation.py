"""All that is known when a day is planned: features, conditions and our own memory, frozen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pakdee.domain.allowance import Terms
from pakdee.domain.units import AtMost

if TYPE_CHECKING:  # its reading takes longer than a short command
    import pandas as pd

CONTACT_COLUMNS = ("customer_id", "campaign", "step", "occasion", "due_on", "counts")
CONSENT_COLUMNS = ("customer_id", "state", "at", "source")
OFFER_COLUMNS = ("customer_id", "grant_id", "cap_period", "expires_on", "is_redeemed")
TICKET = "open_ticket_hours"
"""The feature that tells whether a customer waits for an answer of the shop."""
BEGUN_COLUMNS = ("customer_id", "campaign", "occasion", "due_on")
SUPPRESSION_COLUMNS = ("address_hash", "reason", "at")


@dataclass(frozen=True)
class Memory:
    """What the journal remembers about a range of customers.

    Args:
        contacts: CONTACT_COLUMNS; messages and held-out assignments alike, one row per message key;
            `due_on` is a date, `counts` says whether it counts in caps (service does not).
        consents: CONSENT_COLUMNS; the latest entry of the consent log per customer, `at` in UTC.
        suppressions: SUPPRESSION_COLUMNS, `at` in UTC; addresses as hashes.
        offers: OFFER_COLUMNS; those redeemed, and those that count in a member's cap (`cap_period`, else
            missing); `expires_on` is an ISO text.
        begun: BEGUN_COLUMNS; first mails of campaigns with steps, none that was cancelled or refused;
            `due_on` is a date.
    """

    contacts: pd.DataFrame
    consents: pd.DataFrame
    suppressions: pd.DataFrame
    offers: pd.DataFrame
    begun: pd.DataFrame | None = None


@dataclass(frozen=True)
class Rules:
    """What the operator decides for all campaigns. `salt` makes chance this project's own.

    Args:
        despite_ticket: whether marketing goes to customers with an open ticket.
    """

    cap: AtMost
    salt: str
    despite_ticket: bool = False


@dataclass(frozen=True)
class Situation:
    """A shard of customers as of a business day.

    Args:
        customers: index `customer_id` (text, unique, sorted). Columns: `email`, `declared_channel`,
            `marketing_consent` (true, false or missing), `consent_at` (UTC or missing), `consent_source`,
            every feature, and one boolean column per condition ("segment:lapsed", "campaign:birthday",
            "offer:birthday:0", "unless:birthday:reminder", "grant:birthday_cake").
            `open_ticket_hours` only where the shop has tickets.
        terms: of the grants that campaigns bring, by id.
        left: how often each may still be given, by id; absent where it is not limited.
    """

    day: dt.date
    customers: pd.DataFrame
    memory: Memory
    rules: Rules
    terms: Mapping[str, Terms] = field(default_factory=dict)
    left: Mapping[str, int] = field(default_factory=dict)
