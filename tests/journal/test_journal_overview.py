"""The journal at a glance, on both databases: last plans, periods, arms, and a mark that moves with the news."""

import datetime as dt

from journal_making import DAY, MINUTE, batch, claim, key

from pakdee.domain.vocabulary import BatchState

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
        journal.hold_out(run, list(held_out), due_on=day)
    journal.record_verdicts(run, dict(verdicts))
    journal.finish_run(run)


def test_the_last_plan_is_the_first_of_the_newest_day(journal, clock):
    """A second run finds everyone already sent, which is no plan; one with nobody in it is."""
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
