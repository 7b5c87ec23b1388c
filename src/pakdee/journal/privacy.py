"""Plain addresses stay out of the journal's texts, also where a provider quotes them."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"[^\s<>\"'(),;:=?&/]+(?:@|%40)[^\s<>\"'(),;:?&/]+", re.IGNORECASE)


def scrubbed(text: str) -> str:
    """`text` with every e-mail address replaced."""
    return _ADDRESS.sub("(address)", text)
