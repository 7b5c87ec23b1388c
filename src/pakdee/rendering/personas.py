"""Sample customers: what every mail is tried with and shown for, typical ones and nasty ones.

Their stories stand in `personas.toml`; everything else they need is made from the types and units of the
feature catalogue, so that a new feature has values without a word written here.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

from pakdee.domain.brand import Brand
from pakdee.domain.campaign import FIRST_STEP, Campaign
from pakdee.domain.feature import FeatureCatalog, FeatureSpec, FeatureType
from pakdee.domain.identity import message_id, offer_code, sign_link
from pakdee.domain.program import Grant, Program
from pakdee.domain.telling import Telling
from pakdee.domain.units import Words
from pakdee.domain.validity import date_counters, nearest

WEB = "https://mails.example.com"
"""Where links of sample customers end: nowhere."""
_KEY = b"sample customers"  # signs nothing that anybody could use
_EXACT = Decimal("0.0001")
_SAMPLE_LEVELS = (("member", Decimal(0)), ("silver", Decimal(5_000)), ("gold", Decimal(20_000)))


@dataclass(frozen=True)
class Persona:
    """A sample customer.

    Args:
        context_values: of the customer: names, language and every feature; dates as the time until then.
        is_nasty: not typical, but what can happen.
        locale: the language their mails are written in.
    """

    name: str
    title: Words
    context_values: Mapping[str, Any]
    is_nasty: bool
    locale: str

    def context(
        self,
        campaign: Campaign | None,
        brand: Brand,
        today: dt.date,
        program: Program | None = None,
        *,
        offer: int = 0,
        web: str = WEB,
    ) -> dict[str, Any]:
        """The values of their mail, as a template gets them.

        Args:
            offer: the number of what the campaign brings them.
            campaign: None for a template that no campaign uses: a sample campaign with a grant.
            web: where the links of the footer begin.
        """
        grant = _grant(campaign, program, offer)
        campaign = campaign or Campaign.model_validate(_told()["campaign"])
        counters = date_counters(grant) if grant else None
        around = nearest(*map(self.context_values.get, counters)) if counters else None
        telling = Telling.of(campaign, grant, brand, self.locale, today, around)
        identity = message_id(_KEY, campaign.name, FIRST_STEP, self.name, "sample")
        token = sign_link(_KEY, identity)
        code = offer_code(_KEY, identity, identity) if telling.has_codes else None
        return telling.context(self.customer(today), code, web, token)

    def customer(self, today: dt.date) -> dict[str, Any]:
        """Their names, language and features as of a day."""
        told = self.context_values.items()
        return {name: today + v if isinstance(v, dt.timedelta) else v for name, v in told}


def personas(features: FeatureCatalog, locale: str, program: Program | None = None) -> tuple[Persona, ...]:
    """Every sample customer, typical ones first; the same ones on any day and any machine.

    Args:
        locale: the language of names, and that the customers ask for.
        program: whose tiers they stand in; without one, in tiers such as many programmes have.
    """
    stories, levels = _stories(), _levels(program)
    return tuple(
        Persona(
            name=story["name"],
            title=Words.model_validate(story["title"]),
            context_values=_Making(story, features, locale, levels).customer(),
            is_nasty=story.get("is_nasty", False),
            locale=locale,
        )
        for story in stories
    )


@dataclass(frozen=True)
class _Making:
    """Makes the values of one sample customer in one language."""

    story: Mapping[str, Any]
    features: FeatureCatalog
    locale: str
    levels: Sequence[tuple[str, Decimal]]

    def customer(self) -> dict[str, Any]:
        """All values: later ones take the place of earlier ones."""
        first, last = self.translated(_told()["name"])
        found = {"first_name": first, "last_name": last, "locale": self.locale}
        found |= {name: self.filled(spec) for name, spec in self.features.items()}
        given = {**self.standing(), **self.story["values"], **self.said()}
        found |= {n: self.given(v, self.features[n]) for n, v in given.items() if n in self.features}
        found |= {n: v for n, v in self.said().items() if n not in self.features}
        return found | {name: None for name in self.story["unknown"] if name in found}

    def given(self, value: Any, spec: FeatureSpec) -> Any:
        """A value that the story tells; of a list, how many entries it has."""
        if spec.type is FeatureType.LIST:
            return self.entries(spec)[:value]
        return _typed(value, spec.type)

    def entries(self, spec: FeatureSpec) -> list[dict[str, Any]]:
        """As many entries as a list can have; nasty words stand in these, too."""
        is_most = self.story["fill"] == "most"
        table = _told()["most" if is_most else "usual"]
        samples = [] if is_most else _told()["entries"].get(spec.name, [])
        texts = [field.name for field in spec.fields if field.type is FeatureType.TEXT]
        words = dict.fromkeys(texts, self.story["says"]) if "says" in self.story else {}
        found = []
        for told in (samples + [{}] * spec.most)[: spec.most]:
            values = {field.name: table[field.type.value] for field in spec.fields} | told | words
            found.append({f.name: _typed(self.translated(values[f.name]), f.type) for f in spec.fields})
        return found

    def filled(self, spec: FeatureSpec) -> Any:
        """A value by type and unit."""
        fill = self.story["fill"]
        if spec.type is FeatureType.LIST:
            return self.entries(spec) if fill in {"usual", "most"} else []
        if fill == "unknown":
            if spec.nullable:
                return None
            fill = "least"
        if spec.values:
            return spec.values[0]
        table = _told()[fill]
        return _typed(self.translated(table.get(spec.unit, table[spec.type.value])), spec.type)

    def translated(self, value: Any) -> Any:
        """What is told in each language, in this one."""
        return value.get(self.locale, value["en"]) if isinstance(value, dict) else value

    def standing(self) -> dict[str, Any]:
        """What follows from the tier a customer has, and from the way to the next one."""
        count = len(self.levels)
        at = {"first": 0, "middle": (count - 1) // 2, "below_last": max(count - 2, 0), "last": count - 1}
        here, progress = at[self.story["standing"]], Decimal(str(self.story["progress"]))
        (tier, starts_at), following = self.levels[here], self.levels[here + 1 : here + 2]
        missing = starts_at * Decimal(str(self.story.get("to_keep", 0)))
        next_tier, next_at = following[0] if following else (None, starts_at)
        spent = starts_at - missing + (next_at - starts_at) * progress
        return {
            "tier": tier,
            "next_tier": next_tier,
            "tier_progress": float(progress),
            "net_spend_this_year": spent,
            "to_next_tier": next_at - spent if following else None,
            "to_keep_tier": missing,
        }

    def said(self) -> dict[str, str]:
        """Nasty words wherever the shop's own data could hold them."""
        words = self.story.get("says")
        if words is None:
            return {}
        own = [
            name
            for name, spec in self.features.items()
            if spec.type is FeatureType.TEXT and spec.stage == "ledger" and not spec.values
        ]
        return dict.fromkeys(["first_name", "last_name", *own], words)


def _typed(value: Any, kind: FeatureType) -> Any:
    """A value as features of this type have it; a day as the time until then."""
    if value is None:
        return None
    if kind is FeatureType.DATE:
        return dt.timedelta(days=value)
    if kind is FeatureType.MONEY:
        return Decimal(value).quantize(_EXACT)
    if kind is FeatureType.INTEGER:
        return int(value)
    return float(value) if kind in {FeatureType.NUMBER, FeatureType.SHARE} else value


def _levels(program: Program | None) -> Sequence[tuple[str, Decimal]]:
    if program is None or program.tiers is None:
        return _SAMPLE_LEVELS
    return [(level.id, level.threshold) for level in program.tiers.levels]


def _grant(campaign: Campaign | None, program: Program | None, offer: int) -> Grant | None:
    """What a campaign brings."""
    if campaign is None:
        return next(iter(program.grants if program else ()), Grant.model_validate(_told()["grant"]))
    return program.grant(campaign.brings[offer][1]) if program and campaign.brings else None


@lru_cache(maxsize=1)
def _told() -> dict[str, Any]:
    text = (files("pakdee.rendering") / "personas.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=1)
def _stories() -> tuple[dict[str, Any], ...]:
    """Every story, with what it takes over from another."""
    found: dict[str, dict[str, Any]] = {}
    for story in _told()["persona"]:
        before = found.get(story.get("like", ""), {"values": {}, "unknown": []})
        values = before["values"] | story.get("values", {})
        unknown = [*before["unknown"], *story.get("unknown", [])]
        found[story["name"]] = {**before, **story, "values": values, "unknown": unknown}
    return tuple(found.values())
