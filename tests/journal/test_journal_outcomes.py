"""Every outcome is recorded once, by whoever holds the claim; what nobody knows stays unknown until proven."""

from __future__ import annotations

from datetime import timedelta

import pytest
from journal_making import (
    DAY,
    MINUTE,
    NINE,
    batch,
    claim,
    customers_in,
    event,
    message_id,
    plan,
    send,
    start,
)
from sqlalchemy import text

from pakdee.domain.message import Receipt
from pakdee.domain.vocabulary import EventKind

RECEIPT = Receipt("x-1", 202)


@pytest.fixture
def claimed(journal):
    plan(journal, batch(["ada", "ben"]))
    return claim(journal)


def state(journal, customer="ada"):
    row = journal.message(message_id(customer))
    return row.state, row.reason


def test_accepted_is_recorded_once(journal, claimed):
    """A second report of the same outcome changes nothing."""
    assert journal.accepted(claimed, RECEIPT)
    assert not journal.accepted(claimed, RECEIPT)
    assert not journal.refused(claimed, "no")
    assert state(journal) == ("accepted", None)


def test_refused_keeps_the_providers_words_and_frees_the_day(journal, claimed):
    """Nobody got the mail, so another campaign may have the day; the occasion stays taken."""
    assert journal.refused(claimed, "400: The from address does not match a verified sender")

    assert state(journal) == ("refused", "400: The from address does not match a verified sender")
    assert not journal.memory("a", "z").contacts["counts"].any()
    run = start(journal)
    assert not journal.enqueue(run, batch(["ada"], "winback"), due_on=DAY)
    assert len(journal.enqueue(run, batch(["ada"]), due_on=DAY)) == 1


def test_delayed_makes_all_workers_wait(journal, clock, claimed):
    """One 429 is for everybody, whatever counts as due; afterwards the same bytes go out."""
    run = start(journal)
    journal.enqueue(run, batch(["cat"], not_before=NINE + MINUTE), due_on=DAY)
    journal.finish_run(run)

    assert journal.delayed(claimed, until=NINE + MINUTE, reason="429")
    assert claim(journal, due=NINE + timedelta(days=1)) is None

    clock.advance(MINUTE)
    again = claim(journal)
    assert (again.batch_id, again.body) == (claimed.batch_id, claimed.body)


def test_not_reached_holds_back_only_its_own_batch(journal, clock, claimed):
    """No byte left this machine: safe to try again, not before the time told."""
    run = start(journal)
    journal.enqueue(run, batch(["cat"]), due_on=DAY)
    journal.finish_run(run)

    assert journal.not_reached(claimed, "no route", until=NINE + MINUTE)
    assert customers_in(claim(journal)) == ["cat"]
    assert claim(journal) is None
    clock.advance(MINUTE)
    assert customers_in(claim(journal)) == ["ada", "ben"]


def test_unknown_stays_unknown(journal, clock, claimed):
    """It is never sent again on a guess, however long it takes."""
    assert journal.unknown(claimed, "no answer in 60 seconds")
    clock.advance(timedelta(days=30))
    journal.bury_dead()

    assert claim(journal, due=clock.now) is None
    assert state(journal) == ("unknown", "no answer in 60 seconds")


def test_a_dead_workers_batch_becomes_unknown(journal, clock, claimed):
    """It may have gone out, so it is not sent again; a living worker's is left alone."""
    assert journal.bury_dead() == 0
    clock.advance(3 * MINUTE)

    assert journal.bury_dead() == 1
    assert state(journal) == ("unknown", "its worker died while sending: it may have gone out")
    assert claim(journal) is None


def test_an_answer_after_the_lease_still_tells_the_truth(journal, clock, claimed):
    """Nobody else had the batch, so the late 202 settles it."""
    clock.advance(3 * MINUTE)
    journal.bury_dead()

    assert journal.accepted(claimed, RECEIPT)
    assert state(journal) == ("accepted", None)


def test_an_answer_to_an_earlier_claim_is_refused(journal, clock, claimed):
    """Another worker has the batch now: the fence tells."""
    journal.not_reached(claimed, "no route", until=NINE)
    second = claim(journal, worker="w2")

    assert not journal.accepted(claimed, RECEIPT)
    assert not journal.refused(claimed, "no")
    assert not journal.unknown(claimed, "no answer")
    assert not journal.delayed(claimed, until=NINE, reason="429")
    assert not journal.not_reached(claimed, "no route", until=NINE)
    assert state(journal) == ("sending", None)
    assert journal.accepted(second, RECEIPT)


@pytest.mark.parametrize(
    "kind", [EventKind.PROCESSED, EventKind.DELIVERED, EventKind.BOUNCED, EventKind.OPENED]
)
@pytest.mark.parametrize("trace", ["message", "attempt"])
@pytest.mark.parametrize("before", ["unknown", "unconfirmed"])
def test_any_event_of_a_mail_proves_that_it_went_out(journal, claimed, kind, trace, before):
    """By its attempt or by one of its messages, early or late."""
    journal.unknown(claimed, "no answer")
    if before == "unconfirmed":
        with journal._writing() as connection:
            connection.execute(text("UPDATE batch SET state = 'unconfirmed', settled_at = 1"))
    ids = {"message_id": None} | ({"attempt_id": claimed.attempt_id} if trace == "attempt" else {})

    journal.append_events([event(kind, **(ids if trace == "attempt" else {}))])

    assert state(journal) == ("accepted", "an event of this mail arrived")


@pytest.mark.parametrize("kind", [EventKind.ACCOUNT, EventKind.UNKNOWN])
def test_other_events_prove_nothing(journal, claimed, kind):
    """What is not about a mail is no evidence; nor is another mail's event."""
    journal.unknown(claimed, "no answer")
    journal.append_events(
        [event(kind), event(EventKind.DELIVERED, "stranger"), event(EventKind.DELIVERED, None)]
    )

    assert state(journal)[0] == "unknown"


@pytest.mark.parametrize("end", ["unknown", "dead", "not reached", "delayed"])
def test_an_event_that_comes_before_the_outcome_is_not_forgotten(journal, clock, claimed, end):
    """The webhook may be faster than the answer; what reached its readers is never sent twice."""
    journal.append_events([event(EventKind.DELIVERED, attempt_id=claimed.attempt_id)])
    assert state(journal)[0] == "sending", "left to its worker"

    if end == "unknown":
        journal.unknown(claimed, "no answer")
    elif end == "not reached":
        journal.not_reached(claimed, "reset", until=NINE)
    elif end == "delayed":
        journal.delayed(claimed, until=NINE, reason="429")
    else:
        clock.advance(3 * MINUTE)
        journal.bury_dead()

    assert state(journal)[0] == "accepted"
    assert claim(journal) is None


def test_open_messages_are_those_due_and_without_an_outcome(journal):
    """Queued and being sent; not later ones, tests, or those of an unfinished run."""
    early, later = NINE - MINUTE, NINE + MINUTE
    plan(journal, batch(["ada", "ben"], not_before=early), batch(["cat"]), batch(["dan"], not_before=later))
    plan(journal, batch(["tester"], occasion="test-1"), is_test=True)
    journal.enqueue(start(journal), batch(["eve"]), due_on=DAY)
    assert journal.open_messages(NINE) == 3

    send(journal)
    assert journal.open_messages(NINE) == 1
