"""What other systems of the shop must know: who withdrew, and what readers answered."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from io import StringIO
from typing import Any

from pakdee.domain.calendar import day_bounds
from pakdee.house import House
from pakdee.jobs.answering import SurveyResponse

_PHONE = re.compile(r"\+[\d ()-]+")
_FORMULA = ("=", "+", "-", "@")


@dataclass(frozen=True)
class Withdrawal:
    """A customer who wants no more mail; `withdrawn_at` is a UTC instant."""

    customer_id: str
    withdrawn_at: dt.datetime
    source: str


def unsubscribes(house: House, since: dt.date) -> list[Withdrawal]:
    """Who withdrew on or after the shop's day `since`, whichever way, oldest first."""
    found = house.journal.withdrawals_since(day_bounds(since, house.zone)[0])
    return [Withdrawal(customer_id, at, source) for customer_id, at, source in found]


def as_csv(withdrawals: Iterable[Withdrawal]) -> str:
    """One line each under a header that is there even when nobody withdrew; instants as ISO, UTC."""
    return _csv(Withdrawal, [astuple(found) for found in withdrawals])


def answers_as_csv(responses: Iterable[SurveyResponse]) -> str:
    """The same of answers. Words that a spreadsheet would take for a formula begin with an apostrophe."""
    told = ({**vars(found), "comment": harmless(found.comment)} for found in responses)
    return _csv(SurveyResponse, [tuple(row.values()) for row in told])


def harmless(text: str | None) -> str | None:
    """What anybody may write is opened in spreadsheets; a phone number is no formula."""
    return f"'{text}" if text and text.startswith(_FORMULA) and not _PHONE.fullmatch(text) else text


def _csv(kind: type[Any], rows: Sequence[tuple[Any, ...]]) -> str:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in fields(kind)])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.datetime) else value
