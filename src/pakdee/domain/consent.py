"""Whether a customer may be mailed: the ledger's word against the journal's memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from pakdee.domain.identity import address_hash, usable_addresses
from pakdee.domain.situation import Memory
from pakdee.domain.vocabulary import ConsentState, SuppressionReason


class Standing(NamedTuple):
    """Two answers for each customer, in the order they were asked for.

    Args:
        agrees: to marketing. The ledger must say yes. A withdrawal in the journal, or an unsubscribed
            address, yields only to a grant that is dated later and names its source: a bare true column
            may withdraw, never re-grant.
        suppressed: the address takes no mail, for whatever purpose: it bounced, complained or is invalid.
            An unsubscribed one is judged by `agrees`, since a later dated grant lifts it; service mail
            ignores it.
    """

    agrees: np.ndarray
    suppressed: np.ndarray


def standing(customers: pd.DataFrame, memory: Memory) -> Standing:
    """What the ledger and the journal together say of each customer."""
    rows = memory.suppressions
    hashes = _hashes(customers) if len(rows) else []  # nothing is hashed where nothing is suppressed
    left = rows["reason"] == SuppressionReason.UNSUBSCRIBED
    hard = set(rows.loc[~left, "address_hash"])
    suppressed = np.zeros(len(customers), dtype=bool)
    suppressed[[place for place, name in enumerate(hashes) if name in hard]] = True
    agrees = customers["marketing_consent"].eq(True).fillna(value=False).to_numpy(dtype=bool, copy=True)
    withdrew = _withdrawals(customers, memory, hashes, _latest(rows[left], "address_hash"))
    places = list(withdrew)
    agrees[places] &= _granted_after(customers.iloc[places], list(withdrew.values()))
    return Standing(agrees, suppressed)


def may_be_mailed(customers: pd.DataFrame, memory: Memory) -> np.ndarray:
    """Who can be reached by marketing mail: a usable address that takes mail, and consent that stands.

    Args:
        customers: index `customer_id`; `email`, `marketing_consent`, `consent_at` and `consent_source` as in
            `domain.situation`.
    """
    found = standing(customers, memory)
    usable = usable_addresses(customers["email"]).to_numpy(dtype=bool)
    may: np.ndarray = usable & found.agrees & ~found.suppressed
    return may


def _withdrawals(
    customers: pd.DataFrame, memory: Memory, hashes: Sequence[str | None], left: dict[str, pd.Timestamp]
) -> dict[int, pd.Timestamp]:
    """When each customer who ever withdrew last did so, by place."""
    log = _latest(memory.consents[memory.consents["state"] == ConsentState.WITHDRAWN], "customer_id")
    found = {place: left[name] for place, name in enumerate(hashes) if name in left} if left else {}
    places = customers.index.get_indexer(pd.Index(list(log))).tolist() if log else []
    for place, at in zip(places, log.values(), strict=True):
        if place >= 0:
            found[place] = max(at, found.get(place, at))
    return found


def _granted_after(customers: pd.DataFrame, instants: Sequence[pd.Timestamp]) -> np.ndarray:
    sourced = customers["consent_source"].notna().to_numpy(dtype=bool)
    granted_at = pd.to_datetime(customers["consent_at"].astype("object"), utc=True)
    later = pd.DatetimeIndex(granted_at) > pd.to_datetime(list(instants), utc=True)
    return np.logical_and(sourced, later)


def _latest(rows: pd.DataFrame, key: str) -> dict[str, pd.Timestamp]:
    return dict(rows.sort_values("at")[[key, "at"]].itertuples(index=False, name=None))


def _hashes(customers: pd.DataFrame) -> list[str | None]:
    return [address_hash(a) if isinstance(a, str) else None for a in customers["email"].tolist()]
