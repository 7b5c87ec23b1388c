"""Twelve programmes that people know: each is sound, has all that earns and all that is given, and can be told."""

from __future__ import annotations

import pytest
from sample_catalogue import FEATURES, ROOT, spec

from pakdee.catalog.program_file import ProgramFile, load_program
from pakdee.domain.feature import FeatureCatalog
from pakdee.saying.programme import tell_programme

FOLDER = ROOT / "examples" / "programs"
CUSTOMERS = FeatureCatalog([*FEATURES.values(), spec("plan", "text")])
WHOLE = {
    "reebok": (
        {"join", "profile_completed", "order", "review", "social_share", "event_attended"},
        {"workout_videos", "early_release", "private_event", "wellness_partners"},
    ),
    "prime": (set(), {"fast_delivery", "entertainment", "exclusive_deals"}),
    "barnes_noble": (
        {"order"},
        {
            "stamp_reward", "premium_discount", "premium_shipping", "tote", "ebook", "birthday_offer",
            "cafe_treat", "special_editions",
        },
    ),
    "baskin_robbins": (set(), {"birthday_scoop", "deal"}),
    "disney": ({"ticket", "large_format", "disc"}, {"poster", "premiere"}),
    "lancome": (
        {"order", "social_connect", "social_share", "profile_completed"},
        {"birthday_gift", "free_shipping", "new_products", "event_invitation"},
    ),
    "ikea": (
        {"order", "join", "account_created", "wishlist_saved", "design_saved", "registry_created"},
        {"member_price", "price_protection", "hot_drink", "workshop", "first_order", "food"},
    ),
    "nike": (
        set(),
        {"ten_workouts", "member_shoe", "birthday_offer", "members_day", "free_shipping", "training_plans"},
    ),
    "sephora": (
        {"order", "points_event"},
        {"birthday_gift", "cash", "rouge_reward", "free_shipping", "sale_first_day", "beauty_event"},
    ),
    "starbucks": (
        {"order"},
        {
            "extra", "two_dollars", "brewed_coffee", "handcrafted_drink", "lunch", "beans", "birthday_green",
            "birthday_gold", "birthday_reserve",
        },
    ),
    "body_shop": (
        {"order"},
        {"ten_dollars", "gift_to_a_cause", "share_of_orders", "birthday_money", "empties"},
    ),
    "north_face": (
        {"online", "in_store", "referral", "check_in", "app_installed"},
        {"reward", "birthday_offer", "free_shipping", "limited_collections"},
    ),
}  # fmt: skip


def read(name: str) -> ProgramFile:
    """One of them."""
    return load_program(FOLDER / f"{name}.yaml", ROOT, CUSTOMERS)


def test_every_programme_is_there_whole() -> None:
    """No finding, every source and reward by name, and words in both languages."""
    assert {path.stem for path in FOLDER.iterdir()} == WHOLE.keys()
    for name, (earns, gives) in WHOLE.items():
        found = read(name)

        assert found.warnings == (), name
        assert {rule.name for rule in found.program.earn} == earns, name
        assert {grant.id for grant in found.program.grants} == gives, name
        for language in ("en", "th"):
            told = tell_programme(found.program, language)
            text = "\n".join(sentence for section in told for sentence in section.sentences)
            assert all(grant.title.in_language(language) in text for grant in found.program.grants), name


def test_every_file_says_what_it_is_and_what_is_assumed() -> None:
    """Terms change, and not all are public."""
    for path in FOLDER.glob("*.yaml"):
        text = path.read_text("utf-8")

        assert text.startswith("# "), path.name
        assert "\n# Placeholder" in text, path.name


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("north_face", "An order of 100 USD with channel = 'online' gives 1,000 points."),
        ("north_face", "An order of 100 USD with channel = 'store' gives 500 points."),
        ("lancome", "An order of 4.29 USD gives 40 points."),
        ("sephora", "An order of 100 USD gives 100 points. By a member who is VIB: 125 points. By a member who is Rouge: 150 points."),
        ("sephora", "Who reaches Rouge on 15 March 2026 has it at least to 31 December 2027."),
        ("starbucks", "Stars that can be used from 15 March 2026 can be used up to 30 September 2026, if nothing else happens."),
        ("disney", "Points that can be used from 15 March 2026 can be used up to 11 October 2026, if nothing else happens."),
    ],
)  # fmt: skip
def test_worked_examples_are_those_of_the_programme(name: str, told: str) -> None:
    """As the shop itself would tell its members."""
    sections = tell_programme(read(name).program, "en")

    assert told in [sentence for section in sections for sentence in section.sentences]
