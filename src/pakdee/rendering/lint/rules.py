"""All rules of the lint by id, read from `rules.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files

from pakdee.rendering.lint.model import Acts, Rule, Severity


def _read() -> dict[str, Rule]:
    text = (files("pakdee.rendering.lint") / "rules.toml").read_text(encoding="utf-8")
    return {
        id_: Rule(id_, Severity(told.pop("severity")), Acts[told.pop("acts").upper()], **told)
        for id_, told in tomllib.loads(text).items()
    }


RULES: Mapping[str, Rule] = _read()
