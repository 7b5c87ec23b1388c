"""The journal answers: did the day go out, what did this customer get, and what do the numbers stand on."""

from __future__ import annotations

import datetime as dt
from datetime import timedelta
from decimal import Decimal

import pytest
from journal_making import DAY, MINUTE, NINE, batch, claim, event, held, key, message_id, plan, send, start

from pakdee.domain.errors import JournalError
from pakdee.domain.message import ReservedOffer
from pakdee.domain.vocabulary import EventKind
from pakdee.journal import FigureRow, NotMailed

TOMORROW = DAY + dt.timedelta(days=1)


def test_the_status_of_a_day_says_whether_it_went_out(journal, clock):
    """Messages by campaign and state, who was held out, the runs, and how long the oldest waits."""
    run = start(journal, "birthday", "winback")
    journal.enqueue(run, batch(["ada", "ben"], not_before=NINE - MINUTE), due_on=DAY)
    journal.enqueue(run, batch(["cat"]), due_on=DAY)
    journal.enqueue(run, batch(["dan"], "winback"), due_on=DAY)
    journal.set_aside(run, [held("eve", "winback")], due_on=DAY)
    journal.record_verdicts(run, {("birthday", "included"): 2, ("winback", "holdout"): 1})
    journal.record_verdicts(run, {("birthday", "included"): 1})
    journal.finish_run(run)
    send(journal)
    journal.unknown(claim(journal), "no answer")

    status = journal.day_status(DAY)

    assert sum(status.messages["birthday"].values()) == 3
    assert status.messages["birthday"]["accepted"] == 2
    assert status.held_out == {"winback": 1}
    assert status.open == 2
    assert status.oldest_due == NINE
    assert status.is_planned
    (found,) = status.runs
    assert found.verdicts == {"birthday": {"included": 3}, "winback": {"holdout": 1}}
    assert (found.state, found.campaigns, found.is_dead) == ("enqueued", ("birthday", "winback"), False)
    assert list(status.reasons.values()) == [1]


def test_a_day_on_which_nothing_ran_is_told_from_one_that_is_done(journal):
    """No run and no message, or all messages with an outcome."""
    nothing = journal.day_status(DAY)
    assert not nothing.is_planned
    assert nothing.runs == ()

    plan(journal, batch(["ada"]))
    send(journal)
    done = journal.day_status(DAY)
    assert (done.is_planned, done.open, done.oldest_due) == (True, 0, None)


def test_a_planner_that_died_shows_in_the_status(journal, clock):
    """Its day is not taken for done."""
    journal.enqueue(start(journal), batch(["ada"]), due_on=DAY)
    clock.advance(timedelta(hours=1))

    status = journal.day_status(DAY)
    assert [run.is_dead for run in status.runs] == [True]
    assert (status.is_planned, status.open) == (False, 1)


def test_a_message_is_told_with_all_that_became_of_it(journal):
    """For the unsubscribe page, preview and explain."""
    plan(journal, batch(["ada"], codes=True))
    claimed = send(journal)

    row = journal.message(message_id("ada"))

    assert row.key == key("ada")
    assert (row.state, row.due_on, row.locale, row.not_before) == ("accepted", DAY, "th", NINE)
    assert row.offer == ReservedOffer("cake", "CODE-birthday-ada", "A cake", dt.date(2026, 12, 31))
    assert journal.body_of(row.batch_id) == claimed.body
    assert journal.sent("birthday", "ada") == [row]
    assert journal.message("made-up") is None
    assert journal.body_of("made-up") is None


def test_the_history_of_a_customer_is_whole(journal):
    """Messages, holdouts, consents and events, newest first."""
    plan(journal, batch(["ada"]))
    send(journal)
    run = start(journal, day=TOMORROW)
    journal.set_aside(run, [held("ada", "winback")], due_on=TOMORROW)
    journal.append_events([event(EventKind.DELIVERED), event(EventKind.UNSUBSCRIBED, after=90)])

    history = journal.history("ada")

    assert [row.key for row in history.messages] == [key("ada")]
    assert history.not_mailed == (NotMailed(key("ada", "winback"), TOMORROW, is_held_out=True, offer=None),)
    assert [entry.state for entry in history.consents] == ["withdrawn"]
    assert [e.kind for e in history.events] == ["unsubscribed", "delivered"]
    assert journal.history("nobody").messages == ()


def test_an_offer_of_a_mail_nobody_gets_is_not_promised(journal):
    """Cancelled and refused mails promise nothing, queued and sent ones do."""
    plan(journal, batch(["ada"], codes=True, not_before=NINE - MINUTE), batch(["ben", "cat"], codes=True))
    journal.refused(claim(journal), "no")
    journal.withdraw(message_id("ben"), source="one-click", at=NINE)
    claim(journal)

    assert [customer for customer, _ in journal.reserved_offers()] == ["cat"]


def test_verdicts_of_the_last_time_are_those_of_the_first_run_that_day(journal, clock):
    """A second run finds everyone already sent; comparing with it would say nothing."""
    for count in ({("birthday", "included"): 9}, {("birthday", "already_sent"): 9}):
        run = start(journal)
        journal.record_verdicts(run, count)
        journal.finish_run(run)
        clock.advance(MINUTE)

    assert journal.last_verdicts("birthday", TOMORROW) == {"included": 9}
    assert journal.last_verdicts("birthday", DAY) == {}
    assert journal.last_verdicts("winback", TOMORROW) == {}


def test_engagement_is_counted_for_the_day_the_mail_was_due(journal):
    """Late opens belong to their mail; tests and strangers are left out; the end day is left out."""
    plan(journal, batch(["ada"]))
    plan(journal, batch(["ada"], occasion="test"), is_test=True)
    plan(journal, batch(["ben"]), day=TOMORROW)
    late = event(EventKind.OPENED, after=86_400 * 3, is_machine=True, url="https://shop.example")
    test = event(EventKind.OPENED, message_id=message_id("ada", occasion="test"))
    journal.append_events([late, test, event(EventKind.CLICKED, "ben"), event(EventKind.OPENED, "stranger")])

    assert journal.engagement(DAY, TOMORROW).to_pylist() == [
        {
            "campaign": "birthday",
            "due_on": DAY,
            "message_id": message_id("ada"),
            "kind": "opened",
            "occurred_at": NINE + timedelta(days=3),
            "is_machine": True,
            "url": "https://shop.example",
        }
    ]
    assert journal.engagement(DAY, TOMORROW + timedelta(days=1)).num_rows == 2
    assert journal.engagement(TOMORROW + timedelta(days=1), TOMORROW + timedelta(days=2)).num_rows == 0


def test_every_withdrawal_of_a_period_is_told(journal):
    """Each instant once, whatever the source; the end is left out."""
    plan(journal, batch(["ada", "ben"]))
    for at, source in ((NINE, "one-click"), (NINE, "shop"), (NINE + MINUTE, "one-click")):
        journal.withdraw(message_id("ada"), source=source, at=at)
    journal.withdraw(message_id("ben"), source="one-click", at=NINE + timedelta(days=1))

    assert journal.withdrawals(NINE, NINE + timedelta(days=1)).to_pylist() == [
        {"customer_id": "ada", "withdrawn_at": NINE},
        {"customer_id": "ada", "withdrawn_at": NINE + MINUTE},
    ]


def figure(**changed):
    told = {
        "metric": "M1",
        "scope": "",
        "value": 0.88,
        "unit": "share",
        "k": 132,
        "n": 150,
        "low": 0.82,
        "high": 0.92,
        "why_not": None,
        "definition": "M1 v1",
        "currency": None,
    }
    return FigureRow(**(told | changed))


def test_figures_come_back_as_they_were_kept(journal):
    """Shares as floats, money exact, and reasons why there is no value."""
    money = figure(
        metric="M2", value=Decimal("1234567890.1234"), unit="money", low=None, high=None, currency="THB"
    )
    undefined = figure(
        metric="M3", value=None, k=None, n=None, low=None, high=None, why_not="not defined: nobody"
    )
    journal.store_figures(DAY, [figure(), money, undefined])

    assert journal.figures(DAY, TOMORROW) == [(DAY, figure()), (DAY, money), (DAY, undefined)]
    assert journal.figures(TOMORROW, TOMORROW + timedelta(days=1)) == []


def test_measuring_again_replaces_the_figure(journal):
    """A day has one value per metric and scope."""
    journal.store_figures(DAY, [figure(), figure(scope="birthday")])
    journal.store_figures(DAY, [figure(value=0.5)])

    assert [(f.scope, f.value) for _, f in journal.figures(DAY, TOMORROW)] == [("", 0.5), ("birthday", 0.88)]


def test_a_figure_without_value_and_reason_is_impossible(journal):
    """No blank numbers."""
    with pytest.raises(JournalError):
        journal.store_figures(DAY, [figure(value=None)])


def test_old_mails_are_forgotten_but_not_that_they_were_sent(journal, clock):
    """Bodies go, hashes and outcomes stay; what is open keeps its body."""
    plan(journal, batch(["ada"], not_before=NINE - MINUTE), batch(["ben"]))
    send(journal)
    journal.store_webhook(b"[]", received_at=NINE)
    ((inbox_id, _, _),) = journal.inbox(1)
    journal.mark_ingested(inbox_id, events=0, note=None)
    clock.advance(timedelta(days=31))

    assert journal.forget_bodies(clock.now - timedelta(days=30)) == 2
    assert journal.forget_bodies(clock.now - timedelta(days=30)) == 0
    assert journal.body_of(journal.message(message_id("ada")).batch_id) is None
    assert journal.body_of(journal.message(message_id("ben")).batch_id) is not None
    assert journal.message(message_id("ada")).state == "accepted"


def test_a_body_that_was_changed_is_never_sent(journal):
    """The hash of what was frozen is checked before the claim."""
    plan(journal, batch(["ada"]))
    other = batch(["eve"])
    from pakdee.journal.bodies import packed

    with journal._writing() as connection:
        from pakdee.journal.schema import batch as table

        connection.execute(table.update().values(body=packed(other.body)["body"]))

    with pytest.raises(JournalError, match="not what was frozen"):
        claim(journal)
