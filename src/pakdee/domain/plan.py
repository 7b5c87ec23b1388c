"""The decision of a day: exactly one verdict per customer and campaign. Pure; chance is a hash.

Customers are known by their place in the shard, so that no rule has to look an id up.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import repeat

import numpy as np
import pandas as pd

from pakdee.domain.campaign import FIRST_STEP, Campaign
from pakdee.domain.chance import held_out
from pakdee.domain.consent import Standing, standing
from pakdee.domain.identity import usable_addresses
from pakdee.domain.message import MessageKey
from pakdee.domain.occasion import told_before
from pakdee.domain.offering import Offering
from pakdee.domain.series import mails_of_day, under_way
from pakdee.domain.situation import BEGUN_COLUMNS, TICKET, Rules, Situation
from pakdee.domain.vocabulary import OncePer, Verdict

_BY_MAIL = ("email", "e-mail", "")
COLUMNS = ("customer_id", "campaign", "step", "occasion", "verdict")
VERDICTS = tuple(Verdict)
CONTACTED = (Verdict.OTHER_CHANNEL, Verdict.HOLDOUT, Verdict.INCLUDED)
"""Verdicts of those whom a campaign has won: the journal has a row for each."""
_CODES = {verdict: code for code, verdict in enumerate(VERDICTS)}


@dataclass(frozen=True)
class Decisions:
    """Verdicts on one mail over the customers of a shard who are in its segment, or whose step is due.

    Args:
        places: of these customers in the shard, ascending.
        occasions: theirs, missing where there is none.
        codes: theirs, places in VERDICTS.
        offers: which of the offers the campaign brings is theirs, by number; -1 for none.
    """

    campaign: str
    step: str
    places: np.ndarray
    occasions: pd.Categorical[str]
    codes: np.ndarray
    offers: np.ndarray

    def having(self, verdict: Verdict) -> np.ndarray:
        """Which of the entries have this verdict."""
        return np.flatnonzero(self.codes == _CODES[verdict])

    def words(self) -> np.ndarray:
        """The occasions as text."""
        return np.asarray(self.occasions, dtype="object")

    def counts(self) -> dict[Verdict, int]:
        """Customers per verdict, none that nobody has."""
        found = np.bincount(self.codes, minlength=len(VERDICTS)).tolist()
        return {verdict: count for verdict, count in zip(VERDICTS, found, strict=True) if count}


@dataclass(frozen=True)
class Plan:
    """Verdicts of a shard, by mail (`Campaign.label`) in the order of their names.

    Args:
        customers: ids of the shard's customers, in order.
        left: how often limited grants may be given after it, by id.
    """

    day: dt.date
    customers: np.ndarray
    campaigns: Mapping[str, Decisions]
    left: Mapping[str, int]

    def counts(self) -> dict[tuple[str, str], int]:
        """Customers per (campaign, verdict); a campaign has one on each of them, whichever mail it is on."""
        found: Counter[tuple[str, str]] = Counter()
        for decisions in self.campaigns.values():
            for verdict, count in sorted(decisions.counts().items()):
                found[decisions.campaign, str(verdict)] += count
        return dict(found)

    def later(self) -> dict[str, int]:
        """By campaign with steps, how many of its mails are of those after the first."""
        steps = [one for one in self.campaigns.values() if one.step != FIRST_STEP]
        found = Counter[str]()
        for decisions in steps:
            found[decisions.campaign] += decisions.counts().get(Verdict.INCLUDED, 0)
        return dict(found)

    def keys(self, campaign: str, verdict: Verdict) -> list[MessageKey]:
        """Message keys of one mail's customers with this verdict."""
        decisions = self.campaigns[campaign]
        chosen = decisions.having(verdict)
        ids, words = self.customers[decisions.places[chosen]], decisions.words()[chosen]
        return list(map(MessageKey, repeat(decisions.campaign), repeat(decisions.step), ids, words))

    def offers(self, campaign: str, verdict: Verdict) -> list[int]:
        """Numbers of their offers, in the same order; -1 for none."""
        decisions = self.campaigns[campaign]
        return [int(number) for number in decisions.offers[decisions.having(verdict)]]

    def with_verdict(self, campaign: str, customers: Collection[str], verdict: Verdict) -> Plan:
        """The same plan with another verdict for these customers, such as when a mail failed to render."""
        if not customers:
            return self
        decisions = self.campaigns[campaign]
        changed = pd.Index(self.customers[decisions.places]).isin(list(customers))
        codes = np.where(changed, _CODES[verdict], decisions.codes)
        return replace(self, campaigns={**self.campaigns, campaign: replace(decisions, codes=codes)})

    @property
    def decisions(self) -> pd.DataFrame:
        """All verdicts as a table of COLUMNS, for people."""
        parts = [self._table(decisions) for decisions in self.campaigns.values()]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(COLUMNS))

    def _table(self, decisions: Decisions) -> pd.DataFrame:
        columns = (
            self.customers[decisions.places],
            decisions.campaign,
            decisions.step,
            decisions.words(),
            np.array(VERDICTS, dtype="object")[decisions.codes],
        )
        return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))


def plan(situation: Situation, campaigns: Iterable[Campaign]) -> Plan:
    """Decide about every customer in the segment of each of `campaigns`, which are all due on the day.

    Order of verdicts is that of `Verdict`. One campaign wins a customer on a day: the highest priority,
    ties by name; a customer already contacted on this day by another campaign is outranked too, and so
    a second run finds nothing more to send. Service mail neither outranks nor is outranked.
    """
    facts = _Facts.of(situation)
    given = Offering.of(situation)
    decided: dict[str, Decisions] = {}
    for campaign in sorted(campaigns, key=lambda campaign: (-campaign.priority, campaign.name)):
        for mail, places, found in mails_of_day(campaign, situation, facts.begun, facts.contacts):
            decisions = decided[mail.label] = _decide(mail, situation, facts, given, places, found)
            if campaign.needs_consent:
                for verdict in CONTACTED:
                    facts.taken[decisions.places[decisions.having(verdict)]] = True
    return Plan(situation.day, facts.ids, dict(sorted(decided.items())), given.left)


@dataclass(frozen=True)
class _Facts:
    """What is the same for every campaign of the day, by place in the shard.

    Args:
        contacts: of the journal's memory, with the customer's `place`.
        begun: likewise.
        taken: customers who have a message that counts on this day; grows as campaigns win customers.
        waiting: customers to whom the shop owes an answer first.
    """

    ids: np.ndarray
    other_channel: np.ndarray
    standing: Standing
    contacts: pd.DataFrame
    begun: pd.DataFrame
    contacts_in_cap: np.ndarray
    taken: np.ndarray
    waiting: np.ndarray

    @classmethod
    def of(cls, situation: Situation) -> _Facts:
        people, memory, day = situation.customers, situation.memory, situation.day
        channel = people["declared_channel"].fillna("email").str.lower()
        contacts = memory.contacts.assign(place=_places(people.index, memory.contacts["customer_id"]))
        contacts = contacts[contacts["place"] >= 0]
        begun = pd.DataFrame(columns=list(BEGUN_COLUMNS)) if memory.begun is None else memory.begun
        begun = begun.assign(place=_places(people.index, begun["customer_id"]))
        counting = contacts[contacts["counts"].to_numpy(dtype=bool)]
        in_cap = counting[counting["due_on"] > day - situation.rules.cap.window]
        today = counting[counting["due_on"] == day]
        return cls(
            ids=people.index.to_numpy(dtype="object"),
            other_channel=~(channel.isin(_BY_MAIL) & usable_addresses(people["email"])).to_numpy(dtype=bool),
            standing=standing(people, memory),
            contacts=contacts,
            begun=begun[begun["place"] >= 0],
            contacts_in_cap=_times(in_cap, len(people)),
            taken=_times(today, len(people)) > 0,
            waiting=_waiting(people, situation.rules),
        )


def _waiting(people: pd.DataFrame, rules: Rules) -> np.ndarray:
    if rules.despite_ticket or TICKET not in people:
        return np.zeros(len(people), dtype=bool)
    return people[TICKET].gt(0).fillna(value=False).to_numpy(dtype=bool)


def _places(ids: pd.Index, wanted: pd.Series) -> np.ndarray:
    return ids.get_indexer(pd.Index(wanted)) if len(wanted) else np.empty(0, dtype=int)


def _times(contacts: pd.DataFrame, customers: int) -> np.ndarray:
    return np.bincount(contacts["place"].to_numpy(dtype=int), minlength=customers)


def _decide(
    campaign: Campaign,
    situation: Situation,
    facts: _Facts,
    given: Offering,
    places: np.ndarray,
    found: pd.Categorical[str],
) -> Decisions:
    codes = np.full(len(places), _CODES[Verdict.INCLUDED], dtype=np.int8)
    offers = given.matched(campaign, places)
    tests = _tests(campaign, situation, facts, places, found) | given.tests(campaign, places, offers)
    # From the last to the first, so that of those that apply the first one stays.
    for verdict, applies in sorted(tests.items(), key=lambda item: -_CODES[item[0]]):
        codes[applies] = _CODES[verdict]
    _hold_out(campaign, situation, facts.ids[places], found, codes)
    eligible = np.isin(codes, [_CODES[verdict] for verdict in CONTACTED])
    ids = facts.ids[places]
    short = given.without(
        campaign,
        offers,
        eligible,
        codes == _CODES[Verdict.HOLDOUT],
        lambda asking: zip(ids[asking], found[asking], strict=True),
    )
    codes[short] = _CODES[Verdict.NO_OFFER_LEFT]
    return Decisions(campaign.name, campaign.step, places, found, codes, offers)


def _hold_out(
    campaign: Campaign, situation: Situation, ids: np.ndarray, found: pd.Categorical[str], codes: np.ndarray
) -> None:
    eligible = np.flatnonzero(codes == _CODES[Verdict.INCLUDED])
    if campaign.holdout and len(eligible):
        pairs = zip(ids[eligible], found[eligible], strict=True)
        held = held_out(situation.rules.salt, campaign.name, pairs, campaign.holdout)
        codes[eligible[held]] = _CODES[Verdict.HOLDOUT]


def _tests(
    campaign: Campaign, situation: Situation, facts: _Facts, places: np.ndarray, found: pd.Categorical[str]
) -> dict[Verdict, np.ndarray]:
    """Every verdict that takes customers out and whom it applies to."""
    is_first, people = campaign.step == FIRST_STEP, situation.customers
    own = facts.contacts[facts.contacts["campaign"] == campaign.name]
    own = own[own["step"] == FIRST_STEP] if is_first else own.iloc[:0]
    tests = {
        Verdict.CALLED_OFF: _in_any(people, [campaign.unless_column] if campaign.unless_column else []),
        Verdict.EXCEPTED: _in_any(people, [f"segment:{name}" for name in campaign.except_]),
        Verdict.OTHER_CHANNEL: facts.other_channel,
        Verdict.NO_CONSENT: ~facts.standing.agrees & campaign.needs_consent,
        Verdict.SUPPRESSED: facts.standing.suppressed,
        Verdict.OPEN_TICKET: facts.waiting & campaign.needs_consent,
        Verdict.UNDER_WAY: under_way(campaign, own, len(people), situation.day),
        Verdict.AT_MOST: _at_most(campaign, own, situation),
        Verdict.FREQUENCY_CAP: (facts.contacts_in_cap >= situation.rules.cap.times) & campaign.needs_consent,
        Verdict.OUTRANKED: facts.taken & campaign.needs_consent,
    }
    tests = {verdict: test[places] for verdict, test in tests.items()}
    tests[Verdict.NO_OCCASION] = found.codes < 0
    sent = told_before if campaign.once_per is OncePer.WISH else _already
    tests[Verdict.ALREADY_SENT] = sent(own, places, found)
    return tests


def _in_any(people: pd.DataFrame, columns: Sequence[str]) -> np.ndarray:
    everyone = "segment:everyone" in columns
    found = np.full(len(people), everyone)
    for column in () if everyone else columns:
        found |= people[column].to_numpy(dtype=bool)
    return found


def _already(own: pd.DataFrame, places: np.ndarray, found: pd.Categorical[str]) -> np.ndarray:
    """Who was contacted for this very occasion."""
    if own.empty:
        return np.zeros(len(places), dtype=bool)
    words = found.categories.get_indexer(pd.Index(own["occasion"]))
    known = words >= 0
    # A place and an occasion as one number, so that pairs are compared at once.
    sent = own["place"].to_numpy(dtype=int)[known] * len(found.categories) + words[known]
    return np.isin(places * len(found.categories) + found.codes, sent) & (found.codes >= 0)


def _at_most(campaign: Campaign, own: pd.DataFrame, situation: Situation) -> np.ndarray:
    customers = len(situation.customers)
    if campaign.at_most is None:
        return np.zeros(customers, dtype=bool)
    recent = own[own["due_on"] > situation.day - campaign.at_most.window]
    return _times(recent, customers) >= campaign.at_most.times
