"""Which colours can be read on which.

Contrast is that of WCAG 2.2, section 1.4.3: (lighter + 0.05) / (darker + 0.05) of relative luminances.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

READABLE = 4.5
"""What words of ordinary size need to be read well."""
WHITE, BLACK, INK = "#ffffff", "#000000", "#1f2328"
"""INK is what dark words are set in."""


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two #rrggbb colours, from 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """`one` with a share of `other` in it."""
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def carries(ground: str, inks: Iterable[str]) -> bool:
    """Whether words in one of `inks` can be read on `ground`."""
    return any(contrast(ink, ground) >= READABLE for ink in inks)


def nearest(ground: str, inks: Sequence[str]) -> str:
    """The ground that carries words and is least lighter or darker than `ground`; white where none does."""
    return next((mixed for mixed in _ever_further(ground) if carries(mixed, inks)), WHITE)


def _ever_further(colour: str) -> Iterator[str]:
    for step in range(256):
        yield mix(colour, BLACK, step / 255)
        yield mix(colour, WHITE, step / 255)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour[1:]))


def _luminance(colour: str) -> float:
    shares = (channel / 255 for channel in _channels(colour))
    linear = [s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
