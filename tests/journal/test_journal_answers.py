"""Of what a mail's reader answers the latest counts, and it is known whose it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from journal_making import MINUTE, NINE, batch, message_id, plan, start
from sqlalchemy import text

from pakdee.domain.answer import LONGEST_COMMENT, Answer, AnswerKind
from pakdee.domain.errors import JournalError

NPS, RATING = AnswerKind.NPS, AnswerKind.RATING
DAY = timedelta(days=1)
LONG = "ด" * LONGEST_COMMENT


def answered(journal):
    """All there is."""
    return journal.answers(NINE - 1000 * DAY, NINE + 1000 * DAY)


def test_the_latest_answer_to_each_question_of_each_mail_is_kept(journal):
    """Corrected it is another, told again it is the same with its first time; two questions are two answers."""
    plan(journal, batch(["ada", "ben"]))
    ada, ben = message_id("ada"), message_id("ben")

    assert journal.record_answer(ada, NPS, 3, "ช้า\nมาก", at=NINE)
    assert journal.record_answer(ada, NPS, 9, None, at=NINE + MINUTE)
    assert journal.record_answer(ada, NPS, 9, None, at=NINE + DAY)
    assert journal.record_answer(ada, RATING, 1, LONG, at=NINE)
    assert journal.record_answer(ben, NPS, 0, "'); DROP TABLE answer; --", at=NINE)

    assert answered(journal) == [
        Answer(ada, "ada", "birthday", RATING, 1, LONG, NINE),
        Answer(ben, "ben", "birthday", NPS, 0, "'); DROP TABLE answer; --", NINE),
        Answer(ada, "ada", "birthday", NPS, 9, None, NINE + MINUTE),
    ]
    assert [a.kind for a in journal.history("ada").answers] == [NPS, RATING]
    assert [a.score for a in journal.answers(NINE + MINUTE, NINE + DAY)] == [9]
    assert journal.answers(NINE - DAY, NINE) == []


def test_nobodys_mail_and_a_test_mail_answer_nothing(journal):
    """An unknown message is told; a test mail's page works, and leaves nothing."""
    run = start(journal, is_test=True)
    assert not journal.enqueue(run, batch(["tester"]), due_on=NINE.date())

    assert not journal.record_answer("0" * 32, NPS, 3, "words", at=NINE)
    assert journal.record_answer(message_id("tester"), NPS, 3, "words", at=NINE)
    assert answered(journal) == []


def test_words_are_forgotten_and_scores_stay(journal):
    """As of an instant, and once."""
    plan(journal, batch(["ada", "ben"]))
    journal.record_answer(message_id("ada"), NPS, 3, "old words", at=NINE)
    journal.record_answer(message_id("ben"), NPS, 4, "newer words", at=NINE + DAY)

    assert journal.forget_comments(NINE + DAY) == 1
    assert journal.forget_comments(NINE + DAY) == 0
    assert [(a.score, a.comment) for a in answered(journal)] == [(3, None), (4, "newer words")]


@pytest.mark.parametrize(
    ("kind", "score", "comment"),
    [
        (NPS, 11, None),
        (NPS, -1, None),
        (RATING, 0, None),
        (RATING, 6, None),
        (NPS, 1, LONG + "x"),
        (NPS, 1, ""),
    ],
)
def test_impossible_answers_are_impossible_and_the_error_quotes_nobody(journal, kind, score, comment):
    """Whatever a program asks, the database refuses it, and what was written is in no message."""
    plan(journal, batch(["ada"]))

    with pytest.raises(JournalError) as refused:
        journal.record_answer(message_id("ada"), kind, score, comment, at=NINE)

    assert "ด" not in str(refused.value)
    assert answered(journal) == []


def test_no_other_question_is_answered(journal):
    """The closed list is the database's, too."""
    plan(journal, batch(["ada"]))
    journal.record_answer(message_id("ada"), NPS, 3, None, at=NINE)

    with pytest.raises(Exception, match="kind"), journal._engine.begin() as connection:
        connection.execute(text("UPDATE answer SET kind = 'mood'"))
