"""What was sent: batches, each attempt to send one, and the brake."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from pakdee.domain.vocabulary import BatchState, Purpose
from pakdee.journal.schema.columns import METADATA, TERMINAL, Counter, Instant, check, index_where, one_of

OUTCOMES = ("accepted", "refused", "delayed", "not_reached", "unknown")

batch = Table(
    "batch",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("root_id", Text, ForeignKey("batch.id"), nullable=False),  # what it was split off; else itself
    Column("run_id", Text, ForeignKey("run.id"), nullable=False),
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
    Column("canary_id", Text, ForeignKey("canary.id")),
    Column("is_canary", Boolean, nullable=False, server_default="0"),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("attempt_id", Text, unique=True),  # the latest
    Column("claimed_at", Instant),  # the latest claim, of it or of what it was split off
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("worker", Text),
    Column("lease_until", Instant),
    Column("since", Instant),  # from when on nobody knew whether it was taken
    Column("is_restored", Boolean, nullable=False, server_default="0"),  # a lost journal may have sent it
    Column("provider_id", Text),
    Column("reason", Text),
    Column("settled_at", Instant),
    Column("body_bytes", Integer),
    Column("body_sha256", Text),  # of the frozen request itself
    Column("body", LargeBinary),  # zstd of it; last, so that nothing else is found behind it
    one_of("state", BatchState),
    one_of("purpose", Purpose),
    check("size", "size >= 1"),
    check("attempts", "attempts >= 0 AND fence >= attempts"),
    check("attempt_named", "(attempt_id IS NULL) = (attempts = 0)"),
    check("attempt_dated", "attempts = 0 OR claimed_at IS NOT NULL"),
    check("lease_while_sending", "(lease_until IS NOT NULL) = (state = 'sending')"),
    check("worker_while_sending", "(worker IS NOT NULL) = (state = 'sending')"),
    check(
        "was_tried",
        "state IN ('queued', 'cancelled') OR attempts >= 1 OR is_restored"
        " OR (state = 'accepted' AND claimed_at IS NOT NULL)",  # as a part of a batch that was tried
    ),
    check("unclear_since", "(since IS NOT NULL) = (state IN ('unknown', 'unconfirmed'))"),
    check("restored_is_unclear", "NOT is_restored OR state IN ('unknown', 'unconfirmed', 'accepted')"),
    check("canary_of_something", "NOT is_canary OR canary_id IS NOT NULL"),
    check("provider_answered", "provider_id IS NULL OR state = 'accepted'"),
    check("accepted_is_proven", "state <> 'accepted' OR provider_id IS NOT NULL OR reason IS NOT NULL"),
    check("reason", "state IN ('queued', 'sending', 'accepted') OR reason IS NOT NULL"),
    check("settled", f"(settled_at IS NOT NULL) = (state IN ({TERMINAL}))"),
    check("body_until_terminal", f"body IS NOT NULL OR state IN ({TERMINAL})"),
    check("body_is_provable", "body IS NULL OR (body_bytes IS NOT NULL AND body_sha256 IS NOT NULL)"),
    Index("batch_by_state", "state", "not_before", "created_at", "id"),  # claims take the first, no sorting
    Index("batch_by_day", "due_on", "id"),  # newest first, to find a message by its id alone
    Index("batch_by_run", "run_id"),
    Index("batch_by_root", "root_id"),  # else each batch taken back is a search for its children
    Index("batch_by_provider_id", "provider_id"),
    index_where("batch_by_claim", "claimed_at IS NOT NULL AND NOT is_test", "claimed_at", "size"),
    index_where("batch_by_canary", "canary_id IS NOT NULL", "canary_id", "is_canary"),
)

# One row per claim, written with it, so before any byte leaves; its outcome closes it.
attempt = Table(
    "attempt",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("batch_id", Text, ForeignKey("batch.id"), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("worker", Text, nullable=False),
    Column("claimed_at", Instant, nullable=False),
    Column("outcome", Text),
    Column("ended_at", Instant),
    # Where SendGrid keeps the request until `send_at`, with guard = "scheduled".
    Column("provider_batch_id", Text, unique=True),
    Column("send_at", Instant),
    Column("cancelled_at", Instant),  # SendGrid has confirmed that it will throw it away at `send_at`
    Column("released_at", Instant),  # and has been told that it may forget the cancellation
    one_of("outcome", OUTCOMES),
    check("fence", "fence >= 1"),
    check("ended", "(outcome IS NULL) = (ended_at IS NULL)"),
    check("held_until", "(provider_batch_id IS NULL) = (send_at IS NULL)"),
    check("cancelled_when_held", "cancelled_at IS NULL OR send_at IS NOT NULL"),
    check("released_when_cancelled", "released_at IS NULL OR cancelled_at IS NOT NULL"),
    UniqueConstraint("batch_id", "fence"),
    Index("attempt_by_claim", "claimed_at"),
    index_where("attempt_cancelled", "cancelled_at IS NOT NULL AND released_at IS NULL", "send_at"),
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
    check("resumed_with_a_reason", "(resumed_at IS NULL) = (resumed_because IS NULL)"),
    index_where("stop_in_force", "resumed_at IS NULL", "scope", unique=True),
)
