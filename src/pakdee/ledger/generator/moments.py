"""Days and times of day, as the shop's exports write them; all arithmetic on whole arrays."""

from __future__ import annotations

import numpy as np
import pandas as pd

Day = np.datetime64
Days = np.ndarray
"""Of dtype datetime64[D]."""


def days_of(written: pd.Series) -> Days:
    """The days of texts such as "2026-06-14 09:30"."""
    return written.str[:10].to_numpy(dtype="datetime64[D]")


def at_some_hour(chance: np.random.Generator, days: Days) -> np.ndarray:
    """Texts of times between 8 in the morning and 10 in the evening of `days`."""
    minutes = chance.integers(8 * 60, 22 * 60, len(days)).astype("timedelta64[m]")
    return np.char.replace((days.astype("datetime64[m]") + minutes).astype(str), "T", " ")


def between(chance: np.random.Generator, first: Days, last: Days | Day) -> Days:
    """A day for each row, from `first` to `last`; `first` where there is none between."""
    length = np.maximum((last - first).astype(int) + 1, 1)
    drawn: Days = first + np.floor(chance.random(len(first)) * length).astype(int)
    return drawn


def times(chance: np.random.Generator, owners: np.ndarray, mean: float) -> np.ndarray:
    """`owners`, each at least once, in the mean so often."""
    return np.repeat(owners, 1 + chance.poisson(mean - 1, len(owners)))


def numbered(table: pd.DataFrame, column: str, letter: str, by: str) -> pd.DataFrame:
    """`table` in the order of `by`, with an id of each row in front, such as A000001."""
    table = table.sort_values([by, *table.columns], ignore_index=True)
    table.insert(0, column, [f"{letter}{number:06}" for number in range(1, len(table) + 1)])
    return table
