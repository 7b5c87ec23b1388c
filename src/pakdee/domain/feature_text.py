"""How features are written down: their specifications in TOML, their values in a table's columns."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from pakdee.domain.feature import FeatureSpec, FeatureType, FieldSpec
from pakdee.domain.units import Words

COLUMN_TYPES = {
    FeatureType.INTEGER: "INTEGER",
    FeatureType.NUMBER: "DOUBLE",
    FeatureType.MONEY: "DECIMAL(18, 4)",
    FeatureType.SHARE: "DOUBLE",
    FeatureType.BOOLEAN: "BOOLEAN",
    FeatureType.TEXT: "VARCHAR",
    FeatureType.DATE: "DATE",
}
"""The SQL type of one value, whatever type its query gave; a list is made of these."""


def column(spec: FeatureSpec) -> str:
    """The SQL that selects a feature in its stored type."""
    return f'"{spec.name}"::{_column_type(spec)} AS "{spec.name}"'


def _column_type(spec: FeatureSpec) -> str:
    if spec.type is not FeatureType.LIST:
        return COLUMN_TYPES[spec.type]
    fields = ", ".join(f'"{field.name}" {COLUMN_TYPES[field.type]}' for field in spec.fields)
    return f"STRUCT({fields})[]"


def read_specs(text: str, *, stage: str) -> list[FeatureSpec]:
    """The features a TOML text specifies, in its order.

    A table per feature: `type`, `label` and `meaning` (per language), and where they apply `code`, `unit`,
    `null_rule` (absent means never null), `needs`, `from`, `values`, `is_day_counter`; of a list `most` and,
    as tables of their own under `fields`, `type` and `label` of what its entries have.

    Raises: KeyError, ValueError, tomllib.TOMLDecodeError: the text ships with the code, so this is a defect.
    """
    return [_spec(name, entry, stage) for name, entry in tomllib.loads(text).items()]


def _spec(name: str, entry: Mapping[str, Any], stage: str) -> FeatureSpec:
    return FeatureSpec(
        name=name,
        code=entry.get("code", ""),
        type=FeatureType(entry["type"]),
        unit=entry.get("unit", ""),
        label=Words(entry["label"]),
        meaning=Words(entry["meaning"]),
        nullable="null_rule" in entry,
        null_rule=entry.get("null_rule", ""),
        needs=frozenset(entry.get("needs", ())),
        stage=stage,
        values=tuple(entry.get("values", ())),
        is_day_counter=entry.get("is_day_counter", False),
        fields=tuple(
            FieldSpec(field, FeatureType(about["type"]), Words(about["label"]))
            for field, about in entry.get("fields", {}).items()
        ),
        most=entry.get("most", 0),
        made_from=frozenset(entry.get("from", ())),
    )
