"""The catalogue of features computed from the programme; each group's TOML stands beside its SQL."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pakdee.domain.feature import FeatureSpec, FeatureType
from pakdee.domain.feature_text import read_specs
from pakdee.domain.program import Program
from pakdee.domain.program.features import told_in

GROUPS = ("tiers", "ladder", "points", "plans", "activities")
"""Groups of features, in the order in which the catalogue shows them."""

STAGE = "programme"
SPENT = "days_since_last_redemption"
STANDS_IN = {
    "points_balance": FeatureType.INTEGER,
    "points_expiring_30d": FeatureType.INTEGER,
    "days_to_next_expiry": FeatureType.INTEGER,
    "points_expire_on": FeatureType.DATE,
    SPENT: FeatureType.INTEGER,
}
"""Features of the ledger that the programme gives where the shop itself keeps no points."""


@cache
def feature_specs() -> tuple[FeatureSpec, ...]:
    """The specification of every feature of stage "programme", in catalogue order."""
    return tuple(spec for group in GROUPS for spec in _group(group))


def specs_of(program: Program) -> tuple[FeatureSpec, ...]:
    """The features `program` can give, as it tells them: none about tiers where it has none."""
    given = (s for s in feature_specs() if program.tiers or s.name not in _tier_features())
    return tuple(told_in(program, given))


@cache
def _tier_features() -> frozenset[str]:
    return frozenset(spec.name for spec in _group("tiers"))


def _group(name: str) -> list[FeatureSpec]:
    file = files("pakdee.programme") / "features" / f"{name}.toml"
    return read_specs(file.read_text("utf-8"), stage=STAGE)


PLAN_FEATURES = frozenset(spec.name for spec in _group("plans"))
"""Features of paid plans."""
