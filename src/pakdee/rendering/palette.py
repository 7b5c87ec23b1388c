"""Colours of a mail, light and dark, derived from the brand's three so that text stays readable on them."""

from __future__ import annotations

from pakdee.domain.brand import Colours
from pakdee.domain.contrast import INK, READABLE, WHITE, contrast, mix

_MUTED, _LINE, _CARD = "#5b6168", "#e6e3de", WHITE
_DARK_PAGE, _DARK_CARD, _DARK_SOFT = "#121315", "#1c1e21", "#292c30"
_DARK_INK, _DARK_MUTED, _DARK_LINE = "#f1f0ee", "#b9bbbe", "#3a3e43"
_STEPS = 20


def palette(colours: Colours) -> dict[str, str]:
    """Every colour the components use, as #rrggbb.

    `accent` is the brand's colour as text on a light ground, `accent_dark` the same on a dark one, and
    `on_primary` stands on the brand's colour; each is moved until it is readable.
    """
    on_primary = WHITE if contrast(WHITE, colours.primary) >= contrast(INK, colours.primary) else INK
    darkest = min((_CARD, colours.soft, colours.page), key=lambda ground: contrast(INK, ground))
    return {
        "page": colours.page,
        "card": _CARD,
        "soft": colours.soft,
        "ink": INK,
        "muted": _towards(_MUTED, INK, darkest),
        "line": _LINE,
        "primary": colours.primary,
        "on_primary": on_primary,
        "accent": _towards(colours.primary, INK, darkest),
        "dark_page": _DARK_PAGE,
        "dark_card": _DARK_CARD,
        "dark_soft": _DARK_SOFT,
        "dark_ink": _DARK_INK,
        "dark_muted": _DARK_MUTED,
        "dark_line": _DARK_LINE,
        "dark_accent": _towards(colours.primary, WHITE, _DARK_SOFT),
    }


def _towards(colour: str, target: str, ground: str) -> str:
    """`colour`, mixed with `target` as little as makes it readable on `ground`."""
    mixes = (mix(colour, target, step / _STEPS) for step in range(_STEPS + 1))
    return next((mixed for mixed in mixes if contrast(mixed, ground) >= READABLE), target)
