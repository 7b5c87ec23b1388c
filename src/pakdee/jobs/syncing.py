"""SendGrid's own lists of addresses it will not mail, read into the journal: what a lost webhook missed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from pakdee.house import House
from pakdee.jobs.planning import Progress, no_progress

if TYPE_CHECKING:
    from pakdee.delivery import SuppressedAddress

# Blocks are left out: such a mail was turned away once, and SendGrid itself goes on with the address.
LISTS = ("bounces", "spam_reports", "invalid_emails", "unsubscribes")
OVERLAP = dt.timedelta(days=1)  # SendGrid dates entries by their event, and may list them late
CHUNK = 2_000  # addresses in one transaction
_BEGINNING = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class ListSync:
    """One list: read from `since` on, the addresses it told, and those the journal did not know."""

    name: str
    since: dt.datetime | None
    told: int
    new: int


def sync_suppressions(house: House, *, progress: Progress = no_progress) -> tuple[ListSync, ...]:
    """Read each of SendGrid's lists from where it was read last, less a day; all of it the first time.

    Raises:
        KeyRefused, NotReached, DeliveryError: lists read before stay read; the next run goes on.
    """
    return tuple(_sync(house, name, progress) for name in LISTS)


def _sync(house: House, name: str, progress: Progress) -> ListSync:
    last = house.journal.watermark(_mark(name))
    since = last - OVERLAP if last else None
    began = house.clock()  # what is listed while we read is read again next time
    told, new = _read(house, name, since, progress)
    if since is None:
        # A long list moves under its pages: an entry that is lifted meanwhile pulls another past us.
        new += _read(house, name, since, progress)[1]
    house.journal.set_watermark(_mark(name), began)
    return ListSync(name, since, told, new)


def _read(house: House, name: str, since: dt.datetime | None, progress: Progress) -> tuple[int, int]:
    told = new = 0
    found = iter(house.account.suppressed(name, since or _BEGINNING))
    for chunk in _chunks(found):
        new += house.journal.append_suppressions(chunk, source=f"SendGrid's list of {name}")
        told += len(chunk)
        progress(f"addresses of {name}", told, 0)
    return told, new


def _chunks(found: Iterator[SuppressedAddress]) -> Iterator[list[SuppressedAddress]]:
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def _mark(name: str) -> str:
    return f"suppression {name}"
