"""The journal as a whole: whose it is, and what became of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from pakdee.domain.vocabulary import Mode
from pakdee.journal.schema.columns import METADATA, Instant, check, one_of

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
    # How often a journal was lost and an older one put in its place, plus one.
    Column("generation", Integer, nullable=False, server_default="1"),
    # Moves as mails are planned and sent; the number beside the journal tells when it has fallen behind.
    Column("epoch", BigInteger, nullable=False, server_default="0"),
    check("single", "one = 1"),
    one_of("mode", Mode),
    check("counters", "generation >= 1 AND epoch >= 0"),
)

# Each time an older journal took the place of a lost one: days of which that one may have sent anything.
restoration = Table(
    "restoration",
    METADATA,
    Column("generation", Integer, primary_key=True, autoincrement=False),  # that began with it
    Column("kept_at", Instant, nullable=False),  # the last instant the restored journal knows of
    Column("restored_at", Instant, nullable=False),
    Column("from_day", Text, nullable=False),
    Column("to_day", Text, nullable=False),
    check("generation", "generation >= 2"),
    check("days", "from_day <= to_day"),
)
