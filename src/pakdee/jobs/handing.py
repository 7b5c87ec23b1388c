"""Customers whom mail does not reach, handed to those who reach them otherwise: each once per occasion."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pakdee.domain.vocabulary import Verdict
from pakdee.house import House
from pakdee.jobs.looking import campaign_named
from pakdee.jobs.personal import fresh, made, write

if TYPE_CHECKING:
    from pakdee.journal import NotMailed


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
    file = to or fresh(house, "handovers", campaign)
    with made(file) as stream:
        write(
            stream, Handover, (_line(one, *contacts.get(one.key.customer_id, (None, None))) for one in found)
        )
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
