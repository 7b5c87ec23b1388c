"""The breakers: a campaign that bounces or annoys too much is stopped before more of it goes out."""

from __future__ import annotations

from collections.abc import Mapping

from pakdee.domain.breaker import StopIf
from pakdee.domain.errors import CatalogError
from pakdee.house import House

BY = "breaker"


def heed_breakers(house: House) -> tuple[str, ...]:
    """Stop each campaign whose outcomes since it was last resumed say so; the campaigns stopped now."""
    outcomes = house.journal.outcomes()
    if not outcomes:
        return ()
    rules = _rules(house)
    stopped = {stop.scope for stop in house.journal.stops()}
    pulled = []
    for campaign, found in outcomes.items():
        reason = rules.get(campaign, house.settings.stop_if).reason(found)
        if reason and campaign not in stopped:
            house.journal.stop(campaign, reason, by=BY)
            pulled.append(campaign)
    return tuple(pulled)


def _rules(house: House) -> Mapping[str, StopIf]:
    """The campaigns' own rules. Where the files cannot be read, as on a machine that only sends: none."""
    try:
        campaigns = house.project.campaigns
    except CatalogError:
        return {}
    return {name: found.stop_if for name, found in campaigns.items() if found.stop_if is not None}
