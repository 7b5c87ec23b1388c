"""How dates are written in mails: with the months of the languages whose words the rules know."""

from __future__ import annotations

import re

from pakdee.rendering.languages import packaged


def months(*locales: str) -> str:
    """A pattern of all month names, long and short, of these languages, or of all."""
    chosen = [packaged()[locale].mail for locale in locales or packaged()]
    names = {name for words in chosen for name in (*words.months, *words.months_short)}
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_MONTH = f"(?:{months()})"
DAY = re.compile(
    rf"\d{{1,2}}\s*{_MONTH}|{_MONTH}\s+\d{{1,2}}(?!\d)"
    r"|\b\d{1,2}/\d{1,2}(?:/\d{2,4})?\b|\b\d{4}-\d\d-\d\d\b"
)
"""A day of a month, with or without its year."""
END_OF_MONTH = re.compile(rf"(?:สิ้นเดือน|[Ee]nd of )\s*{_MONTH}")
CHRISTIAN_YEAR = re.compile(
    rf"(?:{months('th')}|พ\.ศ\.|ปี)\s*((?:19|20)\d\d)(?!\d)|\b\d{{1,2}}/\d{{1,2}}/((?:19|20)\d\d)\b"
)
"""A year in Thai words that was counted as others do."""
BUDDHIST_YEAR = re.compile(
    rf"\b(?:{months('en')}|in|year)\.?,?\s+(?:\d{{1,2}},?\s+)?(25\d\d)\b(?!\s*(?:baht|THB|points))"
    r"|\b\d{1,2}/\d{1,2}/(25\d\d)\b"
)
"""A year in English words that was counted as in Thailand."""
