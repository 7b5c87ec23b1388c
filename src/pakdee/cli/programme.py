"""The commands on the programme: what it means, and whether the shop's own books agree with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pakdee.cli import show
from pakdee.cli.options import AsOf, Json, Language, Project, day_of, house_of

if TYPE_CHECKING:
    from pakdee.programme import Reconciliation


def program(
    file: Annotated[Path | None, typer.Option(help="Another file than the project's program.yaml.")] = None,
    language: Language = None,
    project: Project = None,
    json: Json = False,
) -> None:
    """Check program.yaml and say in sentences what it means, with worked examples."""
    from pakdee import jobs

    house = house_of(project)
    told = jobs.tell_program(house, file, language or show.reader.language)
    if json:
        show.as_json(told)
        return
    for section in told.sections:
        show.verbatim(section.title, *(f"  {sentence}" for sentence in section.sentences), "")
    show.problems(told.warnings)


def reconcile(
    as_of: AsOf = None,
    limit: Annotated[int, typer.Option(min=0, help="Customers shown, those that differ most.")] = 20,
    project: Project = None,
    json: Json = False,
) -> None:
    """Compare the points and tiers that the shop keeps with what program.yaml makes of its facts."""
    from pakdee import jobs
    from pakdee.jobs import tables

    found = jobs.reconcile(house_of(project), day_of(as_of), limit)
    if json:
        show.as_json(found)
        return
    show.say(*_compared(found))
    rows = tables.differences(found)
    if rows:
        show.records("Where they differ most", rows)


def _compared(found: Reconciliation) -> list[str]:
    """What the two sides say of all customers, in sentences."""
    told = [
        f"Balances: the shop keeps {found.kept:,}, the rules make {found.derived:,}; "
        f"{found.balances_differing:,} of {found.customers:,} customers differ."
        if found.kept is not None and found.derived is not None
        else "The shop keeps no points itself, so balances are what the rules make.",
        f"Tiers: {found.tiers_differing:,} of {found.customers:,} customers differ."
        if found.keeps_tiers
        else "The shop keeps no tiers itself, so tiers are what the rules make.",
    ]
    if found.overdrawn:
        told.append(
            f"By the rules {found.overdrawn_customers:,} customers used {found.overdrawn:,} units "
            "more than there were."
        )
    return told


COMMANDS = {"program": program, "reconcile": reconcile}
