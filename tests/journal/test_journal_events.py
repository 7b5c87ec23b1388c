"""Whatever order and number of copies events come in, the journal ends in the same state."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from journal_making import (
    DAY,
    MINUTE,
    NINE,
    Clock,
    batch,
    claim,
    dump,
    event,
    hashed,
    message_id,
    opened,
    plan,
    send,
)

from pakdee.domain.message import Event
from pakdee.domain.vocabulary import EventKind
from pakdee.journal.told import ConsentEntry

CUSTOMERS = ["ada", "ben", "cat", "dan"]


def reasons(journal, customer):
    found = journal.memory("a", "z").suppressions
    return set(found.loc[found["address_hash"] == hashed(customer), "reason"])


def consent_of(journal, customer):
    return journal.history(customer).consents


@pytest.mark.parametrize(
    ("kind", "reason", "suppressed_as"),
    [
        (EventKind.BOUNCED, "550 no such user", "bounced"),
        (EventKind.COMPLAINED, None, "complained"),
        (EventKind.UNSUBSCRIBED, None, "unsubscribed"),
        (EventKind.DROPPED, "Invalid", "invalid"),
        (EventKind.DROPPED, "Bounced Address", "bounced"),
        (EventKind.DROPPED, "Spam Reporting Address", "complained"),
        (EventKind.DROPPED, "Unsubscribed Address", "unsubscribed"),
        (EventKind.DROPPED, "Invalid SMTPAPI header", None),
        (EventKind.DROPPED, "Recipient List over Package Quota", None),
        (EventKind.DROPPED, None, None),
        (EventKind.BLOCKED, "550 blocked", None),
        (EventKind.DEFERRED, "421 later", None),
        (EventKind.OPENED, None, None),
        (EventKind.UNKNOWN, None, None),
    ],
)
def test_what_an_event_says_about_an_address(journal, kind, reason, suppressed_as):
    """Only what is about the address itself closes it; a soft bounce or a full quota does not."""
    plan(journal, batch(["ada"]))

    journal.append_events([event(kind, reason=reason)])

    assert reasons(journal, "ada") == ({suppressed_as} - {None})


def test_an_unsubscription_withdraws_consent_as_of_its_own_time(journal, clock):
    """Dated by the event, not by its arrival a day later."""
    plan(journal, batch(["ada"]))
    clock.advance(timedelta(days=1))

    journal.append_events([event(EventKind.UNSUBSCRIBED, after=60)])

    assert consent_of(journal, "ada") == (ConsentEntry("withdrawn", NINE + MINUTE, "provider event"),)


def test_a_resubscription_is_noted_and_nothing_else(journal):
    """Consent never rises from the dead by a click."""
    plan(journal, batch(["ada"]))
    journal.append_events([event(EventKind.UNSUBSCRIBED), event(EventKind.RESUBSCRIBED, after=120)])

    assert [entry.state for entry in consent_of(journal, "ada")] == ["withdrawn"]
    assert reasons(journal, "ada") == {"unsubscribed"}
    assert [e.kind for e in journal.history("ada").events] == ["resubscribed", "unsubscribed"]


def test_events_of_unknown_messages_are_kept_and_harm_nobody(journal):
    """A test button, another system on the same account, or an id made up."""
    plan(journal, batch(["ada"]))
    stranger = Event("e", EventKind.UNSUBSCRIBED, NINE, message_id="made-up")

    assert journal.append_events([stranger, event(EventKind.OPENED, None)]) == 2
    assert journal.memory("a", "z").consents.empty
    assert len(dump(journal)["engagement_event"]) == 2


def test_an_event_that_lost_our_ids_finds_its_message(journal):
    """A bounce that came back by mail carries only the provider's id and the address."""
    plan(journal, batch(["ada", "ben"]))
    send(journal, provider_id="x-77")
    lost = Event("e", EventKind.UNSUBSCRIBED, NINE, provider_id="x-77", address_hash=hashed("ben"))

    journal.append_events([lost])

    assert [entry.state for entry in consent_of(journal, "ben")] == ["withdrawn"]
    assert consent_of(journal, "ada") == ()


def test_the_number_of_new_events_is_told(journal):
    """Copies are not new, also under another event id, also within one delivery."""
    plan(journal, batch(["ada"]))
    opened_once = event(EventKind.OPENED)
    copy = replace(opened_once, event_key="other")

    assert journal.append_events([opened_once, copy]) == 1
    assert journal.append_events([copy, event(EventKind.OPENED, after=61)]) == 1
    assert journal.append_events([]) == 0


def test_one_click_is_idempotent(journal):
    """Pressed twice, also at the same instant from two mail programs: withdrawn once."""
    plan(journal, batch(["ada"]))

    assert journal.withdraw(message_id("ada"), source="one-click", at=NINE)
    assert journal.withdraw(message_id("ada"), source="one-click", at=NINE)
    assert not journal.withdraw("made-up", source="one-click", at=NINE)
    assert len(consent_of(journal, "ada")) == 1
    assert reasons(journal, "ada") == {"unsubscribed"}


def test_no_plain_address_stands_outside_bodies_and_the_inbox(journal):
    """People appear as customer ids and hashes."""
    plan(journal, batch(CUSTOMERS, codes=True))
    send(journal)
    journal.append_events([event(kind, customer) for kind in EventKind for customer in CUSTOMERS])
    journal.withdraw(message_id("ada"), source="one-click", at=NINE)

    assert "@" not in repr(dump(journal, but=frozenset({"body"})))


def test_deliveries_wait_in_the_inbox_until_they_are_read(journal, clock):
    """Raw bytes, oldest first, each once."""
    bodies = [b'[{"a": 1}]\r\n', bytes(range(256)), b"x" * 1_000_000]
    for body in bodies:
        clock.advance(MINUTE)
        journal.store_webhook(body, received_at=clock.now)

    assert journal.unread() == 3
    assert [body for _, _, body in journal.inbox(10)] == bodies
    ((first, _, _),) = journal.inbox(1)
    journal.mark_ingested(first, events=1, note=None)
    assert [body for _, _, body in journal.inbox(10)] == bodies[1:]


def a_shop(journal):
    """Three batches: one accepted, one unknown, one queued again after an attempt."""
    early = NINE - 2 * MINUTE
    plan(
        journal,
        batch(["ada", "ben"], not_before=early),
        batch(["cat"], not_before=early + MINUTE),
        batch(["dan"]),
    )
    send(journal)
    journal.unknown(claim(journal), "no answer")
    journal.not_reached(claim(journal), "reset", until=NINE)


EVENTS = st.builds(
    event,
    st.sampled_from(EventKind),
    st.sampled_from([*CUSTOMERS, "stranger", None]),
    after=st.integers(-3, 3),
    reason=st.sampled_from([None, "Invalid", "Bounced Address", "550 no"]),
    url=st.sampled_from([None, "https://shop.example/a"]),
    is_machine=st.booleans(),
)
TRACES = st.builds(
    Event,
    st.text(max_size=3),
    st.sampled_from(EventKind),
    st.just(NINE),
    provider_id=st.sampled_from([None, "x-1", "x-2"]),
    address_hash=st.sampled_from([None, *map(hashed, CUSTOMERS)]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(EVENTS | TRACES, max_size=25), seed=st.integers(0, 2**32), data=st.data())
def test_events_three_times_in_any_order_end_like_once_in_order(new_url, events, seed, data):
    """All tables are compared, row by row; only times of arrival may differ."""
    chance = random.Random(seed)
    once, often = _dump_after([events], new_url()), None
    shuffled = [e for e in events for _ in range(3)]
    chance.shuffle(shuffled)
    cuts = sorted(chance.sample(range(len(shuffled) + 1), min(3, len(shuffled))))
    parts = [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]
    often = _dump_after(parts, new_url())

    assert often == once


# Ids that are drawn at random when a day is planned and sent differ between the two journals.
DRAWN = frozenset({"batch_id", "run_id", "root_id", "attempt_id", "id"})


def _dump_after(parts, url):
    journal = opened(url, Clock())
    a_shop(journal)
    for part in parts:
        journal.append_events(part)
    found = dump(journal, but=DRAWN)
    journal.close()
    return found


def test_a_days_events_replayed_leave_nothing_changed(journal):
    """Restoring an old inbox and reading it again is harmless."""
    a_shop(journal)
    events = [event(kind, c, after=n) for kind in EventKind for c in CUSTOMERS for n in (1, 2)]
    journal.append_events(events)
    before = dump(journal)

    assert journal.append_events(random.Random(7).sample(events, len(events))) == 0
    assert dump(journal) == before
    assert journal.day_status(DAY).open == 0
