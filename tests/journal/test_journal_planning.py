"""Each message is written down at most once, whole batches only, whatever is run twice, dies or fails."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from journal_making import (
    DAY,
    MINUTE,
    NINE,
    batch,
    claim,
    customers_in,
    dump,
    hashed,
    held,
    key,
    plan,
    send,
    start,
)
from journal_making import message_id as name_of

from pakdee.domain.errors import JournalError
from pakdee.domain.message import MessageKey, Unsent
from pakdee.domain.vocabulary import Purpose, SuppressionReason

TOMORROW = DAY + dt.timedelta(days=1)


def test_a_batch_with_a_taken_message_is_not_written_at_all(journal):
    """The caller learns which keys are taken and can rebuild without them."""
    run = start(journal)
    journal.enqueue(run, batch(["ada", "ben"]), due_on=DAY)

    taken = journal.enqueue(run, batch(["ben", "cat"], codes=True), due_on=TOMORROW)

    assert taken.keys() == {"ben"}
    assert list(journal.memory("a", "z").contacts["customer_id"]) == ["ada", "ben"]
    assert not journal.enqueue(run, batch(["cat"], codes=True), due_on=TOMORROW)


def test_the_same_occasion_is_taken_for_ever_and_the_next_one_is_free(journal):
    """The key is (campaign, step, customer, occasion), whatever the day."""
    plan(journal, batch(["ada"]))
    later = start(journal, day=TOMORROW)

    assert journal.enqueue(later, batch(["ada"]), due_on=TOMORROW).keys() == {"ada"}
    assert not journal.enqueue(later, batch(["ada"], occasion="2027"), due_on=TOMORROW)


def test_a_customer_gets_one_counted_message_a_day(journal):
    """Two campaigns that want the same customer on one day: the journal lets one of them in."""
    run = start(journal)
    journal.enqueue(run, batch(["ada"]), due_on=DAY)

    assert journal.enqueue(run, batch(["ada", "ben"], "winback"), due_on=DAY).keys() == {"ada"}
    assert not journal.enqueue(run, batch(["ada"], "receipt", purpose=Purpose.SERVICE), due_on=DAY)
    assert not journal.enqueue(run, batch(["ada"], "winback"), due_on=TOMORROW)


def test_a_held_out_customer_is_contacted_in_every_way_but_the_mail(journal):
    """Neither this campaign's mail nor another one that day gets past a holdout, and the other way round."""
    run = start(journal)
    journal.enqueue(run, batch(["ada"]), due_on=DAY)

    assert journal.set_aside(run, [held("ada"), held("ben")], due_on=DAY).keys() == {key("ada")}
    assert journal.enqueue(run, batch(["ben"]), due_on=TOMORROW).keys() == {"ben"}
    assert journal.enqueue(run, batch(["ben"], "winback"), due_on=DAY).keys() == {"ben"}
    assert not journal.set_aside(run, [held("ben")], due_on=DAY), "holding out again changes nothing"


def test_memory_holds_messages_and_holdouts_of_the_asked_customers(journal):
    """One row per key, in the order of customer ids, with real dates and booleans."""
    run = start(journal)
    journal.enqueue(run, batch(["ben", "ada"]), due_on=DAY)
    journal.enqueue(run, batch(["ada"], "receipt", purpose=Purpose.SERVICE), due_on=DAY)
    journal.set_aside(run, [held("cat")], due_on=DAY)
    journal.enqueue(run, batch(["dan"]), due_on=DAY)

    contacts = journal.memory("ada", "cat").contacts

    assert contacts.to_records(index=False).tolist() == [
        ("ada", "birthday", "1", "2026", DAY, True),
        ("ada", "receipt", "1", "2026", DAY, False),
        ("ben", "birthday", "1", "2026", DAY, True),
        ("cat", "birthday", "1", "2026", DAY, True),
    ]


def test_customers_are_sorted_by_bytes_as_arrow_sorts_them(journal):
    """Capitals, digits and Thai fall into the same range on every database."""
    ids = sorted(["a", "B", "ก", "10", "9", "-x", "é", "gid://shopify/Customer/1"])
    plan(journal, batch(list(reversed(ids))))

    assert list(journal.memory(ids[0], ids[-1]).contacts["customer_id"]) == ids
    assert list(journal.memory(ids[2], ids[4]).contacts["customer_id"]) == ids[2:5]


def test_memory_tells_who_withdrew_and_which_addresses_are_suppressed(journal):
    """Consents are the latest per customer, suppressions all addresses with the latest date."""
    run = plan(journal, batch(["ada", "ben"]))
    journal.withdraw(name_of("ada"), source="one-click", at=NINE)
    journal.withdraw(name_of("ada"), source="one-click", at=NINE - MINUTE)
    journal.suppress("f" * 32, SuppressionReason.BOUNCED, NINE, "list")

    memory = journal.memory("a", "z")

    assert run
    assert memory.consents.to_dict("records") == [
        {"customer_id": "ada", "state": "withdrawn", "at": NINE, "source": "one-click"}
    ]
    assert {(s.address_hash, s.reason, s.at) for s in memory.suppressions.itertuples()} == {
        (hashed("ada"), "unsubscribed", NINE),
        ("f" * 32, "bounced", NINE),
    }


def test_an_empty_memory_has_its_columns(journal):
    """A first day needs no special case."""
    memory = journal.memory("a", "z")

    assert list(memory.contacts) == ["customer_id", "campaign", "step", "occasion", "due_on", "counts"]
    assert str(memory.consents["at"].dtype) == str(memory.suppressions["at"].dtype) == "datetime64[us, UTC]"


def test_offers_are_reserved_with_their_message_or_not_at_all(journal):
    """A code serves one message; a batch that brings a used code is refused whole."""
    run = start(journal)
    journal.enqueue(run, batch(["ada"], codes=True), due_on=DAY)

    with pytest.raises(JournalError):
        journal.enqueue(run, _with_code_of_another("ben", "CODE-birthday-ada"), due_on=DAY)

    assert [(customer, offer.code) for customer, offer in journal.reserved_offers("cake")] == [
        ("ada", "CODE-birthday-ada")
    ]
    assert list(journal.memory("a", "z").contacts["customer_id"]) == ["ada"]


def _with_code_of_another(customer, code):
    made = batch([customer], codes=True)
    return replace(made, offers=tuple((name, grant, code, *rest) for name, grant, _, *rest in made.offers))


def test_nothing_is_claimable_before_the_run_is_whole(journal):
    """Sending starts when the whole run is enqueued."""
    run = start(journal)
    journal.enqueue(run, batch(["ada"]), due_on=DAY)
    assert claim(journal) is None

    journal.finish_run(run)
    assert customers_in(claim(journal)) == ["ada"]


def test_a_dead_planners_batches_go_out_with_the_same_days_next_run(journal, clock):
    """Killed in the middle and planned again: what was written counts as sent, and is sent."""
    dead = start(journal)
    journal.enqueue(dead, batch(["ada"]), due_on=DAY)
    clock.advance(6 * MINUTE)

    run = start(journal)
    assert journal.enqueue(run, batch(["ada", "ben"]), due_on=DAY).keys() == {"ada"}
    journal.enqueue(run, batch(["ben"]), due_on=DAY)
    journal.finish_run(run)

    assert sorted(customers_in(claim(journal)) + customers_in(claim(journal))) == ["ada", "ben"]


def test_a_living_planner_is_not_robbed(journal, clock):
    """A run whose lease is kept alive is not adopted by another run of the day."""
    alive = start(journal)
    journal.enqueue(alive, batch(["ada"]), due_on=DAY)
    clock.advance(4 * MINUTE)
    journal.keep_alive(alive)
    clock.advance(4 * MINUTE)

    plan(journal, batch(["ben"]))

    assert customers_in(claim(journal)) == ["ben"]
    assert claim(journal) is None


def test_a_test_run_adopts_nobody(journal, clock):
    """A test mail does not set a dead planner's messages free."""
    dead = start(journal)
    journal.enqueue(dead, batch(["ada"]), due_on=DAY)
    clock.advance(6 * MINUTE)

    plan(journal, batch(["tester"], occasion="test-1"), is_test=True)

    assert customers_in(claim(journal)) == ["tester"]
    assert claim(journal) is None


def test_a_planner_that_was_taken_over_cannot_go_on(journal, clock):
    """A slow planner whose run was adopted learns it before it writes."""
    slow = start(journal)
    clock.advance(6 * MINUTE)
    plan(journal, batch(["ben"]))

    for act in (
        lambda: journal.enqueue(slow, batch(["ada"]), due_on=DAY),
        lambda: journal.set_aside(slow, [held("ada")], due_on=DAY),
        lambda: journal.keep_alive(slow),
        lambda: journal.finish_run(slow),
        lambda: journal.discard(slow, "birthday"),
        lambda: journal.record_verdicts(slow, {("birthday", "included"): 1}),
    ):
        with pytest.raises(JournalError, match="not being planned any more"):
            act()


def test_a_planner_that_died_yesterday_frees_its_customers(journal, clock):
    """Nothing of it was sent, so everyone is planned anew and nobody is lost."""
    dead = start(journal)
    journal.enqueue(dead, batch(["ada"], codes=True), due_on=DAY)
    journal.set_aside(dead, [held("ben")], due_on=DAY)
    clock.advance(dt.timedelta(days=1))

    run = start(journal, day=TOMORROW)

    assert journal.memory("a", "z").contacts.empty
    assert not journal.enqueue(run, batch(["ada", "ben"], codes=True), due_on=TOMORROW)
    assert journal.day_status(DAY).runs[0].state == "failed"


def test_a_failed_run_frees_its_customers_and_says_why(journal):
    """A run stopped by an error leaves no message behind that would never be sent."""
    before = dump(journal)
    run = start(journal)
    journal.enqueue(run, batch(["ada"], codes=True), due_on=DAY)
    journal.set_aside(run, [held("ben")], due_on=DAY)

    assert journal.fail_run(run, "the template broke")
    assert not journal.fail_run(run, "again")

    after = dump(journal)
    assert [after[t] for t in ("message", "batch", "offer")] == [
        before[t] for t in ("message", "batch", "offer")
    ]
    assert journal.day_status(DAY).runs[0].reason == "the template broke"


def test_a_finished_run_cannot_fail(journal):
    """What may be on its way is not taken back."""
    run = plan(journal, batch(["ada"]))

    assert not journal.fail_run(run, "too late")
    assert customers_in(claim(journal)) == ["ada"]


def test_one_campaign_of_a_run_can_be_taken_back(journal):
    """A campaign whose mails fail to render stops alone."""
    run = start(journal)
    journal.enqueue(run, batch(["ada"]), due_on=DAY)
    journal.set_aside(run, [held("cat")], due_on=DAY)
    journal.enqueue(run, batch(["ben"], "winback"), due_on=DAY)

    journal.discard(run, "birthday")

    assert list(journal.memory("a", "z").contacts["customer_id"]) == ["ben"]


def test_an_unknown_run_is_refused(journal):
    """Nothing is written without a run."""
    with pytest.raises(JournalError, match="not being planned"):
        journal.enqueue("20990101-none", batch(["ada"]), due_on=DAY)


def test_test_mails_count_nowhere(journal):
    """They are in no memory and no status, and take no place in a day."""
    plan(journal, batch(["ada"], occasion="test-1"), is_test=True)
    assert not journal.enqueue(start(journal), batch(["ada"], "winback"), due_on=DAY)

    send(journal)

    assert list(journal.memory("a", "z").contacts["campaign"]) == ["winback"]
    assert journal.sent("birthday", "ada") == []
    assert journal.day_status(DAY).messages == {"winback": {"queued": 1}}
    assert journal.message(name_of("ada", occasion="test-1")).is_test


def test_keys_are_told_as_they_were_given(journal):
    """Customer ids are any text."""
    odd = "gid://shopify/Customer/1' OR 1=1 --\t%s :x"
    plan(journal, batch([odd]))

    (row,) = journal.sent("birthday", odd)
    assert row.key == MessageKey("birthday", "1", odd, "2026")


@pytest.mark.parametrize(
    "odd", ["it's", "a ? b", "50%s", ":x", "back\\slash", "tab\tline\nend\r", 'say "yes"', "\\N"]
)
def test_what_messages_have_in_common_is_told_as_it_was_given(journal, odd):
    """It goes in beside the rows, in each database's own way; so do odd customers and occasions."""
    plan(journal, batch([odd, "ada"], odd, occasion=odd, codes=True))

    found = journal.memory("", "z").contacts
    assert set(found["campaign"]) == set(found["occasion"]) == {odd}
    (row,) = journal.sent(odd, odd)
    assert row.key == MessageKey(odd, "1", odd, odd)
    assert row.offer.code == f"CODE-{odd}-{odd}"


def test_several_batches_go_in_together_or_not_at_all(journal):
    """What one of them cannot have, all of them wait for; alone, each tells who is taken."""
    run = start(journal)
    assert journal.enqueue_all(run, [batch(["ada"]), batch(["ben"])], due_on=DAY)
    assert not journal.enqueue_all(run, [batch(["cat"]), batch(["ben", "dan"])], due_on=DAY)
    assert journal.enqueue(run, batch(["cat"]), due_on=DAY) == {}
    assert journal.enqueue(run, batch(["ben", "dan"]), due_on=DAY).keys() == {"ben"}
    journal.finish_run(run)
    assert journal.open_messages(NINE) == 3

    with pytest.raises(JournalError):
        journal.enqueue_all(run, [batch(["eve"])], due_on=DAY)


def test_first_mails_of_series_are_told_by_campaign_and_day(journal):
    """Of mailed customers only, and not of those whose mail was cancelled; asked for by who has steps."""
    run = start(journal)
    journal.enqueue(run, batch(["ada", "ben"]), due_on=DAY)
    held = MessageKey("birthday", "1", "cat", "2026")
    journal.set_aside(run, [Unsent(held)], due_on=DAY)

    found = journal.memory("a", "z", {"birthday": DAY}).begun
    assert found[["customer_id", "due_on"]].values.tolist() == [["ada", DAY], ["ben", DAY]]
    assert journal.memory("b", "z", {"birthday": DAY}).begun["customer_id"].tolist() == ["ben"]
    assert journal.memory("a", "z", {"birthday": TOMORROW, "other": TOMORROW}).begun.empty
    assert journal.memory("a", "z").begun is None
    journal.discard(run, "birthday")
    assert journal.memory("a", "z", {"birthday": DAY}).begun.empty
