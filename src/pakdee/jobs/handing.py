"""Customers whom mail does not reach, handed to those who reach them otherwise: each once per occasion."""

from __future__ import annotations

import contextlib
import csv
import os
from collections.abc import Iterator
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from pakdee.domain.errors import PakdeeError
from pakdee.domain.vocabulary import Verdict
from pakdee.house import House
from pakdee.jobs.exporting import harmless
from pakdee.jobs.looking import campaign_named

if TYPE_CHECKING:
    from pakdee.journal import NotMailed

OWNER_ONLY = 0o600


@dataclass(frozen=True)
class Handover:
    """One line of the file. `why` is other_channel, or holdout for who gets a grant without a mail."""

    customer_id: str
    contact: str | None
    channel: str | None
    code: str | None
    offer: str | None
    starts_on: str | None
    expires_on: str | None
    occasion: str
    day: str
    why: str


def hand_over(
    house: House, campaign: str, to: Path | None = None, *, again: bool = False
) -> tuple[Path, int]:
    """Write a CSV file, for its owner alone, of whom another channel is to tell; remembered once it is there.

    Args:
        to: the file; by default a new one in the project's `var/handovers`.
        again: those handed over before, too.

    Returns:
        The file, and its lines.

    Raises:
        PakdeeError: no such campaign, or the file is there already.
    """
    from pakdee import ledger

    campaign_named(house, campaign)
    found = house.journal.to_hand_over(campaign, again=again)
    contacts = ledger.contacts(house.snapshot, [one.key.customer_id for one in found])
    file = to or _fresh(house, campaign)
    with _made(file) as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([field.name for field in fields(Handover)])
        for one in found:
            line = _line(one, *contacts.get(one.key.customer_id, (None, None)))
            writer.writerow([harmless(value) for value in astuple(line)])
        stream.flush()
        house.journal.handed_over([one.key for one in found])
    return file, len(found)


def _line(one: NotMailed, phone: str | None, channel: str | None) -> Handover:
    offer = one.offer
    return Handover(
        customer_id=one.key.customer_id,
        contact=phone,
        channel=channel,
        code=offer.code if offer else None,
        offer=offer.value if offer else None,
        starts_on=str(offer.starts_on) if offer and offer.starts_on else None,
        expires_on=str(offer.expires_on) if offer else None,
        occasion=one.key.occasion,
        day=str(one.due_on),
        why=str(Verdict.HOLDOUT if one.is_held_out else Verdict.OTHER_CHANNEL),
    )


def _fresh(house: House, campaign: str) -> Path:
    folder = house.var / "handovers"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"{campaign}-{house.clock():%Y%m%d-%H%M%S}.csv"


@contextlib.contextmanager
def _made(file: Path) -> Iterator[TextIO]:
    """A new file that only its owner may read; removed again if not all of it could be written."""
    try:
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError as error:
        raise PakdeeError(
            "there is a file of this name already",
            where=str(file),
            next_step="name another file with --to; what was exported before may stand in it",
        ) from error
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="") as stream:
            yield stream
    except BaseException:
        file.unlink(missing_ok=True)
        raise
