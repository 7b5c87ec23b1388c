"""A mail as a line of the inbox: subject and preheader cut where a phone or a desk computer cuts them."""

from __future__ import annotations

from dataclasses import dataclass

from pakdee.rendering.lint.cells import cells, clusters
from pakdee.rendering.lint.subject import CUT, LONG_PREHEADER, LONGEST

ELLIPSIS = "…"


@dataclass(frozen=True)
class Room:
    """How many cells an inbox shows."""

    subject: int
    preheader: int


PHONE = Room(CUT, 45)
DESK = Room(LONGEST, LONG_PREHEADER)


def cut(text: str, room: int) -> str:
    """`text` if `room` cells hold it, else as much as they do and an ellipsis; letters keep their marks."""
    if cells(text) <= room:
        return text
    kept, taken = "", cells(ELLIPSIS)
    for cluster in clusters(text):
        taken += cells(cluster)
        if taken > room:
            break
        kept += cluster
    return kept.rstrip() + ELLIPSIS
