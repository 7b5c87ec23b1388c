"""Do templates hold, and do campaigns fit them? Nothing is planned where the answer is no."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pakdee.domain.campaign import Campaign
from pakdee.domain.errors import CatalogError, Problem
from pakdee.domain.message import ONLY
from pakdee.house import House
from pakdee.house.proving import judged_once, template_problems

_HINTS = {
    "incident": "what happened",
    "remedy": "what was done about it",
    "window": "from when to when readers are invited",
}

_QUESTION = f"fits {Path(__file__).stat().st_mtime_ns}"
"""Changes with this file, so that no verdict of other rules is believed."""


def require_usable(house: House) -> None:
    """Raise CatalogError with every error of every template; while one stands, nothing is planned.

    Costs nothing while files stay as they are: what was tried and found good is remembered.
    """
    errors = [problem for problem in template_problems(house) if problem.severity == "error"]
    errors = errors or judged_once(house, _QUESTION, lambda template: misfits(house, template))
    if errors:
        raise CatalogError(errors)


def misfits(house: House, template: str | None = None) -> list[Problem]:
    """Campaigns that lack what their template needs, or test what it has not; of one template, or all."""
    return [
        problem
        for campaign in house.project.mails.values()
        if template in (None, campaign.template)
        for problem in (*_offer(house, campaign), *_unsaid(house, campaign), *_test(house, campaign))
    ]


def _offer(house: House, campaign: Campaign) -> Iterator[Problem]:
    if house.templates.needs_offer(campaign.template) and not campaign.brings:
        what = f"template '{campaign.template}' shows an offer, and the campaign brings none"
        hint = "add offer: {grant: …} with a grant of program.yaml, or use another template"
        yield _problem(house, campaign, "template", what, hint)


def _unsaid(house: House, campaign: Campaign) -> Iterator[Problem]:
    """What a template tells and its campaign leaves out, such as what an apology is for."""
    for key in campaign.unsaid(house.templates.told(campaign.template)):
        what = f"template '{campaign.template}' says {_HINTS[key]}, and the campaign does not tell it"
        yield _problem(
            house, campaign, "template", what, f"add {key}: as docs/files.md shows, or use another template"
        )


def _test(house: House, campaign: Campaign) -> Iterator[Problem]:
    variants = house.templates.variants(campaign.template)
    if campaign.test and variants == (ONLY,):
        what = f"test: subject needs variants, and template '{campaign.template}' has one subject"
        hint = 'write them in each language, subject: {plain: "…", warm: "…"}, or remove test:'
        yield _problem(house, campaign, "test", what, hint)
    if not campaign.test and variants != (ONLY,):
        names = " and ".join(variants)
        what = f"template '{campaign.template}' has the subjects {names}, and nothing tests them"
        hint = "add test: subject, or leave one subject in the template"
        yield _problem(house, campaign, "template", what, hint)


def _problem(house: House, campaign: Campaign, key: str, what: str, hint: str) -> Problem:
    from pakdee.catalog import line_of

    file = f"campaigns/{campaign.name}.yaml"
    return Problem(file, line_of(house.directory / file, *campaign.place, key), what, hint)
