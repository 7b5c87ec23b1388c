"""Conditions of the programme: rules ask the fact that earns, grants ask the customer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from sample_catalogue import findings, loaded, starter_loaded

from pakdee.catalog import load_program
from pakdee.domain.errors import CatalogError
from pakdee.house.composing import feature_catalog

Edit = Callable[[str, str, str], None]
RULE = "  - {when: order, per: 25 THB, give: 1}"
EVENTS = "events: [{id: double_days, from: 2026-11-01, until: 2026-11-03}]\n"


def rules(edit: Edit, *lines: str, more: str = "") -> None:
    """These earn rules in place of the starter's, from line 9 on."""
    edit("program.yaml", RULE, "\n".join(f"  - {line}" for line in lines))
    edit("program.yaml", "", more)


def test_a_rule_asks_the_order(project: Path, edit: Edit) -> None:
    """The condition goes by the rule's name and reads columns of the facts; rules without one have none."""
    rules(
        edit,
        "{id: online, when: order, per: 25 THB, give: 2, where: channel = 'online' and net_amount >= 100}",
        "{when: order, per: 25 THB, give: 1}",
        "{id: days, when: join, give: 5, where: event = 'double_days'}",
        more=EVENTS,
    )

    found = loaded(project).earn_conditions

    assert set(found) == {"online", "days"}
    assert found["online"].sql == """"channel" = 'online' AND "net_amount" >= 100"""
    assert found["online"].features == {"channel", "net_amount"}
    assert found["online"].where == "program.yaml:9"


def test_a_rule_asks_the_attributes_of_an_activity(project: Path, edit: Edit) -> None:
    """Texts and numbers as they are used; what is no JSON, no number or not there is unknown."""
    rules(
        edit,
        "{when: ticket, give: 5, where: \"days_after_show between 0 and 14 and format in ('imax', '3d')\"}",
    )

    found = loaded(project).earn_conditions["ticket"]

    assert found.features == {"attributes"}
    shows = {
        '{"format": "imax", "days_after_show": 14}': True,
        '{"format": "3d", "days_after_show": "2.5"}': True,
        '{"format": "2d", "days_after_show": 2}': False,
        '{"format": "3d", "days_after_show": "soon"}': None,
        '{"format": "2d"}': False,
        "not json": None,
        None: None,
    }
    asked = f"SELECT {found.sql} FROM (SELECT unnest($1::VARCHAR[]) AS attributes)"
    with duckdb.connect() as connection:
        assert [fits for (fits,) in connection.execute(asked, [[*shows]]).fetchall()] == [*shows.values()]


def test_attributes_are_numbers_where_they_are_used_as_such(project: Path, edit: Edit) -> None:
    """Beside a number, a number's field or in a calculation; also behind a bracket, minus or coalesce."""
    asked = "(size) > amount or -depth < 2 or coalesce(width, 0) = 3 or height * 2 > 1 or colour is null"
    rules(edit, f'{{when: ticket, give: 5, where: "{asked}"}}')

    sql = loaded(project).earn_conditions["ticket"].sql

    numbers = {key for key in ("size", "depth", "width", "height", "colour") if f"{key}\"') AS DOUBLE" in sql}
    assert numbers == {"size", "depth", "width", "height"}


def test_a_grant_asks_the_customer(project: Path, edit: Edit) -> None:
    """As segments do, segments included; only grants with a condition have a column."""
    edit(
        "program.yaml",
        "    when: lapse\n",
        "    when: lapse\n    where: tier = 'gold' or in_segment('bought_once')\n",
    )

    found = loaded(project).conditions

    assert [name for name in found if name.startswith("grant:")] == ["grant:come_back"]
    assert "order_count" in found["grant:come_back"].features


SLIPS = [
    ("{when: order, per: 1 THB, give: 1, where: chanel = 'online'}",
     "program.yaml:9: there is no field 'chanel' here\n  Next: write 'channel' (all fields: docs/programme.md)"),
    ("{when: order, per: 1 THB, give: 1, where: tier = 'gold'}",
     ("program.yaml:9: a rule asks the order or activity, and the tier is the member's\n"
      "  Next: write  by_tier: {gold: 2}  to give members of a tier more")),
    ("{when: review, give: 1, where: tier = 'gold'}", "program.yaml:9: a rule asks the order or activity, and the tier"),
    ("{when: order, per: 1 THB, give: 1, where: in_segment('vip')}",
     "program.yaml:9: a rule asks the order or activity, and a segment is of customers"),
    ("{when: order, per: 1 THB, give: 1, where: weekday = 'Monday'}",
     "program.yaml:9: weekday is never 'Monday'\n  Next: write 'monday'"),
    ("{when: order, per: 1 THB, give: 1, where: event = 'double_days'}",
     "program.yaml:9: event asks for events:, and program.yaml has none\n  Next: add events:"),
    ("{when: order, per: 1 THB, give: 1, where: plan = 'monthly'}",
     "program.yaml:9: plan asks for membership:, and program.yaml has none"),
    ("{when: join, give: 1, where: channel = 'online'}", "program.yaml:9: there is no field 'channel' here"),
    ("{when: review, give: 1, where: ratings >= 4}",
     ("program.yaml:9: warning: 'ratings' is taken for one of the activity's attributes\n"
      "  Next: if you mean the field, write 'rating'")),
    ("{when: review, give: 1, where: order_count >= 4}",
     ("program.yaml:9: warning: 'order_count' is taken for one of the activity's attributes\n"
      "  Next: a rule cannot ask about the customer")),
    ("{when: review, give: 1, where: rating >= '4'}", "program.yaml:9: rating is a number, but '4' is a text"),
    ("{when: review, give: 1, where: length > 5 and length = 'long'}", "program.yaml:9: length is a number, but"),
    ("{when: review, give: 1, where: rating >=}", "program.yaml:9: something is missing beside"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "told"), SLIPS)
def test_a_slip_in_a_rule_is_told(project: Path, edit: Edit, rule: str, told: str) -> None:
    """File, line, what and next step; nothing else is wrong."""
    rules(edit, rule)

    said = findings(project)

    assert said[0].startswith(told)
    assert len(said) == 1


def test_a_slip_in_a_long_condition_is_told_on_its_own_line(project: Path, edit: Edit) -> None:
    """The line of the word, not of the rule."""
    edit(
        "program.yaml",
        RULE,
        f"{RULE}\n  - when: review\n    give: 1\n    where: |\n      rating >= 4\n      and event = 'a'",
    )

    assert findings(project)[0].startswith("program.yaml:14: event asks")


WALKS = "    when: milestone\n    at: {{activity: walk, count: 3}}\n    where: {asked}\n"


def test_what_nobody_knows_when_the_programme_gives_is_told(project: Path, edit: Edit) -> None:
    """A milestone asks tier, plan and the shop's own tables; a campaign's grant may ask anything."""

    def told() -> list[str]:
        try:
            load_program(project / "program.yaml", project, feature_catalog())
        except CatalogError as refused:
            return [str(problem).split("\n")[0] for problem in refused.problems]
        return []

    edit("program.yaml", "    when: lapse\n", WALKS.format(asked="tier = 'gold' and order_count > 3"))
    assert told() == []
    edit("program.yaml", "tier = 'gold' and order_count > 3", "rung = 'client' and points_balance > 5")
    assert told() == [
        f"program.yaml:33: {name} is not known yet when the programme gives 'come_back' by itself"
        for name in ("points_balance", "rung")
    ]
    edit("program.yaml", "    when: milestone\n    at: {activity: walk, count: 3}\n", "    when: lapse\n")
    assert told() == []


def test_a_slip_in_a_grants_condition_is_told(project: Path, edit: Edit) -> None:
    """With the nearest feature, and the tiers that the programme has."""
    edit(
        "program.yaml", "    when: lapse\n", "    when: lapse\n    where: order_cont > 1 or tier = 'golden'\n"
    )
    assert findings(project) == [
        "program.yaml:32: there is no feature 'order_cont'\n  Next: write 'order_count' (all features: pakdee features)"
    ]

    edit("program.yaml", "order_cont", "order_count")
    assert findings(project) == ["program.yaml:32: tier is never 'golden'\n  Next: write 'gold'"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("activity_count_ticket", None),
        ("activity_sum_tickets", "  Next: write 'activity_sum_ticket' (all features: pakdee features)"),
        (
            "activity_count_yoga",
            "  Next: choose one that exists, or put a value in quotes: 'activity_count_yoga' (all features: pakdee features)",
        ),
    ],
)
def test_totals_are_of_types_that_the_programme_names(
    project: Path, edit: Edit, name: str, told: str | None
) -> None:
    """Another type is no feature, and only another total is taken for what was meant."""
    rules(edit, "{when: ticket, give: 5}")
    edit("segments/bought_once.yaml", "order_count = 1", f"order_count = 1 and {name} > 0")

    if told is None:
        assert name in starter_loaded(project).conditions["segment:bought_once"].features
    else:
        with pytest.raises(CatalogError) as refused:
            starter_loaded(project)
        assert str(refused.value.problems[0]).endswith(f"there is no feature '{name}'\n{told}")
