"""From a shard of the feature table to the situation that is decided about."""

from __future__ import annotations

import datetime as dt

import pyarrow as pa

from pakdee.domain.occasion import occasion_features
from pakdee.domain.situation import Memory, Situation
from pakdee.domain.vocabulary import OncePer
from pakdee.house import House

_DECIDED_ON = ("email", "declared_channel", "marketing_consent", "consent_at", "consent_source")
_COUNTERS = sorted(frozenset().union(*map(occasion_features, OncePer)))


def situation(house: House, day: dt.date, people: pa.Table, memory: Memory | None = None) -> Situation:
    """The shard `people` (sorted by customer_id) with what the journal remembers about it.

    Only the columns that decisions read become a frame; values for mails stay in Arrow.
    """
    conditions = [name for name in people.column_names if ":" in name]
    wanted = [c for c in ("customer_id", *_DECIDED_ON, *_COUNTERS, *conditions) if c in people.column_names]
    frame = people.select(wanted).to_pandas().set_index("customer_id")
    for absent in set(_DECIDED_ON) - set(frame.columns):
        frame[absent] = None
    if memory is None:
        memory = house.journal.memory(frame.index[0], frame.index[-1])
    return Situation(day, frame, memory, house.rules)
