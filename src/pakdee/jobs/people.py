"""From a shard of the feature table to the situation that is decided about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import pyarrow as pa

from pakdee.domain.allowance import all_terms
from pakdee.domain.campaign import Campaign
from pakdee.domain.occasion import occasion_features
from pakdee.domain.offering import grant_column
from pakdee.domain.situation import TICKET, Situation
from pakdee.domain.vocabulary import OncePer
from pakdee.house import House
from pakdee.jobs.drafting import dates_read, features_shown
from pakdee.jobs.offers import offers_left

_DECIDED_ON = ("email", "declared_channel", "marketing_consent", "consent_at", "consent_source")
_COUNTERS = sorted(frozenset().union(*map(occasion_features, OncePer)))


def columns_read(house: House, campaigns: Iterable[Campaign]) -> frozenset[str]:
    """Columns that deciding about these campaigns and writing their mails read; all others stay on disk."""
    found: set[str] = set(_DECIDED_ON)
    for mail in (mail for campaign in campaigns for mail in campaign.mails):
        found |= features_shown(house, mail) | occasion_features(mail.once_per)
        found |= dates_read(house, mail)
        found |= {f"segment:{name}" for name in mail.except_} | offer_columns(house, mail)
        found |= {column for column in (mail.column, mail.unless_column) if column is not None}
    return frozenset(found | _asked_of_all(house))


def _asked_of_all(house: House) -> frozenset[str]:
    """What every campaign asks, where the shop tells it: tickets that are never closed tell nothing."""
    asks = "tickets.closed_at" in house.snapshot.provides and not house.rules.despite_ticket
    return frozenset({TICKET} if asks else ())


def offer_columns(house: House, campaign: Campaign) -> frozenset[str]:
    """Conditions that say who gets which of the campaign's offers."""
    named = {name for column, grant in campaign.brings for name in (column, grant_column(grant))}
    return frozenset(name for name in named if name is not None and name in house.project.conditions)


def features_needed(house: House, campaign: Campaign) -> frozenset[str]:
    """Features without which the campaign cannot be decided on or its mails, all steps', not be written."""
    names = occasion_features(campaign.once_per)
    for mail in campaign.mails:
        names |= house.project.features_of(mail) | house.templates.features_of(mail.template)
        names = names.union(*(house.project.conditions[c].features for c in offer_columns(house, mail)))
    return names


def columns_computed(house: House, campaigns: Iterable[Campaign]) -> frozenset[str]:
    """All that must be known of customers before these campaigns are planned."""
    chosen = list(campaigns)
    return columns_read(house, chosen).union(*(features_needed(house, campaign) for campaign in chosen))


def _series(house: House, day: dt.date) -> dict[str, dt.date]:
    """Campaigns with steps, and the earliest first mail of which one may go on `day`."""
    campaigns = house.project.campaigns.values()
    return {c.name: day - dt.timedelta(days=c.series_days) for c in campaigns if c.steps}


def situation(
    house: House, day: dt.date, people: pa.Table, left: Mapping[str, int] | None = None
) -> Situation:
    """The shard `people` (sorted by customer_id) with what the journal remembers about it.

    Only the columns that decisions read become a frame; values for mails stay in Arrow.

    Args:
        left: how often limited grants may still be given; by default as often as the journal says.
    """
    conditions = [name for name in people.column_names if ":" in name]
    asked = (*_DECIDED_ON, *_COUNTERS, *_asked_of_all(house), *conditions)
    wanted = [name for name in ("customer_id", *asked) if name in people.column_names]
    frame = people.select(wanted).to_pandas().set_index("customer_id")
    memory = house.journal.memory(frame.index[0], frame.index[-1], _series(house, day))
    terms = all_terms(house.project.program.grants, day)
    if left is None:
        left = offers_left(house, terms)
    return Situation(day, frame, memory, house.rules, terms, left)
