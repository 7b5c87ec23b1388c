"""The catalogue of features that models give, and their values."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from pakdee.domain.feature import FeatureSpec
from pakdee.domain.feature_text import read_specs
from pakdee.domain.measures import LtvAssumptions
from pakdee.metrics.clv import value_of_a_year
from pakdee.metrics.forecast import Histories, Model

STAGE = "model"
ALIVE, ORDERS, VALUE = "p_alive", "expected_orders_365d", "clv_365d"
YEAR = 365 / 7
"""In weeks."""


@cache
def feature_specs() -> tuple[FeatureSpec, ...]:
    """The specification of every feature of stage "model", in catalogue order."""
    text = (files("pakdee.metrics") / "features" / "model.toml").read_text("utf-8")
    return tuple(read_specs(text, stage=STAGE))


def model_features(
    model: Model, known: Histories, names: Collection[str], assumed: LtvAssumptions
) -> dict[str, npt.NDArray[np.float64]]:
    """Those of `names` that the model gives, by name, in the order of `known`.

    The value needs a margin, a discount rate and a model of amounts, and is absent without them.
    """
    found = {}
    if ALIVE in names:
        found[ALIVE] = model.orders.p_alive(known.seen)
    if ORDERS in names:
        found[ORDERS] = model.orders.expected(known.seen, YEAR)
    if VALUE in names and (values := values_of(model, known, assumed)) is not None:
        found[VALUE] = values
    return found


def values_of(model: Model, known: Histories, assumed: LtvAssumptions) -> npt.NDArray[np.float64] | None:
    """What the next year of each customer is worth; None without a margin, a discount rate or amounts."""
    if model.amounts is None or assumed.margin is None or assumed.discount is None:
        return None
    margin, discount = float(assumed.margin), float(assumed.discount)
    return value_of_a_year(
        model.orders, model.amounts, known.seen, known.mean, margin=margin, discount=discount
    )
