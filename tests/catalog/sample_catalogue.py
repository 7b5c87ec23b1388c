"""A small catalogue of features and a few segments for the tests of this room."""

from __future__ import annotations

from pathlib import Path

from pakdee.catalog.conditions import compile_condition
from pakdee.catalog.project import load_project
from pakdee.domain.condition import Condition
from pakdee.domain.errors import CatalogError
from pakdee.domain.feature import FeatureCatalog, FeatureSpec, FeatureType
from pakdee.domain.project import Project
from pakdee.domain.segment import Segment
from pakdee.domain.units import Words
from pakdee.house.composing import feature_catalog

ROOT = Path(__file__).parents[2]
SAMPLE = Path(__file__).parent / "sample_project"
_WORDS = Words({"en": "x", "th": "x"})
_COUNTERS = {
    "days_to_birthday", "days_to_join_anniversary", "days_to_next_expiry", "days_since_joined",
    "days_since_last_purchase", "days_since_first_purchase",
}  # fmt: skip
_TYPES = {
    "integer": [
        *sorted(_COUNTERS),
        "order_count",
        "order_count_365d",
        "points_balance",
        "points_expiring_30d",
    ],
    "money": ["net_spend", "net_spend_365d", "average_order_value_365d", "to_next_tier"],
    "number": ["median_gap_days", "overdue_ratio"],
    "share": ["online_share_365d", "tier_progress"],
    "boolean": ["is_lapsed", "is_member"],
    "text": ["rung", "tier", "tier_moved_7d", "top_category"],
    "date": ["last_purchase_on"],
    "list": ["favourites"],
}
_VALUES = {"tier": ("member", "silver", "gold"), "tier_moved_7d": ("up", "down", "none")}


def spec(name: str, kind: str) -> FeatureSpec:
    """One feature of the sample."""
    return FeatureSpec(
        name, "", FeatureType(kind), "", _WORDS, _WORDS, nullable=True, null_rule="", needs=frozenset({"orders"}),
        stage="ledger", values=_VALUES.get(name, ()), is_day_counter=name in _COUNTERS,
    )  # fmt: skip


FEATURES = FeatureCatalog([spec(name, kind) for kind, names in _TYPES.items() for name in names])
SEGMENTS = {
    name: Segment(name=name, title=_WORDS, where=where, list=listed)
    for name, where, listed in (
        ("vip", "tier = 'gold' or order_count > 10", None),
        ("night", None, "lists/night.csv"),
        ("quiet", "days_since_last_purchase > 90 and not in_segment('vip')", None),
        ("chicken", "in_segment('egg')", None),
        ("egg", "order_count > 1\n and in_segment('chicken')", None),
        ("mirror", "in_segment('mirror')", None),
        ("broken", "order_cont > 1", None),
    )
}


def compiled(text: str) -> Condition:
    """`text` as a condition that begins in line 3 of segments/x.yaml."""
    return compile_condition("segment:x", text, FEATURES, SEGMENTS, "segments/x.yaml:3")


def loaded(project: Path) -> Project:
    """The project, checked against the sample catalogue."""
    return load_project(project, FEATURES)


def starter_loaded(project: Path) -> Project:
    """The starter project, checked against every feature there is."""
    return load_project(project, feature_catalog())


def findings(project: Path) -> list[str]:
    """What loading says, each finding as a terminal shows it; warnings of a project that loads included."""
    try:
        return [str(problem) for problem in loaded(project).warnings]
    except CatalogError as error:
        return [str(problem) for problem in error.problems]
