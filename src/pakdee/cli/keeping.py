"""Commands that keep things: who must not be mailed, who withdrew or answered, and the journal's backup."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pakdee.cli import show
from pakdee.cli.options import AsOf, Json, Project, day_of, house_of

if TYPE_CHECKING:
    from pakdee.house import House


def sync(project: Project = None, json: Json = False) -> None:
    """Read SendGrid's lists of addresses not to be mailed. From where they were read last."""
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
    what: Annotated[
        str, typer.Argument(metavar="unsubscribes|answers|handover|waiting", help="What to export.")
    ],
    campaign: Annotated[
        str | None, typer.Argument(help="Of which campaign, for handover and waiting.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="DAY", help="From this day on, e.g. 2026-06-15.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="A file; without it the rows are printed.")] = None,
    again: Annotated[bool, typer.Option("--again", help="Those handed over before, too.")] = False,
    day: Annotated[
        str | None, typer.Option(metavar="DAY", help="The business day, for waiting; else the last one.")
    ] = None,
    format: Annotated[str, typer.Option(metavar="csv", help="How it is written: csv.")] = "csv",  # noqa: A002
    project: Project = None,
    json: Json = False,
) -> None:
    """Export who withdrew, what readers answered, whom another channel is to tell, or who waits, as CSV."""
    start, on = day_of(since), day_of(day)
    if format != "csv":
        raise typer.BadParameter("the only format is csv")
    if what == "handover" and campaign is not None:
        _hand_over(house_of(project), campaign, to, again=again, json=json)
        return
    if what == "waiting" and campaign is not None:
        _list_waiting(house_of(project), campaign, to, on, json=json)
        return
    if what not in ("unsubscribes", "answers") or start is None or campaign is not None:
        raise typer.BadParameter(
            "write for example pakdee export answers --since 2026-06-15, or pakdee export handover CAMPAIGN"
        )
    found, text = _exported(house_of(project), what, start)
    if to is not None:
        to.write_text(text, encoding="utf-8")
    if json:
        show.as_json({what: found, "file": to})
    elif to is None:
        print(text, end="")
    else:
        title = "Withdrawals" if what == "unsubscribes" else "Answers"
        show.say(f"{title} since {start}: {len(found):,}, in {to}")


def _hand_over(house: House, campaign: str, to: Path | None, *, again: bool, json: bool) -> None:
    from pakdee import jobs

    file, customers = jobs.hand_over(house, campaign, to, again=again)
    if json:
        show.as_json({"campaign": campaign, "customers": customers, "file": file})
        return
    show.say(f"{customers:,} customers of {campaign} to be told by another channel, in {file}")
    if not again:
        show.say("Each stands in one file only; --again writes those of earlier files too.")


def _list_waiting(house: House, campaign: str, to: Path | None, day: dt.date | None, *, json: bool) -> None:
    from pakdee import jobs

    file, customers = jobs.waiting_list(house, campaign, to, day)
    if json:
        show.as_json({"campaign": campaign, "customers": customers, "file": file})
        return
    show.say(
        f"{customers:,} customers wait for the offer of {campaign}, in the order of their lots, in {file}"
    )


def codes(as_of: AsOf = None, project: Project = None, json: Json = False) -> None:
    """Show what is left of grants with a budget or a file of codes."""
    from pakdee import jobs
    from pakdee.jobs import tables

    found = jobs.standings(house_of(project), day_of(as_of))
    if json:
        show.as_json({"grants": found})
    elif found:
        show.records("What is left of limited grants", tables.offers(found))
    else:
        show.say("No grant of program.yaml has a budget or a file of codes.")


def _exported(house: House, what: str, day: dt.date) -> tuple[Sequence[object], str]:
    """The rows, and the same as CSV."""
    from pakdee import jobs

    if what == "answers":
        answers = jobs.answers(house, day)
        return answers, jobs.answers_as_csv(answers)
    withdrawals = jobs.unsubscribes(house, day)
    return withdrawals, jobs.as_csv(withdrawals)


def backup(
    file: Path,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a file of this name.")] = False,
    project: Project = None,
    json: Json = False,
) -> None:
    """Copy the journal to FILE. Workers may go on; it holds mails with addresses, so keep it safe."""
    from pakdee import jobs

    house = house_of(project)
    with show.progress(quiet=json) as progress:
        made = jobs.backup(house, file, replace=replace, progress=progress)
    if json:
        show.as_json({"file": file, **show.plain(made)})
        return
    at, size = f"{made.kept_at:%Y-%m-%d %H:%M} UTC", f"{made.size / 1e6:,.1f} MB"
    show.say(f"{made.messages:,} messages, held-out ones included, as of {at} are in {file} ({size}).")


def restore(
    file: Annotated[Path | None, typer.Argument(help="A file that `pakdee backup` made.")] = None,
    in_place: Annotated[
        bool, typer.Option("--in-place", help="The journal was put back by other means, such as pg_restore.")
    ] = False,
    project: Project = None,
    json: Json = False,
) -> None:
    """Put the journal back from FILE. Mails that may have gone out since are held, not repeated."""
    from pakdee import jobs

    if (file is None) == (not in_place):
        raise typer.BadParameter("give the FILE of a backup, or --in-place")
    house = house_of(project)
    with show.progress(quiet=json) as progress:
        found = jobs.restore(house, file, progress=progress) if file else jobs.restore_in_place(house)
    if json:
        show.as_json(found)
        return
    show.say(
        f"The journal is that of {found.kept_at:%Y-%m-%d %H:%M} UTC again.",
        f"{found.held:,} messages were open then and may have gone out since: they are held until events or"
        " your word settle them.",
        f"What is planned again for {jobs.span(found.from_day, found.to_day)} is held likewise.",
        "  Next: pakdee status",
    )


COMMANDS = {"sync": sync, "export": export, "codes": codes, "backup": backup, "restore": restore}
