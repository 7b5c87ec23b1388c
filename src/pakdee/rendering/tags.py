"""From the pieces of one path to its skeleton, with a tag where each value stands.

A tag is `<delimiter><hash>.<number><delimiter>`. The delimiter stands in no static words, and a mail with it
in any value is rendered directly; so whatever order tags are replaced in, nothing but our own can match.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pakdee.domain.message import Skeleton
from pakdee.rendering.program import Pieces

DELIMITERS = "~^|`"
_HASH_BYTES = 3


@dataclass(slots=True)
class Way:
    """All mails of one path.

    Args:
        delimiter: what no value may hold.
        room: how many characters the values may have together; more might pass the bound of a mail.
        subject: where all mails share it.
        is_checked: whether one of them was held against direct rendering.
    """

    skeleton: Skeleton
    delimiter: str
    room: int
    subject: str | None
    is_checked: bool = False


def way(pieces: Pieces, values: Sequence[str], subject: str, largest: int) -> Way | None:
    """The way of a path; None where its words use every delimiter.

    Args:
        values, subject: of a first mail; the delimiter is at best one that stands in neither.
        largest: characters an HTML part may have.
    """
    static = "".join(str(p) for p in (*pieces.html, *pieces.text, pieces.subject or "") if isinstance(p, str))
    free = [delimiter for delimiter in DELIMITERS if delimiter not in static]
    if not free:
        return None
    first = "".join((subject, *values))
    delimiter = next((d for d in free if d not in first), free[0])
    skeleton = _tagged(pieces, delimiter)
    uses = Counter(piece for piece in pieces.html if isinstance(piece, int))
    room = (largest - sum(len(p) for p in pieces.html if isinstance(p, str))) // max([1, *uses.values()])
    return Way(skeleton, delimiter, room, pieces.subject)


def _tagged(pieces: Pieces, delimiter: str) -> Skeleton:
    numbers = {slot: number for number, slot in enumerate(pieces.slots)}
    shape = repr((pieces.html, pieces.text)).encode("utf-8", "surrogatepass")
    prefix = f"{delimiter}{hashlib.blake2b(shape, digest_size=_HASH_BYTES).hexdigest()}"
    tags = {slot: f"{prefix}.{number}{delimiter}" for slot, number in numbers.items()}
    html, text = (
        "".join(tags[piece] if isinstance(piece, int) else piece for piece in part)
        for part in (pieces.html, pieces.text)
    )
    return Skeleton(text, html, tuple(tags.values()))
