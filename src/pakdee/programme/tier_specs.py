"""What the numbers of the tier features are: money, units, orders, or whatever activities are counted in."""

from __future__ import annotations

from dataclasses import replace

from pakdee.domain.feature import FeatureSpec, FeatureType
from pakdee.domain.program import Program

COUNTED_WHOLE = {"units_earned": "points", "order_count": "orders"}
"""Metrics that are counted, with the unit of their features; a part of one that is missing is a whole one."""

IN_THE_METRIC = frozenset({"to_next_tier", "to_keep_tier"})
"""Features told in what tiers go by."""

NO_MEMBER = "no member of the programme"


def fitted(spec: FeatureSpec, program: Program) -> FeatureSpec:
    """A feature as this programme tells it: in what its tiers go by, unknown of who is no member."""
    tiers = program.tiers
    if tiers and spec.name in IN_THE_METRIC and not tiers.in_money:
        kind = FeatureType.INTEGER if tiers.metric in COUNTED_WHOLE else FeatureType.NUMBER
        spec = replace(spec, type=kind, unit=COUNTED_WHOLE.get(tiers.metric, ""))
    if tiers and spec.name == "tier" and program.program.needs:
        spec = replace(spec, nullable=True, null_rule=NO_MEMBER)
    return spec
