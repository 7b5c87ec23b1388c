"""Colours of a mail, light and dark, derived from the brand's three so that text stays readable on them.

Contrast is that of WCAG 2.2, section 1.4.3: (lighter + 0.05) / (darker + 0.05) of relative luminances.
"""

from __future__ import annotations

from pakdee.domain.brand import Colours

READABLE = 4.5
_INK, _MUTED, _LINE, _CARD = "#1f2328", "#5b6168", "#e6e3de", "#ffffff"
_DARK_PAGE, _DARK_CARD, _DARK_SOFT = "#121315", "#1c1e21", "#292c30"
_DARK_INK, _DARK_MUTED, _DARK_LINE = "#f1f0ee", "#b9bbbe", "#3a3e43"
_STEPS = 20


def palette(colours: Colours) -> dict[str, str]:
    """Every colour the components use, as #rrggbb.

    `accent` is the brand's colour as text on a light ground, `accent_dark` the same on a dark one, and
    `on_primary` stands on the brand's colour; each is moved until it is readable.
    """
    on_primary = _CARD if contrast(_CARD, colours.primary) >= contrast(_INK, colours.primary) else _INK
    darkest = min((_CARD, colours.soft, colours.page), key=_luminance)
    return {
        "page": colours.page,
        "card": _CARD,
        "soft": colours.soft,
        "ink": _INK,
        "muted": _towards(_MUTED, _INK, darkest),
        "line": _LINE,
        "primary": colours.primary,
        "on_primary": on_primary,
        "accent": _towards(colours.primary, _INK, darkest),
        "dark_page": _DARK_PAGE,
        "dark_card": _DARK_CARD,
        "dark_soft": _DARK_SOFT,
        "dark_ink": _DARK_INK,
        "dark_muted": _DARK_MUTED,
        "dark_line": _DARK_LINE,
        "dark_accent": _towards(colours.primary, _CARD, _DARK_SOFT),
    }


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two #rrggbb colours, from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _towards(colour: str, target: str, ground: str) -> str:
    """`colour`, mixed with `target` as little as makes it readable on `ground`."""
    mixes = (_mix(colour, target, step / _STEPS) for step in range(_STEPS + 1))
    return next((mix for mix in mixes if contrast(mix, ground) >= READABLE), target)


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def _luminance(colour: str) -> float:
    shares = (channel / 255 for channel in _channels(colour))
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
