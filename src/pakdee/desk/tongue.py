"""The desk's languages: one file of words each in `words/`, so that a new language is a new file."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from markupsafe import Markup, escape

from pakdee.domain.units import Words
from pakdee.saying import in_language
from pakdee.web.pages import by_preference

FALLBACK = "en"


@dataclass(frozen=True)
class Tongue:
    """One language: its words, and how days and numbers are written in it."""

    code: str
    words: Mapping[str, Any]

    def of(self, words: Words) -> str:
        """A marketer's text in this language, or the nearest there is."""
        return words.in_language(self.code)

    def day(self, day: dt.date) -> str:
        """A day with its year, Buddhist where that is the custom."""
        return f"{self.short_day(day)} {day.year + self.words['years_ahead']}"

    def short_day(self, day: dt.date) -> str:
        """A day with its weekday, without a year."""
        return format_date(day, self.words["day"], locale=self.code)

    def moment(self, instant: dt.datetime, zone: ZoneInfo, today: dt.date | None) -> str:
        """An instant in the shop's zone: time and day; None for `today` where that would be misread."""
        local = instant.astimezone(zone)
        time, on = f"{local:%H:%M}", local.date()
        if on == today:
            return self.fill(self.words["today_at"], time=time)
        if today and on == today + dt.timedelta(days=1):
            return self.fill(self.words["tomorrow_at"], time=time)
        return self.fill(self.words["day_at"], day=self.short_day(on), time=time)

    def said(self, text: str) -> str:
        """A message of the program in this language."""
        return in_language(text, self.code)

    @staticmethod
    def number(value: int) -> str:
        """A count with its thousands apart."""
        return f"{value:,}"

    @staticmethod
    def fill(text: str, **values: object) -> Markup:
        """Words with values in their places, both made safe for a page."""
        found = escape(text)
        for name, value in values.items():
            found = Markup(found.replace("{" + name + "}", escape(value)))  # noqa: S704 - both are escaped
        return found


@cache
def tongues() -> Mapping[str, Tongue]:
    """Every language there is a file for; what a file lacks is said in English."""
    folder = files("pakdee.desk") / "words"
    found = {
        entry.name.removesuffix(".toml"): tomllib.loads(entry.read_text(encoding="utf-8"))
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    }
    return {code: Tongue(code, _over(found[FALLBACK], words)) for code, words in found.items()}


def tongue_for(wanted: str | None, kept: str | None, accepted: str | None) -> Tongue:
    """The language asked for, else the one chosen before, else the browser's first that there is."""
    asked = [wanted or "", kept or "", *by_preference(accepted or "")]
    known = (tag[:2].lower() for tag in asked)
    return tongues()[next((code for code in known if code in tongues()), FALLBACK)]


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    laid = {
        name: _over(below[name], value) if isinstance(value, dict) and name in below else value
        for name, value in above.items()
    }
    return {**below, **laid}
