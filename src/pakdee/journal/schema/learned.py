"""What was learned: events, raw deliveries, answers, consent, suppressions, figures."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from pakdee.domain.answer import LONGEST_COMMENT, AnswerKind
from pakdee.domain.vocabulary import ConsentState, EventKind, SuppressionReason
from pakdee.journal.schema.columns import METADATA, Counter, Instant, Sorted, check, one_of

# Told apart within their attempt, so that the events of a request lie together however many came before; the
# attempt is empty where the provider dropped it.
engagement_event = Table(
    "engagement_event",
    METADATA,
    Column("attempt_id", Text, primary_key=True, server_default=""),
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),  # a hash of the content, see learning.py
    Column("occurred_at", Instant, nullable=False),
    Column("message_id", Text),
    Column("provider_id", Text),
    Column("address_hash", Text),
    Column("is_machine", Boolean, nullable=False),
    Column("url", Text),
    Column("reason", Text),
    Column("recorded_at", Instant, nullable=False),
    one_of("kind", EventKind),
    Index("engagement_event_by_message", "message_id"),
)

webhook_inbox = Table(
    "webhook_inbox",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("received_at", Instant, nullable=False),
    Column("ingested_at", Instant),
    Column("events", Integer),
    Column("note", Text),
    Column("body", LargeBinary),  # last, so that nothing else is found behind it
    check("ingested", "(ingested_at IS NULL) = (events IS NULL)"),
    check("body_until_ingested", "body IS NOT NULL OR ingested_at IS NOT NULL"),
    Index("webhook_inbox_by_time", "ingested_at", "received_at"),
)

# The latest answer of each mail's reader; with whose it is, since ids of messages have no index of their own.
answer = Table(
    "answer",
    METADATA,
    Column("message_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("customer_id", Sorted, nullable=False),
    Column("campaign", Text, nullable=False),
    Column("score", Integer, nullable=False),
    Column("comment", Text),  # the reader's own words
    Column("answered_at", Instant, nullable=False),
    one_of("kind", AnswerKind),
    *(
        check(f"{kind}_score", f"kind <> '{kind}' OR score BETWEEN {kind.scale[0]} AND {kind.scale[-1]}")
        for kind in AnswerKind
    ),
    check("comment", f"length(comment) BETWEEN 1 AND {LONGEST_COMMENT}"),
    Index("answer_by_time", "answered_at"),
    Index("answer_by_customer", "customer_id"),
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
    one_of("state", ConsentState),
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
    one_of("reason", SuppressionReason),
    UniqueConstraint("address_hash", "reason", "occurred_at", "source"),
)

# How far a list of the provider has been read.
watermark = Table(
    "watermark",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("reached_at", Instant, nullable=False),
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
    check("value_or_why_not", "(value IS NULL) = (why_not IS NOT NULL)"),
    check("interval_of_a_value", "value IS NOT NULL OR (low IS NULL AND high IS NULL)"),
)
