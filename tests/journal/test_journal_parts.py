"""What the provider refused as a whole goes on in parts; who belongs together is counted together."""

from __future__ import annotations

from datetime import timedelta

import pytest
from journal_making import (
    DAY,
    NINE,
    address,
    batch,
    claim,
    customers_in,
    event,
    hashed,
    in_order,
    message_id,
    plan,
    start,
    trim,
)
from sqlalchemy import text

from pakdee.domain.campaign import Canary
from pakdee.domain.errors import JournalError
from pakdee.domain.message import Receipt
from pakdee.domain.vocabulary import EventKind, SuppressionReason
from pakdee.journal import Family

FOUR = ["ada", "ben", "cat", "dan"]


@pytest.fixture
def claimed(journal):
    plan(journal, batch(FOUR, codes=True))
    return claim(journal)


def ids(*customers):
    return {message_id(customer) for customer in customers}


def ask(journal, sql):
    with journal._reading() as connection:
        return [tuple(row) for row in connection.execute(text(sql))]


def drained(journal):
    """Everything that can be claimed, by customers."""
    found = []
    while one := claim(journal):
        found.append(sorted(customers_in(one)))
    return sorted(found)


def test_those_apart_go_into_a_batch_of_their_own(journal, claimed):
    """Both are queued with their own bytes, and together they are the whole."""
    assert journal.split(claimed, ids("ben"), trim)

    first, second = claim(journal), claim(journal)
    assert sorted([customers_in(first), customers_in(second)]) == [["ada", "cat", "dan"], ["ben"]]
    assert (first.size + second.size, claim(journal)) == (4, None)
    assert {address("ben") in one.body.decode() for one in (first, second)} == {True, False}
    assert journal.message(message_id("ben")).offer.code == "CODE-birthday-ben"
    assert ask(journal, "SELECT COUNT(*), SUM(size) FROM batch") == [(2, 4)]
    assert first.fence != claimed.fence or second.fence != claimed.fence


@pytest.mark.parametrize("apart", [[], FOUR])
def test_nobody_named_or_everybody_means_halves(journal, claimed, apart):
    """The provider did not say who it was."""
    assert journal.split(claimed, ids(*apart), trim)

    assert drained(journal) == [["ada", "ben"], ["cat", "dan"]]


def test_halving_goes_on_until_one_stands_alone(journal, claimed):
    """Children of children belong to the same family."""
    requests = 0
    while claimed:
        requests += 1
        if "cat" not in customers_in(claimed):
            journal.accepted(claimed, Receipt("x", 202))
        elif claimed.size == 1:
            journal.refused(claimed, "400: not an address")
        else:
            journal.split(claimed, (), trim)
        last, claimed = claimed, claim(journal)

    assert requests == 5
    assert journal.family(last) == Family(refused=3, accepted=2)
    states = {c: journal.message(message_id(c)).state for c in FOUR}
    assert states == {"ada": "accepted", "ben": "accepted", "cat": "refused", "dan": "accepted"}


def test_a_family_is_not_another_ones(journal, claimed):
    """Each original batch counts for itself."""
    plan(journal, batch(["eve"], "winback"))
    other = claim(journal)
    journal.refused(other, "no")

    assert journal.family(claimed) == Family(0, 0)
    assert journal.family(other) == Family(1, 0)


def test_one_message_cannot_be_split(journal):
    """It is refused instead."""
    plan(journal, batch(["ada"]))
    claimed = claim(journal)

    with pytest.raises(JournalError, match="one message"):
        journal.split(claimed, ids("ada"), trim)
    assert journal.refused(claimed, "no")


def test_a_stranger_cannot_be_split_off(journal, claimed):
    """Nor half of what was asked."""
    with pytest.raises(JournalError, match="not in it"):
        journal.split(claimed, ids("ada", "eve"), trim)
    assert journal.accepted(claimed, Receipt("x", 202))


def test_a_lost_claim_splits_nothing(journal, claimed):
    """The fence holds here as well, and after a split for every answer to the whole."""
    journal.not_reached(claimed, "no route", until=NINE)
    second = claim(journal)
    assert not journal.split(claimed, ids("ada"), trim)

    assert journal.split(second, ids("ada"), trim)
    assert not journal.split(second, ids("ben"), trim)
    assert not journal.accepted(second, Receipt("x", 202))
    assert not journal.unknown(second, "no answer")
    assert drained(journal) == [["ada"], ["ben", "cat", "dan"]]


def test_a_trim_that_fails_leaves_the_claim_as_it_was(journal, claimed):
    """One transaction."""

    def broken(_body, _ids):
        raise RuntimeError("cannot trim")

    with pytest.raises(RuntimeError):
        journal.split(claimed, ids("ada"), broken)
    assert ask(journal, "SELECT size, state FROM batch") == [(4, "sending")]
    assert journal.accepted(claimed, Receipt("x", 202))


def test_parts_keep_what_the_whole_was(journal):
    """Envelope, day, times, run, canary and the time of the claim."""
    run = start(journal)
    late = NINE + timedelta(hours=6)
    for made in in_order(batch(FOUR, not_after=late), batch(["eve"], not_after=late)):
        journal.enqueue(run, made, due_on=DAY)
    journal.finish_run(run, {"birthday": Canary(first=1)})
    assert journal.split(claim(journal), (), trim)

    shared = (
        "campaign, step, variant, locale, purpose, due_on, is_test, not_before, not_after, created_at, run_id, "
        "canary_id, is_canary, root_id, claimed_at"
    )
    first, second = ask(journal, f"SELECT {shared} FROM batch WHERE claimed_at IS NOT NULL")
    assert first == second


def test_a_late_event_of_a_part_still_proves_it(journal, claimed):
    """Whatever was thought of the whole, what reached its reader is not sent again."""
    journal.split(claimed, ids("ben"), trim)
    journal.append_events([event(EventKind.DELIVERED, "ben")])

    assert journal.message(message_id("ben")).state == "accepted"
    assert drained(journal) == [["ada", "cat", "dan"]]
    assert journal.day_status(DAY).open == 3


def test_a_message_withdrawn_meanwhile_leaves_its_part(journal, claimed):
    """Parts are looked at again when they are claimed."""
    journal.split(claimed, ids("ben", "cat"), trim)
    journal.suppress(hashed("ben"), SuppressionReason.UNSUBSCRIBED, NINE, "provider list")

    assert drained(journal) == [["ada", "dan"], ["cat"]]
