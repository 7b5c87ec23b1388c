"""How features are written down: their specifications in TOML, their values in a table's columns."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from pakdee.domain.feature import FeatureSpec, FeatureType
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
"""The SQL type of a feature's column, whatever type its query gave."""


def column(spec: FeatureSpec) -> str:
    """The SQL that selects a feature in its stored type."""
    return f'"{spec.name}"::{COLUMN_TYPES[spec.type]} AS "{spec.name}"'


def read_specs(text: str, *, stage: str) -> list[FeatureSpec]:
    """The features a TOML text specifies, in its order.

    A table per feature: `type`, `label` and `meaning` (per language), and where they apply `code`, `unit`,
    `null_rule` (absent means never null), `needs`, `values`, `is_day_counter`.

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
    )
