"""All that is known when a day is planned: features, conditions and our own memory, frozen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from pakdee.domain.units import AtMost

CONTACT_COLUMNS = ("customer_id", "campaign", "step", "occasion", "due_on", "counts")
CONSENT_COLUMNS = ("customer_id", "state", "at", "source")
SUPPRESSION_COLUMNS = ("address_hash", "reason", "at")


@dataclass(frozen=True)
class Memory:
    """What the journal remembers about a range of customers.

    Args:
        contacts: CONTACT_COLUMNS; messages and held-out assignments alike, one row per message key;
            `due_on` is a date, `counts` says whether it counts in caps (service does not).
        consents: CONSENT_COLUMNS; the latest entry of the consent log per customer, `at` in UTC.
        suppressions: SUPPRESSION_COLUMNS, `at` in UTC; addresses as hashes.
    """

    contacts: pd.DataFrame
    consents: pd.DataFrame
    suppressions: pd.DataFrame


@dataclass(frozen=True)
class Rules:
    """What the operator decides for all campaigns. `salt` makes chance this project's own."""

    cap: AtMost
    salt: str


@dataclass(frozen=True)
class Situation:
    """A shard of customers as of a business day.

    Args:
        customers: index `customer_id` (text, unique, sorted). Columns: `email`, `declared_channel`,
            `marketing_consent` (true, false or missing), `consent_at` (UTC or missing), `consent_source`,
            every feature, and one boolean column per condition ("segment:lapsed", "campaign:birthday").
    """

    day: dt.date
    customers: pd.DataFrame
    memory: Memory
    rules: Rules
