"""A batch is claimed by one worker at a time, and never with a message that must not be sent any more."""

from __future__ import annotations

import datetime as dt
import threading
from datetime import timedelta

import pytest
from journal_making import (
    DAY,
    MINUTE,
    NINE,
    address,
    batch,
    claim,
    customers_in,
    event,
    hashed,
    message_id,
    opened,
    plan,
    start,
)

from pakdee.domain.vocabulary import BatchState, EventKind, Purpose, SuppressionReason

HARD = [SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED, SuppressionReason.INVALID]
EVENT_OF = {"bounced": EventKind.BOUNCED, "complained": EventKind.COMPLAINED}


def states(journal, *customers):
    found = [journal.message(message_id(customer)) for customer in customers]
    return [(row.state, row.reason) for row in found]


def test_a_claim_brings_the_frozen_bytes_and_marks_the_attempt(journal):
    """What was planned is what is sent; the attempt id is new, and the fence proves the claim."""
    made = batch(["ada", "ben"])
    plan(journal, made)

    claimed = claim(journal)

    assert (claimed.body, claimed.size, claimed.campaign) == (made.body, 2, "birthday")
    assert len(claimed.attempt_id) == 32
    assert claimed.fence == 1
    assert claim(journal) is None


def test_batches_come_in_the_order_they_are_due(journal):
    """And nothing comes before its time."""
    plan(
        journal,
        batch(["late"], not_before=NINE + timedelta(hours=2)),
        batch(["first"], not_before=NINE - timedelta(hours=1)),
        batch(["second"]),
    )

    assert [customers_in(claim(journal)) for _ in range(3)] == [["first"], ["second"], []]
    assert customers_in(claim(journal, due=NINE + timedelta(hours=2))) == ["late"]


def test_the_fence_rises_with_every_claim(journal):
    """So that an answer to an earlier claim can be told from one to a later."""
    plan(journal, batch(["ada"]))
    first = claim(journal)
    journal.not_reached(first, "no route", until=NINE)
    second = claim(journal)

    assert second.fence > first.fence
    assert second.attempt_id != first.attempt_id
    assert second.body == first.body


def test_many_workers_never_share_a_batch(journal):
    """Eight threads empty the queue, each batch once."""
    plan(journal, *(batch([f"c{n}"]) for n in range(40)))
    seen: list[str] = []

    def work(name):
        while found := claim(journal, worker=name):
            seen.append(found.batch_id)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(seen) == len(set(seen)) == 40


@pytest.mark.parametrize("scope", [None, "birthday"])
def test_nothing_stopped_is_claimed_until_it_is_resumed(journal, scope):
    """The brake holds everything, or one campaign, and says who pulled it and why."""
    plan(journal, batch(["ada"]))
    journal.stop(scope, "wrong picture", by="mai")
    journal.stop(scope, "again", by="ton")

    assert claim(journal) is None
    assert [(s.scope, s.because, s.by) for s in journal.stops()] == [(scope, "wrong picture", "mai")]

    assert journal.resume(scope, "picture mended", by="mai")
    assert not journal.resume(scope, "once more", by="mai")
    assert journal.stops() == []
    assert customers_in(claim(journal)) == ["ada"]


def test_a_stop_of_another_campaign_holds_only_that(journal):
    """The others go on."""
    plan(journal, batch(["ada"]), batch(["ben"], "winback"))
    journal.stop("birthday", "wrong picture", by="mai")

    assert customers_in(claim(journal)) == ["ben"]
    assert claim(journal) is None
    assert not journal.resume(None, "there is no stop of everything")


@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("reason", HARD)
@pytest.mark.parametrize("when", ["before the run", "after it"])
def test_a_bad_address_is_never_mailed_whatever_the_purpose(journal, purpose, reason, when):
    """Bounced, complained and invalid block service mail too, known to the plan or not."""
    if when == "before the run":
        journal.suppress(hashed("ada"), reason, NINE, "provider")
    plan(journal, batch(["ada", "ben"], purpose=purpose))
    if when == "after it":
        journal.suppress(hashed("ada"), reason, NINE, "provider")

    assert customers_in(claim(journal)) == ["ben"]
    assert states(journal, "ada", "ben") == [("cancelled", "suppressed"), ("sending", None)]


@pytest.mark.parametrize(
    ("purpose", "goes_out"), [(Purpose.MARKETING, False), (Purpose.SURVEY, False), (Purpose.SERVICE, True)]
)
@pytest.mark.parametrize("how", ["one-click", "event", "address"])
def test_a_withdrawal_after_the_run_started_blocks_what_needs_consent(journal, purpose, goes_out, how):
    """Pressed while the day is being planned or waits to be sent: marketing and survey stay, service goes."""
    run = start(journal)
    journal.enqueue(run, batch(["ada", "ben"], purpose=purpose), due_on=DAY)
    if how == "one-click":
        journal.withdraw(message_id("ada"), source="one-click", at=NINE)
    elif how == "event":
        journal.append_events([event(EventKind.UNSUBSCRIBED, "ada", after=-86_400)])
    else:
        journal.suppress(hashed("ada"), SuppressionReason.UNSUBSCRIBED, NINE, "provider list")
    journal.finish_run(run)

    assert customers_in(claim(journal)) == (["ada", "ben"] if goes_out else ["ben"])


def test_a_withdrawal_the_plan_had_weighed_does_not_block(journal, clock):
    """Ada left in spring and agreed again in summer, on paper: the plan saw both, and mails her."""
    plan(journal, batch(["ada"]))
    claim(journal)
    journal.withdraw(message_id("ada"), source="one-click", at=NINE)
    clock.advance(timedelta(days=1))
    plan(journal, batch(["ada"], occasion="2027"), day=DAY + timedelta(days=1))

    assert customers_in(claim(journal)) == ["ada"]


def test_an_older_withdrawal_that_arrives_late_changes_nothing_the_plan_had_weighed(journal, clock):
    """The latest word by its own date stands, and that one the plan had seen."""
    plan(journal, batch(["ada"]))
    claim(journal)
    journal.append_events([event(EventKind.UNSUBSCRIBED, address_hash="0" * 32)])
    clock.advance(timedelta(days=1))
    plan(journal, batch(["ada"], occasion="2027"), day=DAY + timedelta(days=1))
    journal.append_events([event(EventKind.UNSUBSCRIBED, after=30, address_hash="0" * 32)])

    assert customers_in(claim(journal)) == ["ada"]


def test_two_customers_with_one_address_leave_together(journal):
    """An address that unsubscribed gets nothing, whoever it belongs to."""
    plan(journal, batch(["ada", "ben"]))
    journal.suppress(hashed("ben"), SuppressionReason.UNSUBSCRIBED, NINE, "provider list")

    assert customers_in(claim(journal)) == ["ada"]


def test_the_affected_leave_bytes_and_counts_and_keep_their_reason(journal):
    """They move to a cancelled batch of their own, and their day is free for another message."""
    plan(journal, batch(["ada", "ben", "cat", "dan"]))
    journal.suppress(hashed("ada"), SuppressionReason.BOUNCED, NINE, "provider")
    journal.withdraw(message_id("cat"), source="one-click", at=NINE)
    journal.suppress(hashed("dan"), SuppressionReason.COMPLAINED, NINE, "provider")

    claimed = claim(journal)

    assert claimed.size == 1
    assert address("ben") in claimed.body.decode()
    assert address("ada") not in claimed.body.decode()
    assert journal.body_of(claimed.batch_id) == claimed.body
    assert journal.day_status(DAY).reasons == {
        ("birthday", BatchState.CANCELLED, "suppressed"): 3,
    }
    assert not journal.memory("ada", "ada").contacts["counts"].any()
    assert not journal.enqueue(start(journal), batch(["ada"], "winback"), due_on=DAY)


def test_a_batch_of_which_nothing_is_left_is_cancelled_and_the_next_one_comes(journal):
    """Nobody waits behind customers who left."""
    plan(journal, batch(["ada", "ben"], not_before=NINE - MINUTE), batch(["cat"]))
    journal.withdraw(message_id("ada"), source="one-click", at=NINE)
    journal.suppress(hashed("ben"), SuppressionReason.INVALID, NINE, "provider")

    assert customers_in(claim(journal)) == ["cat"]
    assert {state for state, _ in states(journal, "ada", "ben")} == {"cancelled"}
    assert claim(journal) is None


def test_a_trim_that_fails_leaves_the_batch_as_it_was(journal):
    """The claim is one transaction."""
    plan(journal, batch(["ada", "ben"]))
    journal.suppress(hashed("ada"), SuppressionReason.BOUNCED, NINE, "provider")

    def broken(_body, _ids):
        raise RuntimeError("cannot trim")

    with pytest.raises(RuntimeError):
        journal.claim(due_before=NINE, lease=MINUTE, worker="w", trim=broken)
    assert states(journal, "ada", "ben") == [("queued", None), ("queued", None)]


def test_what_is_past_its_time_is_not_sent_but_cancelled(journal, clock):
    """`skip_after` is kept even when nothing ran for hours."""
    plan(journal, batch(["ada"], not_after=NINE + timedelta(hours=6)))
    clock.advance(timedelta(hours=7))

    assert claim(journal, due=clock.now) is None
    assert journal.bury_dead() == 1
    assert states(journal, "ada") == [("cancelled", "expired")]


def test_a_test_mail_is_sent_alone_and_asks_nobody(journal):
    """Its reader is not the customer shown: a withdrawal of theirs does not stop it, a dead address does."""
    plan(journal, batch(["ada"]))
    journal.withdraw(message_id("ada"), source="one-click", at=NINE)
    run = plan(journal, batch(["ada"], "winback", occasion="test-1"), is_test=True)
    journal.withdraw(message_id("ada"), source="one-click", at=NINE + MINUTE)

    assert claim(journal, run_id=run).campaign == "winback"


def test_pressing_the_link_of_a_test_mail_withdraws_nobody(journal):
    """Who tries the link out is not the customer whose data the mail shows."""
    plan(journal, batch(["ada"], occasion="test-1"), is_test=True)

    assert journal.withdraw(message_id("ada", occasion="test-1"), source="one-click", at=NINE)
    assert journal.memory("a", "z").consents.empty


def test_a_claim_needs_a_clock_with_a_zone(journal):
    """A naive time would be hours off."""
    with pytest.raises(TypeError):
        claim(journal, due=dt.datetime(2026, 11, 22, 9, 0))


def test_two_journals_on_one_database_share_the_queue(url, clock):
    """Workers in several processes see the same batches."""
    one, two = opened(url, clock), opened(url, clock)
    plan(one, batch(["ada"]), batch(["ben"]))

    assert sorted(customers_in(claim(one)) + customers_in(claim(two))) == ["ada", "ben"]
    assert claim(one) is None
    one.close()
    two.close()
