"""Everything marketers wrote, checked and put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pakdee.domain.brand import Brand
from pakdee.domain.campaign import Campaign
from pakdee.domain.condition import Condition
from pakdee.domain.errors import Problem
from pakdee.domain.language import Language
from pakdee.domain.program import Program
from pakdee.domain.segment import Segment


@dataclass(frozen=True)
class Project:
    """The marketers' files as domain models.

    Args:
        conditions: by column name ("segment:lapsed", "campaign:birthday", "grant:summer_coupon").
        earn_conditions: of the earn rules that have a `where`, by the rule's name, over the fields of facts
            (`domain.program.facts`); a key of `attributes` is read from the JSON text in that column.
        lists: customer ids of each spreadsheet segment, by segment name.
        languages: those that the project adds, by code.
        content_version: hash over all files, so that a run can say what it ran with.
        warnings: findings that do not block a run.
        pools: the shop's own codes of each grant that takes them from a file, in its order.
    """

    program: Program
    brand: Brand
    segments: Mapping[str, Segment]
    campaigns: Mapping[str, Campaign]
    conditions: Mapping[str, Condition]
    lists: Mapping[str, frozenset[str]]
    content_version: str
    warnings: tuple[Problem, ...] = ()
    languages: Mapping[str, Language] = field(default_factory=dict)
    earn_conditions: Mapping[str, Condition] = field(default_factory=dict)
    pools: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def mails(self) -> dict[str, Campaign]:
        """Every mail there is by its label: campaigns, and their steps as campaigns of one mail each."""
        return {mail.label: mail for campaign in self.campaigns.values() for mail in campaign.mails}

    @property
    def grant_conditions(self) -> dict[str, Condition]:
        """Whom grants are for, by their ids; those for everybody are not in it."""
        columns = {grant.id: grant.column for grant in self.program.grants}
        return {name: self.conditions[c] for name, c in columns.items() if c in self.conditions}

    def features_of(self, campaign: Campaign) -> frozenset[str]:
        """Features that decide who gets the mail `campaign`, its exceptions included."""
        columns = [campaign.column, campaign.unless_column, *(f"segment:{name}" for name in campaign.except_)]
        found = [self.conditions[c].features for c in columns if c is not None and c in self.conditions]
        return frozenset().union(*found)
