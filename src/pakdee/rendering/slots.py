"""Values as they stand in slots. What fits none has its mail rendered directly, which says what is wrong."""

from __future__ import annotations

from typing import Any

from pakdee.rendering.printing import LONGEST_VALUE, clean, one_line


class Aside(Exception):
    """This mail is rendered directly: something in it is not what a slot can hold."""


def in_html(text: str) -> str:
    """`text` as it stands in HTML, as plain text again."""
    if is_plain(text):
        return text
    # What markupsafe's `escape` gives, without its own kind of text on the way.
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return plain.replace("'", "&#39;").replace('"', "&#34;")


def is_plain(text: str) -> bool:
    """Whether `text` is the same in HTML, so that one tag serves both parts."""
    # Faster than one regular expression, on short texts and on long ones.
    return not ("&" in text or "'" in text or "<" in text or ">" in text or '"' in text)


def words(value: Any) -> str:
    """A value behind the guard: text cleaned, whole numbers in digits."""
    if type(value) is str:
        return value if value.isprintable() and len(value) <= LONGEST_VALUE else clean(value)
    return whole(value)


def as_is(value: Any) -> str:
    """A value without a guard, as filters and the system's own frame print it."""
    return value if type(value) is str else whole(value)


def whole(value: Any) -> str:
    """A whole number in digits: the same in both parts."""
    if type(value) is int:
        return str(value)
    raise Aside


def counted(entries: Any, most: int) -> int:
    """How many entries a customer's own list has."""
    if type(entries) is list and len(entries) <= most:
        return len(entries)
    raise Aside


def unescaped(value: Any) -> str:
    """A code or an address of ours: the same in both parts, cleaned or not."""
    if type(value) is str and value.isprintable() and len(value) <= LONGEST_VALUE and is_plain(value):
        return value
    raise Aside


def subject_line(text: str) -> str:
    """A subject as direct rendering makes it."""
    subject = one_line(text)
    if not subject:
        raise Aside
    return subject
