"""What the features are in one programme: tiers in what they go by, and totals of the activities it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches

from pakdee.domain.feature import FeatureCatalog, FeatureSpec, FeatureType
from pakdee.domain.program.whole import Program
from pakdee.domain.units import Words

COUNTED_WHOLE = {"units_earned": "points", "order_count": "orders"}
"""Metrics that are counted, with the unit of their features; a part of one that is missing is a whole one."""

IN_THE_METRIC = frozenset({"to_next_tier", "to_keep_tier"})
"""Features told in what tiers go by."""

NO_MEMBER = "no member of the programme"
COUNT, SUM = "activity_count_", "activity_sum_"
"""What the names of totals begin with; the type of the activities follows."""
EACH, _TYPE = "*", "{type}"
"""How a feature that there is of each type ends, and where the type stands in what it says of itself."""


class ProgramFeatures(FeatureCatalog):
    """The catalogue of one programme; a total of activities is taken for another total, if for anything."""

    def suggestion(self, name: str) -> str | None:
        """The nearest existing name; of a total, that of the type that is spelt most alike."""
        prefix = next((begin for begin in (COUNT, SUM) if name.startswith(begin)), None)
        if prefix is None:
            return super().suggestion(name)
        types = [known.removeprefix(prefix) for known in self if known.startswith(prefix)]
        near = get_close_matches(name.removeprefix(prefix), types, n=1, cutoff=0.6)
        return f"{prefix}{near[0]}" if near else None


def features_in(program: Program, features: FeatureCatalog) -> ProgramFeatures:
    """The catalogue as `program` tells it."""
    return ProgramFeatures(told_in(program, features.values()))


def told_in(program: Program, specs: Iterable[FeatureSpec]) -> Iterator[FeatureSpec]:
    """Features as `program` tells them; those of each type once for every type that it names."""
    for spec in specs:
        if spec.name.endswith(EACH):
            yield from (_of_type(spec, kind) for kind in program.activities)
        else:
            yield fitted(spec, program)


def fitted(spec: FeatureSpec, program: Program) -> FeatureSpec:
    """A feature as this programme tells it: in what its tiers go by, of its own tiers and plans alone."""
    tiers = program.tiers
    if tiers and spec.name in IN_THE_METRIC:
        spec = replace(spec, type=metric_type(program), unit=COUNTED_WHOLE.get(tiers.metric, ""))
    if tiers and spec.name in {"tier", "next_tier"}:
        spec = replace(spec, values=tuple(level.id for level in tiers.levels))
    if tiers and spec.name == "tier" and program.program.needs:
        spec = replace(spec, nullable=True, null_rule=NO_MEMBER)
    if program.membership and spec.name == "plan":
        spec = replace(spec, values=("none", *(plan.id for plan in program.membership.plans)))
    return spec


def metric_type(program: Program) -> FeatureType:
    """What tiers go by: money, a whole number, or what amounts of activities add up to."""
    tiers = program.tiers
    if tiers is None or tiers.in_money:
        return FeatureType.MONEY
    return FeatureType.INTEGER if tiers.metric in COUNTED_WHOLE else FeatureType.NUMBER


def activity_of(name: str) -> str | None:
    """The type of activities that a feature is a total of, None for all other features."""
    kind = next((name.removeprefix(begin) for begin in (COUNT, SUM) if name.startswith(begin)), "")
    return kind if kind[:1].isalpha() else None  # activity_count_365d is of all types


def _of_type(spec: FeatureSpec, kind: str) -> FeatureSpec:
    label, meaning = (
        Words({language: text.replace(_TYPE, kind) for language, text in words.root.items()})
        for words in (spec.label, spec.meaning)
    )
    return replace(spec, name=spec.name.replace(EACH, kind), label=label, meaning=meaning)
