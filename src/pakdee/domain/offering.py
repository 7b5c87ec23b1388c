"""Which offer a campaign brings each customer of a shard, and who gets none. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pakdee.domain.allowance import Terms
from pakdee.domain.campaign import Campaign
from pakdee.domain.chance import drawn
from pakdee.domain.situation import Situation
from pakdee.domain.vocabulary import Verdict

NO_OFFER = -1


def grant_column(grant: str) -> str:
    """The boolean column of whom the programme gives a grant to; there is none where it says nothing."""
    return f"grant:{grant}"


@dataclass
class Offering:
    """What is known of grants in a shard, by place of the customer.

    Args:
        had: offers of the journal's memory that count in a cap or are redeemed, with the customer's `place`.
        left: how often each grant may still be given; goes down as campaigns give it.
        salt: makes chance this project's own, where fewer are left than ask.
    """

    people: pd.DataFrame
    had: pd.DataFrame
    terms: Mapping[str, Terms]
    left: dict[str, int]
    salt: str

    @classmethod
    def of(cls, situation: Situation) -> Offering:
        """Of a shard."""
        offers, ids = situation.memory.offers, situation.customers.index
        places = ids.get_indexer(pd.Index(offers["customer_id"])) if len(offers) else np.empty(0, dtype=int)
        in_time = offers["expires_on"].astype("str") >= situation.day.isoformat()
        is_open = offers["is_redeemed"].astype(bool) & in_time
        had = offers.assign(place=places, is_open=is_open)
        had, left = had[had["place"] >= 0], dict(situation.left)
        return cls(situation.customers, had, situation.terms, left, situation.rules.salt)

    def matched(self, campaign: Campaign, places: np.ndarray) -> np.ndarray:
        """The number of each customer's offer, the first whose conditions hold; NO_OFFER where none does."""
        found = np.full(len(places), NO_OFFER, dtype=np.int8)
        for number, (column, grant) in reversed(list(enumerate(campaign.brings))):
            found[self._holds(column, places) & self._holds(grant_column(grant), places)] = number
        return found

    def tests(self, campaign: Campaign, places: np.ndarray, offers: np.ndarray) -> dict[Verdict, np.ndarray]:
        """Verdicts of those who get no offer, and so no mail, and whom each applies to."""
        redeemed, capped = np.zeros(len(places), dtype=bool), np.zeros(len(places), dtype=bool)
        for number, (_, grant) in enumerate(campaign.brings):
            mine, had = offers == number, self.had[self.had["grant_id"] == grant]
            redeemed |= mine & self._has(had[had["is_open"].to_numpy(dtype=bool)], 1)[places]
            terms = self.terms.get(grant, Terms())
            if terms.cap is not None:
                capped |= mine & self._has(had[had["cap_period"] == terms.cap_period], terms.cap)[places]
        return {
            Verdict.NO_OFFER: (offers == NO_OFFER) & bool(campaign.brings),
            Verdict.ALREADY_REDEEMED: redeemed,
            Verdict.OFFER_CAP: capped,
        }

    def without(
        self,
        campaign: Campaign,
        offers: np.ndarray,
        eligible: np.ndarray,
        held: np.ndarray,
        pairs: Callable[[np.ndarray], Iterable[tuple[str, str]]],
    ) -> np.ndarray:
        """True for the eligible for whom nothing is left; the others are counted as given, in drawn order.

        A held-out customer takes nothing of a grant that only campaigns give, but has none left where the
        next customer would have none: so the arms compare.

        Args:
            eligible: who would be mailed, held out or told by another channel.
            held: who is held out.
            pairs: (customer_id, occasion) of some entries; asked only where fewer are left than ask.
        """
        short = np.zeros(len(offers), dtype=bool)
        for number, (_, grant) in enumerate(campaign.brings):
            if grant not in self.left:
                continue
            mine = np.flatnonzero(eligible & (offers == number))
            if len(mine) > self.left[grant]:
                mine = mine[drawn(self.salt, campaign.name, pairs(mine))]
            takes = ~held[mine] | self.terms[grant].is_published
            before: np.ndarray = np.cumsum(takes) - takes
            short[mine] = before >= self.left[grant]
            self.left[grant] -= int(np.count_nonzero(takes & ~short[mine]))
        return short

    def _holds(self, column: str | None, places: np.ndarray) -> np.ndarray:
        if column is None or column not in self.people:
            return np.full(len(places), True)
        found: np.ndarray = self.people[column].to_numpy(dtype=bool)[places]
        return found

    def _has(self, had: pd.DataFrame, times: int) -> np.ndarray:
        counted: np.ndarray = np.bincount(had["place"].to_numpy(dtype=int), minlength=len(self.people))
        found: np.ndarray = np.greater_equal(counted, times)
        return found
