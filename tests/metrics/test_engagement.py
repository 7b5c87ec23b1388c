"""Engagement counts people's doings, once each, in whatever order and number the events arrive."""

import itertools

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pakdee.domain.vocabulary import EventKind
from pakdee.metrics import MachineRule, engagement_counts

BASE = pd.Timestamp("2026-11-22T02:00:00Z")
LINKS = [f"https://shop.example/{name}" for name in "abc"]


def events(*rows):
    """A table of (message, kind, seconds, is_machine, url)."""
    table = pd.DataFrame(rows, columns=["message_id", "kind", "seconds", "is_machine", "url"])
    table["occurred_at"] = BASE + pd.to_timedelta(table.pop("seconds"), unit="s")
    return table


def event_rows():
    """Events of a handful of messages, near enough in time that all rules are met."""
    return st.lists(
        st.tuples(
            st.sampled_from(["m1", "m2", "m3"]),
            st.sampled_from([kind.value for kind in EventKind]),
            st.integers(0, 40),
            st.booleans(),
            st.sampled_from([None, *LINKS]),
        ),
        min_size=1,
        max_size=30,
    )


@settings(max_examples=150, deadline=None)
@given(rows=event_rows(), data=st.data())
def test_order_and_repetition_change_nothing(rows, data):
    """Any permutation with any copies gives the same counts."""
    copies = data.draw(st.lists(st.sampled_from(rows), max_size=20))
    shuffled = data.draw(st.permutations([*rows, *copies]))

    assert engagement_counts(events(*shuffled)) == engagement_counts(events(*rows))


@settings(max_examples=100, deadline=None)
@given(rows=event_rows())
def test_parts_never_exceed_their_whole(rows):
    """Nobody opens or clicks what was not delivered, and a human open is not also a machine's only."""
    counts = engagement_counts(events(*rows))

    assert counts.both <= min(counts.human_opens, counts.human_clicks)
    assert counts.human_opens + counts.machine_only_opens <= counts.delivered <= counts.processed
    assert max(counts.human_clicks, counts.unsubscribed, counts.complained) <= counts.delivered
    assert counts.bounced <= counts.processed


@pytest.mark.parametrize(
    ("seconds", "flag", "humans"),
    [(1, False, 0), (2, False, 1), (60, False, 1), (60, True, 0), (-1, False, 0), (-3600, False, 1)],
)
def test_an_open_at_once_or_flagged_is_a_machines(seconds, flag, humans):
    """Less than two seconds around delivery, or the provider's own word; a late delivery report proves nothing."""
    table = events(("m", "delivered", 0, False, None), ("m", "opened", seconds, flag, None))

    assert engagement_counts(table).human_opens == humans


def test_a_person_who_opens_after_a_machine_is_counted():
    """A privacy proxy fetched the picture first; the reader came later."""
    table = events(
        ("m", "delivered", 0, False, None),
        ("m", "opened", 1, True, None),
        ("m", "opened", 500, False, None),
    )

    counts = engagement_counts(table)

    assert (counts.human_opens, counts.machine_only_opens) == (1, 0)


@pytest.mark.parametrize(("gap", "humans"), [(3, 0), (5, 0), (6, 1)])
def test_all_links_within_ten_seconds_are_a_scanners_clicks(gap, humans):
    """Three links, `gap` seconds apart, long after delivery: a machine up to ten seconds in all."""
    clicks = [("m", "clicked", 100 + gap * i, False, link) for i, link in enumerate(LINKS)]
    table = events(("m", "delivered", 0, False, None), *clicks)

    assert engagement_counts(table).human_clicks == humans


def test_a_readers_click_after_the_scanners_burst_is_counted():
    """The burst is set aside, the click an hour later is a person's."""
    burst = [("m", "clicked", 40 + i, False, link) for i, link in enumerate(LINKS)]
    table = events(("m", "delivered", 0, False, None), *burst, ("m", "clicked", 3600, False, LINKS[0]))

    assert engagement_counts(table).human_clicks == 1


def test_two_links_or_one_link_often_are_a_persons():
    """Clicking one link three times, or two links, is what people do."""
    often = [("m1", "clicked", 100 + i, False, LINKS[0]) for i in range(3)]
    both = [("m2", "clicked", 100 + i, False, LINKS[i]) for i in range(2)]

    assert engagement_counts(events(*often, *both)).human_clicks == 2


def test_the_rules_thresholds_are_arguments():
    """What counts as a machine is the operator's to say."""
    table = events(("m", "delivered", 0, False, None), ("m", "opened", 8, False, None))

    assert engagement_counts(table, MachineRule(seconds=10)).human_opens == 0
    assert engagement_counts(table, MachineRule(seconds=5)).human_opens == 1


def test_a_lost_delivered_event_is_proven_by_what_came_after():
    """Someone clicked, so it was delivered, though the provider's word for it got lost."""
    counts = engagement_counts(events(("m", "clicked", 50, False, LINKS[0])))

    assert (counts.processed, counts.delivered, counts.human_clicks) == (1, 1, 1)


def test_missing_flags_and_strange_ids_do_no_harm():
    """A missing flag is no machine; an event without a message is nobody's; other columns are ignored."""
    table = events(
        ("m", "delivered", 0, None, None),
        ("m", "opened", 60, None, float("nan")),
        (None, "opened", 60, False, None),
    ).assign(campaign="birthday")

    counts = engagement_counts(table)

    assert (counts.delivered, counts.human_opens) == (1, 1)


def test_times_of_any_resolution_give_the_same_bursts():
    """Microseconds, milliseconds or nanoseconds: ten seconds are ten seconds."""
    table = events(*(("m", "clicked", 100 + 4 * i, False, link) for i, link in enumerate(LINKS)))
    seen = {
        unit: engagement_counts(table.assign(occurred_at=table["occurred_at"].dt.as_unit(unit))).human_clicks
        for unit in ("s", "ms", "us", "ns")
    }

    assert set(seen.values()) == {0}


def test_every_kind_of_event_may_come_alone():
    """No kind fails for want of another; what must have gone before it is taken to have happened."""
    taken = {"processed", "deferred", "bounced", "blocked"}
    arrived = {"delivered", "opened", "clicked", "complained", "unsubscribed"}
    for kind, flag in itertools.product(EventKind, (True, False)):
        counts = engagement_counts(events(("m", kind.value, 0, flag, None)))

        assert counts.processed == (kind in taken | arrived), kind
        assert counts.delivered == (kind in arrived), kind
