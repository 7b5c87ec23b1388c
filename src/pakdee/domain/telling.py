"""What a campaign tells its readers on a day, in one language: a mail's values besides the customer's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from pakdee.domain.brand import Brand
from pakdee.domain.campaign import Campaign
from pakdee.domain.program import Grant, GrantKind
from pakdee.domain.validity import Nearest, Use, use_of


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told to everyone.

    Args:
        offer: as templates see it, without a code; None where the campaign brings none.
        has_codes: whether each reader gets a code of their own.
        links: the same for everyone; None for those that brand.yaml leaves out.
        redeem: the link to the offer; where it has codes, what stands before and after the code.
    """

    shared: Mapping[str, Any]
    offer: Mapping[str, Any] | None
    has_codes: bool
    links: Mapping[str, str | None]
    redeem: tuple[str, str]

    @classmethod
    def of(
        cls,
        campaign: Campaign,
        grant: Grant | None,
        brand: Brand,
        locale: str,
        day: dt.date,
        around: Nearest | None = None,
    ) -> Telling:
        """What `campaign` tells on `day`; `grant` is the one it brings, see `use_of` for `around`."""
        tags = urlencode({"utm_source": "pakdee", "utm_medium": "email", "utm_campaign": campaign.name})
        has_codes, links = grant is not None and grant.codes != "none", brand.links
        redeem = (_with(links.redeem, "code="), f"&{tags}") if has_codes else (_with(links.redeem, tags), "")
        shared = {
            "today": day,
            "why_you": campaign.why_you.in_language(locale),
            "campaign": {
                "name": campaign.name,
                "purpose": str(campaign.purpose),
                **campaign.said(locale),
            },
        }
        offer = _offer(grant, locale, use_of(grant, day, around)) if grant else None
        told = {
            "shop": _with(links.shop, tags),
            "help": links.help,
            "refer": links.refer and _counted(links.refer, links.shop, tags),
            "review": links.review and _counted(links.review, links.shop, tags),
        }
        return cls(shared, offer, has_codes, told, redeem)

    def context(self, customer: Mapping[str, Any], code: str | None, web: str, token: str) -> dict[str, Any]:
        """All values of one reader's mail.

        Args:
            web: where pages of ours begin.
            token: signed, stands for the mail in their addresses.
        """
        own = {
            "redeem": f"{self.redeem[0]}{code or ''}{self.redeem[1]}",
            "preferences": f"{web}/preferences/{token}",
            "unsubscribe": f"{web}/u/{token}",
            "nps": f"{web}/nps/{token}",
            "rating": f"{web}/rating/{token}",
        }
        return {
            "customer": customer,
            "offer": None if self.offer is None else {**self.offer, "code": code},
            "links": {**self.links, **own},
            **self.shared,
        }


def _offer(grant: Grant, locale: str, use: Use) -> dict[str, Any]:
    money = grant.kind is not GrantKind.PERCENT and grant.value
    return {
        "title": grant.title.in_language(locale),
        "value": money.amount if money else None,
        "percent": grant.percent,
        "starts_on": use.starts_on,
        "expires_on": use.expires_on,
    }


def _counted(url: str, shop: str, tags: str) -> str:
    """A page with tags by which visits are counted, if it is the shop's own; others may stumble over them."""
    return _with(url, tags) if urlsplit(url).hostname == urlsplit(shop).hostname else url


def _with(url: str, parameters: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{parameters}"
