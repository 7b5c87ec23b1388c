"""When people come and what they mean to spend: BG/NBD and Gamma-Gamma, as published for CDNOW.

Sources: Fader, Hardie, Lee (2005), Marketing Science 24(2), Table 2; Fader, Hardie (2013), note 025.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

R, ALPHA, A, B = 0.243, 4.414, 0.793, 2.426
P, Q, GAMMA = 6.25, 3.74, 15.44
TEMPO = 18.0
"""A tea shop is visited so many times as often as compact discs were bought: its weeks pass quicker."""
BAHT = 13.0
"""Baht for a dollar of the model."""
FEAST_DAYS, FEAST = 7, 3.0
"""In its last week the shop celebrates, and a third of the bags are so many times as full."""
NEVER_BUY = 0.08
GUESTS = 0.12
MONTHS = np.array([0.95, 0.9, 0.85, 0.95, 0.9, 0.85, 0.85, 0.9, 0.85, 0.9, 1.0, 1.3])
WEEKDAYS = np.array([0.8, 0.8, 0.85, 0.9, 1.1, 1.3, 1.2])
HOURS = np.arange(8, 20)
BY_HOUR = np.array([0.10, 0.11, 0.10, 0.09, 0.11, 0.09, 0.07, 0.07, 0.08, 0.08, 0.06, 0.04])


def make_visits(chance: np.random.Generator, people: pd.DataFrame, until: dt.date) -> pd.DataFrame:
    """One row per order, by time: customer_id ("" for guests), wall (shop's time), wish (baht), channel."""
    members = _member_visits(chance, people, until)
    guests = members.sample(frac=GUESTS, random_state=chance).assign(customer_id="", channel="store")
    visits = pd.concat([members, guests], ignore_index=True)
    visits["wall"] = _times(chance, visits.pop("day").to_numpy())
    return visits.sort_values(["wall", "customer_id", "wish"], ignore_index=True)


def _member_visits(chance: np.random.Generator, people: pd.DataFrame, until: dt.date) -> pd.DataFrame:
    joined = people["joined_at"].to_numpy().astype("datetime64[D]")
    end = np.datetime64(until, "D")
    owners, days = _repeat(chance, joined, end)
    # First visits come first and all happen: joining brings them, whatever the season.
    firsts = np.arange(len(owners)) < np.unique(owners).size
    kept = firsts | _in_season(chance, days)
    owners, days = owners[kept], days[kept]
    feast = (days >= end - FEAST_DAYS) & (chance.random(len(days)) < 1 / 3)
    wishes = _wishes(chance, len(people), owners) * np.where(feast, FEAST, 1.0)
    return pd.DataFrame(
        {
            "customer_id": people["customer_id"].to_numpy()[owners],
            "day": days,
            "wish": wishes,
            "channel": _channels(chance, len(people), owners),
        }
    )


def _repeat(
    chance: np.random.Generator, joined: np.ndarray, end: np.datetime64
) -> tuple[np.ndarray, np.ndarray]:
    """(customer number, day) of each visit: one soon after joining, then until the customer is lost."""
    rate = chance.gamma(R, TEMPO / (7 * ALPHA), len(joined))
    lost = chance.beta(A, B, len(joined))
    alive = np.flatnonzero(chance.random(len(joined)) >= NEVER_BUY)
    when = joined.astype(float) + chance.exponential(2.5, len(joined))
    owners, days = [], []
    leaving = np.zeros_like(lost)  # nobody is lost at the first visit: the model counts repeats
    while len(alive := alive[when[alive] < end.astype(float)]):
        owners.append(alive)
        days.append(when[alive])
        alive = alive[chance.random(len(alive)) >= leaving[alive]]
        when[alive] += 1 + chance.exponential(1 / np.maximum(rate[alive], 1e-9))
        leaving = lost
    return np.concatenate(owners), np.floor(np.concatenate(days)).astype(int).astype("datetime64[D]")


def _in_season(chance: np.random.Generator, days: np.ndarray) -> np.ndarray:
    """Which visits happen, so that December, Fridays and weekends are fuller than rainy Mondays."""
    months = days.astype("datetime64[M]").astype(int) % 12
    weekdays = (days.astype(int) + 3) % 7
    share: np.ndarray = MONTHS[months] * WEEKDAYS[weekdays] / (MONTHS.max() * WEEKDAYS.max())
    # Softened: the thinning must shape the year, not halve the model's rates.
    return chance.random(len(days)) < 0.4 + 0.6 * share


def _wishes(chance: np.random.Generator, customers: int, owners: np.ndarray) -> np.ndarray:
    """What each visit is meant to cost: around the customer's own mean, itself gamma-distributed."""
    scale = chance.gamma(Q, 1 / GAMMA, customers)
    wishes: np.ndarray = chance.gamma(P, 1 / scale[owners]) * BAHT
    return wishes


def _channels(chance: np.random.Generator, customers: int, owners: np.ndarray) -> np.ndarray:
    """Most people keep to the shop; some order online or in the app now and then, a few always."""
    leaning = chance.beta(0.35, 1.4, customers)[owners]
    elsewhere = np.where(chance.random(len(owners)) < 0.6, "online", "app")
    return np.where(chance.random(len(owners)) < leaning, elsewhere, "store")


def _times(chance: np.random.Generator, days: np.ndarray) -> np.ndarray:
    hours = chance.choice(HOURS, len(days), p=BY_HOUR / BY_HOUR.sum())
    minutes = hours * 60 + chance.integers(0, 60, len(days))
    times: np.ndarray = days.astype("datetime64[m]") + minutes.astype("timedelta64[m]")
    return times
