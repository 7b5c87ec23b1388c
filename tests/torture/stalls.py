"""A worker that sleeps past its claim, as on a machine that was suspended, and wakes at the worst instant.

It sleeps with requests under way that the provider then answers with "later". By the time it reads that
answer, its requests have been judged, proven absent, claimed by another worker and taken by the provider; the
other worker still waits for its answer, and no event has come yet. What the sleeper has to say is true, and
stale: written down, it would have the same mails sent once more.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing

import psycopg

from tests.torture.cast import SENDERS, Cast
from tests.torture.databases import ask
from tests.torture.probing import Probe, wait

LATER = {"latency": 1.0, "latency_seconds": (0.6, 0.6), "too_many": 1.0}
TAKEN_IN_SILENCE = {"latency": 1.0, "latency_seconds": (0.4, 0.4), "silence_after": 1.0}
AFTER_WAKING = 1.5  # real seconds in which the woken worker reads its answers, and claims what it can


def sleep_past_a_claim(cast: Cast, probe: Probe) -> None:
    """One such sleep."""
    sleeper, other = SENDERS
    for role in SENDERS:
        if cast.is_alive(role):
            cast.kill(role)
    cast.tell_twin("/twin/misbehave", LATER)
    cast.start(sleeper)
    asleep = _put_to_sleep(cast, sleeper)
    cast.tell_twin("/twin/misbehave", TAKEN_IN_SILENCE)
    cast.start(other)
    again = wait(lambda: _claimed_again(cast, probe, asleep) or None)
    for role in ("learner", "settler"):
        cast.kill(role)
    wait(lambda: _are_taken(cast, again) or None)
    cast.stall(other)
    cast.go_on(sleeper)
    time.sleep(AFTER_WAKING)
    cast.go_on(other)
    cast.start("learner", "settler")


def _put_to_sleep(cast: Cast, role: str) -> dict[str, int]:
    """Stop the worker while it waits for answers, and not while it holds the journal; what it had claimed."""
    while True:
        wait(lambda: _sending(cast, role) or None)
        cast.stall(role)
        if _is_writable(cast.world.journal_url) and (asleep := _sending(cast, role)):
            return asleep
        cast.go_on(role)


def _sending(cast: Cast, role: str) -> dict[str, int]:
    """Fences of the batches a worker is sending, by id."""
    its_own = f"worker LIKE '%:{cast.process_of(role)}:%'"
    sql = f"SELECT id, fence FROM batch WHERE state = 'sending' AND NOT is_test AND {its_own}"
    return dict(ask(cast.world.journal_url, sql))


def _claimed_again(cast: Cast, probe: Probe, asleep: Mapping[str, int]) -> set[str]:
    """Later attempts at what the sleeper had claimed."""
    cast.check()
    probe.send_if_due()
    attempts = ask(cast.world.journal_url, "SELECT id, batch_id, fence FROM attempt")
    return {attempt for attempt, batch, fence in attempts if fence > asleep.get(batch, fence)}


def _are_taken(cast: Cast, attempts: set[str]) -> bool:
    """Whether the provider has taken any of these."""
    with closing(sqlite3.connect(cast.world.twin_state / "twin.sqlite", timeout=60)) as connection:
        return bool(attempts & {row[0] for row in connection.execute("SELECT attempt FROM request")})


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
            held = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            if connection.execute(held).fetchone() != (0,):
                return False
            connection.execute("SELECT 1 FROM batch WHERE state IN ('queued', 'sending') FOR UPDATE")
            connection.execute("SELECT 1 FROM meta FOR UPDATE")
        except psycopg.errors.LockNotAvailable:
            return False
        finally:
            connection.rollback()
        return True
