"""Impossible rows are impossible: the database itself refuses them, whatever a program asks."""

from __future__ import annotations

import pytest
from journal_making import DAY, NINE, batch, claim, held, plan, send, start
from sqlalchemy import text

from pakdee.domain.errors import JournalError

IMPOSSIBLE = {
    "an unknown state": "UPDATE batch SET state = 'lost'",
    "sending without a lease": "UPDATE batch SET state = 'sending'",
    "sending without an attempt": "UPDATE batch SET state = 'sending', worker = 'w', lease_until = 1",
    "a lease on what is not being sent": "UPDATE batch SET lease_until = 1",
    "accepted without an attempt": "UPDATE batch SET state = 'accepted', settled_at = 1, provider_id = 'x'",
    "an attempt without an id": "UPDATE batch SET attempts = 1, fence = 1",
    "more attempts than claims": "UPDATE batch SET attempts = 2, fence = 1, attempt_id = 'a'",
    "accepted without proof": (
        "UPDATE batch SET state = 'accepted', settled_at = 1, attempts = 1, fence = 1, attempt_id = 'a'"
    ),
    "cancelled without a reason": "UPDATE batch SET state = 'cancelled', settled_at = 1",
    "cancelled without a time": "UPDATE batch SET state = 'cancelled', reason = 'why'",
    "queued with an outcome": "UPDATE batch SET settled_at = 1",
    "a provider's id without its yes": "UPDATE batch SET provider_id = 'x'",
    "a waiting batch without its body": "UPDATE batch SET body = NULL",
    "an empty batch": "UPDATE batch SET size = 0",
    "a body without its hash": "UPDATE batch SET body_sha256 = NULL",
    "a mailed customer held out": "UPDATE message SET run_id = 'r'",
    "a message without a batch": "UPDATE message SET batch_id = NULL",
    "a held-out customer with a mail": "UPDATE message SET batch_id = NULL, run_id = 'r'",
    "unknown since nobody knows when": (
        "UPDATE batch SET state = 'unknown', reason = 'why', attempts = 1, fence = 1, attempt_id = 'a', claimed_at = 1"
    ),
    "unclear and queued": "UPDATE batch SET since = 1",
    "restored and queued": "UPDATE batch SET is_restored = TRUE",
    "tried at no time": "UPDATE batch SET attempts = 1, fence = 1, attempt_id = 'a'",
    "a canary of nothing": "UPDATE batch SET is_canary = TRUE",
    "part of no batch": "UPDATE batch SET root_id = 'none'",
    "an attempt of no batch": (
        "INSERT INTO attempt (id, batch_id, fence, worker, claimed_at) VALUES ('a', 'none', 1, 'w', 1)"
    ),
    "a journal with no generation": "UPDATE meta SET generation = 0",
    "a test of a day that was lost": "UPDATE run SET is_test = TRUE, is_restored = TRUE",
    "a message in no batch": "UPDATE message SET batch_id = 'none'",
    "a test that counts": "UPDATE message SET is_test = TRUE",
    "a run with a lease that is done": "UPDATE run SET lease_until = 1",
    "a run that failed for no reason": "UPDATE run SET state = 'failed'",
    "a second meta row": "INSERT INTO meta (one, project, mode, schema_version, created_at) VALUES (2, 'p', 'twin', 1, 1)",
    "an unknown mode": "UPDATE meta SET mode = 'maybe'",
    "an offer without a message": (
        "INSERT INTO offer (customer_id, campaign, step, occasion, grant_id, value, expires_on)"
        " VALUES ('none', 'birthday', '1', '2026', 'g', 'v', '2026-12-31')"
    ),
    "an odd consent": (
        "INSERT INTO consent (customer_id, state, occurred_at, source, recorded_at) VALUES ('a', 'maybe', 1, 's', 1)"
    ),
    "an odd suppression": (
        "INSERT INTO suppression (address_hash, reason, occurred_at, source, recorded_at)"
        " VALUES ('a', 'dislike', 1, 's', 1)"
    ),
}


IMPOSSIBLE_OF_AN_ATTEMPT = {
    "an odd outcome": "outcome = 'maybe', ended_at = 1",
    "an outcome at no time": "outcome = 'accepted'",
    "an end without an outcome": "ended_at = 1",
    "held until never": "provider_batch_id = 'p'",
    "cancelled and not held": "cancelled_at = 1",
    "released and not cancelled": "provider_batch_id = 'p', send_at = 1, released_at = 1",
    "no claim": "fence = 0",
}


@pytest.mark.parametrize("impossible", IMPOSSIBLE)
def test_the_database_refuses(journal, impossible):
    """Each of these would be a lie about what was sent."""
    plan(journal, batch(["ada"]))

    with pytest.raises(JournalError), journal._writing() as connection:
        connection.execute(text(IMPOSSIBLE[impossible]))


@pytest.mark.parametrize("impossible", IMPOSSIBLE_OF_AN_ATTEMPT)
def test_the_database_refuses_impossible_attempts(journal, impossible):
    """An attempt is what decides whether something may be sent again."""
    plan(journal, batch(["ada"]))
    claim(journal)

    with pytest.raises(JournalError), journal._writing() as connection:
        connection.execute(text(f"UPDATE attempt SET {IMPOSSIBLE_OF_AN_ATTEMPT[impossible]}"))


def test_an_error_of_the_database_names_no_customer(journal):
    """What a driver adds about the row stays out of messages, which end in logs."""
    plan(journal, batch(["ada"]))
    copy = "INSERT INTO message SELECT * FROM message"

    with pytest.raises(JournalError) as error, journal._writing() as connection:
        connection.execute(text(copy))
    assert "ada" not in str(error.value)


def test_all_ways_a_batch_goes_are_possible(journal):
    """The rules forbid nothing that happens."""
    run = plan(journal, batch(["ada"], not_before=NINE), batch(["ben"]), batch(["cat"]))
    send(journal)
    journal.refused(claim(journal), "no")
    journal.unknown(claim(journal), "no answer")
    journal.set_aside(start(journal), [held("dan")], due_on=DAY)

    assert run
    assert {s for states in journal.day_status(DAY).messages.values() for s in states} == {
        "accepted",
        "refused",
        "unknown",
    }
