"""Which campaigns a day is for, and why the others are left out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from pakdee.domain.campaign import Campaign
from pakdee.domain.errors import PakdeeError
from pakdee.domain.vocabulary import Status
from pakdee.house import House


def due_campaigns(
    house: House, day: dt.date, names: Sequence[str], stops: Mapping[str | None, str], *, dry: bool
) -> tuple[list[Campaign], dict[str, str]]:
    """The campaigns to be planned on `day`, and why each other one is not.

    Args:
        names: only these; none means all.
        stops: the reason of each stop, by campaign; None stops all.
        dry: a rehearsal, which plans what is named whatever its status and rhythm.

    Raises:
        PakdeeError: a campaign that is named does not exist, or is not live.
    """
    project = house.project
    for name in names:
        if name not in project.campaigns:
            raise no_such_campaign(name, project.campaigns)
    chosen = [project.campaigns[name] for name in names] or list(project.campaigns.values())
    due: list[Campaign] = []
    skipped: dict[str, str] = {}
    for campaign in chosen:
        reason = None if dry and names else _why_not_due(campaign, day, stops)
        if reason and names and campaign.status is not Status.LIVE:
            raise _not_live(campaign)
        if reason:
            skipped[campaign.name] = reason
        else:
            due.append(campaign)
    return due, skipped


def _why_not_due(campaign: Campaign, day: dt.date, stops: Mapping[str | None, str]) -> str | None:
    if campaign.status is not Status.LIVE:
        return f"status is {campaign.status}"
    if not campaign.is_due_on(day):
        return f"not due on {day}"
    if campaign.name in stops or None in stops:
        return f"stopped: {stops.get(campaign.name) or stops[None]}"
    return None


def no_such_campaign(name: str, known: Iterable[str]) -> PakdeeError:
    """The error for a campaign that no file describes, with the nearest one that there is."""
    near = get_close_matches(name, list(known), n=1)
    hint = f"did you mean {near[0]}?" if near else "see the folder campaigns/"
    return PakdeeError(f"there is no campaign {name!r}", where="campaigns/", next_step=hint)


def _not_live(campaign: Campaign) -> PakdeeError:
    return PakdeeError(
        f"its status is {campaign.status}, and only live campaigns are sent",
        where=f"campaigns/{campaign.name}.yaml",
        next_step="set status: live to send it, or look at it with: "
        f"pakdee plan {campaign.name}. Nothing was sent.",
    )
