"""Sample customers: whose mail is shown first is like those whom the campaign mails."""

import datetime as dt

import pytest

from pakdee import jobs
from pakdee.house import open_house

DAY = dt.date(2026, 6, 15)
NOBODY = {"win_back_2", "win_back_3", "service_apology"}
"""Campaigns of the starter that mail none of the typical ones: who comes nearest is shown."""


@pytest.fixture(scope="module")
def house():
    found = open_house(jobs.starter_project(), environment={})
    yield found
    found.close()


def test_the_first_one_shown_is_of_the_segment_or_nearest_to_it(house):
    """A preview that says "0 THB keeps you Silver" would be nobody's mail."""
    shown = jobs.suited(house, DAY)

    assert set(shown) == set(house.project.mails)
    assert {
        name: shown[name] for name in ("birthday", "tier_at_risk", "tier_near_miss", "welcome", "win_back")
    } == {
        "birthday": "regular",
        "tier_at_risk": "lapsed",
        "tier_near_miss": "near_next_tier",
        "welcome": "new_member",
        "win_back": "quiet",
    }
    assert shown["newsletter"] == shown["service_apology"] == "regular", "everyone, and a list of ids"


def test_nearly_every_segment_of_the_starter_has_a_sample_customer(house):
    """So that each mail is seen as those get it whom it is written for."""
    from pakdee.ledger import parts_met
    from pakdee.rendering.personas import personas

    people = personas(house.catalog, "en", house.project.program)
    typical = [one.customer(DAY) for one in people if not one.is_nasty]
    asked = {name: c.column for name, c in house.project.campaigns.items() if c.column}
    conditions = {column: house.project.conditions[column] for column in asked.values()}
    met = parts_met(list(conditions.values()), typical)
    lonely = {n for n, c in asked.items() if max(met.get(c, [0])) < len(conditions[c].clauses)}

    assert lonely == NOBODY
