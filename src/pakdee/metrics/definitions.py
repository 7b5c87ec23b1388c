"""What each metric means, in the words that are printed and stored beside its value: `words/*.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from pakdee.domain.units import Words


@dataclass(frozen=True)
class Definition:
    """One metric: its number, version and unit, its name and its meaning in Thai and English."""

    code: str
    version: int
    unit: str
    label: Words
    meaning: Words

    def text(self, settings: Mapping[str, object], language: str = "en") -> str:
        """E.g. "M1 v1, active_days=180: customers active …"."""
        return f"{self.heading(settings)}: {self.meaning.in_language(language)}"

    def heading(self, settings: Mapping[str, object]) -> str:
        """The part before the colon; it says which definition, and with which settings."""
        return ", ".join([f"{self.code} v{self.version}", *(f"{k}={v}" for k, v in settings.items())])


def _read(name: str) -> dict[str, Definition]:
    text = (files("pakdee.metrics") / "words" / f"{name}.toml").read_text("utf-8")
    return {
        metric: Definition(
            about["code"], about["version"], about["unit"], Words(about["label"]), Words(about["meaning"])
        )
        for metric, about in tomllib.loads(text).items()
    }


DEFINITIONS: Mapping[str, Definition] = _read("shop")
FURTHER_DEFINITIONS: Mapping[str, Definition] = {
    **_read("programme"),
    **_read("outlook"),
    **_read("campaign"),
}
"""Of the programme, of what is foretold, of one campaign: each asked for by a door of its own."""


EVERY_DEFINITION: Mapping[str, Definition] = {**DEFINITIONS, **FURTHER_DEFINITIONS}


def definition_of(metric: str) -> Definition:
    """What `metric` means."""
    return EVERY_DEFINITION[metric]
