"""What readers answer reaches the metrics, the shop's other systems and whoever asks about a customer."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest

from pakdee import jobs
from pakdee.domain.answer import AnswerKind
from pakdee.domain.identity import sign_link
from pakdee.jobs import tables

from .conftest import DAY, NOW

NPS, RATING = AnswerKind.NPS, AnswerKind.RATING
SPOKEN = 'ดีมาก, "อร่อย"\nมาอีกแน่'


def token(house, customer):
    (message,) = house.journal.sent("birthday", customer)
    return sign_link(house.link_keys[0], message.message_id)


def nps(house):
    (found,) = [figure for figure in jobs.measure(house, DAY).figures if figure.metric == "nps"]
    return found.value, found.n


def test_answers_are_measured_told_and_exported_and_an_import_of_them_counts_nobody_twice(house, tmp_path):
    """Two answer, one corrects; what is exported is a table that the shop can import as it is."""
    jobs.plan_day(house, DAY)
    assert nps(house) == (None, None)
    assert jobs.answer(house, token(house, "a1"), NPS, 2, "slow")
    assert jobs.answer(house, token(house, "a1"), NPS, 10, SPOKEN)
    assert jobs.answer(house, token(house, "b2"), NPS, 8, "=1+1")
    assert jobs.answer(house, token(house, "b2"), RATING, 1, None)
    assert not jobs.answer(house, token(house, "b2")[:-1] + "x", NPS, 0, None)
    assert nps(house) == (50, 2)

    file = tmp_path / "exports" / "survey_responses.csv"
    file.write_text(jobs.answers_as_csv(jobs.answers(house, DAY)), encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    told = {(r["customer_id"], r["question"]): (r["score"], r["scale_max"], r["comment"]) for r in rows}
    assert told == {
        ("a1", "nps"): ("10", "10", SPOKEN),
        ("b2", "nps"): ("8", "10", "'=1+1"),
        ("b2", "rating"): ("1", "5", ""),
    }
    assert jobs.answers(house, DAY + dt.timedelta(days=1)) == []

    lines = [line for line in jobs.explain(house, "b2", DAY).history if "answered" in str(line["what"])]
    assert {(line["what"], line["then"]) for line in lines} == {
        ("answered nps 8", "with a comment"),
        ("answered rating 1", ""),
    }

    jobs.import_facts(house, tmp_path / "exports")
    assert nps(house) == (50, 2)
    jobs.answer(house, token(house, "b2"), NPS, 0, None)
    assert nps(house) == (0, 2)


def test_unhappy_answers_are_told_on_the_day_they_come_and_not_whose_they_are(house):
    """A 2 at nine stands in the summary of the next run of that day; one who changed their mind does not."""
    jobs.plan_day(house, DAY)
    assert told_of_answers(house) == []
    assert jobs.answer(house, token(house, "a1"), NPS, 2, "slow")
    assert jobs.answer(house, token(house, "b2"), NPS, 7, None)
    assert jobs.answer(house, token(house, "b2"), RATING, 2, None)

    assert told_of_answers(house) == [
        "Unhappy answers of this day: 2. Read and reply: pakdee export answers --since 2026-06-15"
    ]
    assert "Unhappy answers of this day: 2." in tables.summary(jobs.status(house, DAY))
    assert jobs.answer(house, token(house, "a1"), NPS, 10, None)
    assert jobs.answer(house, token(house, "b2"), RATING, 3, None)
    assert told_of_answers(house) == []


def told_of_answers(house):
    return [step for step in jobs.status(house, DAY).next_steps if "answers" in step]


@pytest.mark.parametrize(("days", "kept"), [(365, SPOKEN), (366, None)])
def test_words_are_forgotten_after_their_time(house, days, kept):
    """`[web] keep_comments`; the score stays."""
    jobs.plan_day(house, DAY)
    jobs.answer(house, token(house, "a1"), NPS, 9, SPOKEN)

    house.__dict__["clock"] = lambda: NOW + dt.timedelta(days=days)
    jobs.measure(house, DAY)

    assert [(one.score, one.comment) for one in jobs.answers(house, DAY)] == [(9, kept)]
