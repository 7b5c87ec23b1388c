"""What one file says about another: every name must exist, and some combinations deserve a word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches

from pakdee.catalog.lines import LineFinder
from pakdee.catalog.step_checks import step_problems
from pakdee.catalog.values import unknown_segment
from pakdee.domain.brand import Brand
from pakdee.domain.campaign import Campaign
from pakdee.domain.errors import Problem
from pakdee.domain.program import Program
from pakdee.domain.segment import EVERYONE
from pakdee.domain.units import Words
from pakdee.domain.vocabulary import OncePer, Status

_NO_REPLY = ("noreply", "no-reply", "no_reply", "donotreply", "do-not-reply")


def campaign_problems(
    campaign: Campaign,
    finder: LineFinder,
    *,
    segments: Collection[str],
    templates: Mapping[str, bool],
    program: Program | None,
    today: dt.date | None,
) -> Iterator[Problem]:
    """Findings about a campaign's names and combinations.

    Args:
        templates: folders under templates/, and whether a mail is written in each.
        today: judges dates where it is known.
    """
    if campaign.segment is not None and campaign.segment not in {*segments, EVERYONE}:
        what, hint = unknown_segment(campaign.segment, segments)
        yield finder.problem("segment", what=what, next_step=hint)
    yield from _exceptions(campaign, finder, segments)
    for mail in campaign.mails:
        yield from _template(mail, finder, templates)
        if program is not None:
            yield from _offers(mail, finder, program)
    if program is not None:
        yield from _programme(campaign, finder, program)
    yield from step_problems(campaign, finder)
    if campaign.holdout and campaign.goal is None:
        hint = "add for example  goal: {order: 30 days}"
        what = "a holdout without a goal proves nothing"
        yield finder.problem("holdout", what=what, next_step=hint, severity="warning")
    yield from _dates(campaign, finder, today)
    yield from _canary(campaign, finder)


def _exceptions(campaign: Campaign, finder: LineFinder, segments: Collection[str]) -> Iterator[Problem]:
    for number, name in enumerate(campaign.except_):
        if name == EVERYONE:
            what, hint = "except: everyone leaves nobody", "set  status: paused  to stop a campaign"
            yield finder.problem("except", number, what=what, next_step=hint)
        elif name not in segments:
            what, hint = unknown_segment(name, segments)
            yield finder.problem("except", number, what=what, next_step=hint)


def _template(mail: Campaign, finder: LineFinder, templates: Mapping[str, bool]) -> Iterator[Problem]:
    """A folder in which nothing is written is no template yet."""
    name = mail.template
    if name not in templates:
        what, hint = f"there is no template '{name}'", _near(name, templates, "templates/")
        yield finder.problem(*mail.place, "template", what=what, next_step=hint)
    elif not templates[name]:
        what = f"there is no mail in templates/{name} yet"
        hint = "write one there, th.j2 in Thai and en.j2 in English, or use another template"
        yield finder.problem(*mail.place, "template", what=what, next_step=hint)


def _offers(mail: Campaign, finder: LineFinder, program: Program) -> Iterator[Problem]:
    for number, offer in enumerate(mail.offers):
        yield from _offered(offer.grant, program, finder, *mail.place, "offers", number, "grant")
    if mail.offer:
        yield from _offered(mail.offer.grant, program, finder, *mail.place, "offer", "grant")


def _programme(campaign: Campaign, finder: LineFinder, program: Program) -> Iterator[Problem]:
    if campaign.once_per in {OncePer.TIER_CHANGE, OncePer.TIER_TERM} and program.tiers is None:
        what = f"once_per: {campaign.once_per} needs tiers, and program.yaml has none"
        yield finder.problem("once_per", what=what, next_step="add tiers: to program.yaml")


def _offered(name: str, program: Program, finder: LineFinder, *steps: str | int) -> Iterator[Problem]:
    """A campaign can give what campaigns give, nothing that the programme gives or a member takes."""
    grant = program.grant(name)
    if grant is None:
        what = f"there is no grant '{name}' in program.yaml"
        hint = _near(name, [grant.id for grant in program.grants], "program.yaml, grants: ")
        yield finder.problem(*steps, what=what, next_step=hint)
    elif not grant.is_of_campaigns:
        what = f"no campaign can give '{name}', since program.yaml gives it  when: {grant.when}"
        hint = "use another grant, or leave the offer out and write of it in the mail"
        yield finder.problem(*steps, what=what, next_step=hint)


def _dates(campaign: Campaign, finder: LineFinder, today: dt.date | None) -> Iterator[Problem]:
    when = campaign.when
    if when.from_ and when.until and when.until < when.from_:
        what = f"until: {when.until} lies before from: {when.from_}"
        yield finder.problem("when", "until", what=what, next_step="correct one of the two")
    last = when.date or when.until
    if today and last and last < today and campaign.status is Status.LIVE:
        what, hint = f"its last day, {last}, is over", "set  status: ended  or choose another day"
        key = "date" if when.date else "until"
        yield finder.problem("when", key, what=what, next_step=hint, severity="warning")


def _canary(campaign: Campaign, finder: LineFinder) -> Iterator[Problem]:
    canary, when = campaign.canary, campaign.when
    started = dt.timedelta(hours=when.at.hour, minutes=when.at.minute)
    too_late = when.skip_after or (dt.timedelta(days=1) - started if when.date else None)
    if canary and too_late and canary.wait >= too_late:
        what = "the mail's time is over before the others may follow, so they would never be sent"
        hint = "wait less, begin earlier, or give  skip_after  more time"
        yield finder.problem("canary", "wait", what=what, next_step=hint)


def _near(name: str, known: Collection[str], room: str) -> str:
    close = get_close_matches(name, known, n=1, cutoff=0.6)
    return f"write '{close[0]}'" if close else f"create it ({room}{name}) or use another"


def brand_problems(brand: Brand, finder: LineFinder) -> Iterator[Problem]:
    """Answers must reach somebody."""
    if brand.sender.reply_to.lower().startswith(_NO_REPLY):
        what = f"nobody reads {brand.sender.reply_to}"
        yield finder.problem("sender", "reply_to", what=what, next_step="write an inbox that people read")


def missing_words(
    texts: Mapping[tuple[str | int, ...], Words], finder: LineFinder, language: str
) -> Iterator[Problem]:
    """A warning for each text that lacks the shop's language."""
    for steps, words in texts.items():
        if language not in words.root:
            what = f"{steps[-1]} has no text in '{language}', the shop's language"
            yield finder.problem(*steps, what=what, next_step=f"add  {language}: …", severity="warning")
