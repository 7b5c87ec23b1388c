"""Care on the way out: ceilings, canaries, and clocks that jump."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from journal_making import (
    DAY,
    MINUTE,
    NINE,
    batch,
    claim,
    customers_in,
    in_order,
    message_id,
    plan,
    start,
    trim,
)
from sqlalchemy import text

from pakdee.domain.campaign import Canary
from pakdee.domain.message import Receipt
from pakdee.journal import Ceiling

HOUR = timedelta(hours=1)
MIDNIGHT = NINE - 9 * HOUR
RECEIPT = Receipt("x-1", 202)


def people(prefix, count):
    return [f"{prefix}{n}" for n in range(count)]


def sizes(journal, messages):
    """Claim under a ceiling until nothing fits."""
    found = []
    while one := claim(journal, ceiling=Ceiling(messages, MIDNIGHT)):
        found.append(one.size)
    return found


# ── ceilings ───────────────────────────────────────────────────────────────────────────────────────


def test_a_ceiling_is_never_passed_and_what_fits_is_taken(journal):
    """Batches too large for what is left are passed over for smaller ones."""
    kinds = (("a", 4), ("b", 4), ("c", 3), ("d", 2), ("e", 1))
    plan(journal, *in_order(*(batch(people(c, n)) for c, n in kinds)))

    assert sizes(journal, 10) == [4, 4, 2]
    assert journal.sent_since(MIDNIGHT) == 10
    assert sizes(journal, 11) == [1]
    assert sizes(journal, 100) == [3]


def test_what_is_tried_again_counts_once(journal):
    """A request that had to wait does not use up the ceiling."""
    plan(journal, *in_order(batch(people("a", 5)), batch(people("b", 5))))
    journal.not_reached(claim(journal, ceiling=Ceiling(5, MIDNIGHT)), "no route", until=NINE)

    again = claim(journal, ceiling=Ceiling(5, MIDNIGHT))
    assert customers_in(again) == people("a", 5)
    assert claim(journal, ceiling=Ceiling(5, MIDNIGHT)) is None


def test_a_split_changes_no_count(journal):
    """Both parts were tried, and may go on at once."""
    plan(journal, *in_order(batch(people("a", 4)), batch(["b"])))
    whole = claim(journal, ceiling=Ceiling(4, MIDNIGHT))
    journal.split(whole, (), trim)

    assert journal.sent_since(MIDNIGHT) == 4
    assert sizes(journal, 4) == [2, 2]


def test_tests_pass_any_ceiling_and_count_in_none(journal):
    """An operator can try a mail out on a day that is used up."""
    plan(journal, batch(["tester"], occasion="test-1"), is_test=True)
    plan(journal, batch(["ada"]))

    assert sizes(journal, 0) == [1]
    assert journal.sent_since(MIDNIGHT) == 0


def test_yesterday_is_not_today(journal, clock):
    """A ceiling counts from its instant on."""
    plan(journal, batch(["ada"]), batch(["ben"]))
    claim(journal)
    clock.advance(timedelta(days=1))

    assert journal.sent_since(clock.now) == 0
    assert journal.sent_since(NINE) == 1
    assert claim(journal, ceiling=Ceiling(1, clock.now)) is not None


def test_many_workers_together_stay_under_the_ceiling(journal):
    """Counting and claiming are one step."""
    plan(journal, *(batch(people(f"c{n}x", 3)) for n in range(30)))
    seen = []

    def work(name):
        while found := claim(journal, worker=name, ceiling=Ceiling(50, MIDNIGHT)):
            seen.append(found.size)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(seen) == journal.sent_since(MIDNIGHT) == 48


# ── canaries ───────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def flock(journal):
    """Five batches of two, of which the first two go ahead, and another campaign."""
    run = start(journal, "birthday", "winback")
    for n in range(5):
        made = batch(people(f"c{n}x", 2), not_before=NINE - (9 - n) * MINUTE)
        journal.enqueue(run, made, due_on=DAY)
    journal.enqueue(run, batch(["w"], "winback"), due_on=DAY)
    journal.finish_run(run, {"birthday": Canary(first=3, wait=2 * HOUR)})
    return run


def progress(journal):
    (found,) = journal.day_status(DAY).canaries
    return found.messages, found.settled, found.waiting, found.passes_at, found.has_passed


def test_the_first_go_ahead_and_the_others_wait(journal, clock, flock):
    """Until all of these are settled, and for a while after that."""
    first, second = claim(journal), claim(journal)
    assert (customers_in(first), customers_in(second)) == (people("c0x", 2), people("c1x", 2))
    assert claim(journal).campaign == "winback"
    assert claim(journal) is None
    assert progress(journal) == (4, 0, 6, None, False)
    (due,) = [d for d in journal.due(NINE) if d.state == "queued"]
    assert (due.is_behind_canary, due.canary_until, due.messages, due.smallest) == (True, None, 6, 2)

    journal.accepted(first, RECEIPT)
    clock.advance(HOUR)
    journal.refused(second, "no")
    clock.advance(HOUR + MINUTE)
    assert claim(journal) is None
    assert progress(journal) == (4, 4, 6, NINE + 3 * HOUR, False)
    assert [d.canary_until for d in journal.due(NINE) if d.is_behind_canary] == [NINE + 3 * HOUR]

    clock.advance(HOUR)
    assert customers_in(claim(journal)) == people("c2x", 2)
    assert progress(journal)[-1]


def test_a_canary_without_an_answer_holds_the_others(journal, clock, flock):
    """Unknown is not settled; unconfirmed is."""
    first, second = claim(journal), claim(journal)
    journal.accepted(first, RECEIPT)
    journal.unknown(second, "no answer")
    claim(journal)
    clock.advance(timedelta(days=1))
    assert claim(journal, due=clock.now) is None

    journal.settle_by_hand(second.batch_id, accepted=True, by="mai")
    clock.advance(2 * HOUR)
    assert claim(journal, due=clock.now) is not None


def test_parts_of_a_canary_are_canaries(journal, clock, flock):
    """Split in two, both have to be settled."""
    first = claim(journal)
    journal.split(first, (), trim)
    parts = [claim(journal) for _ in range(3)]
    claim(journal)
    for part in parts[:2]:
        journal.accepted(part, RECEIPT)
    clock.advance(3 * HOUR)
    assert claim(journal) is None
    journal.accepted(parts[2], RECEIPT)
    clock.advance(3 * HOUR)
    assert claim(journal) is not None


def test_a_campaign_that_is_all_canary_waits_for_nothing(journal):
    """Nobody is behind them."""
    run = start(journal)
    for made in in_order(batch(["ada"]), batch(["ben"])):
        journal.enqueue(run, made, due_on=DAY)
    journal.finish_run(run, {"birthday": Canary(first=500), "winback": Canary()})

    assert [customers_in(claim(journal)) for _ in range(2)] == [["ada"], ["ben"]]
    assert journal.day_status(DAY).canaries == ()


def test_batches_of_a_run_that_was_adopted_wait_too(journal, clock):
    """A planner that died wrote the first half of the campaign."""
    dead = start(journal)
    for made in in_order(*(batch([f"a{n}"]) for n in range(3))):
        journal.enqueue(dead, made, due_on=DAY)
    clock.advance(6 * MINUTE)
    run = start(journal)
    journal.enqueue(run, batch(["b"]), due_on=DAY)
    journal.finish_run(run, {"birthday": Canary(first=2, wait=HOUR)})

    assert [customers_in(claim(journal)) for _ in range(3)] == [["a0"], ["a1"], []]


# ── clocks that jump ───────────────────────────────────────────────────────────────────────────────


def test_a_wish_to_wait_by_a_clock_that_ran_ahead_binds_nobody(journal, clock):
    """Put back a year, everyone goes on; a new wish is heeded again."""
    plan(journal, batch(["ada"]), batch(["ben"]), batch(["cat"]))
    clock.advance(timedelta(days=365))
    journal.delayed(claim(journal), until=clock.now + 10 * MINUTE, reason="429")
    clock.advance(-timedelta(days=365))

    assert journal.paced_until() is None
    second = claim(journal)
    assert second is not None
    journal.delayed(second, until=NINE + 10 * MINUTE, reason="429")
    assert journal.paced_until() == NINE + 10 * MINUTE
    assert claim(journal) is None
    clock.advance(10 * MINUTE)
    assert len({claim(journal).batch_id for _ in range(3)}) == 3


def test_a_wish_to_wait_longer_than_an_hour_is_asked_again_after_one(journal, clock):
    """A reset tomorrow, or one that was misread, does not stop a day's mail."""
    plan(journal, batch(["ada"]))
    journal.delayed(claim(journal), until=NINE + timedelta(days=9), reason="429")

    assert journal.paced_until() == NINE + HOUR
    clock.advance(HOUR)
    assert customers_in(claim(journal)) == ["ada"]


def test_a_lease_by_a_clock_that_ran_ahead_is_over(journal, clock):
    """Its worker may be alive: its answer still counts."""
    plan(journal, *in_order(batch(["ada"]), batch(["ben"])))
    clock.advance(timedelta(days=2))
    claimed, other = claim(journal), claim(journal)
    clock.advance(-timedelta(days=2))

    assert journal.bury_dead() == 2
    assert journal.accepted(claimed, RECEIPT)
    assert journal.message(message_id("ben")).state == "unknown"
    assert other is not None


def test_a_lease_is_not_freed_early_by_a_small_step_back(journal, clock):
    """Clocks of machines differ by seconds."""
    plan(journal, batch(["ada"]))
    claim(journal)
    clock.advance(-MINUTE)

    assert journal.bury_dead() == 0


def test_a_planner_by_a_clock_that_ran_ahead_is_adopted(journal, clock):
    """Else its batches would wait until the clock has caught up."""
    clock.advance(timedelta(days=2))
    dead = start(journal)
    journal.enqueue(dead, batch(["ada"]), due_on=DAY)
    clock.advance(-timedelta(days=2))
    plan(journal, batch(["ben"]))

    assert sorted(customers_in(claim(journal)) + customers_in(claim(journal))) == ["ada", "ben"]


def test_canaries_settled_by_a_clock_that_ran_ahead_wait_from_now_on(journal, clock, flock):
    """Neither freed at once nor held for a year."""
    first, second = claim(journal), claim(journal)
    claim(journal)
    clock.advance(timedelta(days=365))
    for one in (first, second):
        journal.accepted(one, RECEIPT)
    clock.advance(-timedelta(days=365))

    journal.bury_dead()
    assert claim(journal) is None
    clock.advance(2 * HOUR)
    assert claim(journal) is not None


def test_a_lease_longer_than_an_hour_is_refused(journal):
    """It could not be told from one that a clock gave that ran ahead."""
    plan(journal, batch(["ada"]))
    with pytest.raises(ValueError, match="longer than"):
        start(journal, lease=2 * HOUR)
    with pytest.raises(ValueError, match="longer than"):
        journal.claim(due_before=NINE, lease=2 * HOUR, worker="w", trim=trim)


def test_what_is_due_is_told_with_what_it_waits_for(journal):
    """By campaign and state; tests and unfinished runs left out."""
    plan(journal, *in_order(batch(["ada", "ben"]), batch(["cat"]), batch(["dan"], "winback")))
    plan(journal, batch(["tester"], occasion="test-1"), is_test=True)
    journal.enqueue(start(journal), batch(["eve"]), due_on=DAY)
    journal.unknown(claim(journal), "no answer")

    told = {(d.campaign, d.state): (d.messages, d.batches, d.smallest) for d in journal.due(NINE)}
    assert told == {
        ("birthday", "queued"): (1, 1, 1),
        ("birthday", "unknown"): (2, 1, 2),
        ("winback", "queued"): (1, 1, 1),
    }
    with journal._reading() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM canary")).scalar_one() == 0
