"""One number as it is told: with what it was made from, how sure it is, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pakdee.domain.measures import Missing
from pakdee.metrics.definitions import definition_of
from pakdee.metrics.intervals import wilson

NO_SETTINGS: Mapping[str, object] = {}
THIN = 30
"""Below this many observations a figure is shown as thin."""


@dataclass(frozen=True)
class Figure:
    """A metric's value, or why there is none.

    Args:
        metric: its name in DEFINITIONS or FURTHER_DEFINITIONS.
        value: shares as 0 to 1, NPS as -100 to 100, points as percentage points, money exact; None exactly
            where `why_not` is given.
        unit: "share", "score", "points", "money", "ratio", "orders", "acts" or "days".
        k, n: numerator and denominator as counted; k is None where it is no count.
        low, high: 95 % interval, in the value's unit; None where it has none.
        why_not: "not defined: …" or "cannot be measured: needs …".
        definition: versioned, with the settings it was computed with, e.g. "M1 v1, active_days=180: …".
        currency: for money.
    """

    metric: str
    value: float | Decimal | None
    unit: str
    k: int | None
    n: int | None
    low: float | None
    high: float | None
    why_not: str | None
    definition: str
    currency: str | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.why_not is None):
            raise ValueError(f"{self.metric}: a figure has either a value or a reason why not")

    @property
    def is_thin(self) -> bool:
        """Whether too few observations stand behind the value to lean on it."""
        return self.value is not None and self.n is not None and self.n < THIN


def known(
    metric: str,
    value: float | Decimal,
    *,
    k: int | None = None,
    n: int | None = None,
    interval: tuple[float, float] | None = None,
    currency: str | None = None,
    settings: Mapping[str, object] = NO_SETTINGS,
) -> Figure:
    """A figure with a value; `settings` stand in its definition."""
    about = definition_of(metric)
    low, high = interval or (None, None)
    return Figure(metric, value, about.unit, k, n, low, high, None, about.text(settings), currency)


def undefined(
    metric: str, why: str, *, currency: str | None = None, settings: Mapping[str, object] = NO_SETTINGS
) -> Figure:
    """A figure whose denominator is nothing; never 0 and never 100 %."""
    about = definition_of(metric)
    reason = f"not defined: {why}"
    return Figure(metric, None, about.unit, None, None, None, None, reason, about.text(settings), currency)


def unmeasured(metric: str, missing: Missing, settings: Mapping[str, object] = NO_SETTINGS) -> Figure:
    """A figure whose counts could not be taken."""
    about = definition_of(metric)
    reason = f"cannot be measured: needs {', '.join(missing.needs)}"
    return Figure(metric, None, about.unit, None, None, None, None, reason, about.text(settings))


def share(metric: str, k: int, n: int, nobody: str, settings: Mapping[str, object] = NO_SETTINGS) -> Figure:
    """Share: k of n with its Wilson interval, or "not defined: `nobody`" where n is 0."""
    if n == 0:
        return undefined(metric, nobody, settings=settings)
    return known(metric, k / n, k=k, n=n, interval=wilson(k, n), settings=settings)


def quotient(
    metric: str, k: int, n: int, nobody: str, settings: Mapping[str, object] = NO_SETTINGS
) -> Figure:
    """Rate: k per n where k is no part of n, so there is no interval; undefined where n is 0."""
    return (
        known(metric, k / n, k=k, n=n, settings=settings)
        if n
        else undefined(metric, nobody, settings=settings)
    )
