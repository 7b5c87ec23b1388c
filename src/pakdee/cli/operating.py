"""Commands for operators: run a day, see whether it went out, explain, stop, measure."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from pakdee.cli import show
from pakdee.cli.options import AsOf, Json, Project, day_of, house_of

PARTLY = 3


def run(
    campaigns: Annotated[list[str] | None, typer.Argument(help="Only these.")] = None,
    as_of: AsOf = None,
    project: Project = None,
    json: Json = False,
) -> None:
    """Plan the day, freeze the mails, send what is due, read what came back."""
    from pakdee import jobs
    from pakdee.cli.reports import show_ingest, show_plan, show_sending

    house, day = house_of(project), day_of(as_of)
    with show.progress(quiet=json) as progress:
        planned = jobs.plan_day(house, day, campaigns or (), progress=progress)
        sent = jobs.send_due(house, day, progress=progress)
        learned = jobs.ingest(house, progress=progress)
    if json:
        show.as_json({"plan": planned, "sent": sent, "learned": learned})
    else:
        show_plan(planned)
        show_sending(sent)
        show_ingest(learned)
    raise typer.Exit(0 if sent.is_complete else PARTLY)


def status(
    day: Annotated[str | None, typer.Option("--day", metavar="DAY", help="Default: today.")] = None,
    project: Project = None,
    json: Json = False,
) -> None:
    """Did it all go out? Exit code 0 yes, 3 partly, 1 nothing ran."""
    from pakdee import jobs

    report = jobs.status(house_of(project), day_of(day))
    if json:
        show.as_json(report)
        raise typer.Exit(report.exit_code)
    show.say(report.answer)
    if report.campaigns:
        show.records("", report.campaigns)
    show.say(*report.reasons)
    for scope, because in report.stops:
        show.say(f"Stopped: {scope or 'everything'}, because {because}")
    raise typer.Exit(report.exit_code)


def explain(customer: str, as_of: AsOf = None, project: Project = None, json: Json = False) -> None:
    """Show why a customer gets a mail, or why not, for every campaign, and what was sent before."""
    from pakdee import jobs

    found = jobs.explain(house_of(project), customer, day_of(as_of))
    if json:
        show.as_json(found)
        return
    rows = [(r.campaign, r.status, r.verdict, r.told) for r in found.reasons]
    show.table(f"{customer} on {found.day}", ["campaign", "status", "verdict", ""], rows)
    if found.history:
        show.records("Before", found.history)


def stop(
    campaign: Annotated[str | None, typer.Argument(help="Only this campaign; none means everything.")] = None,
    because: Annotated[str, typer.Option(help="Why; people will read it.")] = "",
    project: Project = None,
    json: Json = False,
) -> None:
    """Stop sending; takes effect within one batch per worker."""
    from pakdee import jobs

    _need_reason(because)
    report = jobs.stop(house_of(project), campaign, because, by=getpass.getuser())
    _show_stops(report, json=json)


def resume(
    campaign: Annotated[str | None, typer.Argument(help="Only this campaign; none means everything.")] = None,
    because: Annotated[str, typer.Option(help="Why; people will read it.")] = "",
    project: Project = None,
    json: Json = False,
) -> None:
    """Take the brake off; what is queued goes out with the next run, nothing twice."""
    from pakdee import jobs

    report = jobs.resume(house_of(project), campaign, because, by=getpass.getuser())
    _show_stops(report, json=json)


def metrics(
    start: Annotated[str | None, typer.Option("--from", metavar="DAY", help="First day.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DAY", help="The day after the last.")] = None,
    as_of: AsOf = None,
    language: Annotated[str, typer.Option(help="th or en.")] = "en",
    project: Project = None,
    json: Json = False,
) -> None:
    """Calculate the loyalty metrics of a period, by default the last 30 days."""
    from pakdee import jobs
    from pakdee.cli.reports import show_metrics

    measured = jobs.measure(house_of(project), day_of(as_of), start=day_of(start), end=day_of(end))
    if json:
        show.as_json(measured)
        return
    show_metrics(measured, language)


def _need_reason(because: str) -> None:
    if not because.strip():
        raise typer.BadParameter('say why: --because "wrong price in the mail"', param_hint="--because")


def _show_stops(report: object, *, json: bool) -> None:
    if json:
        show.as_json(report)
        return
    stops = report.stops  # type: ignore[attr-defined]
    for scope, because in stops:
        show.say(f"Stopped: {scope or 'everything'}, because {because}")
    if not stops:
        show.say("Nothing is stopped.")


COMMANDS = {
    "run": run,
    "status": status,
    "explain": explain,
    "stop": stop,
    "resume": resume,
    "metrics": metrics,
}
