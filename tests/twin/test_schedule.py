"""When a mail goes out, if it does: the rules of send_at, cancel and pause."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pakdee.twin.schedule import NOTICE_SECONDS, PAUSED_SECONDS, Fate, Mark, Outcome, Status, fate

NOON = 1_000_000.0
LINE = NOON - NOTICE_SECONDS
GOES_OUT, CANCELLED, EXPIRED = Outcome


def marked(*spans):
    """Marks that followed one another without a break: (status, set_at, ended_at)."""
    return [Mark(status, spans[0][1], *span) for status, *span in spans]


@pytest.mark.parametrize(
    ("received_at", "send_at", "at"),
    [(NOON, None, NOON), (NOON - 900, NOON, NOON), (NOON + 5, NOON, NOON + 5)],
)
def test_it_goes_out_at_its_time_or_at_once(received_at, send_at, at):
    assert fate(received_at, send_at) == Fate(GOES_OUT, at)


@pytest.mark.parametrize(
    ("set_at", "outcome"),
    [(LINE, CANCELLED), (LINE + 1, GOES_OUT), (NOON - 1, GOES_OUT), (NOON + 1, GOES_OUT)],
)
def test_a_cancellation_counts_until_ten_minutes_before(set_at, outcome):
    """Later ones are taken and do nothing."""
    assert fate(NOON - 900, NOON, marked((Status.CANCEL, set_at, None))) == Fate(outcome, NOON)


def test_what_comes_in_after_the_cancellation_is_thrown_away_too():
    """Even after its time, as long as nobody released the batch id."""
    marks = marked((Status.CANCEL, LINE, None))

    assert fate(NOON - 5, NOON, marks) == Fate(CANCELLED, NOON)
    assert fate(NOON + 300, NOON, marks) == Fate(CANCELLED, NOON + 300)


@pytest.mark.parametrize(("released_at", "outcome"), [(NOON - 1, GOES_OUT), (NOON + 1, CANCELLED)])
def test_a_cancellation_that_is_released_before_its_time_is_none(released_at, outcome):
    assert fate(NOON - 900, NOON, marked((Status.CANCEL, LINE, released_at))) == Fate(outcome, NOON)


def test_a_released_batch_id_protects_nobody_who_comes_later():
    marks = marked((Status.CANCEL, LINE, NOON + 100))

    assert fate(NOON + 200, NOON, marks) == Fate(GOES_OUT, NOON + 200)


@pytest.mark.parametrize(
    ("released_at", "outcome", "at"),
    [
        (NOON - 1, GOES_OUT, NOON),
        (NOON + 500, GOES_OUT, NOON + 500),
        (NOON + PAUSED_SECONDS + 1, EXPIRED, NOON + PAUSED_SECONDS),
        (None, EXPIRED, NOON + PAUSED_SECONDS),
    ],
)
def test_what_is_paused_waits_until_it_is_released_72_hours_at_most(released_at, outcome, at):
    assert fate(NOON - 900, NOON, marked((Status.PAUSE, LINE, released_at))) == Fate(outcome, at)


def test_a_change_from_pause_to_cancel_needs_no_new_notice():
    held = marked((Status.PAUSE, LINE, NOON + 50), (Status.CANCEL, NOON + 50, None))
    before = marked((Status.PAUSE, LINE, NOON - 50), (Status.CANCEL, NOON - 50, None))

    assert fate(NOON - 900, NOON, held) == Fate(CANCELLED, NOON + 50)
    assert fate(NOON - 900, NOON, before) == Fate(CANCELLED, NOON)


def test_a_change_from_cancel_to_pause_keeps_it():
    marks = marked((Status.CANCEL, LINE, NOON - 50), (Status.PAUSE, NOON - 50, NOON + 60))

    assert fate(NOON - 900, NOON, marks) == Fate(GOES_OUT, NOON + 60)


@given(
    received=st.floats(0, 1e6),
    ahead=st.none() | st.floats(-1e5, 72 * 3600),
    notice=st.floats(NOTICE_SECONDS, 1e6),
    late=st.floats(0, NOTICE_SECONDS, exclude_max=True),
)
def test_whoever_cancels_in_time_and_waits_is_safe_and_nobody_else(received, ahead, notice, late):
    """Whenever the request comes in."""
    send_at = None if ahead is None else received + ahead
    asked = received if send_at is None else send_at

    assert fate(received, send_at, marked((Status.CANCEL, asked - notice, None))).outcome is CANCELLED
    if asked - late > asked - NOTICE_SECONDS:  # floats are coarse
        assert fate(received, send_at, marked((Status.CANCEL, asked - late, None))).outcome is GOES_OUT
