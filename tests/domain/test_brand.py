"""A brand's colours leave words readable, or are refused with the nearest that do."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pakdee.domain.brand import Colours
from pakdee.domain.contrast import INK, READABLE, WHITE, contrast, nearest

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
FINE = {"primary": "#a3123f", "soft": "#fdf0f3", "page": "#f6f1ea"}
CARRIED = {"primary": (WHITE, INK), "soft": (INK,), "page": (INK,)}


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#767676", "#ffffff", 4.54), ("#777777", "#ffffff", 4.48)],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float):
    """Known values, either way round."""
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.005)


@pytest.mark.parametrize("key", FINE)
@given(colour=COLOURS)
def test_a_colour_is_taken_or_another_named_that_will_be(key: str, colour: str):
    """The named one is taken, and no colour between the two on the way to black or white would be."""
    is_readable = any(contrast(ink, colour) >= READABLE for ink in CARRIED[key])
    try:
        Colours(**FINE | {key: colour})
    except ValidationError as refusal:
        assert not is_readable
        instead = re.search(r"write '(#[0-9a-f]{6})'", str(refusal))
        assert instead
        assert Colours(**FINE | {key: instead[1]})
    else:
        assert is_readable


def test_the_nearest_colour_is_near():
    """A grey that is a shade too light for white words becomes that shade darker."""
    assert nearest("#808080", (WHITE,)) == "#767676"
    assert nearest("#767676", (WHITE,)) == "#767676"
