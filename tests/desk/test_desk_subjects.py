"""A campaign that tests its subject: each can be seen and tried, and how they do stands side by side."""

import re
from pathlib import Path

import pytest

from pakdee import jobs
from pakdee.domain.message import Event
from pakdee.domain.vocabulary import EventKind
from tests.jobs.conftest import DAY
from tests.jobs.sending_desk import ids
from tests.jobs.test_subjects import SUBJECTS, VARIANTS

from .conftest import desk_of

BIRTHDAY = "/campaigns/birthday"


def with_two_subjects(shop: Path) -> None:
    """The birthday campaign's, in both languages."""
    for locale in ("en", "th"):
        path = shop / "templates/birthday" / f"{locale}.j2"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join([lines[0], VARIANTS + "\n", *lines[2:]]), encoding="utf-8")
    campaign = shop / "campaigns/birthday.yaml"
    text = campaign.read_text(encoding="utf-8")
    campaign.write_text(text.replace("status: live\n", "status: live\ntest: subject\n"), encoding="utf-8")


@pytest.fixture(scope="module")
def visitor(tmp_path_factory):
    """The desk of a shop whose birthday campaign has two subjects."""
    with desk_of(tmp_path_factory.mktemp("subjects"), change=with_two_subjects) as found:
        yield found


def test_each_subject_is_seen_and_sent_to_oneself(visitor):
    """Chosen from a list; an unknown one is told and nothing is sent."""
    assert "Subjects tried plain, warm" in visitor.settled(BIRTHDAY)
    for name, subject in SUBJECTS.items():
        page = visitor.words(f"{BIRTHDAY}?variant={name}&locale=en")
        assert f"Subject {subject}" in page
        visitor.press(f"{BIRTHDAY}/test", to="me@example.com", locale="en", variant=name)
        assert f"[Test] {subject}".encode() in visitor.sendgrid.requests[-1].body
    assert 'variant=warm"' in visitor.get(f"{BIRTHDAY}?variant=warm").text
    assert "use one of: plain, warm" in visitor.words(f"{BIRTHDAY}?variant=cold")
    refused = visitor.press(f"{BIRTHDAY}/test", to="me@example.com", variant="cold")
    assert refused.status_code == 409
    assert len(visitor.sendgrid.requests) == len(SUBJECTS)


def test_how_subjects_do_stands_side_by_side(visitor):
    """Sent, opened and clicked of each; three mails are too few to tell."""
    visitor.sendgrid.requests.clear()
    jobs.plan_day(visitor.house, DAY)
    jobs.send_due(visitor.house, DAY)
    events = [
        Event(f"{kind}-{message}", kind, visitor.house.clock(), message, claimed.attempt_id)
        for claimed in visitor.sendgrid.requests
        for message in ids(claimed)
        for kind in (EventKind.PROCESSED, EventKind.DELIVERED)
    ]
    visitor.house.journal.append_events(events)
    page = visitor.settled(BIRTHDAY)

    (test,) = jobs.subject_tests(visitor.house, DAY, DAY.replace(day=16))
    assert "Which subject does better? Too few to tell which subject is clicked more often." in page
    for one in test.variants:
        assert re.search(rf"{one.variant} {one.sent} 0\.0 % 0 / {one.sent} 0\.0 % 0 / {one.sent} ", page)
    assert "หัวเรื่องแบบใดดีกว่า" in visitor.settled(f"{BIRTHDAY}?lang=th")
