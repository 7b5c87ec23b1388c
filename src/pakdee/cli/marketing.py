"""Commands for marketers: check files, look at segments, mails and plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pakdee.cli import show
from pakdee.cli.options import AsOf, Json, Language, Project, day_of, house_of
from pakdee.cli.previewing import preview
from pakdee.domain.errors import CatalogError

if TYPE_CHECKING:
    from pakdee.domain.feature import FeatureCatalog
    from pakdee.house import House


def check(project: Project = None, json: Json = False) -> None:
    """Check every file of the project and say file, line, what and next step."""
    from pakdee import jobs

    house = house_of(project)
    problems = jobs.check(house)
    failed = any(problem.severity == "error" for problem in problems)
    if json:
        show.as_json({"ok": not failed, "problems": problems})
    else:
        show.problems(problems)
        show.say("Not usable yet; nothing is sent." if failed else f"All files are good ({_size(house)}).")
    raise typer.Exit(1 if failed else 0)


def _size(house: House) -> str:
    project = house.project
    return f"{len(project.campaigns)} campaigns, {len(project.segments)} segments"


def features(
    search: Annotated[str, typer.Argument(help="Only those whose name or meaning contains this.")] = "",
    language: Language = None,
    project: Project = None,
    json: Json = False,
) -> None:
    """List what can be known about a customer, with meaning, type, unit and what it needs."""
    house = house_of(project)
    language = language or show.reader.language
    found = [
        spec
        for spec in _known(house).values()
        if search.lower() in f"{spec.name} {spec.meaning.root} {spec.label.root}".lower()
    ]
    if json:
        show.as_json(
            [{**show.plain(spec), "label": spec.label.root, "meaning": spec.meaning.root} for spec in found]
        )
        return
    for spec in found:
        kind = ", ".join(filter(None, (spec.type, spec.unit)))
        show.verbatim(f"{spec.name}: {spec.label.in_language(language)} ({kind})")
        show.verbatim(f"    {spec.meaning.in_language(language)}")
        for field in spec.fields:
            show.verbatim(f"    {field.name}: {field.label.in_language(language)} ({field.type})")
        show.say(
            f"    Unknown: {spec.null_rule or 'never'}. Needs: {', '.join(sorted(spec.needs)) or 'nothing'}"
        )


def _known(house: House) -> FeatureCatalog:
    """Features as the programme tells them; while a file is broken, those of any programme."""
    try:
        return house.catalog
    except CatalogError:
        return house.every_feature


def segment(name: str, as_of: AsOf = None, project: Project = None, json: Json = False) -> None:
    """Show who is in a segment: size, share, count per clause, overlap and a few customers."""
    from pakdee import jobs

    report = jobs.segment(house_of(project), name, day_of(as_of))
    if json:
        show.as_json(report)
        return
    share = f"{report.customers / report.of_all:.1%}" if report.of_all else "not defined: no customers"
    show.say(f"{report.name} on {report.day}: {report.customers} of {report.of_all} customers ({share})")
    show.verbatim(f"  {report.text}", "")
    show.table("Each part alone", ["part", "customers"], report.clauses)
    show.table("Also in", ["segment", "customers"], report.overlap)
    show.say(f"For example: {', '.join(report.sample)}")


def send_test(
    campaign: str,
    to: Annotated[str, typer.Option(help="An address of the test list in pakdee.toml.")],
    customer: Annotated[str | None, typer.Option(help="Whose values to show.")] = None,
    variant: Annotated[
        str | None, typer.Option(help="Which subject, where the template has several.")
    ] = None,
    as_of: AsOf = None,
    project: Project = None,
    json: Json = False,
) -> None:
    """Send one marked mail to an address of the test list; it counts in no metric or cap."""
    from pakdee import jobs

    sent = jobs.send_test(house_of(project), campaign, to, customer, day_of(as_of), variant=variant)
    if json:
        show.as_json({"campaign": campaign, "locale": sent.locale, "subject": sent.mail.subject})
        return
    show.say(f"Sent: [Test] {sent.mail.subject}")


def plan(
    campaigns: Annotated[list[str] | None, typer.Argument(help="Only these; drafts too.")] = None,
    as_of: AsOf = None,
    project: Project = None,
    json: Json = False,
) -> None:
    """Rehearse a day: verdict counts, difference to the last run, detectable effect, cost; writes nothing."""
    from pakdee import jobs
    from pakdee.cli.reports import show_forecast, show_plan

    house = house_of(project)
    with show.progress(quiet=json) as progress:
        planned = jobs.plan_day(house, day_of(as_of), campaigns or (), dry=True, progress=progress)
    forecast = jobs.forecast(house, planned)
    if json:
        show.as_json({"plan": planned, "forecast": forecast})
        return
    show_plan(planned)
    show_forecast(forecast)
    show.say("A rehearsal: nothing was written or sent.")


COMMANDS = {
    "check": check,
    "features": features,
    "segment": segment,
    "preview": preview,
    "test-send": send_test,
    "plan": plan,
}
