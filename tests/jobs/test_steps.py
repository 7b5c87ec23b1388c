"""Steps in a day's work: planned from the journal, called off for good, measured from the first mail."""

import datetime as dt

import pyarrow.parquet as pq
import pytest

from pakdee import jobs
from pakdee.domain.vocabulary import Verdict
from pakdee.house import open_house
from pakdee.preview.desk import Desk

from .conftest import DAY, NOW

NEXT = DAY + dt.timedelta(days=1)
REMINDER = """
steps:
  - id: reminder
    after: 1 days
    template: birthday
    offer: {grant: birthday_cake}
    unless: order_count >= 1
"""


def reopened(house, steps=REMINDER, now=NOW):
    path = house.directory / "campaigns" / "birthday.yaml"
    path.write_text(path.read_text(encoding="utf-8") + steps, encoding="utf-8")
    house.close()
    return open_house(house.directory, clock=lambda: now, environment={})


@pytest.fixture
def shop(house):
    """A birthday mail with a reminder a day later, for those who have never ordered."""
    opened = reopened(house)
    yield opened
    opened.close()


def birthday(planned):
    return next(found for found in planned.campaigns if found.name == "birthday")


def test_the_day_after_the_first_mail_its_step_is_planned(shop):
    """Ada and Ben have ordered, Chai has not; each has one verdict, in the table of those not mailed too."""
    jobs.plan_day(shop, DAY, ["birthday"])
    rehearsed = birthday(jobs.plan_day(shop, NEXT, ["birthday"], dry=True)).verdicts
    planned = jobs.plan_day(shop, NEXT, ["birthday"])

    # Dao has not agreed; Eve was told by another channel, so gets no step but stays in the segment.
    expected = {Verdict.CALLED_OFF: 2, Verdict.INCLUDED: 1, Verdict.NO_CONSENT: 1, Verdict.ALREADY_SENT: 1}
    assert birthday(planned).verdicts == rehearsed == expected
    (message,) = (m for m in shop.journal.sent("birthday", "c3") if m.key.step == "reminder")
    assert (message.due_on, message.key.occasion) == (NEXT, "2026")
    aside = pq.read_table(shop.var / "runs" / planned.run_id / "not-mailed.parquet").to_pandas()
    assert dict(aside[["customer_id", "step"]].values.tolist()) == {
        "a1": "reminder",
        "b2": "reminder",
        "d4": "1",
        "e5": "1",
    }


def test_what_was_called_off_stays_so(shop):
    """The journal remembers it: a day later nobody gets it, though the condition does not hold any more."""
    jobs.plan_day(shop, DAY, ["birthday"])
    jobs.plan_day(shop, NEXT, ["birthday"])
    again = reopened(shop, "")
    path = again.directory / "campaigns" / "birthday.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("order_count >= 1", "order_count > 99"))
    later = reopened(again, "")

    assert Verdict.INCLUDED not in birthday(jobs.plan_day(later, NEXT, ["birthday"])).verdicts
    found = jobs.explain(later, "a1", NEXT)
    assert {line["what"] for line in found.history if line["campaign"] == "birthday.reminder"} == {
        "step called off"
    }
    assert not later.journal.day_status(NEXT).held_out
    later.close()


def test_a_series_is_measured_from_its_first_mail(shop):
    """Neither a step nor its being called off is an assignment."""
    jobs.plan_day(shop, DAY, ["birthday"])
    jobs.plan_day(shop, NEXT, ["birthday"])
    assigned = shop.journal.assigned(DAY, NEXT + dt.timedelta(days=1), ["birthday"]).to_pylist()
    assert {row["customer_id"]: row["due_on"] for row in assigned} == dict.fromkeys(("a1", "b2", "c3"), DAY)
    assert not any(row["is_held_out"] for row in assigned)


def test_explain_and_preview_know_steps(shop):
    """`explain` says which mail it is about, `preview` shows a step by its name, galleries show all."""
    jobs.plan_day(shop, DAY, ["birthday"])
    told = {reason.campaign: reason.told for reason in jobs.explain(shop, "c3", NEXT).reasons}
    assert told["birthday"] == "step reminder: gets the mail"
    assert "PREVIEW" in jobs.preview(shop, "birthday.reminder", "c3", NEXT).mail.text
    assert "birthday.reminder" in {edition.name for edition in Desk(shop, DAY).editions()}


@pytest.mark.parametrize(
    ("slip", "line", "what"),
    [
        (REMINDER.replace("1 days", "6 hours"), 16, "whole days after the first mail"),
        (REMINDER.replace("template: birthday", "template: birthdya"), 17, "there is no template 'birthdya'"),
        (REMINDER.replace("order_count", "order_cuont"), 19, "order_cuont"),
        (REMINDER.replace("birthday_cake", "cake"), 18, "there is no grant 'cake'"),
        (REMINDER + "  - {id: second, after: 1 days, template: birthday}\n", 20, "does not come later than"),
        (REMINDER + "  - {id: reminder, after: 2 days, template: birthday}\n", 20, "two steps 'reminder'"),
        (REMINDER.replace("    offer: {grant: birthday_cake}\n", ""), 17, "the campaign brings none"),
        (REMINDER.replace("1 days", "30 days"), 11, "comes when the goal's 30 days are over"),
    ],
)
def test_slips_in_steps_are_told_by_their_line(house, slip, line, what):
    """Like those of the campaign itself."""
    opened = reopened(house, slip)
    problems = jobs.check(opened)
    opened.close()
    assert [p.line for p in problems if what in p.what and p.file == "campaigns/birthday.yaml"] == [line]
