"""Counts and exact sums of a period for the loyalty metrics; no formula stands here."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import pyarrow as pa

from pakdee.domain.identity import ADDRESS
from pakdee.domain.measures import (
    CategoryCounts,
    ChannelCounts,
    GoalCounts,
    LoyaltyCounts,
    Missing,
    NpsCounts,
    OrderCounts,
    Period,
    ReferralCounts,
    RepeatCounts,
    RetentionCounts,
    SocialCounts,
    Takings,
    ValueCounts,
)
from pakdee.ledger.shapes import lay_shapes
from pakdee.ledger.snapshot import Snapshot, connect

SOCIAL_ACTS = ("recommend", "referral_sent", "like", "share", "review", "comment")
SOCIAL_ACTS_PER_DAY = 10
ANSWER_COLUMNS = pa.schema(
    [
        ("response_id", pa.string()),
        ("survey_id", pa.string()),
        ("customer_id", pa.string()),
        ("score", pa.int64()),
        ("answered_at", pa.timestamp("us", tz="UTC")),
    ]
)
NO_ANSWERS = ANSWER_COLUMNS.empty_table()
WITHDRAWAL_COLUMNS = ("customer_id", "withdrawn_at")
_PARAMETER = re.compile(r"\$(\w+)")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class _Question:
    """An open snapshot and what is asked of it: the period, in days and in instants of the shop's zone."""

    connection: duckdb.DuckDBPyConnection
    provides: frozenset[str]
    values: Row

    def lacks(self, *needs: str) -> Missing | None:
        """What of `needs` the snapshot does not have; None where it has all."""
        missing = tuple(sorted(set(needs) - self.provides))
        return Missing(missing) if missing else None

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The answer of `measures/<name>.sql`."""
        sql = _sql(name)
        wanted = {key: self.values[key] for key in _PARAMETER.findall(_without_comments(sql))}
        answer = self.connection.execute(sql, wanted)
        columns = [column[0] for column in answer.description]
        return [dict(zip(columns, row, strict=True)) for row in answer.fetchall()]

    def row(self, name: str) -> dict[str, Any]:
        """The answer of a question whose grain is one row."""
        return self.rows(name)[0]


def loyalty_counts(
    snapshot: Snapshot,
    *,
    start: dt.date,
    end: dt.date,
    active_days: int,
    zone: ZoneInfo,
    answers: pa.Table = NO_ANSWERS,
) -> LoyaltyCounts:
    """All counts of [start, end); `Missing` where the snapshot lacks a table or column.

    Args:
        active_days: a customer with a net order in the last `active_days` days is active.
        zone: the shop's; a period begins and ends at its midnights.
        answers: ANSWER_COLUMNS; every answer to the NPS question that the journal knows, besides the shop's.

    Raises:
        ValueError: the period does not end after it starts.
    """
    with _ask(snapshot, Period(start, end), zone, {"active_days": active_days}) as question:
        return LoyaltyCounts(
            period=Period(start, end),
            active_days=active_days,
            retention=_retention(question),
            value=_value(question),
            nps=_nps(question, answers),
            social=_social(question),
            categories=_categories(question),
            referrals=_referrals(question),
            repeat=_repeat(question),
            orders=_orders(question),
        )


def channel_counts(
    snapshot: Snapshot, withdrawals: pd.DataFrame, *, start: dt.date, end: dt.date, zone: ZoneInfo
) -> ChannelCounts | Missing:
    """Customers contactable by e-mail at the start of [start, end), and those who opted out in it.

    Args:
        withdrawals: WITHDRAWAL_COLUMNS; every withdrawal the journal knows, instants in UTC.
    """
    with _ask(snapshot, Period(start, end), zone, {"address": ADDRESS.strip("^$")}) as question:
        lacking = question.lacks("persons.email", "customers.marketing_consent")
        if lacking:
            return lacking
        known = withdrawals[list(WITHDRAWAL_COLUMNS)].astype({"customer_id": "str"})
        known["withdrawn_at"] = pd.to_datetime(known["withdrawn_at"], utc=True)
        question.connection.register("withdrawals", known)
        return ChannelCounts(**question.row("channel"))


def goal_counts(
    snapshot: Snapshot, assigned: pa.Table, *, start: dt.date, end: dt.date, zone: ZoneInfo
) -> Mapping[str, GoalCounts] | Missing:
    """By campaign, who ordered of those mailed and of those held out; campaigns without either are left out.

    Args:
        assigned: campaign, customer_id, due_on (date), is_held_out, days (integer: the campaign's goal);
            one row per message planned, or held back.
        start, end: the period the messages were due in.
    """
    known_until = snapshot.facts_until.astimezone(zone).date() if snapshot.facts_until else start
    with _ask(snapshot, Period(start, end), zone, {"known_until": known_until}) as question:
        lacking = question.lacks("orders.customer_id")
        if lacking:
            return lacking
        question.connection.register("assigned", assigned)
        rows = question.rows("goals")
    return {row["campaign"]: GoalCounts(**{k: v for k, v in row.items() if k != "campaign"}) for row in rows}


def _retention(question: _Question) -> RetentionCounts | Missing:
    return question.lacks("orders.customer_id") or RetentionCounts(**question.row("retention"))


def _value(question: _Question) -> Mapping[str, ValueCounts] | Missing:
    return question.lacks("orders.customer_id") or _by_currency(question.rows("value"), ValueCounts)


def _nps(question: _Question, answers: pa.Table) -> NpsCounts | Missing:
    if not len(answers) and (lacking := question.lacks("survey_responses")):
        return lacking
    question.connection.register("journal_answers", answers)
    return NpsCounts(**question.row("nps"))


def _social(question: _Question) -> SocialCounts | Missing:
    return question.lacks("orders.customer_id", "activities") or SocialCounts(**question.row("social"))


def _categories(question: _Question) -> CategoryCounts | Missing:
    named = {"order_lines.category", "products.category"} & question.provides
    lacking = question.lacks("orders.customer_id", "order_lines", *(named or {"order_lines.category"}))
    return lacking or CategoryCounts(**question.row("categories"))


def _referrals(question: _Question) -> ReferralCounts | Missing:
    return question.lacks("orders.customer_id", "referrals") or ReferralCounts(**question.row("referrals"))


def _repeat(question: _Question) -> RepeatCounts | Missing:
    return question.lacks("orders.customer_id") or RepeatCounts(**question.row("repeat"))


def _orders(question: _Question) -> OrderCounts | Missing:
    lacking = question.lacks("orders.customer_id")
    if lacking:
        return lacking
    takings = _by_currency(question.rows("takings"), Takings)
    return OrderCounts(**question.row("orders"), **question.row("gaps"), takings=takings)


def _by_currency(rows: Sequence[Row], counts: type[Any]) -> dict[str, Any]:
    return {row["currency"]: counts(**{k: v for k, v in row.items() if k != "currency"}) for row in rows}


@contextmanager
def _ask(snapshot: Snapshot, period: Period, zone: ZoneInfo, values: Row) -> Iterator[_Question]:
    asked = {
        "start": period.start,
        "end": period.end,
        "start_at": _midnight(period.start, zone),
        "end_at": _midnight(period.end, zone),
        "zone": zone.key,
        "acts": list(SOCIAL_ACTS),
        "per_day": SOCIAL_ACTS_PER_DAY,
        **values,
    }
    connection = connect(snapshot)
    try:
        lay_shapes(connection, snapshot)
        connection.execute(_sql("foundation"))
        yield _Question(connection, snapshot.provides, asked)
    finally:
        connection.close()


def _midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)


@cache
def _sql(name: str) -> str:
    return (files("pakdee.ledger") / "measures" / f"{name}.sql").read_text(encoding="utf-8")


def _without_comments(sql: str) -> str:
    return re.sub(r"--.*", "", sql)
