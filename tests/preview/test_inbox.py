"""Subjects are cut as inboxes cut them, and never through a letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pakdee.preview.inbox import cut
from pakdee.rendering.lint.cells import cells, clusters


@pytest.mark.parametrize(
    ("text", "room", "shown"),
    [
        ("Happy birthday", 14, "Happy birthday"),
        ("Happy birthday", 13, "Happy birthd…"),
        ("Happy birthday", 7, "Happy…"),
        ("ที่นี่ที่นั่น", 4, "ที่นี่ที่…"),
        ("น้ำใจดี", 3, "น้ำ…"),
        ("ab🎂cd", 4, "ab…"),
        ("👩‍👩‍👧‍👦x", 2, "…"),
        ("", 5, ""),
    ],
)
def test_cut(text, room, shown):
    """Marks stay with their letter, emoji are whole, no blank before the dots."""
    assert cut(text, room) == shown


@given(st.text(alphabet="ab ที่น้ำ🎂👩‍👧", max_size=30), st.integers(1, 30))
def test_what_is_cut_fits_and_begins_like_the_whole(text, room):
    """For any text and room."""
    shown = cut(text, room)

    assert cells(shown) <= max(room, 1)
    if shown != text:
        whole = list(clusters(text))
        assert shown.removesuffix("…") in {"".join(whole[:n]).rstrip() for n in range(len(whole))}
