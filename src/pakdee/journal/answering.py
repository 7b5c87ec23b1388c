"""What readers answered to a mail's question; one answer of each mail and question, the latest."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.engine import RowMapping

from pakdee.domain.answer import Answer, AnswerKind
from pakdee.journal.instants import stored, told
from pakdee.journal.store import Store, changed, rows


class Answering(Store):
    """The journal's side of answers."""

    def record_answer(
        self, message_id: str, kind: AnswerKind, score: int, comment: str | None, *, at: dt.datetime
    ) -> bool:
        """Keep what the reader of a mail answered; False for an unknown message.

        It takes the place of what they answered before; the same told again changes nothing. A test mail's
        answer is not kept: who pressed there is not the customer shown.
        """
        values = {"message": message_id, "kind": kind.value, "score": score, "comment": comment}
        with self._writing() as connection:
            owner = rows(connection, "message_owner", {"message": message_id})
            if owner and not owner[0]["is_test"]:
                whose = {"customer": owner[0]["customer_id"], "campaign": owner[0]["campaign"]}
                changed(connection, "record_answer", values | whose | {"at": stored(at)})
        return bool(owner)

    def answers(self, start: dt.datetime, end: dt.datetime) -> list[Answer]:
        """Answers given in [start, end), oldest first."""
        return [told_answer(row) for row in self._rows("answers", start=stored(start), end=stored(end))]

    def forget_comments(self, before: dt.datetime) -> int:
        """Forget what was written in answers given before an instant; scores stay. How many."""
        with self._writing() as connection:
            return changed(connection, "forget_comments", {"before": stored(before)})


def told_answer(row: RowMapping) -> Answer:
    """An answer from its row."""
    return Answer(
        message_id=row["message_id"],
        customer_id=row["customer_id"],
        campaign=row["campaign"],
        kind=AnswerKind(row["kind"]),
        score=row["score"],
        comment=row["comment"],
        at=told(row["answered_at"]),
    )
