"""Whatever colours a brand may have, words on every ground can be read, in light and in dark inboxes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_making import BRAND, FEATURES, PROGRAM, ROOT, a_context
from pydantic import ValidationError

from pakdee.domain.brand import Colours
from pakdee.domain.contrast import READABLE, contrast
from pakdee.domain.errors import RenderError
from pakdee.rendering import Templates
from pakdee.rendering.palette import palette

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
LIGHT = st.integers(0xC0, 0xFF)
GROUNDS = st.tuples(LIGHT, LIGHT, LIGHT).map(lambda rgb: "#{:02x}{:02x}{:02x}".format(*rgb))
WORDS = {
    "": [("ink", "muted", "accent"), ("card", "soft", "page")],
    "dark": [("dark_ink", "dark_muted", "dark_accent"), ("dark_card", "dark_soft", "dark_page")],
    "button": [("on_primary",), ("primary",)],
}


@pytest.mark.parametrize("inbox", WORDS)
@given(primary=COLOURS, soft=GROUNDS, page=GROUNDS)
def test_words_can_be_read_on_every_ground(inbox: str, primary: str, soft: str, page: str):
    """Every colour of words on every ground they may stand on has a contrast of 4.5."""
    try:
        colours = palette(Colours(primary=primary, soft=soft, page=page))
    except ValidationError:
        return  # such a brand is not loaded
    texts, grounds = WORDS[inbox]

    for text in texts:
        for ground in grounds:
            assert contrast(colours[text], colours[ground]) >= READABLE, (text, ground)


def test_a_new_colour_is_in_every_mail_of_the_starter():
    """None has a colour of its own."""
    green = BRAND.colours.model_copy(update={"primary": "#0b5d3b"})
    brand = BRAND.model_copy(update={"colours": green})
    mails = Templates.load(
        ROOT / "templates", brand=brand, currency="THB", features=FEATURES, program=PROGRAM
    )

    told = 0
    for name in mails.names:
        for locale in mails.locales(name):
            try:
                html = mails.render(name, locale, a_context(locale)).html
            except RenderError:
                continue  # it needs what only its campaign can tell
            told += 1
            assert "#0b5d3b" in html
            assert BRAND.colours.primary not in html
    assert told >= len(mails.names)
