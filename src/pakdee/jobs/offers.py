"""Offers in the course of days: what is used, what comes back, what is left, and whom mail does not reach."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pakdee.domain.allowance import EVER, Terms, all_terms
from pakdee.domain.vocabulary import Verdict
from pakdee.house import House

LATE = dt.timedelta(days=60)
"""So long after an offer's last day a shop may still tell that it was used."""


@dataclass(frozen=True)
class OfferStanding:
    """A limited grant: how often it may still be given, in the current period where it has one.

    Args:
        per: the period's first day, or "ever".
        limit: altogether in this period, None without a budget.
        codes: in the file of its pool, None without one.
    """

    grant: str
    left: int
    limit: int | None
    per: str
    codes: int | None


def offers_left(house: House, terms: Mapping[str, Terms]) -> dict[str, int]:
    """How often grants may still be given, by id; those that nothing limits are absent."""
    shared = {grant: own for grant, own in terms.items() if own.is_shared}
    return house.journal.offers_left(shared, house.project.pools) if shared else {}


def standings(house: House, day: dt.date | None = None) -> list[OfferStanding]:
    """What is left of each grant with a budget or a pool of codes, by id."""
    terms = all_terms(house.project.program.grants, day or house.today())
    left = offers_left(house, terms)
    return [
        OfferStanding(
            grant,
            left[grant],
            terms[grant].budget,
            terms[grant].budget_period if terms[grant].budget is not None else EVER,
            len(house.project.pools.get(grant, ())) if terms[grant].is_pool else None,
        )
        for grant in sorted(left)
    ]


def open_day(house: House, day: dt.date) -> None:
    """Before a day is planned: learn which offers were used, take back those that cannot be."""
    from pakdee import ledger

    journal = house.journal
    codes = journal.open_codes(day - LATE)
    if codes and ledger.tells_redemptions(house.snapshot):
        journal.redeem(ledger.redemptions(house.snapshot, codes, day=day, zone=house.zone))
    journal.release_unused(day)
    journal.open_offers(all_terms(house.project.program.grants, day), house.project.pools)


def shortages(verdicts: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """A sentence for each campaign in which somebody got nothing because an offer ran out.

    Args:
        verdicts: customers per verdict, by campaign.
    """
    for campaign, counts in sorted(verdicts.items()):
        if short := counts.get(Verdict.NO_OFFER_LEFT, 0):
            yield (
                f"{short:,} customers of {campaign} got no mail, since nothing is left of its offer: give it"
                " more codes or a larger budget (pakdee codes), or let the campaign end; who waits:"
                f" pakdee export waiting {campaign}"
            )


def scarce(house: House, day: dt.date, grants: set[str]) -> bool:
    """Whether one of these grants may run out today, so that it matters who comes first."""
    terms = {
        name: own for name, own in all_terms(house.project.program.grants, day).items() if name in grants
    }
    return any(left < house.snapshot.customers for left in offers_left(house, terms).values())
