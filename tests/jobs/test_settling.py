"""Unclear requests are settled by evidence, called back, or shown to a person; breakers pull the brake."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from pakdee import jobs
from pakdee.domain.campaign import Canary
from pakdee.domain.errors import JournalError, NotReached
from pakdee.domain.message import Receipt
from pakdee.domain.settlement import Decision
from pakdee.domain.vocabulary import BatchState, EventKind
from pakdee.jobs.breakers import heed_breakers
from pakdee.jobs.settling import settle_batch, settle_unknown

from .sending_desk import DAY, HOUR, MINUTE, NINE, desk, ids, lost, one_after_the_other, taken


@pytest.fixture
def with_settings(tmp_path):
    made = []

    def make(**settings):
        made.append(desk(tmp_path / f"sender{len(made)}", **settings))
        return made[-1]

    yield make
    for one in made:
        one.house.close()


@pytest.fixture
def shop(with_settings):
    return with_settings()


@pytest.fixture
def guarded(with_settings):
    return with_settings(delivery='guard = "scheduled"')


def lose_one(shop, **more):
    """One request whose answer is lost, all others taken."""
    shop.enqueue(5, **more)
    shop.sendgrid.answer = lost
    jobs.send_due(shop.house)
    shop.sendgrid.answer = taken
    return shop.sendgrid.requests[0]


# ── hold ──────────────────────────────────────────────────────────────────────────────────────────
def test_held_requests_end_as_unconfirmed_and_late_evidence_accepts_them(shop):
    """The default: after the quiet time it is shown as unconfirmed; news of tomorrow still settles it."""
    claimed = lose_one(shop)
    shop.clock.advance(59 * MINUTE)
    assert settle_unknown(shop.house).open == 1
    shop.clock.advance(2 * MINUTE)
    assert settle_unknown(shop.house).decided == {Decision.UNCONFIRMED: 1}
    assert shop.states() == {BatchState.UNCONFIRMED: 5}
    assert jobs.send_due(shop.house).requests == 0, "never repeated"
    shop.clock.advance(20 * HOUR)
    shop.report(EventKind.DELIVERED, claimed)
    assert shop.house.journal.day_status(DAY).messages == {"birthday": {BatchState.ACCEPTED: 5}}


def test_evidence_settles_at_once(shop):
    """An event of one of its mails shows that the request was taken."""
    claimed = lose_one(shop)
    shop.report(EventKind.PROCESSED, claimed)
    settle_unknown(shop.house)
    assert shop.states() == {BatchState.ACCEPTED: 5}


def test_unread_deliveries_are_waited_for(shop):
    """What lies in the inbox may be the evidence."""
    lose_one(shop)
    shop.clock.advance(2 * HOUR)
    inbox_id = shop.house.journal.store_webhook(b"[]", received_at=shop.clock())
    assert settle_unknown(shop.house).decided == {Decision.WAIT: 1}
    shop.house.journal.mark_ingested(inbox_id, events=0, note=None)
    assert settle_unknown(shop.house).decided == {Decision.UNCONFIRMED: 1}


# ── resend ────────────────────────────────────────────────────────────────────────────────────────
def resending(with_settings):
    return with_settings(delivery='unknown = "resend"\nquiet = "10 minutes"')


def test_a_missing_request_is_sent_again_once_others_were_heard(with_settings):
    """A later request's events arrived, this one's did not: it goes out once more, with the same words."""
    shop = resending(with_settings)
    first = lose_one(shop)
    shop.clock.advance(MINUTE)
    shop.enqueue(1, "later")
    jobs.send_due(shop.house)
    shop.clock.advance(10 * MINUTE)
    assert settle_unknown(shop.house).resent == 0, "nothing was heard of the later one either"
    shop.report(EventKind.PROCESSED, shop.sendgrid.requests[-1], at=NINE + 2 * MINUTE)
    assert settle_unknown(shop.house).resent == 1
    jobs.send_due(shop.house)
    again = shop.sendgrid.requests[-1]
    assert (ids(again), again.body) == (ids(first), first.body)
    assert again.attempt_id != first.attempt_id


def test_one_silent_request_forbids_to_send_again(with_settings):
    """If a request that was taken is silent too, this one's events may be on their way with its."""
    shop = resending(with_settings)
    lose_one(shop)
    shop.clock.advance(MINUTE)
    for campaign in ("heard", "silent"):
        shop.enqueue(1, campaign)
        jobs.send_due(shop.house)
    heard = next(claimed for claimed in shop.sendgrid.requests if claimed.campaign == "heard")
    shop.report(EventKind.PROCESSED, heard)
    shop.clock.advance(15 * MINUTE)
    assert settle_unknown(shop.house).decided == {Decision.WAIT: 1}


# ── scheduled ─────────────────────────────────────────────────────────────────────────────────────
def test_a_lost_answer_is_called_back_and_sent_again_in_the_same_run(guarded):
    """Cancelled at SendGrid, then sent under a new place: all done, each mail once."""
    guarded.sendgrid.answer = one_after_the_other(lost, taken)
    wanted = guarded.enqueue(5)
    report = jobs.send_due(guarded.house)
    assert report.is_complete
    assert guarded.account.cancelled == {"hold-1"}
    assert [hold.provider_batch_id for hold in guarded.sendgrid.holds] == ["hold-1", "hold-2"]
    assert guarded.sendgrid.accepted == wanted
    assert guarded.states() == {BatchState.ACCEPTED: 5}


def test_a_dead_workers_request_is_called_back(guarded):
    """Nobody answered for it within its time: it is cancelled, and goes out again."""
    guarded.enqueue(5)

    def dies(_claimed):
        raise KeyboardInterrupt

    guarded.sendgrid.answer = dies
    jobs.send_due(guarded.house)
    assert guarded.states() == {BatchState.SENDING: 5}
    guarded.sendgrid.answer = taken
    guarded.clock.advance(8 * MINUTE)
    assert jobs.send_due(guarded.house).outcomes == {"accepted": 5}
    assert guarded.account.cancelled == {"hold-1"}


def test_without_room_for_a_cancellation_it_waits_for_one(guarded):
    """Ten places at SendGrid: the eleventh waits, and is never sent again without being called back."""
    guarded.account.room = 0
    lose_one(guarded)
    assert settle_unknown(guarded.house).decided == {Decision.CANCEL: 1}
    assert guarded.states() == {BatchState.UNKNOWN: 5}
    guarded.account.room = 1
    assert settle_unknown(guarded.house).resent == 1


def test_past_the_line_it_is_held(guarded):
    """SendGrid may no longer heed a cancellation: it is not asked for, and nothing is repeated."""
    guarded.account.room = 0
    claimed = lose_one(guarded)
    guarded.account.room = 10
    hold = guarded.sendgrid.holds[0]
    guarded.clock.now = hold.send_at - 10 * MINUTE
    assert settle_unknown(guarded.house).decided == {Decision.WAIT: 1}
    guarded.report(EventKind.PROCESSED, claimed, at=NINE)
    assert guarded.states() == {BatchState.UNKNOWN: 5}, "until its time comes it could still be thrown away"
    guarded.clock.now = hold.send_at + HOUR
    assert settle_unknown(guarded.house).decided == {Decision.UNCONFIRMED: 1}
    assert not guarded.account.cancelled
    guarded.report(EventKind.DELIVERED, claimed)
    assert guarded.states() == {BatchState.ACCEPTED: 5}


def test_a_confirmation_that_comes_past_the_line_is_no_promise(guarded):
    """The clock is read again after SendGrid's answer."""
    guarded.account.room = 0
    lose_one(guarded)
    guarded.account.room = 10
    line = guarded.sendgrid.holds[0].send_at - 10 * MINUTE
    guarded.clock.now = line - dt.timedelta(seconds=1)
    guarded.account.before_answer = lambda: guarded.clock.advance(dt.timedelta(seconds=2))
    assert settle_unknown(guarded.house).resent == 0
    assert guarded.states() == {BatchState.UNKNOWN: 5}


def test_an_answer_that_comes_after_the_call_back_is_not_believed(guarded):
    """SendGrid took it, and will throw it away: its 202 must not end the matter."""
    guarded.account.room = 0
    claimed = lose_one(guarded)
    guarded.account.room = 10
    settle_unknown(guarded.house)
    assert not guarded.house.journal.accepted(claimed, Receipt("x-late", 202))
    assert guarded.states() == {BatchState.QUEUED: 5}


def test_places_are_given_back_once_they_are_over(guarded):
    """After the time of what was cancelled, the cancellation is deleted at SendGrid; never early."""
    guarded.enqueue(5)
    guarded.sendgrid.answer = one_after_the_other(lost, taken)
    jobs.send_due(guarded.house)
    guarded.clock.now = guarded.sendgrid.holds[0].send_at + dt.timedelta(seconds=30)
    settle_unknown(guarded.house)
    assert guarded.account.released == [], "their clock may be behind ours"
    guarded.clock.advance(2 * MINUTE)
    settle_unknown(guarded.house)
    settle_unknown(guarded.house)
    assert guarded.account.released == ["hold-1"]


def test_a_sendgrid_that_is_away_is_told_and_asked_again(guarded):
    """What cannot be called back now stays unknown; the others are settled all the same."""
    guarded.account.room = 0
    lose_one(guarded)
    guarded.account.room = 10

    def away():
        raise NotReached("nobody home", where="SendGrid", next_step="look")

    guarded.account.before_answer = away
    report = settle_unknown(guarded.house)
    assert (report.open, report.problems) == (1, ("nobody home",))
    guarded.account.before_answer = lambda: None
    assert settle_unknown(guarded.house).resent == 1


# ── by hand ───────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("accepted", "requests"), [(True, 0), (False, 1)])
def test_a_person_who_knows_settles_it(shop, accepted, requests):
    """Taken, or not and then it is sent again; who said so stands in the journal."""
    claimed = lose_one(shop)
    settle_batch(shop.house, claimed.batch_id, accepted=accepted, by="op")
    assert jobs.send_due(shop.house).requests == requests
    assert shop.states() == {BatchState.ACCEPTED: 5}


def test_what_is_clear_is_not_settled_by_hand(shop):
    """A request that was accepted cannot be sent again by a slip of the hand."""
    shop.enqueue(5)
    jobs.send_due(shop.house)
    with pytest.raises(JournalError, match="accepted"):
        settle_batch(shop.house, shop.sendgrid.requests[0].batch_id, accepted=False, by="op")


# ── breakers ──────────────────────────────────────────────────────────────────────────────────────
def bounce(shop, requests):
    for claimed in requests:
        shop.report(EventKind.BOUNCED, claimed)


def test_a_campaign_that_bounces_is_stopped_with_its_reason(with_settings):
    """20 mails have an outcome, 4 bounced: stopped before more goes out; after `resume` it counts anew."""
    shop = with_settings(stop_if='bounced = "10%"\nafter = 20')
    shop.enqueue(40, batch_size=1, canaries={"birthday": Canary(first=20, wait=MINUTE)})
    shop.enqueue(5, "other", batch_size=1)
    jobs.send_due(shop.house)
    shop.clock.advance(2 * MINUTE)
    gone = [claimed for claimed in shop.sendgrid.requests if claimed.campaign == "birthday"]
    bounce(shop, gone[:3])
    for claimed in gone[4:]:
        shop.report(EventKind.DELIVERED, claimed)
    assert heed_breakers(shop.house) == (), "19 are too few to judge by"
    bounce(shop, gone[3:4])
    assert heed_breakers(shop.house) == ("birthday",)
    assert heed_breakers(shop.house) == ()
    (stop,) = shop.house.journal.stops()
    assert (stop.scope, stop.by) == ("birthday", "breaker")
    assert stop.because == "20.0% bounced (4 of 20); the limit is 10.0%"
    jobs.send_due(shop.house)
    assert shop.states() == {BatchState.ACCEPTED: 25, BatchState.QUEUED: 20}
    shop.house.journal.resume("birthday", "list cleaned", by="op")
    assert jobs.send_due(shop.house).outcomes == {"accepted": 20}
    assert len(shop.sendgrid.accepted) == len(set(shop.sendgrid.accepted))


def test_a_sender_looks_at_the_breakers_before_it_sends(with_settings):
    """Whoever read the events: what bounced since the last run stops the next one before its first request."""
    shop = with_settings(stop_if='bounced = "10%"\nafter = 5')
    shop.enqueue(10, batch_size=1, canaries={"birthday": Canary(first=5, wait=MINUTE)})
    jobs.send_due(shop.house)
    bounce(shop, shop.sendgrid.requests)
    shop.clock.advance(2 * MINUTE)
    report = jobs.send_due(shop.house)
    assert report.requests == 0
    assert report.stopped == ("100.0% bounced (5 of 5); the limit is 10.0%",)


def test_a_campaigns_own_rule_comes_first(with_settings):
    """What its file says counts, and where the files cannot be read, the operator's rule."""
    shop = with_settings(stop_if='bounced = "90%"\nafter = 3')
    shop.enqueue(10, batch_size=1)
    jobs.send_due(shop.house)
    bounce(shop, shop.sendgrid.requests[:5])
    for claimed in shop.sendgrid.requests[5:]:
        shop.report(EventKind.DELIVERED, claimed)
    assert heed_breakers(shop.house) == ()
    own = shop.house.settings.stop_if.model_copy(update={"bounced": 0.1})

    file = SimpleNamespace(stop_if=own)
    shop.house.__dict__["project"] = SimpleNamespace(campaigns={"birthday": file})
    assert heed_breakers(shop.house) == ("birthday",)
