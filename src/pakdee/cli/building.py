"""Commands that make things: a project, a campaign, a ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pakdee.cli import show
from pakdee.cli.imported import show_import
from pakdee.cli.options import Json, Project, house_of


def init(directory: Path, json: Json = False) -> None:
    """Make a new project in DIRECTORY: a working shop in twin mode, to be changed to yours."""
    from pakdee import jobs

    made = jobs.new_project(directory)
    if json:
        show.as_json({"directory": directory, "made": made})
        return
    show.say(
        f"A new project is in {directory}.",
        f"  Next: pakdee import PATH --project {directory}",
        f"        pakdee up --project {directory}",
    )


def new(
    kind: Annotated[str, typer.Argument(metavar="campaign", help="What to make: campaign.")],
    name: str,
    origin: Annotated[str, typer.Option("--from", help="The campaign to copy.")] = "birthday",
    project: Project = None,
    json: Json = False,
) -> None:
    """Copy a campaign as a draft: pakdee new campaign summer_gift --from birthday."""
    from pakdee import jobs

    if kind != "campaign":
        raise typer.BadParameter("only campaigns can be made: pakdee new campaign NAME --from birthday")
    path = jobs.new_campaign(house_of(project), name, origin)
    if json:
        show.as_json({"file": path})
        return
    show.say(f"campaigns/{path.name} is a draft; nothing is sent until you write status: live.")


def import_(
    path: Path,
    adapter: Annotated[
        str | None, typer.Option("--from", help="A public set: online-retail, cdnow or starbucks.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="A file of sources/ that maps your export.")] = None,
    append: Annotated[bool, typer.Option(help="Add to the last snapshot instead of replacing it.")] = False,
    accept_loss: Annotated[bool, typer.Option(help="Accept fewer rows or older facts than before.")] = False,
    assume_consent: Annotated[
        bool, typer.Option(help="Treat customers without a word on consent as agreed.")
    ] = False,
    project: Project = None,
    json: Json = False,
) -> None:
    """Import the shop's customers and orders from PATH into a new snapshot."""
    from pakdee import jobs

    with show.progress(quiet=json) as progress:
        report = jobs.import_facts(
            house_of(project),
            path,
            adapter=adapter,
            source=source,
            append=append,
            accept_loss=accept_loss,
            assume_consent=assume_consent,
            progress=progress,
        )
    if json:
        show.as_json(
            {
                "snapshot": report.snapshot.id,
                "rows": report.rows,
                "reject_counts": report.reject_counts,
                "rejects": report.rejects,
                "notes": report.notes,
            }
        )
        return
    show_import(report)


COMMANDS = {"init": init, "new": new, "import": import_}
