"""What becomes of a request without a clear answer: nothing is repeated on a guess, and nothing waits for ever."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pakdee.domain.message import Hold
from pakdee.domain.settlement import WEBHOOK_RETRIES, Decision, Unclear, cancel_by, settle
from pakdee.domain.vocabulary import OnUnknown

NINE = dt.datetime(2026, 6, 15, 2, 0, tzinfo=dt.UTC)
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)

# A decision only ever moves to the right as time goes by and no evidence comes.
IN_TIME = [Decision.CANCEL, Decision.WAIT, Decision.RESEND, Decision.UNCONFIRMED]

INSTANTS = st.integers(-2 * 86400, 4 * 86400).map(lambda s: NINE + dt.timedelta(seconds=s))
HOLDS = st.none() | st.integers(0, 3600).map(lambda s: Hold("b-1", NINE + dt.timedelta(seconds=s)))
FEW = st.integers(0, 2)
UNCLEAR = st.builds(
    Unclear,
    batch_id=st.just("1"),
    campaign=st.just("birthday"),
    size=st.integers(1, 1000),
    fence=st.integers(1, 3),
    since=st.integers(0, 900).map(lambda s: NINE + dt.timedelta(seconds=s)),
    reason=st.just("no answer"),
    has_evidence=st.booleans(),
    hold=HOLDS,
    is_cancelled=st.booleans(),
    is_restored=st.booleans(),
    heard=FEW,
    silent=FEW,
)
POLICIES = st.sampled_from(OnUnknown)
QUIETS = st.integers(1, 86_400).map(lambda s: dt.timedelta(seconds=s))


def unclear(**more) -> Unclear:
    return Unclear("1", "birthday", 1000, 1, NINE, "no answer", **more)


def decided(found, *, policy=OnUnknown.HOLD, quiet=HOUR, unread=0, after=2 * HOUR):
    return settle(found, policy=policy, quiet=quiet, unread=unread, now=NINE + after)


def was_called_back(found) -> bool:
    return found.hold is not None and found.is_cancelled


def test_without_evidence_it_is_held_and_shown_as_unconfirmed():
    """The default: after the quiet time it is listed, and never repeated."""
    assert decided(unclear(), after=59 * MINUTE) is Decision.WAIT
    assert decided(unclear()) is Decision.UNCONFIRMED


def test_absence_is_proven_by_others_that_were_heard():
    """With `resend` it is repeated once the events of later requests came, and none that was taken is silent."""
    resend = OnUnknown.RESEND
    assert decided(unclear(heard=1), policy=resend) is Decision.RESEND
    assert decided(unclear(heard=1), policy=resend, after=59 * MINUTE) is Decision.WAIT
    assert decided(unclear(), policy=resend) is Decision.WAIT, (
        "nothing came from anyone: is the webhook alive?"
    )
    assert decided(unclear(heard=3, silent=1), policy=resend) is Decision.WAIT, "one more is missing"
    assert decided(unclear(heard=3), policy=resend, unread=1) is Decision.WAIT, (
        "the proof may lie in the inbox"
    )
    assert decided(unclear(heard=3), policy=resend, after=25 * HOUR) is Decision.UNCONFIRMED


def test_a_held_request_is_called_back_and_sent_again():
    """In time it is cancelled at SendGrid; once that is confirmed it may go out again, at once."""
    held = unclear(hold=Hold("b-1", NINE + 25 * MINUTE))
    assert decided(held, after=5 * MINUTE) is Decision.CANCEL
    assert decided(replace(held, is_cancelled=True), after=5 * MINUTE) is Decision.RESEND


def test_past_the_ten_minute_line_a_held_request_is_never_repeated():
    """SendGrid may no longer heed a cancellation: from there on `hold` applies, from its time of sending on."""
    held = unclear(hold=Hold("b-1", NINE + 25 * MINUTE))
    assert decided(held, after=15 * MINUTE) is Decision.WAIT
    assert decided(held, after=80 * MINUTE) is Decision.WAIT
    assert decided(held, after=85 * MINUTE) is Decision.UNCONFIRMED


@given(UNCLEAR, POLICIES, QUIETS, FEW, INSTANTS)
def test_it_is_accepted_exactly_if_there_is_evidence(found, policy, quiet, unread, now):
    """Evidence wins over everything else, and nothing but evidence makes it accepted."""
    decision = settle(found, policy=policy, quiet=quiet, unread=unread, now=now)
    assert (decision is Decision.ACCEPT) == found.has_evidence


@given(UNCLEAR, POLICIES, QUIETS, FEW, INSTANTS)
def test_nothing_is_repeated_on_a_guess(found, policy, quiet, unread, now):
    """It is sent again only if it was called back in time, or if its absence is proven and the policy allows it."""
    decision = settle(found, policy=policy, quiet=quiet, unread=unread, now=now)
    is_absent = (
        policy is OnUnknown.RESEND
        and not unread
        and now - found.since >= quiet
        and found.heard > 0
        and found.silent == 0
    )
    if decision is Decision.RESEND:
        assert was_called_back(found) or is_absent
        assert not found.is_restored
        assert not found.has_evidence


@given(UNCLEAR, QUIETS, FEW, INSTANTS)
def test_hold_repeats_only_what_was_called_back(found, quiet, unread, now):
    """Under `hold` no silence, however long, leads to a second request."""
    decision = settle(found, policy=OnUnknown.HOLD, quiet=quiet, unread=unread, now=now)
    assert decision is not Decision.RESEND or was_called_back(found)


@given(UNCLEAR, POLICIES, QUIETS, FEW, INSTANTS, INSTANTS)
@example(unclear(heard=1), OnUnknown.RESEND, HOUR, 0, NINE + 2 * HOUR, NINE + 30 * HOUR)
def test_time_alone_never_turns_a_decision_back(found, policy, quiet, unread, one, other):
    """What was no longer called back is never called back; what was given up stays given up."""
    found = replace(found, has_evidence=False, is_cancelled=False)
    earlier, later = (
        settle(found, policy=policy, quiet=quiet, unread=unread, now=now) for now in sorted([one, other])
    )
    assert IN_TIME.index(earlier) <= IN_TIME.index(later)


@given(UNCLEAR, POLICIES, QUIETS, INSTANTS)
def test_doubt_never_leads_to_a_repeat(found, policy, quiet, now):
    """One more silent request, or one unread delivery, never turns waiting into sending or into giving up."""
    before = settle(found, policy=policy, quiet=quiet, unread=0, now=now)
    doubtful = settle(replace(found, silent=found.silent + 1), policy=policy, quiet=quiet, unread=0, now=now)
    unread = settle(found, policy=policy, quiet=quiet, unread=1, now=now)
    assert doubtful in {before, Decision.WAIT}
    assert unread in {before, Decision.WAIT}


@given(UNCLEAR, POLICIES, QUIETS, FEW, INSTANTS)
@example(unclear(heard=1), OnUnknown.RESEND, HOUR, 0, NINE + 2 * HOUR)
@example(
    unclear(hold=Hold("b-1", NINE + HOUR), is_cancelled=True), OnUnknown.HOLD, HOUR, 0, NINE + 5 * MINUTE
)
def test_a_restored_one_waits_for_evidence_or_a_person(found, policy, quiet, unread, now):
    """A lost journal may have sent it: neither silence nor a cancellation of ours says that it did not."""
    restored = replace(found, is_restored=True, has_evidence=False)
    decision = settle(restored, policy=policy, quiet=quiet, unread=unread, now=now)
    assert decision in {Decision.WAIT, Decision.UNCONFIRMED}


@given(UNCLEAR, POLICIES, QUIETS, FEW, INSTANTS)
def test_it_is_called_back_only_while_sendgrid_promises_to_heed_it(found, policy, quiet, unread, now):
    """Never without a hold, and never from ten minutes before its time on."""
    if settle(found, policy=policy, quiet=quiet, unread=unread, now=now) is Decision.CANCEL:
        assert found.hold is not None
        assert now < cancel_by(found.hold)
        assert not found.is_cancelled


@given(UNCLEAR, POLICIES, QUIETS)
def test_nothing_waits_for_ever(found, policy, quiet):
    """Once everything is read and every wait is over, it is decided."""
    end = NINE + max(quiet, WEBHOOK_RETRIES) + 2 * HOUR
    decision = settle(found, policy=policy, quiet=quiet, unread=0, now=end)
    assert decision in {Decision.ACCEPT, Decision.RESEND, Decision.UNCONFIRMED}


@pytest.mark.parametrize("policy", OnUnknown)
def test_a_clock_that_is_set_back_only_makes_it_wait(policy):
    """Before its own time nothing is proven."""
    assert decided(unclear(heard=3), policy=policy, after=-3 * HOUR) is Decision.WAIT
