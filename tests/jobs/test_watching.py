"""Status says done, partly done or nothing ran; and of all that is not done, why, and what happens next."""

from __future__ import annotations

import datetime as dt

import pytest

from pakdee import jobs
from pakdee.domain.campaign import Canary
from pakdee.domain.errors import DeliveryDelayed
from pakdee.jobs import tables

from .sending_desk import (
    DAY,
    HOUR,
    MINUTE,
    Desk,
    desk,
    lost,
    message_id,
    one_after_the_other,
    refusing,
    taken,
)


@pytest.fixture
def shop(tmp_path) -> Desk:
    return desk(tmp_path)


def told(shop: Desk) -> str:
    """All that an operator reads in Prefect."""
    return tables.summary(jobs.status(shop.house, DAY))


def test_a_day_nobody_planned_is_told_with_the_command_that_does(shop):
    """Exit code 1: nothing ran."""
    found = jobs.status(shop.house, DAY)

    assert (found.answer, found.exit_code) == (f"Nothing ran: no mail was planned for {DAY}.", 1)
    assert found.next_steps == (f"Plan and send it: pakdee run --as-of {DAY}",)


def test_who_asks_about_a_day_without_a_run_is_told_which_ran_last(shop):
    """After a rehearsal of another day, that of today is not all there is to see."""
    shop.enqueue(2)
    other = DAY - dt.timedelta(days=30)

    found = jobs.status(shop.house, other)

    assert found.exit_code == 1
    assert found.next_steps == (
        f"Plan and send it: pakdee run --as-of {other}",
        f"The day that ran last is {DAY}; see it: pakdee status --day {DAY}",
    )


def test_a_day_that_went_out_is_done_with_what_became_of_each(shop):
    """A refused and an unconfirmed mail are settled too, and nobody has to look for them."""
    shop.enqueue(4, batch_size=1)
    shop.sendgrid.answer = one_after_the_other(refusing([message_id("birthday", 0)]), lost, taken, taken)
    for _ in range(2):
        jobs.send_due(shop.house)
        shop.clock.advance(2 * HOUR)
    jobs.settle_unknown(shop.house)

    found = jobs.status(shop.house, DAY)

    assert found.exit_code == 0
    assert found.answer == (
        f"Done: all 4 messages of {DAY} are settled: 2 accepted, 1 refused and 1 unconfirmed."
    )
    assert any("1 refused in birthday: SendGrid answered 400" in reason for reason in found.reasons)


def test_mails_without_a_clear_answer_are_counted_listed_and_told_how_they_end(shop):
    """By their events, or from a time of the shop's clock on."""
    shop.enqueue(20, batch_size=20)
    shop.sendgrid.answer = lost
    jobs.send_due(shop.house)

    found = jobs.status(shop.house, DAY)
    (request,) = jobs.unclear(shop.house)

    assert found.answer == f"Partly done: of 20 messages of {DAY}, 20 have no clear answer from SendGrid."
    assert found.exit_code == 3
    assert "pakdee status --unknown" in found.next_steps[-1]
    assert (request.campaign, request.messages, request.state) == ("birthday", 20, "unknown")
    assert f"{request.since:%H:%M}" == "09:00"
    assert (request.why, request.settled_by) == ("no answer", "its events; else unconfirmed from 10:00")


@pytest.mark.parametrize(
    ("settings", "after", "settled_by"),
    [
        ('unknown = "resend"', MINUTE, "its events; else sent again from 10:00, if proven absent"),
        ('quiet = "16 hours"', MINUTE, "its events; else unconfirmed from 2026-06-16 01:00"),
        ('quiet = "1 hour"', 2 * HOUR, "its events, or your word"),
    ],
)
def test_what_settles_a_request_follows_the_operators_choice(tmp_path, settings, after, settled_by):
    """Hold or resend, and how long is quiet."""
    shop = desk(tmp_path, delivery=settings)
    shop.enqueue(1)
    shop.sendgrid.answer = lost
    jobs.send_due(shop.house)
    shop.clock.advance(after)
    jobs.settle_unknown(shop.house)

    (request,) = jobs.unclear(shop.house)

    assert request.settled_by == settled_by


def test_a_canary_says_how_many_went_ahead_and_when_the_others_follow(shop):
    """Before the first are settled there is no time yet; afterwards there is; then it is not spoken of."""
    shop.enqueue(20, batch_size=5, canaries={"birthday": Canary(first=5, wait=2 * HOUR)})
    assert "- Canary of birthday: 5 go ahead, 0 of them are settled; the other 15 follow" in told(shop)

    jobs.send_due(shop.house)
    assert "- Canary of birthday: 5 went ahead, the other 15 follow from 11:00 on." in told(shop)
    assert "15 waiting: birthday waits for its first messages. They go on from 11:00 on" in told(shop)

    shop.clock.advance(3 * HOUR)
    jobs.send_due(shop.house)
    assert "Canary" not in told(shop)


def test_a_ramp_says_how_many_were_allowed_and_that_the_rest_goes_on_tomorrow(tmp_path):
    """A thousand today, and what is above waits."""
    shop = desk(tmp_path, ramp=f"start = {DAY}\nceilings = [10, 100]")
    shop.enqueue(25, batch_size=5)
    jobs.send_due(shop.house)

    assert "15 waiting: the ramp allows 10 messages today, 10 were sent. They go on tomorrow." in told(shop)


def test_a_stop_says_who_why_and_how_it_goes_on(shop):
    """Of one campaign or of everything."""
    shop.enqueue(5)
    jobs.stop(shop.house, None, "wrong price", by="mali")
    jobs.send_due(shop.house)

    assert (
        "Stopped by mali: everything, because wrong price. It goes on after: pakdee resume --because TEXT"
        in (told(shop))
    )
    assert "5 waiting: everything is stopped: wrong price." in told(shop)


def test_sendgrids_pace_is_told(shop):
    """All wait as long as it asks."""

    def too_many(_):
        raise DeliveryDelayed("too many requests", where="batch", next_step="wait", retry_after=600)

    shop.enqueue(5)
    shop.sendgrid.answer = too_many
    jobs.send_due(shop.house)

    assert "5 waiting: SendGrid asked to wait. They go on from 09:10 on." in told(shop)


def test_what_is_due_later_is_nothing_to_worry_about(shop):
    """At eight in the morning the mails of nine o'clock wait, and there is nothing to do."""
    shop.enqueue(5)
    shop.clock.advance(-2 * HOUR)

    found = jobs.status(shop.house, DAY)

    assert found.rest == ()
    assert found.next_steps == ("Nothing: the first that wait are due at 08:00.",)


def test_nothing_an_operator_reads_names_a_reader(shop):
    """Counts and words alone, in every report there is."""
    shop.enqueue(6, batch_size=2)
    shop.sendgrid.answer = one_after_the_other(
        lost, refusing([message_id("birthday", 2)]), taken, taken, taken
    )
    report = jobs.send_due(shop.house)
    found = [jobs.status(shop.house, DAY), jobs.unclear(shop.house), report]

    said = f"{found} {tables.outcomes(report)} {tables.unclear_rows(found[1])} {told(shop)}"

    assert "reader" not in said.lower()
    assert "birthday-c" not in said
    assert "@" not in said


def test_another_days_status_is_that_days(shop):
    """Yesterday's requests do not stand in today's counts."""
    shop.enqueue(5)
    jobs.send_due(shop.house)

    assert jobs.status(shop.house, DAY + dt.timedelta(days=1)).exit_code == 1
