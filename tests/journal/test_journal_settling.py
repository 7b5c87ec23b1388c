"""What nobody can say is settled by evidence, by a decision that still holds when it is carried out, or by hand."""

from __future__ import annotations

from dataclasses import replace
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
    hashed,
    in_order,
    message_id,
    plan,
    send,
)
from sqlalchemy import text

from pakdee.domain.errors import JournalError
from pakdee.domain.message import Hold, Receipt
from pakdee.domain.settlement import Decision
from pakdee.domain.vocabulary import EventKind, SuppressionReason
from pakdee.journal import schema

HOUR = timedelta(hours=1)
QUIET = HOUR
HOLD = Hold("provider-1", NINE + 15 * MINUTE)
RECEIPT = Receipt("x-9", 202)


def state(journal, customer="ada"):
    return str(journal.message(message_id(customer)).state)


def ask(journal, sql):
    with journal._reading() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def outcomes(journal):
    return [row[0] for row in ask(journal, "SELECT outcome FROM attempt ORDER BY claimed_at, fence")]


def only(journal):
    (found,) = journal.unclear(QUIET)
    return found


@pytest.fixture
def unknown(journal):
    """One unknown batch; its claim."""
    plan(journal, batch(["ada", "ben"]))
    claimed = claim(journal)
    journal.unknown(claimed, "no answer")
    return claimed


# ── attempts ───────────────────────────────────────────────────────────────────────────────────────


def test_every_claim_is_written_down_and_its_outcome_closes_it(journal, clock):
    """Before a byte leaves, and whatever comes of it."""
    plan(journal, *in_order(*(batch([c]) for c in ("ada", "ben", "cat", "dan", "eve"))))
    claimed = [claim(journal) for _ in range(5)]
    assert outcomes(journal) == [None] * 5

    journal.accepted(claimed[0], RECEIPT)
    journal.refused(claimed[1], "no")
    journal.delayed(claimed[2], until=NINE, reason="429")
    journal.not_reached(claimed[3], "no route", until=NINE)
    clock.advance(3 * MINUTE)
    journal.bury_dead()
    by_attempt = dict(ask(journal, "SELECT id, outcome FROM attempt"))
    assert [by_attempt[c.attempt_id] for c in claimed] == [
        "accepted",
        "refused",
        "delayed",
        "not_reached",
        "unknown",
    ]
    assert ask(journal, "SELECT COUNT(*) FROM attempt WHERE worker = 'w1' AND ended_at IS NOT NULL") == [(5,)]


def test_an_outcome_of_a_lost_claim_closes_nothing(journal):
    """The fence guards the attempt's row as well."""
    plan(journal, batch(["ada"]))
    first = claim(journal)
    journal.not_reached(first, "no route", until=NINE)
    claim(journal)
    assert not journal.accepted(first, RECEIPT)
    assert sorted(map(str, outcomes(journal))) == ["None", "not_reached"]


@pytest.mark.parametrize("attempt", ["first", "second"])
def test_an_event_of_any_attempt_proves(journal, unknown, attempt):
    """Also of the first, after it was thought absent and sent again."""
    journal.settle_by_hand(unknown.batch_id, accepted=False, by="mai")
    second = claim(journal)
    journal.unknown(second, "no answer either")
    of = unknown if attempt == "first" else second

    journal.append_events([event(EventKind.PROCESSED, None, attempt_id=of.attempt_id)])
    assert state(journal) == "accepted"


def test_an_event_of_the_first_attempt_keeps_a_batch_from_going_out_again(journal, unknown):
    """It was to be sent again, and is not."""
    journal.settle_by_hand(unknown.batch_id, accepted=False, by="mai")
    journal.append_events([event(EventKind.PROCESSED, None, attempt_id=unknown.attempt_id)])

    assert claim(journal) is None
    assert state(journal) == "accepted"


def test_a_late_answer_counts_as_long_as_nothing_was_sent_since(journal, unknown):
    """Even when the batch already waits to be sent again."""
    journal.settle_by_hand(unknown.batch_id, accepted=False, by="mai")
    assert journal.accepted(unknown, RECEIPT)
    assert claim(journal) is None


# ── facts ──────────────────────────────────────────────────────────────────────────────────────────


def test_an_unclear_batch_is_told_with_all_that_is_known(journal, clock, unknown):
    """Since when, why, and by which claim."""
    clock.advance(MINUTE)
    found = only(journal)

    assert (found.batch_id, found.campaign, found.size, found.fence) == (unknown.batch_id, "birthday", 2, 1)
    assert (found.since, found.reason, found.hold, found.is_restored) == (NINE, "no answer", None, False)
    assert (found.has_evidence, found.heard, found.silent) == (False, 0, 0)


def sent(journal, clock, customer, *, after, heard, campaign="winback", is_test=False):
    """A request claimed and accepted `after` from now; an event of it arrived or not."""
    clock.advance(after)
    plan(journal, batch([customer], campaign, occasion=f"{clock.now}"), is_test=is_test)
    claimed = claim(journal, due=clock.now)
    journal.accepted(claimed, RECEIPT)
    if heard:
        journal.append_events([event(EventKind.PROCESSED, None, attempt_id=claimed.attempt_id)])


@pytest.mark.parametrize(
    ("after", "heard", "waited", "told"),
    [
        (MINUTE, True, timedelta(0), (1, 0)),
        (MINUTE, False, timedelta(0), (0, 0)),  # its events may still come
        (MINUTE, False, QUIET, (0, 1)),
        (timedelta(0), True, timedelta(0), (0, 0)),  # not later than the unclear one
        (timedelta(0), False, QUIET, (0, 1)),
        (QUIET, True, timedelta(0), (1, 0)),
        (QUIET + MINUTE, True, timedelta(0), (0, 0)),  # too late to show how it was then
    ],
)
@pytest.mark.parametrize("is_test", [False, True])
def test_other_requests_show_whether_the_webhook_lived(
    journal, clock, unknown, after, heard, waited, told, is_test
):
    """Heard: claimed within the quiet time after it; silent: long accepted and without any event."""
    sent(journal, clock, "cat", after=after, heard=heard, is_test=is_test)
    clock.advance(waited)
    found = only(journal)
    assert (found.heard, found.silent) == told


def test_requests_before_it_show_nothing(journal, clock):
    """The webhook may have died in between."""
    sent(journal, clock, "cat", after=timedelta(0), heard=True)
    sent(journal, clock, "dan", after=timedelta(0), heard=False)
    clock.advance(MINUTE)
    plan(journal, batch(["ada"]))
    journal.unknown(claim(journal, due=clock.now), "no answer")
    clock.advance(3 * HOUR)

    assert (only(journal).heard, only(journal).silent) == (0, 0)


def test_events_of_a_waiting_request_are_expected_after_its_time(journal, clock, unknown):
    """Accepted now, to go out in 15 minutes: silent only a quiet time after that."""
    clock.advance(MINUTE)
    plan(journal, batch(["cat"], "winback"))
    claimed = claim(journal, due=clock.now)
    journal.held(claimed, HOLD)
    journal.accepted(claimed, RECEIPT)
    clock.advance(QUIET)
    assert only(journal).silent == 0
    clock.advance(15 * MINUTE)
    assert only(journal).silent == 1


# ── holds ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_hold_is_written_before_the_request_leaves(journal):
    """Once, and only by whoever holds the claim."""
    plan(journal, batch(["ada"]))
    claimed = claim(journal)

    assert journal.held(claimed, HOLD)
    assert not journal.held(claimed, replace(HOLD, provider_batch_id="another"))
    journal.unknown(claimed, "no answer")
    assert only(journal).hold == HOLD


@pytest.mark.parametrize("lost", ["dead", "newer"])
def test_a_zombie_gets_no_hold_and_must_not_send(journal, clock, lost):
    """It slept past its lease."""
    plan(journal, batch(["ada"]))
    claimed = claim(journal)
    if lost == "dead":
        clock.advance(3 * MINUTE)
        journal.bury_dead()
    else:
        journal.not_reached(claimed, "no route", until=NINE)
        claim(journal)

    assert not journal.held(claimed, HOLD)


def test_a_hold_needs_the_claim_itself(journal):
    """Even where the attempt's own row is still open, the batch's fence decides."""
    plan(journal, batch(["ada"]))
    claimed = claim(journal)
    with journal._writing() as connection:
        connection.execute(text("UPDATE batch SET fence = fence + 1"))

    assert not journal.held(claimed, HOLD)


@pytest.mark.parametrize(("after", "proves"), [(14 * 60, False), (15 * 60, True)])
@pytest.mark.parametrize("trace", ["attempt", "message"])
def test_only_events_from_its_time_on_prove_that_a_waiting_request_went_out(journal, trace, after, proves):
    """Until then it can still be thrown away, whatever was reported before."""
    plan(journal, batch(["ada"]))
    claimed = claim(journal)
    journal.held(claimed, HOLD)
    journal.unknown(claimed, "no answer")
    ids = {"attempt_id": claimed.attempt_id} if trace == "attempt" else {}

    journal.append_events([event(EventKind.PROCESSED, None if ids else "ada", after=after, **ids)])
    assert state(journal) == ("accepted" if proves else "unknown")


def test_a_cancelled_hold_is_sent_again_and_given_back_after_its_time(journal, clock):
    """The place among the ten is free again once the held copy is gone."""
    plan(journal, batch(["ada"]))
    claimed = claim(journal)
    journal.held(claimed, HOLD)
    journal.unknown(claimed, "no answer")
    found = only(journal)
    assert not found.is_cancelled

    assert journal.cancelled_at_provider(found)
    assert not journal.cancelled_at_provider(found)
    found = only(journal)
    assert found.is_cancelled
    assert journal.decide(found, Decision.RESEND)
    assert claim(journal).attempt_id != claimed.attempt_id

    assert journal.releasable(HOLD.send_at) == []
    ((attempt, hold),) = journal.releasable(HOLD.send_at + 2 * MINUTE)
    assert (attempt, hold) == (claimed.attempt_id, HOLD)
    journal.released(attempt)
    assert journal.releasable(HOLD.send_at + HOUR) == []


def test_nothing_is_cancelled_of_a_newer_claim(journal, unknown):
    """Looked at before, claimed since."""
    found = only(journal)
    journal.settle_by_hand(unknown.batch_id, accepted=False, by="mai")
    journal.held(claim(journal), HOLD)

    assert not journal.cancelled_at_provider(found)


# ── decisions ──────────────────────────────────────────────────────────────────────────────────────


def test_decisions_are_carried_out(journal, unknown):
    """Sent again with the same bytes; or left unconfirmed, which late evidence still settles."""
    assert journal.decide(only(journal), Decision.RESEND)
    again = claim(journal)
    assert (again.body, again.fence) == (unknown.body, 2)
    journal.unknown(again, "no answer")

    assert journal.decide(only(journal), Decision.UNCONFIRMED)
    assert state(journal) == "unconfirmed"
    assert journal.unclear(QUIET) == []
    journal.append_events([event(EventKind.DELIVERED, "ben", attempt_id=unknown.attempt_id)])
    assert state(journal) == "accepted"


@pytest.mark.parametrize("decision", [Decision.RESEND, Decision.UNCONFIRMED])
@pytest.mark.parametrize("change", ["evidence", "unread", "claim", "accepted", "another claim", "twice"])
def test_a_decision_on_facts_that_changed_is_not_carried_out(journal, clock, unknown, decision, change):
    """Each of these would otherwise send twice, or tell what is not so."""
    found = only(journal)
    if change == "evidence":
        with journal._writing() as connection:  # stored, and not applied yet
            journal._dialect.insert(
                connection,
                schema.engagement_event,
                ("id", "kind", "occurred_at", "attempt_id", "is_machine", "recorded_at"),
                [("e", "delivered", 0, unknown.attempt_id, False, 0)],
            )
    elif change == "unread":
        journal.store_webhook(b"[]", received_at=NINE)
    elif change == "accepted":
        journal.accepted(unknown, RECEIPT)
    else:
        journal.decide(found, Decision.RESEND)
        if change != "twice":
            again = claim(journal)
        if change == "another claim":
            clock.advance(MINUTE)
            journal.unknown(again, "no answer")

    assert not journal.decide(found, decision)
    assert state(journal) != "unconfirmed"


def test_a_cancellation_that_was_not_written_down_is_none(journal):
    """A decision that rests on it is not carried out."""
    plan(journal, batch(["ada"]))
    claimed = claim(journal)
    journal.held(claimed, HOLD)
    journal.unknown(claimed, "no answer")

    assert not journal.decide(replace(only(journal), is_cancelled=True), Decision.RESEND)
    assert state(journal) == "unknown"


def test_what_a_lost_journal_may_have_sent_is_never_sent_again_by_itself(journal, unknown):
    """Only a person can say so."""
    with journal._writing() as connection:
        connection.execute(text("UPDATE batch SET is_restored = TRUE"))

    with pytest.raises(ValueError, match="nothing the journal can do"):
        journal.decide(only(journal), Decision.RESEND)
    assert state(journal) == "unknown"


def test_a_decision_to_wait_is_no_decision(journal, unknown):
    """Nothing to carry out."""
    with pytest.raises(ValueError, match="wait"):
        journal.decide(only(journal), Decision.WAIT)


def test_accepting_needs_evidence(journal, unknown):
    """A mistaken call changes nothing."""
    assert not journal.decide(only(journal), Decision.ACCEPT)
    assert state(journal) == "unknown"


# ── people ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("before", ["unknown", "unconfirmed"])
@pytest.mark.parametrize("accepted", [True, False])
def test_a_person_settles_what_is_unclear(journal, unknown, before, accepted):
    """With a name beside it."""
    if before == "unconfirmed":
        journal.decide(only(journal), Decision.UNCONFIRMED)
    (row,) = journal.unclear_batches()
    assert (row.batch_id, row.messages, row.state, row.due_on) == (unknown.batch_id, 2, before, DAY)

    assert journal.settle_by_hand(unknown.batch_id, accepted=accepted, by="mai")
    assert journal.unclear_batches() == []
    assert journal.message(message_id("ada")).reason == "settled by mai"
    assert customers_in(claim(journal)) == ([] if accepted else ["ada", "ben"])


def test_a_person_is_told_why_nothing_can_be_settled(journal, clock, unknown):
    """There is no such batch, it is clear, or there is nothing left to send."""
    plan(journal, batch(["cat"], "winback"))
    other = claim(journal)
    for batch_id, said in (("none", "no such batch"), (other.batch_id, "is sending")):
        with pytest.raises(JournalError, match=said):
            journal.settle_by_hand(batch_id, accepted=True, by="mai")
    journal.decide(only(journal), Decision.UNCONFIRMED)
    clock.advance(HOUR)
    journal.forget_bodies(clock.now)
    with pytest.raises(JournalError, match="forgotten"):
        journal.settle_by_hand(unknown.batch_id, accepted=False, by="mai")
    assert journal.settle_by_hand(unknown.batch_id, accepted=True, by="mai")


def test_tests_are_settled_as_well_and_not_shown_to_people(journal):
    """They are in no list of what is missing."""
    plan(journal, batch(["ada"], occasion="test-1"), is_test=True)
    journal.unknown(claim(journal), "no answer")

    assert len(journal.unclear(QUIET)) == 1
    assert journal.unclear_batches() == []


# ── what campaigns do, and lists of the provider ───────────────────────────────────────────────────


def test_outcomes_are_told_by_campaign_since_it_was_resumed(journal, clock):
    """Bounces of mails that were sent before do not stop it again."""
    plan(journal, batch(["ada", "ben", "cat"]))
    claimed = send(journal)
    of = {"attempt_id": claimed.attempt_id}
    journal.append_events(
        [
            event(EventKind.DELIVERED, "ada", **of),
            event(EventKind.BOUNCED, "ben", **of),
            event(EventKind.COMPLAINED, "ada", **of),
            event(EventKind.OPENED, "ada", **of),
            event(EventKind.DELIVERED, "ada", **of),
        ]
    )
    (found,) = journal.outcomes().items()
    assert (found[0], found[1].settled, found[1].bounced, found[1].complained) == ("birthday", 2, 1, 1)

    clock.advance(MINUTE)
    journal.stop("birthday", "too many", by="breaker")
    clock.advance(MINUTE)
    journal.resume("birthday", "list mended")
    assert journal.outcomes() == {}


def test_outcomes_leave_out_tests_and_old_mails(journal, clock):
    """A breaker that looked at all mails ever sent would hardly move any more."""
    plan(journal, batch(["ada"], occasion="test-1"), is_test=True)
    test = claim(journal)
    journal.append_events([event(EventKind.BOUNCED, None, attempt_id=test.attempt_id)])
    assert journal.outcomes() == {}

    plan(journal, batch(["ben"]))
    real = claim(journal)
    journal.append_events([event(EventKind.BOUNCED, "ben", attempt_id=real.attempt_id)])
    assert journal.outcomes()["birthday"].bounced == 1
    clock.advance(timedelta(days=31))
    assert journal.outcomes() == {}


def test_lists_of_the_provider_are_read_with_overlap(journal):
    """Told again they change nothing; how far they were read is remembered by name."""
    listed = [(hashed("ada"), SuppressionReason.BOUNCED, NINE), ("f" * 32, SuppressionReason.INVALID, NINE)]
    assert journal.watermark("bounces") is None
    assert journal.append_suppressions(listed, "SendGrid's list") == 2
    assert (
        journal.append_suppressions([*listed, ("e" * 32, SuppressionReason.BOUNCED, NINE)], "SendGrid's list")
        == 1
    )

    journal.set_watermark("bounces", NINE)
    journal.set_watermark("bounces", NINE + MINUTE)
    assert (journal.watermark("bounces"), journal.watermark("spam reports")) == (NINE + MINUTE, None)
    plan(journal, batch(["ada", "ben"]))
    assert customers_in(claim(journal)) == ["ben"]


def test_withdrawals_are_told_with_unsubscribed_addresses_that_name_a_customer(journal):
    """For the shop's own system: who, when and by which way, oldest first."""
    plan(journal, batch(["ada", "ben", "cat"]))
    plan(journal, batch(["tester"], occasion="test-1"), is_test=True)
    journal.withdraw(message_id("ada"), source="one-click", at=NINE + MINUTE)
    journal.withdraw(message_id("cat"), source="one-click", at=NINE - HOUR)
    listed = [(hashed(c), SuppressionReason.UNSUBSCRIBED, NINE) for c in ("ben", "tester")]
    journal.append_suppressions([*listed, ("f" * 32, SuppressionReason.UNSUBSCRIBED, NINE)], "list")
    journal.append_suppressions([(hashed("cat"), SuppressionReason.BOUNCED, NINE)], "list")

    assert journal.withdrawals_since(NINE) == [
        ("ben", NINE, "list"),
        ("ada", NINE + MINUTE, "one-click"),
    ]
