"""Takes addresses out of what SendGrid says before it is stored or shown."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"[\w.+'-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+", re.IGNORECASE)


def scrub(text: str) -> str:
    """`text` with every e-mail address replaced: bounce reasons and refusals quote them."""
    if "@" not in text and "%40" not in text:
        return text
    return _ADDRESS.sub("(address)", text)
