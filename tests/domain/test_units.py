"""Quantities as marketers write them."""

import datetime as dt
from decimal import Decimal

import pytest

from pakdee.domain import units
from pakdee.domain.campaign import Campaign


def test_what_is_written_is_what_is_meant():
    """Durations, shares, money and limits."""
    assert units.parse_duration("30 days") == dt.timedelta(days=30)
    assert units.parse_duration("1 hour") == dt.timedelta(hours=1)
    assert units.parse_share("5%") == 0.05
    assert units.parse_money("250 THB") == units.Money(Decimal(250), "THB")
    assert str(units.parse_at_most("1 in 300 days")) == "1 in 300 days"


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (units.parse_duration, "30"),
        (units.parse_duration, "P30D"),
        (units.parse_duration, "-3 days"),
        (units.parse_share, "5"),
        (units.parse_share, "500%"),
        (units.parse_money, "250"),
        (units.parse_money, "250 baht"),
        (units.parse_money, "0.00001 THB"),
        (units.parse_at_most, "0 in 3 days"),
        (units.parse_at_most, "1 in 5 hours"),
        (units.parse_at_most, "often"),
    ],
)
def test_what_could_mean_two_things_is_refused_with_an_example(parse, text):
    """A bare number is no duration, share or amount."""
    with pytest.raises(ValueError, match=r"write for example|whole days|is not"):
        parse(text)


@pytest.mark.parametrize(
    "change",
    [
        {"segment": None},
        {"where": "tier = 'gold'"},
        {"holdout": "60%"},
        {"when": {}},
        {"when": {"every": "day", "date": "2026-06-15"}},
        {"when": {"every": "fortnight"}},
        {"when": {"every": "day", "at": "9 am"}},
        {"priority": 101},
        {"steps": [{"id": "more", "template": "t"}]},
        {"once_per": "fortnight"},
        {"name": "Birthday!"},
    ],
)
def test_a_campaign_that_cannot_act_is_refused(change):
    """Both or neither of segment and where, unknown rhythms, and keys that do not act."""
    good = {
        "name": "x",
        "title": {"en": "X"},
        "segment": "everyone",
        "template": "t",
        "once_per": "day",
        "why_you": {"en": "x"},
        "when": {"every": "day"},
    }
    assert Campaign.model_validate(good).status == "draft"
    with pytest.raises(ValueError, match=r"."):
        Campaign.model_validate(good | change)


def test_a_text_that_lacks_the_readers_language_is_the_shops_then_english_then_the_first():
    """The shop's language is told where files are read; a reader of `de-AT` takes `de`."""
    texts = {"fr": "thé", "en": "tea", "th": "ชา"}
    of_thai_shop = units.Words.model_validate(texts, context={"language": "th"})
    assert [of_thai_shop.in_language(code) for code in ("fr-CA", "en", "de", "")] == [
        "thé",
        "tea",
        "ชา",
        "ชา",
    ]
    assert units.Words(texts).in_language("de") == "tea"
    assert units.Words({"fr": "thé", "th": "ชา"}).in_language("de") == "thé"
    of_german_shop = units.Words.model_validate(texts, context={"language": "de"})
    assert of_german_shop.in_language("ja") == "tea"
