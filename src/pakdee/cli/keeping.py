"""Commands that keep things: who must not be mailed, who withdrew or answered, and the journal's backup."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pakdee.cli import show
from pakdee.cli.options import Json, Project, day_of, house_of

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
    what: Annotated[str, typer.Argument(metavar="unsubscribes|answers", help="What to export.")],
    since: Annotated[str, typer.Option(metavar="DAY", help="From this day on, e.g. 2026-06-15.")],
    to: Annotated[Path | None, typer.Option(help="A file; without it the rows are printed.")] = None,
    project: Project = None,
    json: Json = False,
) -> None:
    """Export who withdrew, or what readers answered, as CSV: pakdee export answers --since 2026-06-15."""
    day = day_of(since)
    if what not in ("unsubscribes", "answers") or day is None:
        raise typer.BadParameter(
            "write unsubscribes or answers, e.g. pakdee export answers --since 2026-06-15"
        )
    found, text = _exported(house_of(project), what, day)
    if to is not None:
        to.write_text(text, encoding="utf-8")
    if json:
        show.as_json({what: found, "file": to})
    elif to is None:
        print(text, end="")
    else:
        title = "Withdrawals" if what == "unsubscribes" else "Answers"
        show.say(f"{title} since {day}: {len(found):,}, in {to}")


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


COMMANDS = {"sync": sync, "export": export, "backup": backup, "restore": restore}
