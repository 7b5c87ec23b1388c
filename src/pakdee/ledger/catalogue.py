"""The catalogue of features computed from the shop's facts; each group's TOML stands beside its SQL."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from types import MappingProxyType

from pakdee.domain.feature import FeatureSpec
from pakdee.domain.feature_text import read_specs

GROUPS = ("people", "purchases", "rhythm", "habits", "assortment")
"""Groups of features that build on each other, in the order in which the catalogue shows them."""

APART = ("favourites", "points", "voice", "acts", "service", "word_of_mouth", "benefits", "wishes")
"""Groups after these that stand by themselves: each has a file `<group>_sums` to gather its own facts."""

WEIGHTY = MappingProxyType({"favourites": "orders", "points": "point_entries"})
"""Groups that take each customer's whole history into memory, with the table it lies in."""

STAGE = "ledger"


@cache
def feature_specs() -> tuple[FeatureSpec, ...]:
    """The specification of every feature of stage "ledger", in catalogue order."""
    return tuple(spec for group in (*GROUPS, *APART) for spec in specs_of(group))


@cache
def specs_of(group: str) -> tuple[FeatureSpec, ...]:
    """The features of one group."""
    text = (files("pakdee.ledger") / "features" / f"{group}.toml").read_text("utf-8")
    return tuple(read_specs(text, stage=STAGE))
