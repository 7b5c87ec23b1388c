"""A worker that sleeps past its claim, as on a machine that was suspended, and wakes at the worst instant.

It sleeps with requests under way that the provider then answers with "later". By the time it reads that
answer, its requests have been judged, proven absent and claimed by another worker, which is stopped, too,
just after it sent them. The answer is true, and stale: written down it would have them sent once more.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing

import psycopg

from pakdee.journal.dialect import _LOG_LOCK
from tests.torture.cast import SENDERS, Cast
from tests.torture.databases import ask
from tests.torture.probing import Probe, wait

LATER = {"latency": 1.0, "latency_seconds": (0.6, 0.6), "too_many": 1.0}
SLOW = {"latency": 1.0, "latency_seconds": (0.6, 0.6)}
AFTER_WAKING = 0.5  # real seconds in which the woken worker reads its answers


def sleep_past_a_claim(cast: Cast, probe: Probe) -> None:
    """One such sleep."""
    sleeper, other = SENDERS
    for role in SENDERS:
        if cast.is_alive(role):
            cast.kill(role)
    cast.tell_twin("/twin/misbehave", LATER)
    cast.start(sleeper)
    asleep = _put_to_sleep(cast, sleeper)
    cast.tell_twin("/twin/misbehave", SLOW)
    cast.start(other)
    wait(lambda: _see_them_sent_by_another(cast, probe, asleep))
    cast.stall(other)
    cast.go_on(sleeper)
    time.sleep(AFTER_WAKING)
    cast.go_on(other)


def _put_to_sleep(cast: Cast, role: str) -> dict[str, int]:
    """Stop the worker while it waits for answers, and not while it holds the journal; what it had claimed."""
    while True:
        wait(lambda: _sending(cast) or None)
        cast.stall(role)
        if _is_writable(cast.world.journal_url):
            return _sending(cast)
        cast.go_on(role)


def _sending(cast: Cast) -> dict[str, int]:
    """Fences of the batches being sent, by id."""
    return dict(
        ask(cast.world.journal_url, "SELECT id, fence FROM batch WHERE state = 'sending' AND NOT is_test")
    )


def _see_them_sent_by_another(cast: Cast, probe: Probe, asleep: Mapping[str, int]) -> bool | None:
    cast.check()
    probe.send_if_due()
    found = _sending(cast)
    return any(found.get(batch, 0) > fence for batch, fence in asleep.items()) or None


def _is_writable(url: str) -> bool:
    """Whether others can write to the journal: a worker stopped in a transaction would hold them all up."""
    if url.startswith("sqlite:///"):
        with closing(
            sqlite3.connect(url.removeprefix("sqlite:///"), timeout=0.3, isolation_level=None)
        ) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            connection.execute("ROLLBACK")
            return True
    with psycopg.connect(url) as connection:
        connection.execute("SET lock_timeout = '300ms'")
        try:
            connection.execute(f"SELECT pg_advisory_xact_lock({_LOG_LOCK})")
            connection.execute("SELECT 1 FROM batch WHERE state IN ('queued', 'sending') FOR UPDATE")
            connection.execute("SELECT 1 FROM meta FOR UPDATE")
        except psycopg.errors.LockNotAvailable:
            return False
        finally:
            connection.rollback()
        return True
