"""Requests that SendGrid keeps: called back within the limits, against the twin and services that misbehave."""

import datetime as dt

import pytest

from pakdee import twin
from pakdee.delivery.account import MOST_CANCELLED
from pakdee.domain.errors import DeliveryDelayed, DeliveryRefused, DeliveryUnknown, KeyRefused
from pakdee.domain.message import Hold

SOON = dt.datetime(2026, 11, 22, 12, 15, tzinfo=dt.UTC)


def test_a_hold_is_a_new_name_each_time_in_whole_seconds(sendgrid):
    """SendGrid takes whole seconds only; what we remember is what it was told."""
    holds = [sendgrid.account().new_hold(SOON.replace(microsecond=999_999)) for _ in range(2)]

    assert holds[0].provider_batch_id != holds[1].provider_batch_id
    assert holds[0].send_at == SOON


def test_what_is_held_and_cancelled_never_goes_out_and_all_else_does(sendgrid, kit):
    """The whole way: two requests held, one called back, both times come."""
    account, sender = sendgrid.account(), sendgrid.sender()
    kept, gone = (account.new_hold(SOON) for _ in range(2))
    for number, hold in enumerate([kept, gone]):
        [batch] = kit.pressed(kit.mail(number))
        sender.send(kit.claim(batch.body), hold)
    assert account.cancel(gone)
    sendgrid.clock.now = SOON.timestamp() + 60
    account.release(gone)

    went = twin.deliveries(sendgrid.directory / "twin")
    assert went == {f"{0:032x}": 1}


def test_cancelling_twice_is_fine(sendgrid):
    """The first answer may have been lost."""
    account = sendgrid.account()
    hold = account.new_hold(SOON)

    assert [account.cancel(hold) for _ in range(3)] == [True] * 3


def test_what_was_only_paused_is_cancelled(sendgrid):
    """Somebody paused it in SendGrid's own pages; a pause ends by itself, and the mail goes out."""
    hold = sendgrid.account().new_hold(SOON)
    with sendgrid.browser() as browser:
        paused = {"batch_id": hold.provider_batch_id, "status": "pause"}
        assert browser.post("/v3/user/scheduled_sends", json=paused).status_code == 201
        assert sendgrid.account().cancel(hold)
        [found] = browser.get(f"/v3/user/scheduled_sends/{hold.provider_batch_id}").json()

    assert found["status"] == "cancel"


def test_no_room_is_told_apart_and_ends_with_a_release(sendgrid):
    """Ten at one time; releasing twice is fine."""
    account = sendgrid.account()
    holds = [account.new_hold(SOON) for _ in range(MOST_CANCELLED + 1)]

    assert [account.cancel(hold) for hold in holds] == [True] * MOST_CANCELLED + [False]
    assert account.cancel(holds[0])  # full is no reason to forget what was confirmed
    for _ in range(2):
        account.release(holds[0])
    assert account.cancel(holds[-1])


def test_a_batch_that_sendgrid_does_not_know_is_an_error(sendgrid):
    with pytest.raises(DeliveryRefused, match="invalid batch id"):
        sendgrid.account().cancel(Hold("never-made", SOON))


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([("503 Service Unavailable", b"")], DeliveryUnknown),
        ([("200 OK", {"batch_id": "x", "status": "cancel"})], DeliveryUnknown),
        ([("401 Unauthorized", b"")], KeyRefused),
        ([("403 Forbidden", b"")], KeyRefused),
        ([("429 Too Many Requests", b"")], DeliveryDelayed),
        ([("400 Bad Request", b""), ("200 OK", b"<html>")], DeliveryUnknown),
        ([("400 Bad Request", b""), ("200 OK", []), ("500 Oops", b"")], DeliveryUnknown),
        ([("400 Bad Request", b""), ("404 Not Found", b""), ("200 OK", [])], DeliveryRefused),
        # Another batch's status, as SendGrid's own example shows it, says nothing of ours.
        ([("400 Bad Request", b""), ("200 OK", [{"batch_id": "y", "status": "cancel"}])], DeliveryRefused),
        ([("400 Bad Request", b""), ("200 OK", [{}])], DeliveryRefused),
    ],
)
def test_a_cancellation_is_only_what_sendgrid_has_confirmed(kit, answers, error):
    with kit.says(*answers) as url, pytest.raises(error) as raised:
        kit.account(url).cancel(Hold("x", SOON))

    assert type(raised.value) is error


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", {"batch_id": 7}, {"batch_id": "a/../b"}, {"batch_id": ""}]
)
def test_a_name_that_cannot_be_used_is_no_hold(kit, body):
    """It becomes part of addresses and of every body."""
    with kit.says(("201 Created", body)) as url, pytest.raises(DeliveryUnknown):
        kit.account(url).new_hold(SOON)


@pytest.mark.parametrize("status", ["400 Bad Request", "500 Oops", "200 OK"])
def test_a_place_that_was_not_given_back_is_an_error(kit, status):
    with kit.says((status, b"")) as url, pytest.raises((DeliveryRefused, DeliveryUnknown)):
        kit.account(url).release(Hold("x", SOON))
