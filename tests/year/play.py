"""The year itself: every day is planned, sent, heard of and learned from, as `pakdee run` would."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from pakdee import jobs
from pakdee.domain.allowance import all_terms
from pakdee.jobs import DayPlan
from pakdee.jobs.offers import open_day
from tests.year import series
from tests.year.points import accounts
from tests.year.record import Person, Record
from tests.year.shop import Shop, open_shop

SENDINGS = ("07:20", "12:30", "17:30", "20:45", "22:00")
"""Times of a day at which what is due is sent; nothing may leave in the hours of quiet."""
READ_AT = "07:40"
"""When readers look at the mails of the day before: after the day was planned, before it is sent."""
Progress = Callable[[str, int, int], None]


def play(folder: Path, *, customers: int, first: dt.date, days: int, seed: int, progress: Progress) -> Record:
    """Simulate `days` days from `first` on, in a new project in `folder`; what came of it."""
    shop = open_shop(folder, customers=customers, first=first, days=days, seed=seed)
    try:
        record = _begun(shop, first, days)
        for number in range(days):
            _live(shop, first + dt.timedelta(days=number), record)
            progress("days", number + 1, days)
        _conclude(shop, first + dt.timedelta(days=days), record, folder)
        return record
    finally:
        shop.close()


def _begun(shop: Shop, first: dt.date, days: int) -> Record:
    house = shop.house
    people = [Person(*row) for row in shop.cutter.people()]
    terms = all_terms(house.project.program.grants, first)
    return Record(first, days, house.settings, house.project.campaigns, terms, people)


def _live(shop: Shop, day: dt.date, record: Record) -> None:
    """One day, from the morning's plan to what arrived in the evening."""
    shop.morning(day)
    planned = jobs.plan_day(shop.house, day)
    _note(shop, planned, record)
    sent = len(shop.post.mails)
    for time in SENDINGS:
        shop.at(day, time)
        jobs.send_due(shop.house, day)
        if time < READ_AT:
            shop.at(day, READ_AT)
            shop.readers.act(
                [mail for mail in shop.post.mails if mail.at.date() == day - dt.timedelta(days=1)]
            )
    shop.readers.take(shop.post.mails[sent:])


def _note(shop: Shop, planned: DayPlan, record: Record) -> None:
    """Keep what the next day's run takes out of reach: how large the segments were, and who stood aside."""
    due = [one.name for one in planned.campaigns if not one.skipped]
    for one in planned.campaigns:
        if one.skipped:
            record.skipped.setdefault(one.name, Counter())[one.skipped] += 1
    for name, size in _sizes(shop, due, planned.day).items():
        record.segments[planned.day, name] = size
    aside = pq.read_table(shop.house.var / "runs" / str(planned.run_id) / "not-mailed.parquet")
    for campaign, verdict in zip(aside["campaign"].to_pylist(), aside["verdict"].to_pylist(), strict=True):
        record.aside[planned.day, campaign, verdict] += 1


def _sizes(shop: Shop, due: list[str], day: dt.date) -> dict[str, int]:
    """Customers each campaign is about: in its segment, by the features of the day, or due for a step of it."""
    campaigns = {name: shop.house.project.campaigns[name] for name in due}
    columns = {name: campaign.column for name, campaign in campaigns.items()}
    newest = max((shop.house.var / "features").iterdir(), key=lambda path: path.stat().st_mtime)
    wanted = sorted({column for column in columns.values() if column})
    table = pq.read_table(newest / "features.parquet", columns=["customer_id", *wanted])
    sizes = {
        name: pc.sum(table[column]).as_py() if column else len(table) for name, column in columns.items()
    }
    for name, campaign in campaigns.items():
        if campaign.steps and (column := columns[name]):
            inside = set(table.filter(table[column])["customer_id"].to_pylist())
            sizes[name] = len(inside | series.due(shop.house.var / "journal.sqlite", campaign, day))
    return sizes


def _conclude(shop: Shop, end: dt.date, record: Record, folder: Path) -> None:
    """The morning after: which codes were used on the last day, and all that was kept."""
    shop.morning(end)
    open_day(shop.house, end)
    record.mails, record.stops = shop.post.mails, shop.readers.stops
    record.uses, record.answers = shop.readers.uses, shop.readers.answers
    record.read(shop.house.var / "journal.sqlite")
    record.accounts = accounts(shop.house, end, folder / "accounts")
