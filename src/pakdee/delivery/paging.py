"""Reading a list page by page while others add to it and take off it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

from pakdee.delivery.outcomes import unknown

PAGE = 500
"""Entries in one answer, the most there can be [OAI suppressions]."""

SHARED = 50
"""Entries that a page shows again, so that a gap between it and the page before would be seen."""

_REMEMBERED = 20  # pages; entries added meanwhile move what we read on by as much
_STEPS_BACK = 50  # in one reading
Entry = TypeVar("Entry", bound=Hashable)


def without_gaps(page: Callable[[int], Sequence[Entry]], where: str) -> Iterator[Entry]:
    """Every entry that stands in a list from beginning to end of the reading; some come twice.

    A page must begin with an entry that was read before. Where it does not, others were taken off the list
    and what followed moved up past us, so we go back, further each time. No page is empty but the first.

    Args:
        page: at most PAGE entries from this place on, 0 being the first.

    Raises:
        DeliveryUnknown: the list moves faster than it can be read.
    """
    read: deque[frozenset[Entry]] = deque(maxlen=_REMEMBERED)
    offset = steps_back = in_a_row = 0
    while steps_back < _STEPS_BACK:
        found = page(offset)
        if offset and not any(found and found[0] in before for before in read):
            offset = max(0, offset - (PAGE - SHARED) * 2**in_a_row)
            steps_back, in_a_row = steps_back + 1, in_a_row + 1
            continue
        yield from (entry for entry in found if not any(entry in before for before in read))
        if len(found) < PAGE:
            return
        read.append(frozenset(found))
        offset, in_a_row = offset + PAGE - SHARED, 0
    raise unknown("the list changes faster than it can be read", where=where)
