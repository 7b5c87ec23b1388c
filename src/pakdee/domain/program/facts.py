"""What `where` of an earn rule may ask of the fact that earns; `docs/programme.md` explains each field."""

from __future__ import annotations

from collections.abc import Mapping

from pakdee.domain.feature import FeatureCatalog, FeatureSpec, FeatureType
from pakdee.domain.program.earning import OCCASIONS, ORDER
from pakdee.domain.program.whole import Program
from pakdee.domain.units import Words

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

COUNTABLE = frozenset({"channel", "payment", "status", "unit"})
"""Fields of few values, so that a value nobody has is a slip rather than a new one."""

ATTRIBUTES = "attributes"
"""The column of activities whose keys a rule may name too, as long as no field has that name."""

_DAY = {"event": FeatureType.TEXT, "weekday": FeatureType.TEXT}
_ORDER = {
    **dict.fromkeys(("channel", "payment", "status", "offer_id"), FeatureType.TEXT),
    **dict.fromkeys(("net_amount", "gross_amount", "discount_amount"), FeatureType.MONEY),
    **_DAY,
    "plan": FeatureType.TEXT,
}
_ACTIVITY = {
    **dict.fromkeys(("channel", "unit", "product_id"), FeatureType.TEXT),
    **dict.fromkeys(("amount", "rating"), FeatureType.NUMBER),
    **_DAY,
    "plan": FeatureType.TEXT,
}


def fact_fields(when: str) -> Mapping[str, FeatureType]:
    """The fields of the facts that an earn rule with this `when` looks at, by name."""
    if when == ORDER:
        return _ORDER
    return _DAY if when in OCCASIONS else _ACTIVITY


def column_of(field: str, when: str) -> str | None:
    """Where in the shop's data a rule with this `when` finds a field, as features name it; None for days."""
    if field in _DAY:
        return None
    table = "orders" if when == ORDER else "activities"
    return "memberships" if field == "plan" else f"{table}.{field}"


class FactFields(FeatureCatalog):
    """The fields as a catalogue, so that conditions over facts are checked as those over customers are."""

    unknown = "there is no field '{word}' here"
    seen = "{advice} (all fields: docs/programme.md)"


def field_catalog(when: str, program: Program, attributes: Mapping[str, FeatureType]) -> FactFields:
    """The fields an earn rule with this `when` may ask in `program`, and keys of attributes after them."""
    plans = program.membership.plans if program.membership else ()
    values = {
        "weekday": WEEKDAYS,
        "event": tuple(event.id for event in program.events),
        "plan": tuple(plan.id for plan in plans),
    }
    fields = {**attributes, **fact_fields(when)}
    return FactFields(_spec(name, kind, values.get(name, ())) for name, kind in fields.items())


def _spec(name: str, kind: FeatureType, values: tuple[str, ...]) -> FeatureSpec:
    words = Words({"en": name})
    return FeatureSpec(
        name, "", kind, "", words, words, nullable=True, null_rule="", needs=frozenset(), stage="facts",
        values=values,
    )  # fmt: skip
