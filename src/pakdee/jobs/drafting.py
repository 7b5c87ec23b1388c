"""From a decision to a draft: the opaque id, the offer, the links, and the plain values a template sees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import pyarrow as pa
import pyarrow.types as pt

from pakdee.domain.allowance import terms_of
from pakdee.domain.campaign import Campaign
from pakdee.domain.chance import assigned
from pakdee.domain.identity import address_hash, message_id, offer_code, sign_link
from pakdee.domain.message import ONLY, Draft, MessageKey, ReservedOffer, Unsent
from pakdee.domain.offering import NO_OFFER
from pakdee.domain.telling import Telling
from pakdee.domain.validity import Nearest, date_counters, nearest, use_of
from pakdee.domain.vocabulary import Purpose
from pakdee.house import House

HIDDEN = frozenset(
    {"email", "marketing_consent", "consent_at", "consent_source", "declared_channel", "phone"}
)
SHOWN = frozenset({"first_name", "last_name", "locale"})
"""What the greeting and the language need; whatever else a template reads comes on top."""
PREVIEW_CODE = "PREVIEW"
PIECE = 2_000
"""Customers whose values are turned from columns to Python at once: few enough to stay in the cache."""


def features_shown(house: House, campaign: Campaign) -> frozenset[str]:
    """Columns that the campaign's mails may show."""
    return (SHOWN | house.templates.reads(campaign.template)) - HIDDEN


def dates_read(house: House, campaign: Campaign) -> frozenset[str]:
    """Features that say when this campaign's offers can be used."""
    return frozenset(name for names in _counters(house, campaign) for name in names or ())


def _counters(house: House, campaign: Campaign) -> list[tuple[str, str] | None]:
    """For each offer, by number, the features that tell how far the date is on which its use hangs."""
    grants = (house.project.program.grant(grant) for _, grant in campaign.brings)
    return [date_counters(grant) if grant else None for grant in grants]


def variants_of(house: House, campaign: Campaign, keys: Sequence[MessageKey]) -> Iterable[str]:
    """The subject each of these mails has, in order; ONLY where the campaign tests none."""
    if campaign.test is None:
        return repeat(ONLY, len(keys))
    pairs = ((key.customer_id, key.occasion) for key in keys)
    return assigned(house.rules.salt, campaign.name, pairs, house.templates.variants(campaign.template))


def plain(column: pa.ChunkedArray) -> list[Any]:
    """A column's values as Python has them; dates and amounts by the way that is 30 times as fast."""
    if pt.is_date32(column.type) or pt.is_decimal(column.type):
        found: list[Any] = column.to_numpy().tolist()
        return found
    return list(column.to_pylist())


@dataclass(frozen=True, slots=True)
class _Said:
    """What a campaign tells everyone in one language, and what it promises by that, without a code."""

    locale: str
    telling: Telling
    promise: ReservedOffer | None
    is_published: bool = False

    def reserved(self, code: str | None) -> ReservedOffer | None:
        """The offer as it is promised to one reader."""
        whole = self.promise
        return whole and ReservedOffer(whole.grant, code, whole.value, whole.expires_on, whole.starts_on)


class Drafter:
    """Makes drafts for one campaign and day; the same inputs give the same draft on any machine."""

    def __init__(self, house: House, campaign: Campaign, day: dt.date, *, real_codes: bool) -> None:
        self._house, self._campaign, self._day, self._real_codes = house, campaign, day, real_codes
        self._key = house.link_keys[0]
        self._web = house.web_url
        self._is_service = campaign.purpose is Purpose.SERVICE
        self._shown = features_shown(house, campaign)
        self._counters = _counters(house, campaign)
        # By the language asked for, the offer, and how far the date is on which it hangs.
        self._said: dict[tuple[str | None, int, Nearest | None], _Said] = {}

    def drafts(self, people: pa.Table, keys: Sequence[MessageKey], offers: Sequence[int]) -> Iterator[Draft]:
        """A draft per key, in order; `people` has the rows of their customers in the same order.

        Args:
            offers: which of those that the campaign brings is theirs, by number; -1 for none.
        """
        shown = [name for name in people.column_names if name in self._shown]
        for start in range(0, len(keys), PIECE):
            piece, own = people.slice(start, PIECE), keys[start : start + PIECE]
            numbers = offers[start : start + PIECE]
            addresses, locales = plain(piece["email"]), plain(piece["locale"])
            rows = zip(*(plain(piece[name]) for name in shown), strict=True)
            variants = variants_of(self._house, self._campaign, own)
            said = map(self._said_in, locales, numbers, self._around(piece, numbers))
            asked = zip(own, addresses, said, variants, rows, strict=True)
            for key, address, told, variant, row in asked:
                customer = dict(zip(shown, row, strict=True))
                yield self._draft(key, str(address).strip(), told, customer, variant)

    def unsent(
        self, people: pa.Table, keys: Sequence[MessageKey], offers: Sequence[int], *, is_held_out: bool
    ) -> Iterator[Unsent]:
        """The same customers where they get no mail, with their offers.

        Of the held-out only who gets what the programme itself promises has an offer.
        """
        told = map(self._said_in, plain(people["locale"]), offers, self._around(people, offers))
        for key, said in zip(keys, told, strict=True):
            identity = message_id(self._key, *key)
            code = self._code(identity, key.customer_id) if said.telling.has_codes else None
            offer = None if is_held_out and not said.is_published else said.reserved(code)
            yield Unsent(key, None if is_held_out else identity, offer)

    def _draft(
        self, key: MessageKey, address: str, said: _Said, customer: Mapping[str, Any], variant: str
    ) -> Draft:
        identity = message_id(self._key, *key)
        token = sign_link(self._key, identity)
        code = self._code(identity, key.customer_id) if said.telling.has_codes else None
        context = said.telling.context(customer, code, self._web, token)
        return Draft(
            key,
            identity,
            address,
            address_hash(address),
            said.locale,
            None if self._is_service else context["links"]["unsubscribe"],
            context,
            said.reserved(code),
            variant,
        )

    def _code(self, identity: str, customer: str) -> str:
        return offer_code(self._key, identity, customer) if self._real_codes else PREVIEW_CODE

    def _around(self, people: pa.Table, offers: Sequence[int]) -> list[Nearest | None]:
        """How far each reader is from the date on which their offer hangs; None where it hangs on none."""
        unknown: list[Nearest | None] = [None] * len(offers)
        dates = {
            names: list(map(nearest, *(plain(people[name]) for name in names)))
            for names in self._counters
            if names and set(names) <= set(people.column_names)
        }
        if not dates:
            return unknown
        asked = (None if number == NO_OFFER else self._counters[number] for number in offers)
        return [dates.get(names, unknown)[place] if names else None for place, names in enumerate(asked)]

    def _said_in(self, wanted: str | None, number: int, around: Nearest | None) -> _Said:
        found = self._said.get((wanted, number, around))
        if found is None:
            locale = self._house.templates.locale_for(self._campaign.template, wanted)
            found = self._said[wanted, number, around] = self._told(locale, number, around)
        return found

    def _told(self, locale: str, number: int, around: Nearest | None) -> _Said:
        campaign, project = self._campaign, self._house.project
        grant = None if number == NO_OFFER else project.program.grant(campaign.brings[number][1])
        telling = Telling.of(campaign, grant, project.brand, locale, self._day, around)
        if grant is None:
            return _Said(locale, telling, None)
        use = use_of(grant, self._day, around)
        offer = ReservedOffer(grant.id, None, grant.title.in_language(locale), use.expires_on, use.starts_on)
        return _Said(locale, telling, offer, terms_of(grant, self._day).is_published)
