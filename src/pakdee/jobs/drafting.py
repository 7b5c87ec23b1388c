"""From a decision to a draft: the opaque id, the offer, the links, and the plain values a template sees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.compute as pc

from pakdee.domain.campaign import Campaign
from pakdee.domain.identity import message_id, offer_code, sign_link
from pakdee.domain.message import Draft, MessageKey, ReservedOffer
from pakdee.domain.program import Grant, GrantKind
from pakdee.domain.vocabulary import Purpose
from pakdee.house import House

HIDDEN = frozenset(
    {"email", "marketing_consent", "consent_at", "consent_source", "declared_channel", "phone"}
)
PREVIEW_CODE = "PREVIEW"


class Drafter:
    """Makes drafts for one campaign and day; the same inputs give the same draft on any machine."""

    def __init__(self, house: House, campaign: Campaign, day: dt.date, *, real_codes: bool) -> None:
        self._house, self._campaign, self._day, self._real_codes = house, campaign, day, real_codes
        self._key = house.link_keys[0]
        self._web = house.web_url
        # What this ledger has no facts for is unknown, and a template says so in its own words.
        self._unknown: dict[str, Any] = dict.fromkeys(house.catalog)
        self._grant = house.project.program.grant(campaign.offer.grant) if campaign.offer else None

    def drafts(self, people: pa.Table, keys: Sequence[MessageKey]) -> Iterator[Draft]:
        """A draft per key, in customer order; `people` holds all of their customers."""
        occasions = {key.customer_id: key for key in keys}
        chosen = people.filter(pc.is_in(people["customer_id"], pa.array(list(occasions), pa.string())))
        shown = [name for name in chosen.column_names if ":" not in name]
        for row in chosen.select(shown).to_pylist():
            yield self.draft(row, occasions[row["customer_id"]])

    def draft(self, row: Mapping[str, Any], key: MessageKey) -> Draft:
        """The draft for one customer's row of the feature table."""
        identity = message_id(self._key, *key)
        locale = self._house.templates.locale_for(self._campaign.template, row.get("locale"))
        offer = self._reserve(identity, locale) if self._grant else None
        service = self._campaign.purpose is Purpose.SERVICE
        unsubscribe = f"{self._web}/u/{sign_link(self._key, identity)}"
        return Draft(
            key=key,
            message_id=identity,
            address=str(row["email"]).strip(),
            locale=locale,
            unsubscribe_url=None if service else unsubscribe,
            context=self._context(row, identity, locale, offer, unsubscribe),
            offer=offer,
        )

    def _reserve(self, identity: str, locale: str) -> ReservedOffer:
        grant = self._the_grant()
        code = None
        if grant.codes == "unique":
            code = offer_code(self._key, identity) if self._real_codes else PREVIEW_CODE
        return ReservedOffer(grant.id, code, grant.title.in_language(locale), self._day + grant.valid)

    def _the_grant(self) -> Grant:
        if self._grant is None:
            raise LookupError("this campaign brings no offer")
        return self._grant

    def _context(
        self,
        row: Mapping[str, Any],
        identity: str,
        locale: str,
        offer: ReservedOffer | None,
        unsubscribe: str,
    ) -> dict[str, Any]:
        return {
            "customer": self._unknown | {n: value for n, value in row.items() if n not in HIDDEN},
            "offer": self._offer_values(offer, locale) if offer else None,
            "links": self._links(identity, offer, unsubscribe),
            "today": self._day,
            "why_you": self._campaign.why_you.in_language(locale),
            "campaign": {"name": self._campaign.name, "purpose": str(self._campaign.purpose)},
        }

    def _offer_values(self, offer: ReservedOffer, locale: str) -> dict[str, Any]:
        grant = self._the_grant()
        money = grant.kind is not GrantKind.PERCENT and grant.value
        return {
            "title": grant.title.in_language(locale),
            "code": offer.code,
            "value": money.amount if money else None,
            "percent": grant.percent,
            "expires_on": offer.expires_on,
        }

    def _links(self, identity: str, offer: ReservedOffer | None, unsubscribe: str) -> dict[str, str]:
        brand = self._house.project.brand.links
        tags = {"utm_source": "pakdee", "utm_medium": "email", "utm_campaign": self._campaign.name}
        code = {"code": offer.code} if offer and offer.code else {}
        return {
            "shop": _with(brand.shop, tags),
            "redeem": _with(brand.redeem, code | tags),
            "help": brand.help,
            "preferences": f"{self._web}/preferences/{sign_link(self._key, identity)}",
            "unsubscribe": unsubscribe,
        }


def _with(url: str, parameters: Mapping[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(parameters)}"
