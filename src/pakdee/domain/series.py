"""Where customers stand in the steps of a campaign on a day. Pure.

A step goes to whoever got the first mail, for the occasion of that mail. Until the last step's days are over
no new occasion begins, for the held-out alike, so that both arms are asked as often.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pandas as pd

from pakdee.domain.campaign import FIRST_STEP, Campaign
from pakdee.domain.occasion import occasions
from pakdee.domain.situation import Situation


def mails_of_day(
    campaign: Campaign, situation: Situation, begun: pd.DataFrame, contacts: pd.DataFrame
) -> Iterator[tuple[Campaign, np.ndarray, pd.Categorical[str]]]:
    """The campaign's mails of the day, and for each whom it is about and their occasions; nobody twice.

    Args:
        begun: first mails of campaigns with steps, with the `place` of the customer.
        contacts: all keys of any campaign, likewise; looked through only for one with steps.
    """
    people, day = situation.customers, situation.day
    is_in = np.full(len(people), fill_value=True)
    if campaign.column is not None:
        is_in = people[campaign.column].to_numpy(dtype=bool, copy=True)
    if campaign.steps:
        begun, own = (keys[keys["campaign"] == campaign.name] for keys in (begun, contacts))
        for mail, places, found in _due(campaign, begun, own, day):
            is_in[places] = False
            yield mail, places, found
    # On a day that no rhythm names somebody only wants to see what the first mail would do.
    if not campaign.steps or campaign.when.is_due_on(day) or not campaign.is_due_on(day):
        places = np.flatnonzero(is_in)
        people = people if len(places) == len(people) else people.iloc[places]
        yield campaign, places, occasions(campaign.once_per, people, day)


def _due(
    campaign: Campaign, begun: pd.DataFrame, own: pd.DataFrame, day: dt.date
) -> Iterator[tuple[Campaign, np.ndarray, pd.Categorical[str]]]:
    """The mail of each step, places of those whose day it is (ascending), and their occasions."""
    taken: set[int] = set()
    for mail, span in zip(campaign.mails[1:], campaign.spans, strict=True):
        first, last = (day - dt.timedelta(days=ago) for ago in (span.stop - 1, span.start))
        due = begun[(begun["due_on"] >= first) & (begun["due_on"] <= last)].sort_values("due_on")
        found = dict(_pairs(due))  # of two occasions the later one
        had = set(_pairs(own[own["step"] == mail.step]))
        places = sorted(p for p, occasion in found.items() if p not in taken and (p, occasion) not in had)
        taken.update(places)
        words = pd.Categorical([found[place] for place in places])
        yield mail, np.array(places, dtype=int), words


def under_way(campaign: Campaign, own: pd.DataFrame, customers: int, day: dt.date) -> np.ndarray:
    """True for those whose steps of an earlier occasion are not over; by place, of all `customers`."""
    found = np.zeros(customers, dtype=bool)
    if campaign.steps:
        recent = own["due_on"] > day - dt.timedelta(days=campaign.series_days)
        found[own[recent & (own["step"] == FIRST_STEP)]["place"].to_numpy(dtype=int)] = True
    return found


def _pairs(rows: pd.DataFrame) -> list[tuple[int, str]]:
    return list(zip(rows["place"].tolist(), rows["occasion"].tolist(), strict=True))
