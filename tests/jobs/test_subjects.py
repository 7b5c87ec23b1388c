"""A campaign that tests its subject: who gets which, what is recorded, and what comes of it."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from pakdee import jobs
from pakdee.domain.chance import assigned
from pakdee.domain.errors import CatalogError, RenderError
from pakdee.house import House, open_house
from pakdee.jobs import tables

from .conftest import DAY, NOW
from .sending_desk import SendGrid

VARIANTS = 'subject: {plain: "Your slice of cake", warm: "We baked you a cake"}'
MAILED = ("a1", "b2", "c3")


def edit(house: House, file: str, old: str, new: str) -> None:
    path = house.directory / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def again(house: House) -> House:
    return open_house(house.directory, clock=house.clock, environment={})


@pytest.fixture
def tested(house: House) -> House:
    """The birthday campaign with two subjects."""
    for locale in ("en", "th"):
        path = house.directory / "templates" / "birthday" / f"{locale}.j2"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join([lines[0], VARIANTS + "\n", *lines[2:]]), encoding="utf-8")
    edit(house, "campaigns/birthday.yaml", "status: live\n", "status: live\ntest: subject\n")
    edit(house, "pakdee.toml", "addresses = []", 'addresses = ["me@example.com"]')
    opened = again(house)
    opened.__dict__["sender"] = SendGrid()
    yield opened
    opened.close()


def expected(house: House, customer: str) -> str:
    """By the rule alone."""
    (found,) = assigned(house.settings.project, "birthday", [(customer, "2026")], ("plain", "warm"))
    return found


SUBJECTS = {"plain": "Your slice of cake", "warm": "We baked you a cake"}


def test_each_customer_gets_the_subject_of_the_draw_and_it_is_recorded(tested: House):
    """Told before, frozen in a request of its own, told after; every language has the same variants."""
    before = {
        c: next(r for r in jobs.explain(tested, c, DAY).reasons if r.campaign == "birthday") for c in MAILED
    }
    assert {c: reason.variant for c, reason in before.items()} == {c: expected(tested, c) for c in MAILED}
    assert all(f"with the subject {reason.variant!r}" in reason.told for reason in before.values())
    shown = {c: jobs.preview(tested, "birthday", c, DAY) for c in MAILED}
    assert {c: mail.mail.subject for c, mail in shown.items()} == {
        c: SUBJECTS[expected(tested, c)] for c in MAILED
    }

    jobs.plan_day(tested, DAY)

    for customer in MAILED:
        (message,) = tested.journal.sent("birthday", customer)
        assert message.variant == expected(tested, customer)
        body = json.loads(tested.journal.body_of(message.batch_id))
        assert {one["subject"] for one in body["personalizations"]} == {SUBJECTS[message.variant]}
        assert (
            jobs.explain(tested, customer, DAY).history[0]["what"]
            == f"mail queued, subject {message.variant}"
        )


def test_any_subject_can_be_looked_at_and_tried(tested: House):
    """A preview and a test mail in the wished for variant, whatever the customer gets and was sent."""
    jobs.plan_day(tested, DAY)
    own = expected(tested, "a1")
    other = "warm" if own == "plain" else "plain"
    assert jobs.preview(tested, "birthday", "a1", DAY, variant=own).source == "stored"
    found = jobs.preview(tested, "birthday", "a1", DAY, variant=other)
    assert (found.source, found.variant, found.mail.subject) == ("rendered", other, SUBJECTS[other])
    sent = jobs.send_test(tested, "birthday", "me@example.com", "a1", DAY, variant=other)
    assert sent.mail.subject == SUBJECTS[other]
    assert f"[Test] {SUBJECTS[other]}".encode() in tested.sender.requests[-1].body
    with pytest.raises(RenderError, match="use one of: plain, warm"):
        jobs.preview(tested, "birthday", "a1", DAY, variant="cold")


def test_results_are_told_by_variant(tested: House):
    """Sent, opened and clicked with intervals, in status and metrics; three mails are too few to tell."""
    jobs.plan_day(tested, DAY)
    jobs.send_due(tested, DAY)
    for number, customer in enumerate(MAILED):
        (message,) = tested.journal.sent("birthday", customer)
        for at, kind in enumerate(("delivered", "open", "click")):
            told = {"event": kind, "timestamp": 1781496000 + 60 * at, "sg_event_id": f"{number}-{kind}"}
            body = json.dumps([told | {"pakdee_message": message.message_id, "url": "https://shop.example"}])
            tested.journal.store_webhook(body.encode(), received_at=NOW)
    jobs.ingest(tested)

    (of_day,) = jobs.status(tested, DAY).tests
    (of_period,) = jobs.measure(tested, DAY).tests
    assert of_day == of_period
    assert sum(one.sent for one in of_day.variants) == 3
    assert {one.variant: (one.clicked.k, one.clicked.n) for one in of_day.variants} == {
        name: (count, count)
        for name in ("plain", "warm")
        if (count := sum(expected(tested, c) == name for c in MAILED))
    }
    assert of_day.told == "birthday: too few to tell which subject is clicked more often."
    for row in tables.subjects([of_day]):
        assert row["opened"].startswith("100")
        assert "…" in row["opened"]
    assert jobs.subject_tests(tested, DAY + dt.timedelta(days=1), DAY + dt.timedelta(days=9)) == ()


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "what"),
    [
        (
            "campaigns/birthday.yaml",
            "test: subject\n",
            "",
            5,
            "has the subjects plain and warm, and nothing tests",
        ),
        ("campaigns/welcome.yaml", "status: live\n", "status: live\ntest: subject\n", 6, "has one subject"),
    ],
)
def test_a_test_without_variants_and_variants_without_a_test_are_told(
    tested: House, file, old, new, line, what
):
    """On the line of the campaign where it is mended; nothing is planned meanwhile."""
    edit(tested, file, old, new)
    wrong = again(tested)
    with pytest.raises(CatalogError) as refused:
        jobs.plan_day(wrong, DAY, dry=True)

    (problem,) = refused.value.problems
    assert (problem.file, problem.line) == (file, line)
    assert what in problem.what
    wrong.close()


@pytest.mark.parametrize("value", ["sender", "{subject: {plain: 50%, warm: 50%}}"])
def test_other_tests_are_refused(house: House, value: str):
    """With the one there is."""
    edit(house, "campaigns/birthday.yaml", "status: live\n", f"status: live\ntest: {value}\n")
    with pytest.raises(CatalogError, match=r"birthday.yaml:4: test: .*\n  Next: use one of: subject"):
        again(house).project  # noqa: B018 - reading is the test
