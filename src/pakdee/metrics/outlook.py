"""M20 to M22: what is foretold of all customers, and how right it was on a past day."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np

from pakdee.domain.measures import LtvAssumptions, Missing
from pakdee.metrics.features import YEAR, values_of
from pakdee.metrics.figure import Figure, known, undefined, unmeasured
from pakdee.metrics.forecast import Check, Histories, Model, NoModel

NOW = ("expected_orders", "expected_value", "churn_chance")
THEN = ("orders_forecast_error", "churn_brier", "churn_gap")
ORDER = (
    "expected_orders",
    "orders_forecast_error",
    "expected_value",
    "churn_chance",
    "churn_brier",
    "churn_gap",
)


def outlook_figures(
    model: Model | NoModel | Missing,
    seen: Histories,
    check: Check | NoModel,
    *,
    days: int,
    assumed: LtvAssumptions,
    currency: str,
) -> list[Figure]:
    """M20, M21 and M22 in order, those without a value too: they say why.

    Args:
        model: learned of `seen`.
        check: of the `days` before the end.
    """
    if isinstance(model, Missing):
        return [unmeasured(metric, model) for metric in ORDER]
    settings = {"days": days}
    found = _now(model, seen, assumed, currency) | _then(check, settings)
    return [found[metric] for metric in ORDER]


def _now(
    model: Model | NoModel, seen: Histories, assumed: LtvAssumptions, currency: str
) -> dict[str, Figure]:
    if isinstance(model, NoModel):
        return {m: undefined(m, model.why, currency=currency if m == "expected_value" else None) for m in NOW}
    again = seen.chosen(seen.seen.x > 0).seen
    orders = float(model.orders.expected(seen.seen, YEAR).mean())
    left = 1 - float(model.orders.p_alive(again).mean())
    return {
        "expected_orders": known("expected_orders", orders, n=len(seen)),
        "expected_value": _value(model, seen, assumed, currency),
        "churn_chance": known("churn_chance", left, n=len(again)),
    }


def _value(model: Model, seen: Histories, assumed: LtvAssumptions, currency: str) -> Figure:
    given = {"margin": assumed.margin, "discount": assumed.discount}
    lacking = tuple(name for name, value in given.items() if value is None)
    if lacking:
        return unmeasured("expected_value", Missing(lacking))
    alike = "none" if model.correlation is None else f"{model.correlation:.2f}"
    settings = {**given, "correlation": alike}
    values = values_of(model, seen, assumed)
    if values is None:
        why = "amounts follow no law that the model knows"
        return undefined("expected_value", why, currency=currency, settings=settings)
    mean = Decimal(str(round(float(np.mean(values)), 4)))
    return known("expected_value", mean, n=len(seen), currency=currency, settings=settings)


def _then(check: Check | NoModel, settings: Mapping[str, object]) -> dict[str, Figure]:
    if isinstance(check, NoModel):
        return {metric: undefined(metric, check.why, settings=settings) for metric in THEN}
    n = check.customers
    return {
        "orders_forecast_error": known(
            "orders_forecast_error", check.expected / check.came - 1, n=n, settings=settings
        )
        if check.came
        else undefined("orders_forecast_error", "nobody ordered in these days", settings=settings),
        "churn_brier": known("churn_brier", check.brier, n=n, settings=settings),
        "churn_gap": known("churn_gap", 100 * check.gap, n=n, settings=settings),
    }
