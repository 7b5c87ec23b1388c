"""Answers to a mail's question: taken from its pages, told to metrics and to the shop's other systems."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pakdee.domain.answer import AnswerKind
from pakdee.domain.calendar import day_bounds
from pakdee.domain.identity import read_link
from pakdee.house import House

if TYPE_CHECKING:
    import pyarrow as pa

    from pakdee.domain.answer import Answer

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
FOR_EVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class SurveyResponse:
    """An answer in the words of the ledger's table `survey_responses`, so that the shop can import it.

    Args:
        survey_id: the campaign that asked.
        answered_at: a UTC instant.
    """

    response_id: str
    survey_id: str
    customer_id: str
    question: str
    score: int
    scale_max: int
    comment: str | None
    answered_at: dt.datetime


def answer(house: House, token: str, kind: AnswerKind, score: int, comment: str | None) -> bool:
    """Keep what the reader of the mail that carried `token` answers; False for a token that is not ours.

    It takes the place of what they answered to this mail before.
    """
    message = read_link(house.link_keys, token)
    if message is None:
        return False
    return house.journal.record_answer(message, kind, score, comment, at=house.clock())


def answers(house: House, since: dt.date) -> list[SurveyResponse]:
    """What readers answered on or after the shop's day `since`, oldest first."""
    start = day_bounds(since, house.zone)[0]
    return [_response(found) for found in house.journal.answers(start, FOR_EVER)]


def unhappy_answers(house: House, day: dt.date) -> int:
    """How many answers of the shop's `day` are unhappy ones; whose they are stands in `answers`."""
    found = house.journal.answers(*day_bounds(day, house.zone))
    return sum(one.score in one.kind.unhappy for one in found)


def nps_answers(house: House, end: dt.date) -> pa.Table:
    """Answers to the NPS question before the shop's day `end`, without their words, for `loyalty_counts`."""
    import pyarrow as pa

    from pakdee.ledger import ANSWER_COLUMNS

    found = house.journal.answers(EPOCH, day_bounds(end, house.zone)[0])
    told = [_response(one) for one in found if one.kind is AnswerKind.NPS]
    columns = {name: [getattr(one, name) for one in told] for name in ANSWER_COLUMNS.names}
    return pa.table(columns, schema=ANSWER_COLUMNS)


def _response(found: Answer) -> SurveyResponse:
    return SurveyResponse(
        response_id=f"{found.kind}-{found.message_id}",
        survey_id=found.campaign,
        customer_id=found.customer_id,
        question=found.kind.value,
        score=found.score,
        scale_max=found.kind.scale[-1],
        comment=found.comment,
        answered_at=found.at,
    )
