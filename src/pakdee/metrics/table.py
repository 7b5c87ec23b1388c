"""Figures as rows of text, for a terminal, a page or an artifact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pakdee.metrics.definitions import EVERY_DEFINITION, definition_of
from pakdee.metrics.figure import THIN, Figure

COLUMNS = ("code", "metric", "value", "n", "interval", "note", "definition")
HEADINGS = {
    "en": ("No.", "Metric", "Value", "n", "95 % interval", "Note", "Definition"),
    "th": ("รหัส", "ตัวชี้วัด", "ค่า", "n", "ช่วงเชื่อมั่น 95 %", "หมายเหตุ", "นิยาม"),
}
_UNITS = {
    "points": {"en": "points", "th": "จุด"},
    "orders": {"en": "orders", "th": "ครั้ง"},
    "acts": {"en": "acts", "th": "ครั้ง"},
    "days": {"en": "days", "th": "วัน"},
}
_THIN = {
    "en": f"few observations (n < {THIN})",
    "th": f"ข้อมูลน้อย (n < {THIN})",
}
_WHY_NOT = {"not defined": "ไม่นิยาม", "cannot be measured": "วัดไม่ได้"}


def figures_as_rows(figures: Sequence[Figure], language: str = "en") -> list[dict[str, str]]:
    """One dictionary per figure with the keys of COLUMNS, in the order given; "th" or "en", else English."""
    language = language if language in HEADINGS else "en"
    return [_row(figure, language) for figure in figures]


def headings(language: str = "en") -> dict[str, str]:
    """What stands above each of COLUMNS."""
    return dict(zip(COLUMNS, HEADINGS.get(language, HEADINGS["en"]), strict=True))


def row_in(row: Mapping[str, Any], language: str) -> dict[str, Any]:
    """A row of an English report with its metric's name and the unit of its value in another language.

    What is no metric's name or no unit stays: ("Days between orders", "51.30 days") → ("…", "51.30 วัน").
    """
    number, _, unit = str(row["value"]).rpartition(" ")
    units = {words["en"]: words[language] for words in _UNITS.values() if language in words}
    value = f"{number} {units[unit]}" if unit in units else row["value"]
    return {**row, "metric": _label(row["metric"], language), "value": value}


def _label(label: str, language: str) -> str:
    """A metric's name as an English report has it, "Lifetime value, simple (THB)", in another language."""
    name, mark, currency = label.partition(" (")
    known = {about.label.in_language("en"): about.label for about in EVERY_DEFINITION.values()}
    return f"{known[name].in_language(language)}{mark}{currency}" if name in known else label


def _row(figure: Figure, language: str) -> dict[str, str]:
    about = definition_of(figure.metric)
    heading = figure.definition.partition(": ")[0]
    label = about.label.in_language(language)
    return {
        "code": about.code,
        "metric": f"{label} ({figure.currency})" if figure.currency else label,
        "value": "–" if figure.value is None else _value(figure, figure.value, language),
        "n": _counts(figure),
        "interval": _interval(figure),
        "note": _note(figure, language),
        "definition": f"{heading}: {about.meaning.in_language(language)}",
    }


def _value(figure: Figure, value: float | Decimal, language: str) -> str:
    if figure.unit == "share":
        return _percent(value)
    if figure.unit == "score":
        return f"{value:+.1f}"
    if figure.unit == "points":
        return f"{value:+.1f} {_UNITS['points'][language]}"
    if figure.unit == "money":
        return f"{value:,.2f} {figure.currency}"
    if figure.unit == "ratio":
        return f"{value:.2f}"
    places = 0 if float(value).is_integer() else 2
    return f"{value:,.{places}f} {_UNITS[figure.unit][language]}"


def _percent(share: float | Decimal) -> str:
    """Small shares keep two places: 0.08 % and 0.3 % decide whether mail may go on."""
    percent = 100 * share
    return f"{percent:.2f} %" if 0 < percent < 1 else f"{percent:.1f} %"


def _counts(figure: Figure) -> str:
    if figure.n is None:
        return ""
    return f"{figure.n:,}" if figure.k is None else f"{figure.k:,} / {figure.n:,}"


def _interval(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return ""
    if figure.unit == "share":
        return f"{_percent(figure.low)} … {_percent(figure.high)}"
    return f"{figure.low:+.1f} … {figure.high:+.1f}"


def _note(figure: Figure, language: str) -> str:
    if figure.why_not is None:
        return _THIN[language] if figure.is_thin else ""
    kind, _, reason = figure.why_not.partition(": ")
    return figure.why_not if language == "en" else f"{_WHY_NOT[kind]} ({reason})"
