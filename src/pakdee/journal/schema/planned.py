"""What was planned: runs, canaries, messages and what they promise."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from pakdee.journal.schema.columns import METADATA, Instant, Sorted, check, index_where, one_of

RELEASED = ("cancelled", "refused", "bounced", "expired")

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
    Column("generation", Integer, nullable=False),
    Column("is_restored", Boolean, nullable=False),  # of a day that a lost journal may have sent
    Column("state", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("lease", Instant, nullable=False),  # microseconds
    Column("lease_until", Instant),
    Column("finished_at", Instant),
    Column("reason", Text),
    # How far the consent and suppression logs had come: what is newer, the plan may not have seen.
    Column("seen_consent", BigInteger, nullable=False),
    Column("seen_suppression", BigInteger, nullable=False),
    one_of("state", ("planning", "enqueued", "failed")),
    check("lease_while_planning", "(lease_until IS NOT NULL) = (state = 'planning')"),
    check("finished", "(finished_at IS NULL) = (state = 'planning')"),
    check("failure_has_a_reason", "state <> 'failed' OR reason IS NOT NULL"),
    check("test_is_never_restored", "NOT (is_test AND is_restored)"),
    Index("run_by_day", "day", "state"),
)

verdict_count = Table(
    "verdict_count",
    METADATA,
    Column("run_id", Text, ForeignKey("run.id"), primary_key=True),
    Column("campaign", Text, primary_key=True),
    Column("verdict", Text, primary_key=True),
    Column("customers", Integer, nullable=False),
    check("not_negative", "customers >= 0"),
)

# One campaign of one run whose first batches go ahead; the others wait until `passed_at` is written.
canary = Table(
    "canary",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("run_id", Text, ForeignKey("run.id"), nullable=False),
    Column("campaign", Text, nullable=False),
    Column("wait", Instant, nullable=False),  # microseconds after the last of them was settled
    Column("passed_at", Instant),
    UniqueConstraint("run_id", "campaign"),
    check("wait", "wait >= 0"),
    index_where("canary_open", "passed_at IS NULL", "id"),
)

# One table for all whom a campaign has won; its key and its day then guard them alike, whatever runs at once.
# Who gets no mail has no batch, but the run that said so: a held-out customer, who has no opaque id either,
# and one whom another channel is to tell (`handover`).
message = Table(
    "message",
    METADATA,
    Column("customer_id", Sorted, primary_key=True),  # first, so that a shard of customers is one range
    Column("campaign", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("occasion", Text, primary_key=True),
    Column("batch_id", Text, ForeignKey("batch.id")),
    Column("run_id", Text),
    Column("message_id", Text),
    Column("address_hash", Text),
    Column("due_on", Text, nullable=False),
    Column("counts", Boolean, nullable=False),  # takes a place in caps: no service, test, cancelled, refused
    Column("is_test", Boolean, nullable=False),
    check("mailed_or_held_out", "(batch_id IS NULL) = (run_id IS NOT NULL)"),
    check(
        "named_when_mailed",
        "(batch_id IS NULL OR message_id IS NOT NULL) AND (batch_id IS NULL) = (address_hash IS NULL)",
    ),
    check("test_never_counts", "NOT (is_test AND (counts OR batch_id IS NULL))"),
    index_where("message_one_a_day", "counts", "customer_id", "due_on", unique=True),
    # Opaque ids are spread at random: an index of them alone would cost more than all the rest of the row.
    Index("message_by_batch", "batch_id", "message_id", unique=True),
    index_where("message_not_mailed", "batch_id IS NULL", "run_id"),
)

# By the key of its message, so that both are written in the same order.
offer = Table(
    "offer",
    METADATA,
    Column("customer_id", Sorted, primary_key=True),
    Column("campaign", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("occasion", Text, primary_key=True),
    Column("grant_id", Text, nullable=False),
    Column("code", Text, unique=True),
    Column("value", Text, nullable=False),
    Column("expires_on", Text, nullable=False),
    Column("starts_on", Text),  # the first day it can be used; at once where there is none
    Column("units", Integer),  # that it puts into the account
    Column("budget_period", Text),  # that it counts in, where the grant has a budget
    Column("cap_period", Text),  # likewise of the member's own cap, with
    Column("cap_place", Integer),  # which of the member's it is
    Column("redeemed_on", Text),
    Column("order_id", Text),
    Column("released", Text),  # why it counts in no budget any more; its code stays dead
    ForeignKeyConstraint(
        ["customer_id", "campaign", "step", "occasion"],
        ["message.customer_id", "message.campaign", "message.step", "message.occasion"],
    ),
    one_of("released", RELEASED),
    check("starts_before_it_expires", "starts_on <= expires_on"),
    check("units", "units >= 1"),
    check("cap_place", "(cap_period IS NULL) = (cap_place IS NULL) AND cap_place >= 1"),
    check("order_of_a_redemption", "order_id IS NULL OR redeemed_on IS NOT NULL"),
    index_where(
        "offer_in_cap",
        "cap_period IS NOT NULL",
        "customer_id",
        "grant_id",
        "cap_period",
        "cap_place",
        unique=True,
    ),
    index_where(
        "offer_in_budget", "budget_period IS NOT NULL AND released IS NULL", "grant_id", "budget_period"
    ),
    index_where("offer_redeemed", "redeemed_on IS NOT NULL", "customer_id"),
    index_where("offer_of_units", "units IS NOT NULL", "grant_id"),
    sqlite_with_rowid=False,
)

# How much of each budget is given out. Whoever gives or takes back locks the row first, so that planners at
# the same time wait for each other; the number is always that of the offers that count.
allotment = Table(
    "allotment",
    METADATA,
    Column("grant_id", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("given", Integer, nullable=False, server_default="0"),
    check("given", "given >= 0"),
)

# The shop's own codes. A code that was handed out stays here for ever, whatever becomes of its file.
pool_code = Table(
    "pool_code",
    METADATA,
    Column("code", Text, primary_key=True),
    Column("grant_id", Text, nullable=False),
    Column("place", Integer, nullable=False),  # in its file
    Column("is_free", Boolean, nullable=False),
    index_where("pool_code_free", "is_free", "grant_id", "place"),
)

# What was exported for another channel, so that nobody is told twice.
handover = Table(
    "handover",
    METADATA,
    Column("customer_id", Sorted, primary_key=True),
    Column("campaign", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("occasion", Text, primary_key=True),
    Column("exported_at", Instant, nullable=False),
    ForeignKeyConstraint(
        ["customer_id", "campaign", "step", "occasion"],
        ["message.customer_id", "message.campaign", "message.step", "message.occasion"],
    ),
    sqlite_with_rowid=False,
)
