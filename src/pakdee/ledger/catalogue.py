"""The catalogue of features computed from the shop's facts; each group's TOML stands beside its SQL."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pakdee.domain.feature import FeatureSpec
from pakdee.domain.feature_text import read_specs

GROUPS = ("people", "purchases", "rhythm", "habits", "assortment")
"""Groups of features, in the order in which the catalogue shows them."""

STAGE = "ledger"


@cache
def feature_specs() -> tuple[FeatureSpec, ...]:
    """The specification of every feature of stage "ledger", in catalogue order."""
    folder = files("pakdee.ledger") / "features"
    return tuple(
        spec
        for group in GROUPS
        for spec in read_specs((folder / f"{group}.toml").read_text("utf-8"), stage=STAGE)
    )
