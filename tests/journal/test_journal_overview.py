"""The journal at a glance, on both databases: last plans, periods, arms, and a mark that moves with the news."""

import dataclasses
import datetime as dt

from journal_making import DAY, MINUTE, batch, claim, event, key, message_id, send

from pakdee.domain.message import Unsent
from pakdee.domain.vocabulary import BatchState, EventKind

TOMORROW = DAY + dt.timedelta(days=1)


def plan(journal, day, *batches, verdicts=(), is_test=False, held_out=(), campaigns=("birthday",)):
    """A finished run."""
    run = journal.start_run(
        day=day,
        zone="Asia/Bangkok",
        campaigns=list(campaigns),
        content_version="c1",
        snapshot_id="s1",
        lease=MINUTE,
        is_test=is_test,
    )
    for each in batches:
        assert not journal.enqueue(run, each, due_on=day)
    if held_out:
        journal.set_aside(run, list(map(Unsent, held_out)), due_on=day)
    journal.record_verdicts(run, dict(verdicts))
    journal.finish_run(run)


def test_the_last_plan_is_the_first_of_the_newest_day(journal, clock):
    """A second run finds everyone already sent, which is no plan; one with nobody in it is."""
    assert journal.last_plans(TOMORROW) == {}
    plan(journal, DAY, verdicts={("birthday", "included"): 9})
    clock.advance(MINUTE)
    plan(journal, TOMORROW, verdicts={("birthday", "included"): 3}, campaigns=("birthday", "welcome"))
    clock.advance(MINUTE)
    plan(journal, TOMORROW, verdicts={("birthday", "already_sent"): 3})

    found = journal.last_plans(TOMORROW)

    assert {name: (last.day, dict(last.verdicts)) for name, last in found.items()} == {
        "birthday": (TOMORROW, {"included": 3}),
        "welcome": (TOMORROW, {}),
    }
    assert journal.last_plans(DAY)["birthday"].verdicts == {"included": 9}


def test_periods_leave_their_end_and_tests_out(journal):
    """Messages by state, and who is in which arm."""
    plan(journal, DAY, batch(["a", "b"]), held_out=[key("c")])
    plan(journal, TOMORROW, batch(["d"]))
    plan(journal, DAY, batch(["t"]), is_test=True)

    assert journal.period_messages(DAY, TOMORROW) == {"birthday": {BatchState.QUEUED: 2}}
    arms = journal.assigned(DAY, TOMORROW, ["birthday"]).to_pylist()
    assert sorted((row["customer_id"], row["is_held_out"]) for row in arms) == [
        ("a", False),
        ("b", False),
        ("c", True),
    ]
    assert {row["due_on"] for row in arms} == {DAY}
    assert journal.assigned(DAY, TOMORROW, ["welcome"]).num_rows == 0


def test_the_mark_moves_with_what_is_new_and_only_then(journal, clock):
    """Planned, claimed: another mark. Asked twice: the same."""
    marks = [journal.mark()]
    assert journal.mark() == marks[0]
    plan(journal, DAY, batch(["a"]))
    marks.append(journal.mark())
    clock.advance(MINUTE)
    assert claim(journal) is not None
    marks.append(journal.mark())

    assert len(set(marks)) == 3


def varied(customers, variant, **more):
    """A batch whose mails have one variant of their subject."""
    made = batch(customers, **more)
    return dataclasses.replace(made, envelope=dataclasses.replace(made.envelope, variant=variant))


def test_variants_of_subjects_are_told_apart(journal):
    """Accepted messages by variant and day, and their events; one subject, tests and what waits are left out."""
    for customers, variant, is_test in (
        (["a", "b"], "plain", False),
        (["c"], "warm", False),
        (["t"], "warm", True),
    ):
        plan(journal, DAY, varied(customers, variant), is_test=is_test)
        send(journal, f"x-{customers[0]}")
    plan(journal, DAY, batch(["d"]))
    send(journal, "x-d")
    plan(journal, DAY, varied(["e"], "warm"))
    journal.append_events([event(EventKind.CLICKED, name, url="https://shop.example") for name in "acdt"])

    assert [
        (r.campaign, r.variant, r.due_on, r.messages) for r in journal.variant_messages(DAY, TOMORROW)
    ] == [
        ("birthday", "plain", DAY, 2),
        ("birthday", "warm", DAY, 1),
    ]
    assert journal.variant_messages(TOMORROW, TOMORROW + dt.timedelta(days=9)) == []
    found = journal.variant_engagement(DAY).to_pylist()
    assert [(row["variant"], row["message_id"], row["kind"]) for row in found] == [
        ("plain", message_id("a"), "clicked"),
        ("warm", message_id("c"), "clicked"),
    ]
    assert journal.sent("birthday", "c")[0].variant == "warm"
