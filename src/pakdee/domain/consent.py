"""Whether a customer agrees to be mailed: the ledger's word against the journal's memory."""

from __future__ import annotations

import pandas as pd

from pakdee.domain.identity import address_hash
from pakdee.domain.situation import Memory
from pakdee.domain.vocabulary import ConsentState, SuppressionReason


def agrees(customers: pd.DataFrame, memory: Memory) -> pd.Series:
    """True for customers who agree to marketing, indexed like `customers`.

    The ledger must say yes. A withdrawal in the journal, or an unsubscribed address, yields only to a
    grant that is dated later and names its source: a bare true column may withdraw, never re-grant.
    """
    said_yes = customers["marketing_consent"].eq(True).fillna(value=False).astype(bool)
    withdrawn_at = _latest_withdrawal(customers, memory)
    dated = customers["consent_source"].notna() & customers["consent_at"].notna()
    granted_at = _instants(customers["consent_at"].where(dated))
    return said_yes & (withdrawn_at.isna() | (granted_at > withdrawn_at))


def suppressed(customers: pd.DataFrame, memory: Memory) -> pd.Series:
    """True for customers whose address takes no mail, indexed like `customers`.

    Bounced, complained and invalid addresses take none, for whatever purpose. An unsubscribed one is
    judged by `agrees`, since a later dated grant lifts it; service mail ignores it.
    """
    rows = memory.suppressions
    hard = rows.loc[rows["reason"] != SuppressionReason.UNSUBSCRIBED, "address_hash"]
    return _hashes(customers).isin(set(hard))


def _latest_withdrawal(customers: pd.DataFrame, memory: Memory) -> pd.Series:
    log = memory.consents.loc[memory.consents["state"] == ConsentState.WITHDRAWN]
    rows = memory.suppressions
    left = rows.loc[rows["reason"] == SuppressionReason.UNSUBSCRIBED]
    own = _instants(pd.Series(customers.index, customers.index).map(_latest(log, "customer_id")))
    by_address = _instants(_hashes(customers).map(_latest(left, "address_hash")))
    return own.where(by_address.isna() | (own >= by_address), by_address)


def _latest(rows: pd.DataFrame, key: str) -> dict[str, pd.Timestamp]:
    return dict(rows.sort_values("at")[[key, "at"]].itertuples(index=False, name=None))


def _instants(values: pd.Series) -> pd.Series:
    return pd.to_datetime(values.astype("object"), utc=True)


def _hashes(customers: pd.DataFrame) -> pd.Series:
    return pd.Series(
        [address_hash(a) if isinstance(a, str) else "" for a in customers["email"]], customers.index
    )
