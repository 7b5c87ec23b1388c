"""Bodies are only trimmed, marked and read back; nothing else of them ever changes."""

import datetime as dt

import orjson
import pytest

from pakdee.delivery import ATTEMPT_SLOT, messages_at, read_back, with_attempt, without
from pakdee.domain.errors import DeliveryError
from pakdee.domain.message import Hold

QUARTER_PAST = dt.datetime(2026, 11, 22, 2, 15, 0, 900_000, tzinfo=dt.UTC)


def test_a_body_without_some_messages_is_the_body_pressed_without_them(kit):
    mails = [kit.mail(n) for n in range(10)]
    [whole], [less] = kit.pressed(*mails), kit.pressed(*mails[:3], *mails[4:9])

    assert without(whole.body, {f"{3:032x}", f"{9:032x}", "somebody else"}) == less.body
    assert without(whole.body, {draft.message_id for draft, *_ in mails}) == b""


def test_places_of_a_request_name_messages(kit):
    """As SendGrid counts them, from 0; a place that is not there is nobody's."""
    [batch] = kit.pressed(*(kit.mail(n) for n in range(10)))

    assert messages_at(batch.body, [0, 7, 7, 10]) == {f"{0:032x}", f"{7:032x}"}
    assert messages_at(batch.body, []) == frozenset()


def test_the_attempt_is_marked_at_its_own_place_only(kit):
    """A mail that quotes the slot keeps its words."""
    [batch] = kit.pressed(kit.mail(1), text=ATTEMPT_SLOT.decode())
    sent = with_attempt(batch.body, "ab" * 16)

    assert orjson.loads(sent)["custom_args"] == {"pakdee_attempt": "ab" * 16}
    assert len(sent) == len(batch.body)
    assert read_back(sent, f"{1:032x}").text == ATTEMPT_SLOT.decode()


def test_a_held_request_says_until_when_and_under_which_name(kit):
    """SendGrid takes whole seconds only; all else stays byte for byte."""
    [batch] = kit.pressed(kit.mail(1))
    sent = orjson.loads(
        with_attempt(batch.body, "ab" * 16, Hold("HkJ5yLYULb7Rj8GKSx7u025ouWVlMgAi", QUARTER_PAST))
    )

    assert (sent.pop("batch_id"), sent.pop("send_at")) == ("HkJ5yLYULb7Rj8GKSx7u025ouWVlMgAi", 1795313700)
    assert orjson.dumps(sent) == with_attempt(batch.body, "ab" * 16)


def test_the_name_of_a_hold_cannot_break_the_body(kit):
    [batch] = kit.pressed(kit.mail(1))
    sent = orjson.loads(with_attempt(batch.body, "ab" * 16, Hold('x","from":{"email":"evil', QUARTER_PAST)))

    assert sent["from"]["email"] == "hello@shop.example"


@pytest.mark.parametrize("attempt", ["", 'a"b', "a b", "x" * 65, "a\n"])
def test_an_attempt_id_cannot_break_the_body(kit, attempt):
    [batch] = kit.pressed(kit.mail(1))

    with pytest.raises(ValueError, match="attempt id"):
        with_attempt(batch.body, attempt)


def test_only_a_frozen_body_can_be_marked(kit):
    """A body that is marked already was sent before."""
    [batch] = kit.pressed(kit.mail(1))

    with pytest.raises(ValueError, match="not a frozen body"):
        with_attempt(with_attempt(batch.body, "ab" * 16), "cd" * 16)


def test_asking_for_a_message_that_is_not_in_the_body_says_so(kit):
    [batch] = kit.pressed(kit.mail(1))

    with pytest.raises(DeliveryError, match="does not hold"):
        read_back(batch.body, "f" * 32)
