"""Commands that keep things: who must not be mailed, who withdrew, and the journal's backup."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pakdee.cli import show
from pakdee.cli.options import Json, Project, day_of, house_of


def sync(project: Project = None, json: Json = False) -> None:
    """Read SendGrid's own lists of addresses that must not be mailed, from where they were read last."""
    from pakdee import jobs
    from pakdee.jobs import tables

    house = house_of(project)
    with show.progress(quiet=json) as progress:
        lists = jobs.sync_suppressions(house, progress=progress)
    if json:
        show.as_json({"lists": lists})
        return
    show.records("Addresses that must not be mailed", tables.lists(lists))


def export(
    what: Annotated[str, typer.Argument(metavar="unsubscribes", help="What to export: unsubscribes.")],
    since: Annotated[str, typer.Option(metavar="DAY", help="From this day on, e.g. 2026-06-15.")],
    to: Annotated[Path | None, typer.Option(help="A file; without it the rows are printed.")] = None,
    project: Project = None,
    json: Json = False,
) -> None:
    """Give back to the shop who withdrew, as CSV: pakdee export unsubscribes --since 2026-06-15."""
    from pakdee import jobs

    day = day_of(since)
    if what != "unsubscribes" or day is None:
        raise typer.BadParameter("there is one export: pakdee export unsubscribes --since 2026-06-15")
    found = jobs.unsubscribes(house_of(project), day)
    text = jobs.as_csv(found)
    if to is not None:
        to.write_text(text, encoding="utf-8")
    if json:
        show.as_json({"unsubscribes": found, "file": to})
    elif to is None:
        print(text, end="")
    else:
        show.say(f"{len(found):,} withdrawals since {day} are in {to}.")


COMMANDS = {"sync": sync, "export": export}
