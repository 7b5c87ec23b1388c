"""Text as eyes see it: what takes a cell, what belongs together, what is a picture."""

from __future__ import annotations

import pytest

from pakdee.rendering.lint.cells import cells, clusters, forms, is_emoji, letters, shortened, without


@pytest.mark.parametrize(
    ("text", "wide"),
    [
        ("", 0),
        ("Tea", 3),
        ("ที่นี่", 2),
        ("น้ำ", 2),
        ("วันเกิด", 5),
        ("🎂", 2),
        ("❤️", 2),
        ("👩‍👩‍👧‍👦", 2),
        ("👍🏽", 2),
        ("🇹🇭🇯🇵", 4),
        ("1️⃣", 2),
        ("茶", 2),
        ("a\u200bb", 2),
        ("é", 1),
    ],
)
def test_cells_are_what_is_seen(text: str, wide: int):
    """Marks take none, emoji and wide letters two; families, flags and skins are one picture."""
    assert cells(text) == wide


def test_characters_that_belong_together_stay_together():
    """A cut between clusters never parts a letter from its marks."""
    assert list(clusters("น้ำ👩‍👩‍👧‍👦é")) == ["น้ำ", "👩‍👩‍👧‍👦", "é"]


def test_letters_are_counted_without_marks_and_signs():
    """A measure of words in any script."""
    assert letters("ที่ 2! 🎂") == 2


@pytest.mark.parametrize(
    ("cluster", "is_picture"), [("☔", True), ("❤️", True), ("✿", False), ("ก", False), ("7", False)]
)
def test_pictures_are_told_from_signs(cluster: str, is_picture: bool):
    """A sign that is drawn like text is no emoji."""
    assert is_emoji(cluster) is is_picture


def test_a_reader_s_values_are_blotted_out_in_every_form():
    """Stored with a title, with blanks, with turned direction: offsets stay as they are."""
    told = forms(("นางสาวสมหญิง", " Anna  Lee ", "\u202eมหา\u202c", "7", "  "))
    text = "คุณสมหญิง Anna Lee มหา 7"

    blotted = without(text, told)
    assert len(blotted) == len(text)
    assert blotted.replace("∙", "") == "คุณ   7"


def test_a_long_name_is_cut_between_clusters():
    """Only the reader's own; short ones stay."""
    assert shortened("คุณศิริพัฒน์ มา", ("ศิริพัฒน์", "มา"), 3) == "คุณศิริพั มา"
    assert shortened("Anna", ("Anna",), 12) == "Anna"
