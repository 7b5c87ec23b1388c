"""The catalogue of features computed from the programme; each group's TOML stands beside its SQL."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from pakdee.domain.feature import FeatureSpec
from pakdee.domain.feature_text import read_specs
from pakdee.domain.program import Program

GROUPS = ("tiers", "ladder")
"""Groups of features, in the order in which the catalogue shows them."""

STAGE = "programme"


@cache
def feature_specs() -> tuple[FeatureSpec, ...]:
    """The specification of every feature of stage "programme", in catalogue order."""
    folder = files("pakdee.programme") / "features"
    return tuple(
        spec
        for group in GROUPS
        for spec in read_specs((folder / f"{group}.toml").read_text("utf-8"), stage=STAGE)
    )


def provides(program: Program) -> frozenset[str]:
    """What a programme offers to features that need it: "program.tiers", "program.earn".

    Add it to the snapshot's `provides` when asking `FeatureCatalog.missing`.
    """
    parts = {"program.tiers": program.tiers, "program.earn": program.earn}
    return frozenset(name for name, part in parts.items() if part)
