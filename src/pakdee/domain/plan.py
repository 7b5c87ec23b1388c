"""The decision of a day: exactly one verdict per customer and campaign. Pure; chance is a hash."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pakdee.domain.campaign import FIRST_STEP, Campaign
from pakdee.domain.chance import held_out
from pakdee.domain.consent import agrees, suppressed
from pakdee.domain.identity import usable_addresses
from pakdee.domain.message import MessageKey
from pakdee.domain.occasion import occasions
from pakdee.domain.situation import Situation
from pakdee.domain.vocabulary import Verdict

COLUMNS = ("customer_id", "campaign", "step", "occasion", "verdict")


@dataclass(frozen=True)
class Plan:
    """Verdicts of a shard: `decisions` has COLUMNS, sorted; occasions may be missing."""

    day: dt.date
    decisions: pd.DataFrame

    def counts(self) -> dict[tuple[str, str], int]:
        """Customers per (campaign, verdict)."""
        pairs = Counter(zip(self.decisions["campaign"], self.decisions["verdict"], strict=True))
        return dict(sorted(pairs.items()))

    def keys(self, campaign: str, verdict: Verdict) -> list[MessageKey]:
        """Message keys of one campaign's customers with this verdict."""
        rows = self.decisions
        rows = rows[(rows["campaign"] == campaign) & (rows["verdict"] == verdict)]
        return [
            MessageKey(*row)
            for row in zip(rows.campaign, rows.step, rows.customer_id, rows.occasion, strict=True)
        ]

    def with_verdict(self, keys: Collection[MessageKey], verdict: Verdict) -> Plan:
        """The same plan with another verdict for these keys, such as a mail that failed to render."""
        if not keys:
            return self
        changed = pd.MultiIndex.from_frame(self.decisions[["campaign", "customer_id"]]).isin(
            [(key.campaign, key.customer_id) for key in keys]
        )
        decisions = self.decisions.assign(verdict=self.decisions["verdict"].mask(changed, verdict.value))
        return Plan(self.day, decisions)


def plan(situation: Situation, campaigns: Iterable[Campaign]) -> Plan:
    """Decide about every customer in the segment of each of `campaigns`, which are all due on the day.

    Order of verdicts is that of `Verdict`. One campaign wins a customer on a day: the highest priority,
    ties by name; a customer already contacted on this day by another campaign is outranked too, and so
    a second run finds nothing more to send. Service mail neither outranks nor is outranked.
    """
    chosen = sorted(campaigns, key=lambda campaign: (-campaign.priority, campaign.name))
    facts = _Facts.of(situation)
    parts: list[pd.DataFrame] = []
    winners: set[str] = set()
    for campaign in chosen:
        decided = _decide(campaign, situation, facts, winners)
        if campaign.needs_consent:
            won = decided["verdict"].isin([Verdict.HOLDOUT, Verdict.INCLUDED])
            winners.update(decided.loc[won, "customer_id"])
        parts.append(decided)
    decisions = pd.concat(parts) if parts else pd.DataFrame(columns=list(COLUMNS))
    return Plan(situation.day, decisions.sort_values(["campaign", "customer_id"], ignore_index=True))


@dataclass(frozen=True)
class _Facts:
    """What is the same for every campaign of the day, indexed by customer."""

    no_address: pd.Series
    other_channel: pd.Series
    agrees: pd.Series
    suppressed: pd.Series
    contacts: pd.DataFrame
    contacts_in_cap: pd.Series

    @classmethod
    def of(cls, situation: Situation) -> _Facts:
        people, memory, day = situation.customers, situation.memory, situation.day
        channel = people["declared_channel"].fillna("email").str.lower()
        contacts = memory.contacts.assign(due_on=pd.to_datetime(memory.contacts["due_on"]))
        window_start = pd.Timestamp(day) - situation.rules.cap.window
        counted = contacts[contacts["counts"].astype(bool) & (contacts["due_on"] > window_start)]
        return cls(
            no_address=~usable_addresses(people["email"]),
            other_channel=~channel.isin(["email", "e-mail", ""]),
            agrees=agrees(people, memory),
            suppressed=suppressed(people, memory),
            contacts=contacts,
            contacts_in_cap=counted.groupby("customer_id").size().reindex(people.index, fill_value=0),
        )


def _decide(campaign: Campaign, situation: Situation, facts: _Facts, winners: set[str]) -> pd.DataFrame:
    people = situation.customers
    inside = people if campaign.column is None else people[people[campaign.column]]
    index = inside.index
    occasion = occasions(campaign.once_per, inside, situation.day)
    verdict = _first_applying(_tests(campaign, situation, facts, inside, occasion, winners), index)
    eligible = verdict == Verdict.INCLUDED
    pairs = zip(index[eligible], occasion[eligible], strict=True)
    held = held_out(situation.rules.salt, campaign.name, pairs, campaign.holdout)
    verdict.loc[eligible] = np.where(held, Verdict.HOLDOUT.value, Verdict.INCLUDED.value)
    return pd.DataFrame(
        {
            "customer_id": index,
            "campaign": campaign.name,
            "step": FIRST_STEP,
            "occasion": occasion.to_numpy(),
            "verdict": verdict.to_numpy(),
        }
    )


def _tests(
    campaign: Campaign,
    situation: Situation,
    facts: _Facts,
    inside: pd.DataFrame,
    occasion: pd.Series,
    winners: set[str],
) -> Mapping[Verdict, pd.Series]:
    index = inside.index
    own = facts.contacts[facts.contacts["campaign"] == campaign.name]
    asks = campaign.needs_consent
    return {
        Verdict.EXCEPTED: _in_any(inside, [f"segment:{name}" for name in campaign.except_]),
        Verdict.NO_ADDRESS: facts.no_address[index],
        Verdict.OTHER_CHANNEL: facts.other_channel[index],
        Verdict.NO_CONSENT: ~facts.agrees[index] & asks,
        Verdict.SUPPRESSED: facts.suppressed[index],
        Verdict.NO_OCCASION: occasion.isna(),
        Verdict.ALREADY_SENT: _already(own, occasion),
        Verdict.AT_MOST: _at_most(campaign, own, index, situation.day),
        Verdict.FREQUENCY_CAP: (facts.contacts_in_cap[index] >= situation.rules.cap.times) & asks,
        Verdict.OUTRANKED: _outranked(facts.contacts, index, situation.day, winners) & asks,
    }


def _first_applying(tests: Mapping[Verdict, pd.Series], index: pd.Index) -> pd.Series:
    names = [verdict.value for verdict in tests]
    chosen = np.select([test.to_numpy(dtype=bool) for test in tests.values()], names, Verdict.INCLUDED.value)
    return pd.Series(chosen, index=index, dtype="object")


def _in_any(people: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    everyone = "segment:everyone"
    if everyone in columns:
        return pd.Series(data=True, index=people.index)
    return people[list(columns)].any(axis=1) if columns else pd.Series(data=False, index=people.index)


def _already(own: pd.DataFrame, occasion: pd.Series) -> pd.Series:
    sent = pd.MultiIndex.from_frame(own[["customer_id", "occasion"]])
    asked = pd.MultiIndex.from_arrays(
        [occasion.index, occasion.to_numpy()], names=["customer_id", "occasion"]
    )
    return pd.Series(asked.isin(sent), index=occasion.index)


def _at_most(campaign: Campaign, own: pd.DataFrame, index: pd.Index, day: dt.date) -> pd.Series:
    if campaign.at_most is None:
        return pd.Series(data=False, index=index)
    recent = own[own["due_on"] > pd.Timestamp(day) - campaign.at_most.window]
    return recent.groupby("customer_id").size().reindex(index, fill_value=0) >= campaign.at_most.times


def _outranked(contacts: pd.DataFrame, index: pd.Index, day: dt.date, winners: set[str]) -> pd.Series:
    today = contacts[(contacts["due_on"] == pd.Timestamp(day)) & contacts["counts"].astype(bool)]
    return pd.Series(index.isin(winners.union(today["customer_id"])), index=index)
