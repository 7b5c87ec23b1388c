"""Who may be mailed at all, told by the very rule that plans go by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pakdee.domain.calendar import day_bounds

if TYPE_CHECKING:
    import pyarrow as pa

    from pakdee.journal import Journal
    from pakdee.ledger import Snapshot

CONTACTABLE = "is_contactable"
_ASKED = frozenset({"email", "marketing_consent", "consent_at", "consent_source"})


def contactable(
    snapshot: Snapshot, base: Path, journal: Callable[[], Journal], day: dt.date, zone: ZoneInfo
) -> pa.Table:
    """`customer_id` and `is_contactable` of everyone in `base`, a Parquet file of features, in its order.

    The shop's word is that of the snapshot, the journal's what it had learned before `day` began.

    Raises:
        LedgerError: the customers cannot be read.
    """
    import pyarrow as pa

    from pakdee import ledger
    from pakdee.domain.consent import may_be_mailed

    before = day_bounds(day, zone)[0]
    told = [pa.table({"customer_id": pa.array([], pa.string()), CONTACTABLE: pa.array([], pa.bool_())})]
    for people in ledger.open_features(snapshot, base).shards(columns=_ASKED):
        frame = people.to_pandas().set_index("customer_id")
        memory = journal().refusals(frame.index[0], frame.index[-1], before=before)
        may = pa.array(may_be_mailed(frame, memory))
        told.append(pa.table({"customer_id": people["customer_id"], CONTACTABLE: may}))
    return pa.concat_tables(told)
