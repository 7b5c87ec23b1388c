"""The languages that mails and pages speak by themselves: a file for each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from pakdee.domain.language import Language

_SUFFIX = ".toml"


@cache
def packaged() -> Mapping[str, Language]:
    """Those of the package, by code; a project adds its own (`pakdee.catalog.languages`)."""
    found = sorted(Path(entry.name) for entry in files(__name__).iterdir() if entry.name.endswith(_SUFFIX))
    return {path.stem: _read(path.name) for path in found}


def _read(name: str) -> Language:
    text = (files(__name__) / name).read_text(encoding="utf-8")
    return Language.model_validate(tomllib.loads(text))
