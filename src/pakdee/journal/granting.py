"""Giving grants out: budgets, members' caps and pools of codes, all in the transaction of the message.

Planners at the same time wait for each other at a grant's row in `allotment`, so that nothing is given twice
and no budget and no member's cap is passed; a unique index guards the latter besides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from pakdee.domain.allowance import EVER, Terms
from pakdee.domain.vocabulary import Verdict
from pakdee.journal.statements import in_chunks, statement
from pakdee.journal.store import changed, rows

Wanted = tuple[str, str, str, str, str, str | None, str, str, str | None]
"""(customer id, campaign, step, occasion, grant, code, value, expires on, starts on)."""
_CODE = 5
OWN, OWN_WITHOUT_CODE = ("customer_id", "occasion", "code"), ("customer_id", "occasion")
SHARED = (
    "campaign",
    "step",
    "grant_id",
    "value",
    "expires_on",
    "starts_on",
    "units",
    "budget_period",
    "cap_period",
    "cap_place",
)


@dataclass
class Granted:
    """What came of wanted offers.

    Args:
        alike: rows of the table of offers by what they share: the values of SHARED, and which columns are
            their own. Few values are, so that a row is little to hand on.
        codes: those handed out from pools, by the code that stands in the mail until then.
        refused: customers for whom nothing is left, or who had their share.
    """

    alike: dict[tuple[tuple[str, ...], tuple[Any, ...]], list[tuple[str, ...]]] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    refused: dict[str, Verdict] = field(default_factory=dict)

    def give(self, offer: Wanted, code: str | None, *terms: object) -> None:
        """Note an offer with its code; `terms` are the last four values of SHARED."""
        customer, campaign, step, occasion, grant, _, value, expires_on, starts_on = offer
        shared = (campaign, step, grant, value, expires_on, starts_on, *terms)
        if code is None:
            self.alike.setdefault((OWN_WITHOUT_CODE, shared), []).append((customer, occasion))
        else:
            self.alike.setdefault((OWN, shared), []).append((customer, occasion, code))


class Refused(Exception):
    """The way out of a transaction in which customers cannot have what was promised."""

    def __init__(self, refused: Mapping[str, Verdict]) -> None:
        super().__init__()
        self.refused = refused


def lock(connection: Connection, row_lock: str, grants: Sequence[str]) -> dict[tuple[str, str], int]:
    """How often each grant was given, by grant and period; nobody else gives them until this commits."""
    if not grants:
        return {}
    query = statement("lock_allotments", row_lock, many="grants")
    found = connection.execute(query, {"grants": sorted(grants)}).mappings()
    return {(row["grant_id"], row["period"]): row["given"] for row in found}


def granted(
    connection: Connection, row_lock: str, wanted: Sequence[Wanted], terms: Mapping[str, Terms]
) -> Granted:
    """Give what can be given to the first of `wanted`, and say who gets nothing."""
    found = Granted()
    by_grant: dict[str, list[Wanted]] = {}
    for offer in sorted(wanted, key=itemgetter(0)):
        by_grant.setdefault(offer[4], []).append(offer)
    limited = {grant for grant in by_grant if terms.get(grant, Terms()).is_limited}
    given = lock(connection, row_lock, sorted(limited))
    for grant, of in sorted(by_grant.items()):
        own = terms.get(grant, Terms())
        if grant in limited:
            _give(connection, found, grant, of, own, given.get((grant, own.budget_period), 0))
        else:
            for offer in of:
                found.give(offer, offer[_CODE], own.units, None, None, None)
    return found


def _give(
    connection: Connection, found: Granted, grant: str, wanted: Sequence[Wanted], terms: Terms, given: int
) -> None:
    places = _places(connection, grant, wanted, terms)
    found.refused |= {offer[0]: Verdict.OFFER_CAP for offer in wanted if offer[0] not in places}
    entitled = [offer for offer in wanted if offer[0] in places]
    most = len(entitled) if terms.budget is None else max(min(len(entitled), terms.budget - given), 0)
    codes = _codes(connection, grant, most) if terms.is_pool else [offer[_CODE] for offer in entitled[:most]]
    found.refused |= {offer[0]: Verdict.NO_OFFER_LEFT for offer in entitled[len(codes) :]}
    budget = terms.budget_period if terms.budget is not None else None
    for offer, code in zip(entitled, codes, strict=False):
        cap = (terms.cap_period, places[offer[0]]) if terms.cap is not None else (None, None)
        found.give(offer, code, terms.units, budget, *cap)
        if terms.is_pool and code is not None:
            found.codes[str(offer[_CODE])] = code
    if budget and codes:
        values = {"grant": grant, "period": budget, "more": len(codes)}
        if not changed(connection, "allot", values):
            raise LookupError(f"the budget of {grant} was not opened")


def _places(connection: Connection, grant: str, wanted: Sequence[Wanted], terms: Terms) -> Mapping[str, int]:
    """Which of the member's it is, of those who may have another one."""
    if terms.cap is None:
        return {offer[0]: 1 for offer in wanted}
    had: dict[str, int] = {}
    query = statement("had_in_cap", many="customers")
    for chunk in in_chunks([offer[0] for offer in wanted]):
        values = {"grant": grant, "period": terms.cap_period, "customers": chunk}
        had |= {row.customer_id: row.had for row in connection.execute(query, values)}
    return {offer[0]: had.get(offer[0], 0) + 1 for offer in wanted if had.get(offer[0], 0) < terms.cap}


def _codes(connection: Connection, grant: str, most: int) -> list[str]:
    """The next free codes of a pool, as many as there are up to `most`; from now on handed out."""
    codes = [row["code"] for row in rows(connection, "free_codes", {"grant": grant, "most": most})]
    query = statement("take_codes", many="codes")
    for chunk in in_chunks(codes):
        connection.execute(query, {"codes": chunk})
    return codes


def opened_periods(terms: Mapping[str, Terms]) -> list[tuple[str, str, int]]:
    """The row of `allotment` that stands for each limited grant."""
    return sorted(
        (grant, own.budget_period if own.budget is not None else EVER, 0)
        for grant, own in terms.items()
        if own.is_limited
    )
