"""Who the made-up shop's members are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

YEARS = 3
"""So long ago did the shop open."""


def make_people(
    chance: np.random.Generator, count: int, until: dt.date, words: Mapping[str, Any]
) -> pd.DataFrame:
    """`count` members in the columns of canonical customers; everyone joined before `until`.

    Half as many again join at the end as at the beginning. About three in four tell their birthday, some
    without the year; some have no usable address, or did not agree to marketing, or were never asked.
    """
    joined = _joined(chance, count, until)
    people = pd.DataFrame({"customer_id": [f"M{number:06}" for number in range(1, count + 1)]})
    people = people.join(_named(chance, count, words))
    people["email"] = _spoiled_addresses(chance, people.pop("address"))
    people["phone"] = ["080-" + f"{n:07}"[:3] + "-" + f"{n:07}"[3:] for n in chance.integers(0, 10**7, count)]
    people["joined_at"] = joined
    people = people.join(_birthdays(chance, count, until))
    people["birth_recorded_on"] = [
        at[:10] if day else "" for at, day in zip(joined, people["birth_day"], strict=True)
    ]
    people["country"] = "TH"
    people["preferred_channel"] = chance.choice(
        ["", "email", "line", "sms"], count, p=[0.85, 0.08, 0.04, 0.03]
    )
    people["marketing_consent"] = chance.choice(["true", "false", ""], count, p=[0.74, 0.11, 0.15])
    asked = people["marketing_consent"] != ""
    people["consent_at"] = np.where(asked, joined, "")
    people["consent_source"] = np.where(asked, chance.choice(["counter", "website", "app"], count), "")
    people["is_staff"] = np.where(chance.random(count) < 0.004, "true", "false")
    return people


def _joined(chance: np.random.Generator, count: int, until: dt.date) -> list[str]:
    """Sorted sign-up times in the shop's opening hours, denser towards the end."""
    share = np.sort(chance.random(count))
    # The density grows from 1 to 1.5 over the shop's life; this is the inverse of its distribution function.
    passed = (np.sqrt(1 + 1.25 * share) - 1) / 0.5
    days = np.floor(passed * YEARS * 365).astype(int)
    minutes = chance.integers(8 * 60, 20 * 60, count)
    opened = np.datetime64(until - dt.timedelta(days=YEARS * 365), "m")
    times = opened + days.astype("timedelta64[D]").astype("timedelta64[m]") + minutes.astype("timedelta64[m]")
    return [str(time).replace("T", " ") for time in times]


def _named(chance: np.random.Generator, count: int, words: Mapping[str, Any]) -> pd.DataFrame:
    """Names in Thai or Latin letters, the language of each, and an address of the name."""
    is_thai = chance.random(count) < 0.72
    thai, english = words["thai"], words["english"]
    first = chance.integers(0, 10**6, count)
    last = chance.integers(0, 10**6, count)
    return pd.DataFrame(
        {
            "first_name": _picked(is_thai, first, thai["first"], english["first"]),
            "last_name": _picked(is_thai, last, thai["last"], english["last"]),
            "locale": np.where(is_thai, np.where(chance.random(count) < 0.94, "th", ""), "en"),
            "address": [
                _address(*parts)
                for parts in zip(
                    _picked(is_thai, first, thai["first_roman"], english["first"]),
                    _picked(is_thai, last, thai["last_roman"], english["last"]),
                    range(1, count + 1),
                    strict=True,
                )
            ],
        }
    )


def _picked(
    is_thai: np.ndarray, numbers: np.ndarray, thai: Sequence[str], english: Sequence[str]
) -> list[str]:
    return [
        thai[number % len(thai)] if own else english[number % len(english)]
        for own, number in zip(is_thai, numbers, strict=True)
    ]


def _address(first: str, last: str, number: int) -> str:
    name = f"{first}.{last}".lower().replace("'", "").replace("ë", "e")
    domain = ("example.com", "example.org", "example.net", "mail.example.com")[number % 4]
    return f"{name}{number}@{domain}"


def _spoiled_addresses(chance: np.random.Generator, addresses: pd.Series) -> np.ndarray:
    """One in forty has none, one in sixty something that is none."""
    draw = chance.random(len(addresses))
    odd = chance.choice(["-", "ไม่มี", "somchai@", "malee example.com"], len(addresses))
    return np.select([draw < 0.025, draw < 0.042], ["", odd], addresses)


def _birthdays(chance: np.random.Generator, count: int, until: dt.date) -> pd.DataFrame:
    """Parts of the birthday; empty where unknown. Every 400th is born on 29 February."""
    born = np.datetime64("1996-01-01") + chance.integers(0, 366, count).astype("timedelta64[D]")
    months = born.astype("datetime64[M]").astype(int) % 12 + 1
    days = (born - born.astype("datetime64[M]")).astype(int) + 1
    years = until.year - np.clip(chance.normal(36, 11, count), 16, 85).astype(int)
    leap = np.arange(count) % 400 == 7
    months, days = np.where(leap, 2, months), np.where(leap, 29, days)
    years = np.where((months == 2) & (days == 29), years // 4 * 4, years)
    told = (chance.random(count) < 0.76) | leap
    with_year = told & (chance.random(count) < 0.62)
    return pd.DataFrame(
        {
            "birth_year": _where(with_year, years),
            "birth_month": _where(told, months),
            "birth_day": _where(told, days),
        }
    )


def _where(known: np.ndarray, numbers: np.ndarray) -> list[str]:
    return [str(number) if is_known else "" for is_known, number in zip(known, numbers, strict=True)]
