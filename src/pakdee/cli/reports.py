"""Reports that several commands print the same way: funnels, sendings, metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pakdee.cli import show

if TYPE_CHECKING:
    from pakdee.jobs import (
        DayPlan,
        Forecast,
        IngestReport,
        Measurement,
        SendReport,
        StatusReport,
        SubjectTest,
        UnclearBatch,
    )


def show_plan(planned: DayPlan) -> None:
    """The audience funnel: campaigns down, verdicts across, only those that occur."""
    from pakdee.jobs import tables

    show.records(f"Audience on {planned.day}", tables.funnel(planned))


def show_forecast(forecast: Sequence[Forecast]) -> None:
    """What a plan would mean."""
    rows = [
        (
            found.campaign,
            "first run" if found.difference is None else f"{found.difference:+d}",
            "not defined: no holdout or goal" if found.detectable is None else f"{found.detectable:.1f} pp",
            found.cost,
        )
        for found in forecast
    ]
    headings = ["campaign", "messages against last run", "smallest effect it could show", "cost"]
    show.table("What it would mean", headings, rows)


def show_sending(report: SendReport) -> None:
    """Done, or partly done: what is left, why, and what happens next."""
    from pakdee.jobs import tables

    show.say(report.answer)
    show_rest(tables.rest(report.rest))


def show_rest(rows: Sequence[Mapping[str, object]]) -> None:
    """Messages that are not done, two lines each, so that long reasons stay readable."""
    for row in rows:
        show.say(f"  {row['messages']:,} {row['state']}: {row['why']}", f"      {row['then']}")
    if rows:
        show.say("")


def show_shortages(told: Sequence[str]) -> None:
    """Campaigns in which an offer ran out, a line each."""
    show.verbatim(*map(_sentence, told))


def show_ingest(report: IngestReport) -> None:
    """What was learned."""
    show.say(f"{report.deliveries:,} webhook deliveries read: {report.events:,} events, {report.new:,} new")
    if report.unreadable:
        show.say(f"{report.unreadable:,} deliveries could not be read; they are kept in the inbox")
    for campaign in report.stopped:
        show.say(f"{campaign} was stopped, since too much of it bounced or was reported: pakdee status")


def show_status(report: StatusReport) -> None:
    """The answer first, then counts, and what stands in the way."""
    from pakdee.jobs import tables

    show.say(report.answer)
    show_rest(tables.rest(report.rest))
    if report.campaigns:
        show.records("", tables.campaigns(report))
    show_subjects(report.tests)
    show.say(*report.stops)
    show_shortages(report.offers)
    show.verbatim(*map(_sentence, (*report.canaries, *report.reasons)))
    show.say(*report.next_steps)


def _sentence(words: str) -> str:
    """Words as a sentence; Thai has neither capitals nor full stops."""
    from pakdee.jobs import tables

    said = show.said(words)
    return tables.sentence(words) if said == words else said


def show_subjects(tests: Sequence[SubjectTest]) -> None:
    """How the subjects of campaigns that test them did, by campaign and variant."""
    from pakdee.jobs import tables

    if tests:
        show.records("Subjects tested (by people; 95 % intervals)", tables.subjects(tests))
        show.say(*(test.told for test in tests))


def show_unclear(found: Sequence[UnclearBatch]) -> None:
    """Requests without a clear answer, and how to settle them."""
    from pakdee.jobs import tables

    if not found:
        show.say("No request is without a clear answer.")
        return
    show.records("Requests without a clear answer", tables.unclear_rows(found))
    show.say(
        "Look at the evidence of all now: pakdee settle",
        "Or say it yourself:              pakdee settle BATCH --accepted, or --resend (may mail them twice)",
    )


def show_metrics(measured: Measurement, language: str = "en") -> None:
    """Figures with their n and interval."""
    from pakdee.metrics import figures_as_rows

    rows = figures_as_rows(measured.figures, language)
    title = f"Loyalty from {measured.start} to {measured.end} (exclusive)"
    show.records(title, [{name: row[name] for name in row if name != "definition"} for row in rows])
    show_subjects(measured.tests)
