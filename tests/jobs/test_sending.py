"""What each answer of SendGrid does to a request, what ends a run, and what a run says is left."""

from __future__ import annotations

import datetime as dt

import pytest

from pakdee import jobs
from pakdee.domain.campaign import Canary
from pakdee.domain.errors import (
    DeliveryDelayed,
    DeliveryRefused,
    DeliveryUnknown,
    JournalError,
    JournalUnfit,
    KeyRefused,
    NotReached,
    PakdeeError,
    SettingsError,
    TooLarge,
)
from pakdee.domain.vocabulary import BatchState
from pakdee.house import open_house
from pakdee.jobs import worker
from pakdee.jobs.sending import send_run

from .sending_desk import (
    DAY,
    HOUR,
    MINUTE,
    NINE,
    WORDS,
    Clock,
    SendGrid,
    batches,
    desk,
    ids,
    lost,
    one_after_the_other,
    refusing,
    taken,
)


@pytest.fixture
def shop(tmp_path):
    made = desk(tmp_path / "sender")
    yield made
    made.house.close()


@pytest.fixture
def with_settings(tmp_path):
    made = []

    def make(**settings):
        made.append(desk(tmp_path / f"sender{len(made)}", **settings))
        return made[-1]

    yield make
    for one in made:
        one.house.close()


def error(kind, what="no", **more):
    return kind(what, where="batch", next_step="look", **more)


def always(problem):
    def answer(_claimed):
        raise problem

    return answer


# ── taken ─────────────────────────────────────────────────────────────────────────────────────────
def test_a_sender_needs_the_journal_and_nothing_else(shop):
    """Bodies are in the journal: a machine without ledger, campaigns and templates sends them all."""
    wanted = shop.enqueue(25, batch_size=10)
    report = jobs.send_due(shop.house)
    assert not shop.house.ledger_location.exists()
    assert sorted(shop.sendgrid.accepted) == sorted(wanted)
    assert (report.outcomes, report.requests, report.rest) == ({"accepted": 25}, 3, ())
    assert report.answer == "Done: 25 messages accepted."


def test_a_second_run_sends_nothing_more(shop):
    """Sent is sent."""
    shop.enqueue()
    jobs.send_due(shop.house)
    assert jobs.send_due(shop.house).requests == 0
    assert len(shop.sendgrid.requests) == 1


def test_a_run_alone_sends_its_own_requests(shop):
    """A test mail goes out at once, and takes nothing else with it."""
    shop.enqueue(3, "birthday")
    run_id = shop.house.journal.start_run(
        day=DAY,
        zone="Asia/Bangkok",
        campaigns=["probe"],
        content_version="c1",
        snapshot_id="s1",
        lease=MINUTE,
        is_test=True,
    )
    shop.house.journal.enqueue(run_id, batches(1, "probe", 1)[0], due_on=DAY)
    shop.house.journal.finish_run(run_id)
    assert send_run(shop.house, run_id).outcomes == {"accepted": 1}
    assert shop.sendgrid.accepted == ["probe-0000"]


def test_a_test_mail_goes_through_the_journal_and_takes_nobodys_place(house):
    """Its request is known, so its events show a living webhook; the customer's own mail is still to come."""
    path = house.directory / "pakdee.toml"
    text = path.read_text(encoding="utf-8").replace("addresses = []", 'addresses = ["me@example.com"]')
    path.write_text(text, encoding="utf-8")
    opened = open_house(house.directory, clock=house.clock, environment={})
    opened.__dict__["sender"] = sendgrid = SendGrid()
    for _ in range(2):
        sent = jobs.send_test(opened, "birthday", "me@example.com", "a1", DAY)
        assert (sent.source, sent.customer_id) == ("test", "a1")
    first, second = sendgrid.requests
    assert ids(first) != ids(second)
    assert b"[Test] " in first.body
    row = opened.journal.message(ids(first)[0])
    assert (row.is_test, row.state, row.key.customer_id) == (True, BatchState.ACCEPTED, "test")
    assert not opened.journal.day_status(DAY).messages, "no metric or cap knows of it"
    planned = {found.name: found.messages for found in jobs.plan_day(opened, DAY).campaigns}
    assert planned["birthday"] == 3
    opened.close()


def test_a_test_mail_that_is_not_sent_says_why(house):
    """Held by the brake, or refused: an error with the reason, and it does not go out later by itself."""
    path = house.directory / "pakdee.toml"
    text = path.read_text(encoding="utf-8").replace("addresses = []", 'addresses = ["me@example.com"]')
    path.write_text(text, encoding="utf-8")
    clock = Clock()
    opened = open_house(house.directory, clock=clock, environment={})
    opened.__dict__["sender"] = sendgrid = SendGrid(always(error(DeliveryRefused, "the sender is unknown")))
    with pytest.raises(PakdeeError, match="the test mail is refused: the sender is unknown"):
        jobs.send_test(opened, "birthday", "me@example.com", "a1", DAY)
    jobs.stop(opened, None, "lunch", by="op")
    with pytest.raises(PakdeeError, match="the test mail is queued"):
        jobs.send_test(opened, "birthday", "me@example.com", "a1", DAY)
    jobs.resume(opened, None, "lunch is over", by="op")
    clock.advance(HOUR)
    assert jobs.send_due(opened).requests == 0
    assert len(sendgrid.requests) == 1
    opened.close()


# ── refused ───────────────────────────────────────────────────────────────────────────────────────
def test_the_mail_that_sendgrid_names_is_refused_alone(shop):
    """Three requests: the whole, the rest, and the one that is wrong; it carries SendGrid's words."""
    wanted = shop.enqueue(10)
    shop.sendgrid.answer = refusing(wanted[4:5])
    report = jobs.send_due(shop.house)
    assert sorted(shop.sendgrid.sizes) == [1, 9, 10]
    assert report.outcomes == {"accepted": 9, "refused": 1}
    assert [(rest.messages, rest.state, rest.why) for rest in report.rest] == [(1, "refused", WORDS)]
    assert not report.is_complete
    assert shop.house.journal.day_status(DAY).reasons == {("birthday", BatchState.REFUSED, WORDS): 1}


def test_a_mail_that_sendgrid_does_not_name_is_found_by_halving(shop):
    """Of 200 mails one is wrong: found with two requests for each halving, all others accepted."""
    wanted = shop.enqueue(200)
    shop.sendgrid.answer = refusing(wanted[77:78], named=False)
    report = jobs.send_due(shop.house)
    assert report.outcomes == {"accepted": 199, "refused": 1}
    assert len(shop.sendgrid.requests) <= 17
    assert len(shop.sendgrid.accepted) == len(set(shop.sendgrid.accepted)) == 199


def test_what_all_mails_share_stops_the_campaign(with_settings):
    """A wrong sender is no mail's fault: one request refused, no halving, and the others are kept."""
    shop = with_settings(delivery="in_flight = 1")
    wanted = shop.enqueue(150, batch_size=50)
    shop.sendgrid.answer = refusing(wanted, named=False, is_shared=True)
    report = jobs.send_due(shop.house)
    assert report.outcomes == {"refused": 50}
    assert shop.sendgrid.sizes == [50]
    assert report.stopped == (f"SendGrid refuses what its mails share: {WORDS}",)
    assert shop.states() == {BatchState.REFUSED: 50, BatchState.QUEUED: 100}


@pytest.mark.parametrize(
    ("status", "words", "guard"),
    [(404, "not found", "none"), (415, "media type", "none"), (400, "too far ahead (send_at)", "scheduled")],
)
def test_what_says_nothing_about_the_mails_refuses_none_of_them(with_settings, status, words, guard):
    """A wrong address, or a clock that is days ahead: told, the run ends, and every mail waits."""
    shop = with_settings(delivery=f'guard = "{guard}"')
    shop.enqueue(20, batch_size=10)
    problem = error(DeliveryRefused, words, status=status, is_shared=True)
    shop.sendgrid.answer = always(problem)
    with pytest.raises(DeliveryRefused, match=words.split(" (")[0]):
        jobs.send_due(shop.house)
    assert shop.states() == {BatchState.QUEUED: 20}


def test_a_request_of_which_every_mail_is_named_is_refused_at_once(shop):
    """All are wrong, each with SendGrid's words: nothing is left to try."""
    wanted = shop.enqueue(50)
    shop.sendgrid.answer = refusing(wanted)
    assert jobs.send_due(shop.house).outcomes == {"refused": 50}
    assert shop.sendgrid.sizes == [50]


def test_halving_ends_where_it_leads_nowhere(shop):
    """After 25 refusals and not one accepted it is no single mail's fault: the campaign is stopped."""
    wanted = shop.enqueue(1000)
    shop.sendgrid.answer = refusing(wanted, named=False)
    report = jobs.send_due(shop.house)
    assert report.stopped == (f"SendGrid refuses what its mails share: {WORDS}",)
    assert len(shop.sendgrid.requests) < 400, "to look at each of them would take 1,999"
    states = shop.states()
    assert states[BatchState.QUEUED] + states[BatchState.REFUSED] == 1000
    assert states[BatchState.QUEUED] > 500


def test_halving_goes_on_as_long_as_others_may_be_accepted(with_settings):
    """Half of 100 are wrong and none is named. The good half is slow: all refusals come before its answer."""
    shop = with_settings(delivery="in_flight = 1")
    wanted = shop.enqueue(100)
    wrong = refusing(wanted[50:], named=False)

    def answer(claimed):
        receipt = wrong(claimed)
        if claimed.size == 50:
            other = worker.Worker(shop.house, "other")
            while other.send_next(NINE):
                pass
        return receipt

    shop.sendgrid.answer = answer
    jobs.send_due(shop.house)
    assert shop.states() == {BatchState.ACCEPTED: 50, BatchState.REFUSED: 50}
    assert shop.sendgrid.accepted == wanted[:50]


def test_a_request_that_is_too_large_is_halved(shop):
    """Until it fits; a single mail that does not fit is refused."""
    shop.enqueue(8)

    def answer(claimed):
        if claimed.size > 2 or "birthday-0003" in ids(claimed):
            raise error(TooLarge, "too large", status=413)
        return taken(claimed)

    shop.sendgrid.answer = answer
    assert jobs.send_due(shop.house).outcomes == {"accepted": 7, "refused": 1}


# ── not now ───────────────────────────────────────────────────────────────────────────────────────
def test_a_provider_that_asks_to_wait_is_waited_for(shop):
    """429 and then 202: the request is sent again, and counts once."""
    shop.enqueue(3)
    wait = always(error(DeliveryDelayed, "429", retry_after=0.05))
    shop.sendgrid.answer = one_after_the_other(wait, taken)
    real, shop.house.clock = shop.clock, lambda: (real.advance(dt.timedelta(seconds=1)), real())[1]
    report = jobs.send_due(shop.house)
    assert (report.outcomes, report.requests, report.is_complete) == ({"accepted": 3}, 2, True)


def test_all_workers_wait_when_one_is_asked_to(shop):
    """The pause stands in the journal: another worker makes no request meanwhile, and says until when."""
    shop.enqueue(30, batch_size=10)
    shop.sendgrid.answer = always(error(DeliveryDelayed, "429", retry_after=300))
    report = jobs.send_due(shop.house)
    asked = len(shop.sendgrid.requests)
    assert asked <= 4, "each thread may have had a request under way"
    again = jobs.send_due(shop.house)
    assert len(shop.sendgrid.requests) == asked
    for found in (report, again):
        assert [(r.messages, r.why, r.then) for r in found.rest] == [
            (30, "SendGrid asked to wait", "they go on from 09:05 on")
        ]


@pytest.mark.parametrize("problem", [KeyRefused, NotReached])
def test_what_stops_every_request_ends_the_run_and_loses_nothing(shop, problem):
    """A refused key, or no network: told, and everything is queued again for the next run."""
    wanted = shop.enqueue(40, batch_size=10)
    shop.sendgrid.answer = always(error(problem, "nobody home"))
    with pytest.raises(problem, match="nobody home"):
        jobs.send_due(shop.house)
    assert shop.states() == {BatchState.QUEUED: 40}
    assert len(shop.sendgrid.requests) <= 4
    shop.sendgrid.answer = taken
    jobs.send_due(shop.house)
    assert sorted(shop.sendgrid.accepted) == wanted


def test_a_worker_that_slept_past_its_time_sends_nothing(shop):
    """Its claim may be judged already: it must not send, by whichever clock it notices."""
    shop.enqueue(3)
    seconds = iter([0.0, 170.0])
    slow = worker.Worker(shop.house, "slow", seconds=lambda: next(seconds))
    assert slow.send_next(NINE).outcome == "queued"
    assert not shop.sendgrid.requests
    claim = shop.house.journal.claim

    def claimed_before_a_nap(**given):
        found = claim(**given)
        shop.clock.advance(3 * MINUTE)
        return found

    shop.house.journal.claim = claimed_before_a_nap
    assert worker.Worker(shop.house, "sleeper").send_next(NINE).outcome == "queued"
    assert not shop.sendgrid.requests
    assert shop.states() == {BatchState.QUEUED: 3}


# ── nobody knows ──────────────────────────────────────────────────────────────────────────────────
def test_an_unclear_answer_is_not_repeated(shop):
    """It is unknown, told with its number, and the next run leaves it alone."""
    shop.enqueue(3)
    shop.sendgrid.answer = lost
    for requests in (1, 0):
        report = jobs.send_due(shop.house)
        assert report.requests == requests
        (rest,) = report.rest
        assert (rest.messages, rest.state) == (3, "unknown")
        assert "no clear answer from SendGrid in 1 request" in rest.why
    assert shop.states() == {BatchState.UNKNOWN: 3}


def test_an_outcome_is_written_down_again_where_the_journal_is_away_for_a_moment(shop, monkeypatch):
    """A PostgreSQL that restarts costs a pause, not an outcome."""
    monkeypatch.setattr(worker, "RETRIES", (0.0, 0.0, 0.0))
    shop.enqueue(3)
    away, real = [1, 1], shop.house.journal.accepted

    def accepted(claimed, receipt):
        if away:
            away.pop()
            raise JournalError("connection refused", where="journal", next_step="start it")
        return real(claimed, receipt)

    shop.house.journal.accepted = accepted
    assert jobs.send_due(shop.house).outcomes == {"accepted": 3}
    assert len(shop.sendgrid.requests) == 1


def test_what_only_a_person_can_mend_is_told_at_once(shop, monkeypatch):
    """No worker sleeps before it says that the stored mails are damaged; they stay where they are."""
    monkeypatch.setattr(worker.time, "sleep", lambda _pause: pytest.fail("it was asked again"))
    shop.enqueue(3)
    with shop.house.journal._writing() as connection:
        connection.exec_driver_sql("UPDATE batch SET body_sha256 = 'another'")

    with pytest.raises(JournalUnfit, match="not what was frozen"):
        jobs.send_due(shop.house)

    assert not shop.sendgrid.requests


def test_an_outcome_that_cannot_be_written_down_is_told_and_becomes_unknown(shop, monkeypatch):
    """The run ends with clear words; the request is never repeated on a guess."""
    monkeypatch.setattr(worker, "RETRIES", (0.0,))
    shop.enqueue(3)

    def accepted(_claimed, _receipt):
        raise JournalError("connection refused", where="journal", next_step="start it")

    shop.house.journal.accepted = accepted
    with pytest.raises(JournalError, match="outcome of 3 messages could not be written down"):
        jobs.send_due(shop.house)
    assert shop.states() == {BatchState.SENDING: 3}
    assert jobs.send_due(shop.house).rest[0].state == "being sent"
    shop.clock.advance(5 * MINUTE)
    assert jobs.send_due(shop.house).rest[0].state == "unknown"
    assert len(shop.sendgrid.requests) == 1


# ── care on the way out ───────────────────────────────────────────────────────────────────────────
def test_a_ramp_lets_so_many_out_each_day(with_settings):
    """500 on the first day, 1,000 on the second, then the rest; the report says what it waits for."""
    shop = with_settings(ramp=f"start = {DAY}\nceilings = [500, 1000]")
    wanted = shop.enqueue(1700, batch_size=100)
    first = jobs.send_due(shop.house)
    assert first.outcomes == {"accepted": 500}
    (rest,) = first.rest
    assert (rest.messages, rest.why) == (1200, "the ramp allows 500 messages today, 500 were sent")
    assert jobs.send_due(shop.house).requests == 0
    for expected in (1000, 200):
        shop.clock.advance(24 * HOUR)
        assert jobs.send_due(shop.house).outcomes == {"accepted": expected}
    assert sorted(shop.sendgrid.accepted) == wanted


def test_a_canary_goes_ahead_and_the_others_wait(shop):
    """The first two requests go out; the others follow after the wait, unless it is stopped."""
    shop.enqueue(50, batch_size=10, canaries={"birthday": Canary(first=20, wait=2 * HOUR)})
    report = jobs.send_due(shop.house)
    assert report.outcomes == {"accepted": 20}
    assert [(rest.messages, rest.then) for rest in report.rest] == [
        (30, "they go on from 11:00 on, unless it is stopped")
    ]
    shop.clock.advance(2 * HOUR + MINUTE)
    assert jobs.send_due(shop.house).outcomes == {"accepted": 30}


def test_a_stopped_campaign_is_told_with_its_reason(shop):
    """What the brake holds is not done, and says how it goes on."""
    shop.enqueue(10, "birthday")
    shop.enqueue(10, "win_back")
    shop.house.journal.stop("birthday", "wrong cake", by="op")
    report = jobs.send_due(shop.house)
    assert report.outcomes == {"accepted": 10}
    (rest,) = report.rest
    assert rest.why == "birthday is stopped: wrong cake"
    assert rest.then == "they go on after: pakdee resume birthday --because TEXT"


def test_each_guarded_request_waits_at_sendgrid(with_settings):
    """With the scheduled guard the journal knows the place before the request leaves, 15 minutes or more ahead."""
    shop = with_settings(delivery='guard = "scheduled"')
    shop.enqueue(20, batch_size=10)
    known = []
    shop.sendgrid.answer = lambda claimed: (known.append(claimed.attempt_id), taken(claimed))[1]
    assert jobs.send_due(shop.house).outcomes == {"accepted": 20}
    assert sorted(hold.provider_batch_id for hold in shop.sendgrid.holds) == ["hold-1", "hold-2"]
    assert all(hold.send_at >= NINE + 15 * MINUTE for hold in shop.sendgrid.holds)


def test_a_guard_that_cannot_be_had_sends_nothing(with_settings, monkeypatch):
    """Without a place to wait at SendGrid no request leaves; it is queued again."""
    monkeypatch.setattr(worker, "PAUSE", HOUR)
    shop = with_settings(delivery='guard = "scheduled"')
    shop.enqueue(5)
    shop.account.new_hold = always(error(DeliveryUnknown, "SendGrid answered 500"))
    report = jobs.send_due(shop.house)
    assert not shop.sendgrid.requests
    assert report.rest[0].why == "SendGrid asked to wait"
    assert shop.states() == {BatchState.QUEUED: 5}


# ── errors ────────────────────────────────────────────────────────────────────────────────────────
def test_a_missing_key_is_told_before_anything_is_claimed(shop):
    """A worker without keys leaves the morning's plan queued, and says what it lacks."""
    shop.enqueue(3)
    path = shop.house.directory / "pakdee.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace('mode = "twin"', 'mode = "live"'), encoding="utf-8"
    )
    keyless = open_house(shop.house.directory, clock=shop.clock, environment={})
    keyless.__dict__["journal"] = shop.house.journal
    with pytest.raises(SettingsError, match="SENDGRID_API_KEY"):
        jobs.send_due(keyless)
    assert shop.states() == {BatchState.QUEUED: 3}


def test_an_error_in_a_worker_ends_the_run_with_its_words(shop):
    """No thread keeps an error to itself: a run that could not send never looks like one with nothing to do."""
    shop.enqueue(3)
    shop.sendgrid.answer = always(JournalError("disk is full", where="journal", next_step="make room"))
    with pytest.raises(JournalError, match="disk is full"):
        jobs.send_due(shop.house)
