"""What readers answer to a mail's question: a score on one of two scales, and words if they like."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

LONGEST_COMMENT = 1000
"""Characters."""


class AnswerKind(StrEnum):
    """A question that a mail can ask; each has its scale."""

    NPS = "nps"
    RATING = "rating"

    @property
    def scale(self) -> range:
        """The scores there are."""
        return range(11) if self is AnswerKind.NPS else range(1, 6)

    @property
    def unhappy(self) -> range:
        """The scores of somebody whom a person should write to: 0 to 6 of 10, or one or two stars."""
        return range(7) if self is AnswerKind.NPS else range(1, 3)

    def score(self, text: str) -> int | None:
        """The score that `text` names, None where it names none; "07" and digits of other scripts do not."""
        return next((score for score in self.scale if str(score) == text), None)


@dataclass(frozen=True, slots=True)
class Answer:
    """One reader's answer to one mail, the latest they gave. The comment is theirs: no log may have it.

    Args:
        message_id: of the mail that asked.
        at: a UTC instant.
    """

    message_id: str
    customer_id: str
    campaign: str
    kind: AnswerKind
    score: int
    comment: str | None
    at: dt.datetime


def cleaned_comment(text: str) -> str | None:
    """What a reader wrote, as it is kept: no control characters, no blanks around; None for nothing."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) != "Cc")
    return kept.strip() or None
