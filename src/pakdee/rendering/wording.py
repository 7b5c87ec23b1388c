"""What can't stand among a template's words: markup, braces, other programs' values, hidden characters."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HTML = re.compile(r"<\s*[A-Za-z/!?]|&(?:#\d+|#x[0-9a-fA-F]+|[A-Za-z]{2,8});")
_BRACES = re.compile(r"\{\s*[{%#]|[%#}]\s*\}")
_OTHERS = re.compile(
    r"\{\s*[^\W\d][\w.]*\s*\}"  # {first_name}
    r"|%[A-Za-z_]\w+%|\[%\w+%\]"  # %first_name%
    r"|\*\|\w+\|\*|\[\[?\w{0,40}_\w{0,40}\]\]?"  # *|FNAME|*, [first_name]
)
# Control characters, marks that turn the reading direction, and letters made to be invisible. Joiners and
# places to break a line stay, since emoji and Thai need them, and so do the letters inside a flag.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb]"
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]"
)
_AN_EXAMPLE = "write values as {{ customer.first_name or 'you' }}"


def oddities(text: str) -> Iterator[tuple[int, str, str]]:
    """What is wrong with words: its place, what it is, and the next step; the first of each sort."""
    found = _HTML.search(text)
    if found:
        next_step = "use a component, such as ui.strong or ui.link"
        yield found.start(), f"HTML is not part of templates: {found[0]!r}", next_step
    braces, other = _BRACES.search(text), _OTHERS.search(text)
    if braces:
        what = f"braces stand among the words: {braces[0]!r}"
        yield braces.start(), what, f"{_AN_EXAMPLE}, without blanks between two braces"
    elif other:
        yield other.start(), f"{other[0]!r} looks like a value of another program", _AN_EXAMPLE
    hidden = _HIDDEN.search(text)
    if hidden:
        what = f"there is an invisible control character here (U+{ord(hidden[0]):04X})"
        yield hidden.start(), what, "delete the line and type it again"
