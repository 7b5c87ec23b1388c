"""Look before sending: a customer's mail as it is or would be, a test mail, why or why not."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from pakdee.domain.campaign import FIRST_STEP, Campaign
from pakdee.domain.errors import CannotRun, PakdeeError
from pakdee.domain.identity import address_hash
from pakdee.domain.message import ONLY, Draft, MessageKey, Rendered
from pakdee.domain.occasion import occasions
from pakdee.domain.offering import NO_OFFER, Offering
from pakdee.domain.plan import plan
from pakdee.domain.situation import Situation
from pakdee.domain.vocabulary import Verdict
from pakdee.house import House
from pakdee.jobs.drafting import Drafter, variants_of
from pakdee.jobs.due import no_such_campaign
from pakdee.jobs.heading import headers
from pakdee.jobs.people import situation
from pakdee.jobs.planning import cannot_run
from pakdee.jobs.testing import TESTER, must_be_listed, send_marked

if TYPE_CHECKING:
    from pakdee.journal import History


@dataclass(frozen=True)
class Preview:
    """One mail. `source` is "stored" for the very bytes that were frozen, else "rendered" or "test"."""

    campaign: str
    customer_id: str
    locale: str
    source: str
    mail: Rendered
    headers: Mapping[str, str] = field(default_factory=dict)
    variant: str = ONLY


@dataclass(frozen=True)
class Reason:
    """One campaign's answer to "why, or why not?". `variant`: of the subject, where the campaign tests it."""

    campaign: str
    status: str
    verdict: str
    told: str
    variant: str | None = None


@dataclass(frozen=True)
class Explanation:
    """Everything about one customer on a day: what each campaign decides, and what was sent before."""

    customer_id: str
    day: dt.date
    reasons: tuple[Reason, ...]
    history: tuple[dict[str, object], ...]


def preview(
    house: House,
    campaign: str,
    customer_id: str,
    day: dt.date | None = None,
    *,
    variant: str | None = None,
) -> Preview:
    """The mail of `campaign` for one customer: as stored once planned, else as it would be, code PREVIEW.

    Args:
        variant: show this subject, whichever the customer gets.

    Raises:
        PakdeeError: no such campaign, customer or variant. CannotRun, RenderError: it cannot be made.
    """
    from pakdee.delivery import headers_of, read_back

    found, day = campaign_named(house, campaign), house.business_day(day)
    for message in house.journal.sent(campaign, customer_id):
        body = house.journal.body_of(message.batch_id)
        if body is not None and variant in (None, message.variant):
            mail, sent = read_back(body, message.message_id), headers_of(body, message.message_id)
            return Preview(campaign, customer_id, message.locale, "stored", mail, sent, message.variant)
    draft = _with_variant(draft_for(house, found, customer_id, day), variant)
    mail = house.templates.render(found.template, draft.locale, draft.context, draft.variant)
    told = headers(house, found, draft, mail)
    return Preview(campaign, customer_id, draft.locale, "rendered", mail, told, draft.variant)


def _with_variant(draft: Draft, variant: str | None) -> Draft:
    return draft if variant is None else draft._replace(variant=variant)


def draft_for(house: House, campaign: Campaign, customer_id: str, day: dt.date | None = None) -> Draft:
    """What the mail of one customer is made of on `day`, with the code PREVIEW.

    Raises:
        PakdeeError: no such customer. CannotRun: the ledger lacks what the campaign needs.
    """
    day = house.business_day(day)
    return _draft(house, campaign, _person(house, day, customer_id), day)


def send_test(
    house: House,
    campaign: str,
    to: str,
    customer_id: str | None = None,
    day: dt.date | None = None,
    *,
    variant: str | None = None,
) -> Preview:
    """Send one mail to an address of the test list, marked as a test; no metric or cap knows of it.

    Args:
        variant: with this subject, whichever the customer gets.
    """
    must_be_listed(house, to)
    found, day = campaign_named(house, campaign), house.business_day(day)
    person = _person(house, day, customer_id) if customer_id else _anyone(house, found, day)
    # A customer of its own: its key takes nobody's place, and its links unsubscribe nobody.
    key = MessageKey(campaign, FIRST_STEP, TESTER, f"test {house.clock().isoformat()} {secrets.token_hex(4)}")
    draft = _with_variant(_draft(house, found, person, day, key), variant)
    draft = draft._replace(address=to.strip(), address_hash=address_hash(to), offer=None)
    send_marked(house, found, draft, day)
    mail = house.templates.render(found.template, draft.locale, draft.context, draft.variant)
    (customer,) = person["customer_id"].to_pylist()
    return Preview(campaign, customer, draft.locale, "test", mail, variant=draft.variant)


def explain(house: House, customer_id: str, day: dt.date | None = None) -> Explanation:
    """What every campaign decides about one customer on `day`, by the same plan that a run makes."""
    day = house.business_day(day)
    person = _person(house, day, customer_id)
    situated = situation(house, day, person)
    table, campaigns = house.features(day), list(house.project.campaigns.values())
    lacking = {c.name: cannot_run(house, c, table) for c in campaigns}
    runnable = [c for c in campaigns if lacking[c.name] is None]
    due = [c for c in runnable if c.status == "live" and c.when.is_due_on(day)]
    others = [c for c in runnable if c not in due]
    decided = _verdicts(situated, due)
    for campaign in others:  # each alone: what it would decide if it ran today
        decided |= _verdicts(situated, [campaign])
    reasons = [_reason(house, c, lacking[c.name], decided.get(c.name), day) for c in campaigns]
    return Explanation(customer_id, day, tuple(reasons), tuple(_before(house.journal.history(customer_id))))


def _before(history: History) -> Iterator[dict[str, object]]:
    events: dict[str, list[str]] = {message.message_id: [] for message in history.messages}
    for event in history.events:
        events[event.message_id].append(str(event.kind))
    for message in history.messages:
        known = ", ".join(sorted(set(events[message.message_id])))
        subject = "" if message.variant == ONLY else f", subject {message.variant}"
        told = {"what": f"mail {message.state}{subject}", "then": known or message.reason or ""}
        yield {
            "day": message.due_on,
            "campaign": message.key.campaign,
            "occasion": message.key.occasion,
        } | told
    for answer in history.answers:
        comment = "with a comment" if answer.comment else ""
        told = {"what": f"answered {answer.kind} {answer.score}", "then": comment}
        yield {"day": answer.at.date(), "campaign": answer.campaign, "occasion": ""} | told
    for one in history.not_mailed:
        what = "held out" if one.is_held_out else "to be told by another channel"
        yield _line(one.due_on, what, f"gets {one.offer.grant}" if one.offer else "", one.key)
    for gift in history.used:
        yield _line(gift.day, f"redeemed {gift.grant}", "", gift.key)
    for entry in history.consents:
        yield _line(entry.at.date(), f"consent {entry.state}", entry.source)


def _line(day: dt.date, what: str, then: str, key: MessageKey | None = None) -> dict[str, object]:
    campaign, occasion = (key.campaign, key.occasion) if key else ("", "")
    return {"day": day, "campaign": campaign, "occasion": occasion, "what": what, "then": then}


def _verdicts(situated: Situation, campaigns: Sequence[Campaign]) -> dict[str, tuple[str, MessageKey]]:
    """By campaign, what it decides about the one customer, and the key of the mail it is about."""
    found = plan(situated, campaigns).decisions.to_dict("records")
    return {
        row["campaign"]: (
            str(row["verdict"]),
            MessageKey(row["campaign"], row["step"], row["customer_id"], row["occasion"]),
        )
        for row in found
    }


def _reason(
    house: House,
    campaign: Campaign,
    lacking: CannotRun | None,
    decided: tuple[str, MessageKey] | None,
    day: dt.date,
) -> Reason:
    due = campaign.when.is_due_on(day)
    status = f"{campaign.status}" if campaign.status != "live" or due else f"live, not due on {day}"
    if decided is None:
        verdict = "cannot_run" if lacking else "not_in_segment"
        return Reason(campaign.name, status, verdict, lacking.what if lacking else TOLD[verdict])
    verdict, key = decided
    if campaign.test is None or verdict not in {Verdict.INCLUDED, Verdict.HOLDOUT}:
        return Reason(campaign.name, status, verdict, TOLD.get(verdict, ""))
    (variant,) = variants_of(house, campaign, [key])
    told = TOLD[verdict].replace("gets the mail", f"gets the mail with the subject {variant!r}")
    return Reason(campaign.name, status, verdict, told, variant)


TOLD: dict[str, str] = {
    "not_in_segment": "is not in the segment today",
    Verdict.EXCEPTED: "is in a segment that the campaign leaves out",
    Verdict.NO_CONSENT: "has not agreed to marketing, or withdrew",
    Verdict.SUPPRESSED: "the address bounced, complained or is invalid",
    Verdict.OPEN_TICKET: "waits for an answer of the shop (an open ticket), and this is no service mail",
    Verdict.NO_OCCASION: "has no such occasion",
    Verdict.ALREADY_SENT: "was mailed, held out or handed over for this occasion",
    Verdict.AT_MOST: "has reached the campaign's own limit",
    Verdict.FREQUENCY_CAP: "has had enough mail in the cap's window",
    Verdict.OUTRANKED: "another campaign has this customer today",
    Verdict.NO_OFFER: "none of the campaign's offers is for this customer",
    Verdict.ALREADY_REDEEMED: "has redeemed such an offer, whose time is not over yet",
    Verdict.OFFER_CAP: "has had the offer as often as the programme allows",
    Verdict.CANNOT_RENDER: "the mail cannot be rendered",
    Verdict.NO_OFFER_LEFT: "nothing is left of the offer: its budget or its codes are given out",
    Verdict.OTHER_CHANNEL: "would be mailed, but wants another channel or has no usable e-mail address",
    Verdict.HOLDOUT: "is eligible and held out, so that the effect can be measured",
    Verdict.INCLUDED: "gets the mail",
}
"""Verdicts in words, for people."""


def campaign_named(house: House, name: str) -> Campaign:
    """The campaign of that name. Raises PakdeeError with the nearest one there is."""
    if name not in house.project.campaigns:
        raise no_such_campaign(name, house.project.campaigns)
    return house.project.campaigns[name]


def _person(house: House, day: dt.date, customer_id: str) -> pa.Table:
    person = house.features(day).customer(customer_id)
    if person.num_rows == 0:
        raise PakdeeError(
            "there is no such customer in the ledger",
            where=f"snapshot {house.snapshot.id}",
            next_step="give the customer_id as it stands in the shop's export",
        )
    return person


def _anyone(house: House, campaign: Campaign, day: dt.date) -> pa.Table:
    table = house.features(day)
    ids = table.sample(campaign.column, 1)
    if not ids:
        raise PakdeeError(
            "nobody is in its segment today",
            where=f"campaigns/{campaign.name}.yaml",
            next_step="name somebody with --customer ID",
        )
    return table.customer(ids[0])


def _draft(
    house: House, campaign: Campaign, person: pa.Table, day: dt.date, key: MessageKey | None = None
) -> Draft:
    lacking = cannot_run(house, campaign, house.features(day))
    if lacking:
        raise lacking
    situated = situation(house, day, person)
    if key is None:
        occasion = occasions(campaign.once_per, situated.customers, day)[0]
        (customer,) = person["customer_id"].to_pylist()
        key = MessageKey(
            campaign.name, FIRST_STEP, customer, occasion if isinstance(occasion, str) else "none"
        )
    # Who gets none of several is shown the first, so that the mail can be looked at.
    matched = Offering.of(situated).matched(campaign, np.arange(1)).tolist()
    offers = [max(matched[0], 0 if campaign.brings else NO_OFFER)]
    return next(Drafter(house, campaign, day, real_codes=False).drafts(person, [key], offers))
