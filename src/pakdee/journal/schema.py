"""The journal's tables, once for SQLite and PostgreSQL. CHECKs make impossible rows impossible.

Instants (`*_at`, `*_until`, `not_before`, `not_after`) are whole microseconds since 1970 in UTC, days (`day`,
`*_on`) ISO texts: both databases then compare them alike and nothing is rounded. People appear as customer
ids and address hashes; plain addresses stand only inside `batch.body` and `webhook_inbox.body`.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from pakdee.domain.vocabulary import BatchState, ConsentState, EventKind, Mode, Purpose, SuppressionReason

VERSION = 1
EVERYTHING = "*"  # the scope of a stop that holds all campaigns

Instant = BigInteger
# Python, Arrow and SQLite sort text by bytes; PostgreSQL does so only when told.
Sorted = Text().with_variant(Text(collation="C"), "postgresql")
Counter = BigInteger().with_variant(Integer, "sqlite")

METADATA = MetaData(
    naming_convention={
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)


def _one_of(column: str, words: Iterable[str]) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _check(name: str, rule: str) -> CheckConstraint:
    return CheckConstraint(rule, name=name)


TERMINAL = tuple(state for state in BatchState if state.is_terminal)
_TERMINAL = ", ".join(f"'{state}'" for state in TERMINAL)

meta = Table(
    "meta",
    METADATA,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("project", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    # The provider asked everyone to wait: no claim before this instant.
    Column("paced_until", Instant, nullable=False, server_default="0"),
    _check("single", "one = 1"),
    _one_of("mode", Mode),
)

run = Table(
    "run",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("day", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("campaigns", Text, nullable=False),  # a JSON list, as asked for
    Column("content_version", Text, nullable=False),
    Column("snapshot_id", Text, nullable=False),
    Column("is_test", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("lease", Instant, nullable=False),  # microseconds
    Column("lease_until", Instant),
    Column("finished_at", Instant),
    Column("reason", Text),
    # How far the consent and suppression logs had come: what is newer, the plan may not have seen.
    Column("seen_consent", BigInteger, nullable=False),
    Column("seen_suppression", BigInteger, nullable=False),
    _one_of("state", ("planning", "enqueued", "failed")),
    _check("lease_while_planning", "(lease_until IS NOT NULL) = (state = 'planning')"),
    _check("finished", "(finished_at IS NULL) = (state = 'planning')"),
    _check("failure_has_a_reason", "state <> 'failed' OR reason IS NOT NULL"),
    Index("run_by_day", "day", "state"),
)

verdict_count = Table(
    "verdict_count",
    METADATA,
    Column("run_id", Text, ForeignKey("run.id"), primary_key=True),
    Column("campaign", Text, primary_key=True),
    Column("verdict", Text, primary_key=True),
    Column("customers", Integer, nullable=False),
    _check("not_negative", "customers >= 0"),
)

batch = Table(
    "batch",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("run_id", Text, ForeignKey("run.id"), nullable=False),
    Column("parent_id", Text, ForeignKey("batch.id")),
    Column("campaign", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("variant", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("due_on", Text, nullable=False),
    Column("is_test", Boolean, nullable=False),
    Column("size", Integer, nullable=False),
    Column("not_before", Instant, nullable=False),
    Column("not_after", Instant),
    Column("retry_at", Instant, nullable=False, server_default="0"),  # by the clock, whatever counts as due
    Column("created_at", Instant, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("attempt_id", Text, unique=True),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("worker", Text),
    Column("lease_until", Instant),
    Column("provider_id", Text),
    Column("reason", Text),
    Column("settled_at", Instant),
    Column("body", LargeBinary),  # zstd of the frozen request
    Column("body_bytes", Integer),
    Column("body_sha256", Text),  # of the frozen request itself
    _one_of("state", BatchState),
    _one_of("purpose", Purpose),
    _check("size", "size >= 1"),
    _check("attempts", "attempts >= 0 AND fence >= attempts"),
    _check("attempt_named", "(attempt_id IS NULL) = (attempts = 0)"),
    _check("lease_while_sending", "(lease_until IS NOT NULL) = (state = 'sending')"),
    _check("worker_while_sending", "(worker IS NOT NULL) = (state = 'sending')"),
    _check("was_tried", "state IN ('queued', 'cancelled') OR attempts >= 1"),
    _check("provider_answered", "provider_id IS NULL OR state = 'accepted'"),
    _check("accepted_is_proven", "state <> 'accepted' OR provider_id IS NOT NULL OR reason IS NOT NULL"),
    _check("reason", "state IN ('queued', 'sending', 'accepted') OR reason IS NOT NULL"),
    _check("settled", f"(settled_at IS NOT NULL) = (state IN ({_TERMINAL}))"),
    _check("body_until_terminal", f"body IS NOT NULL OR state IN ({_TERMINAL})"),
    _check("body_is_provable", "body IS NULL OR (body_bytes IS NOT NULL AND body_sha256 IS NOT NULL)"),
    Index("batch_by_state", "state", "not_before", "created_at", "id"),  # claims take the first, no sorting
    Index("batch_by_day", "due_on"),
    Index("batch_by_run", "run_id"),
    Index("batch_by_parent", "parent_id"),  # else each batch taken back is a search for its children
    Index("batch_by_provider_id", "provider_id"),
)

# One table for the mailed and the held out: its key and its day then guard both, whatever runs at once.
message = Table(
    "message",
    METADATA,
    Column("customer_id", Sorted, primary_key=True),  # first, so that a shard of customers is one range
    Column("campaign", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("occasion", Text, primary_key=True),
    Column("run_id", Text, nullable=False),
    Column("batch_id", Text, ForeignKey("batch.id")),
    Column("message_id", Text),
    Column("address_hash", Text),
    Column("due_on", Text, nullable=False),
    Column(
        "counts", Boolean, nullable=False
    ),  # takes a place in caps: not service, tests, cancelled, refused
    Column("is_test", Boolean, nullable=False),
    Column("is_held_out", Boolean, nullable=False),
    _check("mailed_or_held_out", "(batch_id IS NULL) = is_held_out"),
    _check(
        "named_when_mailed", "(message_id IS NULL) = is_held_out AND (address_hash IS NULL) = is_held_out"
    ),
    _check("test_never_counts", "NOT (is_test AND (counts OR is_held_out))"),
    UniqueConstraint("message_id"),
    Index(
        "message_one_a_day",
        "customer_id",
        "due_on",
        unique=True,
        sqlite_where=text("counts"),
        postgresql_where=text("counts"),
    ),
    Index("message_by_batch", "batch_id"),
    Index(
        "message_held_out",
        "run_id",
        sqlite_where=text("is_held_out"),
        postgresql_where=text("is_held_out"),
    ),
)

offer = Table(
    "offer",
    METADATA,
    Column("message_id", Text, ForeignKey("message.message_id"), primary_key=True),
    Column("grant_id", Text, nullable=False),
    Column("code", Text, unique=True),
    Column("value", Text, nullable=False),
    Column("expires_on", Text, nullable=False),
)

engagement_event = Table(
    "engagement_event",
    METADATA,
    Column("id", Text, primary_key=True),  # a hash of the content, see learning.py
    Column("kind", Text, nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("message_id", Text),
    Column("attempt_id", Text),
    Column("provider_id", Text),
    Column("address_hash", Text),
    Column("is_machine", Boolean, nullable=False),
    Column("url", Text),
    Column("reason", Text),
    Column("recorded_at", Instant, nullable=False),
    _one_of("kind", EventKind),
    Index("engagement_event_by_message", "message_id"),
    Index("engagement_event_by_attempt", "attempt_id"),
)

webhook_inbox = Table(
    "webhook_inbox",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("received_at", Instant, nullable=False),
    Column("body", LargeBinary),
    Column("ingested_at", Instant),
    Column("events", Integer),
    Column("note", Text),
    _check("ingested", "(ingested_at IS NULL) = (events IS NULL)"),
    _check("body_until_ingested", "body IS NOT NULL OR ingested_at IS NOT NULL"),
    Index("webhook_inbox_by_time", "ingested_at", "received_at"),
)

# Two append-only logs. What holds is read off them, so the order in which entries came cannot matter.
consent = Table(
    "consent",
    METADATA,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("customer_id", Sorted, nullable=False),
    Column("state", Text, nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("source", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    _one_of("state", ConsentState),
    UniqueConstraint("customer_id", "occurred_at", "state", "source"),
    Index("consent_by_time", "occurred_at"),
)

suppression = Table(
    "suppression",
    METADATA,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("address_hash", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("source", Text, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    _one_of("reason", SuppressionReason),
    UniqueConstraint("address_hash", "reason", "occurred_at", "source"),
)

stop = Table(
    "stop",
    METADATA,
    Column("id", Counter, primary_key=True, autoincrement=True),
    Column("scope", Text, nullable=False),  # a campaign, or EVERYTHING
    Column("because", Text, nullable=False),
    Column("stopped_by", Text, nullable=False),
    Column("stopped_at", Instant, nullable=False),
    Column("resumed_because", Text),
    Column("resumed_by", Text),
    Column("resumed_at", Instant),
    _check("resumed_with_a_reason", "(resumed_at IS NULL) = (resumed_because IS NULL)"),
    Index(
        "stop_in_force",
        "scope",
        unique=True,
        sqlite_where=text("resumed_at IS NULL"),
        postgresql_where=text("resumed_at IS NULL"),
    ),
)

metric = Table(
    "metric",
    METADATA,
    Column("day", Text, primary_key=True),
    Column("metric", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("value", Text),  # decimal text: money stays exact
    Column("unit", Text, nullable=False),
    Column("k", BigInteger),
    Column("n", BigInteger),
    Column("low", Float(53)),
    Column("high", Float(53)),
    Column("why_not", Text),
    Column("definition", Text, nullable=False),
    Column("currency", Text),
    Column("recorded_at", Instant, nullable=False),
    _check("value_or_why_not", "(value IS NULL) = (why_not IS NOT NULL)"),
    _check("interval_of_a_value", "value IS NOT NULL OR (low IS NULL AND high IS NULL)"),
)
