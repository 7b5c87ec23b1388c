"""The waiting list: who would have got an offer of which nothing was left, and has not got it since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from pakdee.domain.chance import drawn
from pakdee.domain.errors import PakdeeError
from pakdee.domain.vocabulary import Verdict
from pakdee.house import House
from pakdee.jobs.looking import campaign_named
from pakdee.jobs.notmailed import aside_of
from pakdee.jobs.personal import fresh, made, write

if TYPE_CHECKING:
    from pakdee.journal import RunRow

Asked = tuple[str, str]
"""Who asked, and for which occasion."""


@dataclass(frozen=True)
class Waiting:
    """One line of the file. `day` is the business day on which nothing was left."""

    customer_id: str
    occasion: str
    day: str


def waiting_list(
    house: House, campaign: str, to: Path | None = None, day: dt.date | None = None
) -> tuple[Path, int]:
    """Write a CSV file, for its owner alone, of who got nothing of a campaign's offer, nor since.

    They stand in the order of their lots: the first is the next whom it would have reached.

    Args:
        to: the file; by default a new one in the project's `var/waiting`.
        day: the business day; by default the last one on which the campaign was planned.

    Returns:
        The file, and its lines.

    Raises:
        PakdeeError: no such campaign, not planned that day, nobody waits, or who does is not kept any more.
    """
    campaign = campaign_named(house, campaign).name
    last = house.journal.last_plans(house.today()).get(campaign)
    day = day or (last.day if last else house.today())
    got = _got(house, campaign, day)
    asked = {one for one in _asked(house, campaign, _runs(house, campaign, day)) if one[0] not in got}
    if not asked:
        raise _told(
            campaign,
            f"nobody waits for its offer of {day}",
            "name another business day with --day, if you like",
        )
    pairs = sorted(asked)
    file = to or fresh(house, "waiting", campaign)
    with made(file) as stream:
        lots = drawn(house.rules.salt, campaign, pairs).tolist()
        told = (pairs[place] for place in lots)
        write(stream, Waiting, (Waiting(customer, occasion, str(day)) for customer, occasion in told))
    return file, len(pairs)


def _runs(house: House, campaign: str, day: dt.date) -> list[RunRow]:
    """The finished runs of the day that planned it."""
    runs = house.journal.day_status(day).runs
    found = [run for run in runs if run.state == "enqueued" and campaign in run.campaigns]
    if not found:
        raise _told(
            campaign,
            f"it was not planned on {day}",
            "name a business day on which it was with --day, or plan it first: pakdee run",
        )
    return found


def _asked(house: House, campaign: str, runs: Sequence[RunRow]) -> set[Asked]:
    """Who got nothing, by the files of those not mailed."""
    found: set[Asked] = set()
    chosen = [("campaign", "=", campaign), ("verdict", "=", str(Verdict.NO_OFFER_LEFT))]
    for run in runs:
        if not run.verdicts.get(campaign, {}).get(Verdict.NO_OFFER_LEFT):
            continue
        file = aside_of(house.var, run.run_id)
        if not file.is_file():
            raise _told(
                campaign,
                "who waits is not known here any more: the list of those not mailed is gone",
                "ask on the machine that planned the day; next time ask sooner, or let keep_bodies be longer",
            )
        rows = pq.read_table(file, columns=["customer_id", "occasion"], filters=chosen)
        found |= set(zip(*(rows[name].to_pylist() for name in rows.column_names), strict=True))
    return found


def _got(house: House, campaign: str, day: dt.date) -> set[str]:
    """Who was given one of its grants on that day or later, whatever campaign brought it."""
    found: set[str] = set()
    mails = house.project.campaigns[campaign].mails
    for grant in {grant for mail in mails for _, grant in mail.brings}:
        given = house.journal.last_offers(dt.date.max, grant).to_pylist()
        found |= {row["customer_id"] for row in given if row["day"] >= day}
    return found


def _told(campaign: str, what: str, next_step: str) -> PakdeeError:
    return PakdeeError(what, where=f"campaigns/{campaign}.yaml", next_step=next_step)
