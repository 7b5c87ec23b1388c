"""The few pages people see: one button, plain words, nothing loaded from elsewhere, nothing personal."""

from __future__ import annotations

import base64
import hashlib
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

FALLBACK = "en"


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(_file("words.toml"))


@cache
def _template() -> Template:
    return Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(
        _file("page.html")
    )


@cache
def _style() -> str:
    return _file("style.css")


def _file(name: str) -> str:
    return (files("pakdee.web") / name).read_text(encoding="utf-8")


def content_security() -> str:
    """The policy that lets a page do nothing but show itself in its own style and post its one form here."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


def page(name: str, language: str, *, brand: str = "", action: str | None = None) -> str:
    """One page as HTML.

    Args:
        name: a section of words.toml: ask, done, preferences, unknown or trouble.
        action: where its form posts to; None where it has none, "" for the page's own address.
    """
    spoken = language if language in _words() else FALLBACK
    return _template().render(
        language=spoken,
        brand=brand,
        action=action,
        words=_words()[spoken][name],
        footer=_words()[spoken]["footer"],
        style=_style(),
    )


def language_of(locale: str | None, accepted: str | None) -> str:
    """The customer's own language if pages exist in it, else the first of the browser's that do."""
    wanted = [locale or "", *by_preference(accepted or "")]
    return next((tag[:2].lower() for tag in wanted if tag[:2].lower() in _words()), FALLBACK)


def by_preference(header: str) -> list[str]:
    """Language tags of an Accept-Language header, best first; parts that cannot be read are left out."""
    ranked: list[tuple[float, int, str]] = []
    for part in header[:500].split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            weight = float(quality or 1)
        except ValueError:
            continue
        if weight > 0:
            ranked.append((-weight, len(ranked), tag))
    return [tag for _, _, tag in sorted(ranked)]
