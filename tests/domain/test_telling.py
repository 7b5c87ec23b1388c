"""Links of a mail: the shop's, with visits counted, and the reader's own, with one token."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pakdee.domain.brand import Brand
from pakdee.domain.campaign import Campaign
from pakdee.domain.telling import Telling

SHOP = "https://shop.example.com"
LINKS = {"shop": f"{SHOP}/", "redeem": f"{SHOP}/redeem", "help": f"{SHOP}/help"}
WORDS = {"en": "x"}
BRAND: dict[str, Any] = {
    "name": WORDS,
    "tagline": WORDS,
    "colours": {"primary": "#a3123f", "soft": "#fdf0f3", "page": "#f6f1ea"},
    "sender": {"name": WORDS, "email": "a@example.com", "reply_to": "a@example.com"},
    "persona": {"name": WORDS, "role": WORDS},
    "postal_address": WORDS,
}
CAMPAIGN: dict[str, Any] = {
    "name": "birthday",
    "title": WORDS,
    "segment": "everyone",
    "template": "birthday",
    "once_per": "day",
    "why_you": WORDS,
    "when": {"every": "day"},
}


def links(**more: str) -> dict[str, str | None]:
    """Links of a mail for a brand that has these besides."""
    brand = Brand.model_validate(BRAND | {"links": LINKS | more})
    telling = Telling.of(Campaign.model_validate(CAMPAIGN), None, brand, "en", dt.date(2026, 6, 15))
    found: dict[str, str | None] = telling.context({}, None, "https://web.example.com", "t.s")["links"]
    return found


def test_pages_of_the_readers_own_have_one_token() -> None:
    """Answers, preferences and the way out are all told apart by where they stand."""
    found = links()

    assert {name: found[name] for name in ("nps", "rating", "preferences", "unsubscribe")} == {
        "nps": "https://web.example.com/nps/t.s",
        "rating": "https://web.example.com/rating/t.s",
        "preferences": "https://web.example.com/preferences/t.s",
        "unsubscribe": "https://web.example.com/u/t.s",
    }


def test_visits_are_counted_on_the_shops_own_pages_alone() -> None:
    """Another site may not know what to do with tags."""
    found = links(refer=f"{SHOP}/friends?from=mail", review="https://reviews.example.net/shop")

    assert (
        found["refer"] == f"{SHOP}/friends?from=mail&utm_source=pakdee&utm_medium=email&utm_campaign=birthday"
    )
    assert found["review"] == "https://reviews.example.net/shop"


def test_links_that_brand_yaml_leaves_out_are_none() -> None:
    """So that a template can test for them."""
    assert (links()["refer"], links()["review"]) == (None, None)
