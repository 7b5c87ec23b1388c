"""Commands for operators: run a day, see whether it went out, explain, stop, measure."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from pakdee.cli import show
from pakdee.cli.options import AsOf, Json, Language, Project, day_of, house_of

if TYPE_CHECKING:
    from pakdee.house import House

PARTLY = 3


def run(
    campaigns: Annotated[list[str] | None, typer.Argument(help="Only these.")] = None,
    as_of: AsOf = None,
    project: Project = None,
    json: Json = False,
) -> None:
    """Plan and send a day, and read what came back. Exit code 3: partly done."""
    from pakdee import jobs
    from pakdee.cli.reports import show_ingest, show_plan, show_sending, show_shortages

    house, day = house_of(project), day_of(as_of)
    with show.progress(quiet=json) as progress:
        planned = jobs.plan_day(house, day, campaigns or (), progress=progress)
        sent = jobs.send_due(house, day, progress=progress)
        learned = jobs.ingest(house, progress=progress)
    short = tuple(jobs.shortages({one.name: one.verdicts for one in planned.campaigns}))
    if json:
        show.as_json({"plan": planned, "sent": sent, "offers": short, "learned": learned})
    else:
        show_plan(planned)
        show_sending(sent)
        show_shortages(short)
        show_ingest(learned)
    raise typer.Exit(0 if sent.is_complete else PARTLY)


def send(as_of: AsOf = None, project: Project = None, json: Json = False) -> None:
    """Send what is due, and nothing else. Needs only the journal and pakdee.toml; code 3: partly done."""
    from pakdee import jobs
    from pakdee.cli.reports import show_sending

    house, day = house_of(project), day_of(as_of)
    with show.progress(quiet=json) as progress:
        report = jobs.send_due(house, day, progress=progress)
    show.as_json(report) if json else show_sending(report)
    raise typer.Exit(0 if report.is_complete else PARTLY)


def status(
    day: Annotated[str | None, typer.Option("--day", metavar="DAY", help="Default: today.")] = None,
    unknown: Annotated[
        bool, typer.Option("--unknown", help="List the requests without a clear answer, of all days.")
    ] = False,
    project: Project = None,
    json: Json = False,
) -> None:
    """Did it all go out? Exit code 0 yes, 3 partly, 1 nothing ran."""
    from pakdee import jobs
    from pakdee.cli.reports import show_status, show_unclear

    house, asked = house_of(project), day_of(day)
    if unknown:
        found = jobs.unclear(house)
        show.as_json({"unclear": found}) if json else show_unclear(found)
        raise typer.Exit(PARTLY if found else 0)
    report = jobs.status(house, asked)
    show.as_json(report) if json else show_status(report)
    raise typer.Exit(report.exit_code)


def settle(
    batch: Annotated[str | None, typer.Argument(help="One batch of: pakdee status --unknown.")] = None,
    accepted: Annotated[bool, typer.Option("--accepted", help="SendGrid took it.")] = False,
    resend: Annotated[bool, typer.Option("--resend", help="SendGrid does not have it; send again.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    project: Project = None,
    json: Json = False,
) -> None:
    """Settle requests that have no clear answer. All by evidence, or one BATCH by your word."""
    from pakdee import jobs
    from pakdee.jobs import tables

    house = house_of(project)
    if batch is not None:
        _one_of(accepted, resend)
        _settle_by_hand(house, batch, accepted=accepted, ask=not (yes or json), json=json)
        return
    if accepted or resend:
        raise typer.BadParameter("name the batch; see them with: pakdee status --unknown")
    report = jobs.settle_unknown(house)
    if json:
        show.as_json(report)
    else:
        show.say(*(f"{row['requests']:,} {row['what']}" for row in tables.settled(report)), *report.problems)
        show.say(*([] if report.decided else ["No request is without a clear answer."]))
    raise typer.Exit(PARTLY if report.open else 0)


def _one_of(accepted: bool, resend: bool) -> None:
    if accepted == resend:
        raise typer.BadParameter("say which: --accepted if SendGrid took it, --resend if it does not have it")


def _settle_by_hand(house: House, batch: str, *, accepted: bool, ask: bool, json: bool) -> None:
    from pakdee import jobs

    if ask and sys.stdin.isatty():
        _confirm(house, batch, accepted=accepted)
    held = jobs.settle_batch(house, batch, accepted=accepted, by=getpass.getuser())
    if json:
        show.as_json({"batch": batch, "settled": "accepted" if accepted or not held else "queued"})
    elif not held:
        show.say(f"{batch} is accepted: an event has arrived meanwhile that proves it. It is not sent again.")
    elif accepted:
        show.say(f"{batch} is accepted.")
    else:
        show.say(f"{batch} is queued and goes out with the next run: pakdee run")


def _confirm(house: House, batch: str, *, accepted: bool) -> None:
    from pakdee import jobs

    found = next((one for one in jobs.unclear(house) if one.batch == batch), None)
    if found is None:
        return  # the journal says where it stands
    show.say(f"{found.messages:,} messages of {found.campaign}, {found.day}, {found.state}: {found.why}")
    question = (
        "SendGrid took them?" if accepted else "Send them again? If SendGrid took them, they come twice."
    )
    typer.confirm(show.said(question), abort=True)


def explain(customer: str, as_of: AsOf = None, project: Project = None, json: Json = False) -> None:
    """Show why a customer gets a mail, or why not, for every campaign, and what was sent before."""
    from pakdee import jobs

    found = jobs.explain(house_of(project), customer, day_of(as_of))
    if json:
        show.as_json(found)
        return
    rows = [(r.campaign, r.status, r.verdict, r.told) for r in found.reasons]
    show.table(f"{customer} as of {found.day}", ["campaign", "status", "verdict", ""], rows)
    if found.history:
        show.records("Before", found.history)


def stop(
    campaign: Annotated[str | None, typer.Argument(help="Only this campaign; none means everything.")] = None,
    because: Annotated[str, typer.Option(help="Why; people will read it.")] = "",
    project: Project = None,
    json: Json = False,
) -> None:
    """Stop sending. Takes effect within one request per worker."""
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
    """Go on after a stop. What is queued goes out with the next run, nothing twice."""
    from pakdee import jobs

    report = jobs.resume(house_of(project), campaign, because, by=getpass.getuser())
    _show_stops(report, json=json)


def metrics(
    start: Annotated[str | None, typer.Option("--from", metavar="DAY", help="First day.")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DAY", help="The day after the last.")] = None,
    as_of: AsOf = None,
    language: Language = None,
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
    show_metrics(measured, language or show.reader.language)


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
    "send": send,
    "status": status,
    "settle": settle,
    "explain": explain,
    "stop": stop,
    "resume": resume,
    "metrics": metrics,
}
