"""Mails for sample customers: shown, or sent to oneself, without any customer's data."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

from pakdee.domain.campaign import Campaign
from pakdee.domain.errors import PakdeeError
from pakdee.domain.identity import address_hash, message_id
from pakdee.domain.message import ONLY, Draft, MessageKey, Rendered
from pakdee.domain.units import Words
from pakdee.domain.vocabulary import Purpose
from pakdee.house import House
from pakdee.jobs.looking import campaign_named
from pakdee.jobs.testing import TESTER, must_be_listed, send_marked


@dataclass(frozen=True)
class Sample:
    """A sample customer to choose. `is_nasty`: not typical, but what can happen."""

    name: str
    title: Words
    is_nasty: bool


@dataclass(frozen=True)
class SampleMail:
    """What a sample customer gets. `sender` is the name the inbox shows."""

    locale: str
    sender: str
    mail: Rendered


def samples(house: House) -> tuple[Sample, ...]:
    """Every sample customer, typical ones first."""
    from pakdee.rendering.personas import personas

    found = personas(house.catalog, house.settings.shop.language, house.project.program)
    return tuple(Sample(one.name, one.title, one.is_nasty) for one in found)


def suited(house: House, day: dt.date) -> dict[str, str]:
    """By mail (`Campaign.label`), the sample customer to show first: typical, and nearest to its segment."""
    from pakdee.ledger import parts_met
    from pakdee.rendering.personas import personas

    project = house.project
    everyone = personas(house.catalog, house.settings.shop.language, project.program)
    typical = [one for one in everyone if not one.is_nasty]
    asked = {campaign.column for campaign in project.campaigns.values() if campaign.column}
    conditions = [project.conditions[column] for column in sorted(asked & project.conditions.keys())]
    met = parts_met(conditions, [one.customer(day) for one in typical])

    def nearest(column: str | None) -> str:
        counts = met.get(column or "", (0,))
        return typical[counts.index(max(counts))].name

    return {name: nearest(campaign.column) for name, campaign in project.mails.items()}


def sample_mail(
    house: House, campaign: str, sample: str, locale: str, day: dt.date, variant: str = ONLY
) -> SampleMail:
    """The mail of `campaign` that a sample customer would get on `day`.

    Args:
        variant: of the subject; ONLY is the first one where there are several.

    Raises:
        PakdeeError: no such campaign or sample. RenderError: it cannot be made.
    """
    found = campaign_named(house, campaign)
    spoken = house.templates.locale_for(found.template, locale)
    context = _context(house, found, sample, spoken, day)
    mail = house.templates.render(found.template, spoken, context, variant)
    return SampleMail(spoken, house.project.brand.sender.name.in_language(spoken), mail)


def send_sample(
    house: House, campaign: str, to: str, sample: str, locale: str, day: dt.date, variant: str = ONLY
) -> None:
    """Send that mail to an address of the test list, marked as a test; no metric or cap knows of it.

    Its links unsubscribe nobody, and its code is worth nothing.

    Raises:
        SettingsError: the address is not on the list. PakdeeError: it was not sent, and why.
    """
    must_be_listed(house, to)
    found = campaign_named(house, campaign)
    spoken = house.templates.locale_for(found.template, locale)
    context = _context(house, found, sample, spoken, day)
    key = MessageKey(
        found.name, found.step, TESTER, f"test {house.clock().isoformat()} {secrets.token_hex(4)}"
    )
    unsubscribe = None if found.purpose is Purpose.SERVICE else context["links"]["unsubscribe"]
    identity = message_id(house.link_keys[0], *key)
    draft = Draft(
        key=key,
        message_id=identity,
        address=to.strip(),
        address_hash=address_hash(to),
        locale=spoken,
        unsubscribe_url=unsubscribe,
        context=context,
        variant=variant,
    )
    send_marked(house, found, draft, day)


def _context(house: House, campaign: Campaign, sample: str, locale: str, day: dt.date) -> dict[str, Any]:
    from pakdee.rendering.personas import personas

    program = house.project.program
    everyone = {one.name: one for one in personas(house.catalog, locale, program)}
    if sample not in everyone:
        raise PakdeeError(
            f"there is no sample customer {sample!r}",
            where=f"campaigns/{campaign.name}.yaml",
            next_step=f"choose one of: {', '.join(everyone)}",
        )
    return everyone[sample].context(campaign, house.project.brand, day, program, web=house.web_url)
