"""The journal's tables, once for SQLite and PostgreSQL. CHECKs make impossible rows impossible.

Instants (`*_at`, `*_until`, `since`, `not_before`, `not_after`) are whole microseconds since 1970 in UTC,
days (`day`, `*_day`, `*_on`) ISO texts: both databases then compare them alike and nothing is rounded.
People appear as customer ids and address hashes; plain addresses stand only in the two `body` columns.
"""

from pakdee.journal.schema.columns import METADATA
from pakdee.journal.schema.learned import (
    answer,
    consent,
    engagement_event,
    metric,
    suppression,
    watermark,
    webhook_inbox,
)
from pakdee.journal.schema.planned import (
    allotment,
    canary,
    handover,
    message,
    offer,
    pool_code,
    run,
    verdict_count,
)
from pakdee.journal.schema.sent import attempt, batch, stop
from pakdee.journal.schema.whole import meta, restoration

VERSION = 5
EVERYTHING = "*"  # the scope of a stop that holds all campaigns

__all__ = [
    "EVERYTHING",
    "METADATA",
    "VERSION",
    "allotment",
    "answer",
    "attempt",
    "batch",
    "canary",
    "consent",
    "engagement_event",
    "handover",
    "message",
    "meta",
    "metric",
    "offer",
    "pool_code",
    "restoration",
    "run",
    "stop",
    "suppression",
    "verdict_count",
    "watermark",
    "webhook_inbox",
]
