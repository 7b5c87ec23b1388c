"""Reports that several commands print the same way: funnels, sendings, metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pakdee.cli import show
from pakdee.domain.vocabulary import Verdict

if TYPE_CHECKING:
    from pakdee.jobs import DayPlan, Forecast, IngestReport, Measurement, SendReport


def show_plan(planned: DayPlan) -> None:
    """The audience funnel: campaigns down, verdicts across, only those that occur."""
    told = [v for v in Verdict if any(v in campaign.verdicts for campaign in planned.campaigns)]
    rows = [
        [campaign.name, campaign.audience, *(campaign.verdicts.get(verdict, 0) for verdict in told)]
        for campaign in planned.campaigns
        if not campaign.skipped
    ]
    show.table(
        f"Audience on {planned.day}", ["campaign", "in segment", *(v.replace("_", " ") for v in told)], rows
    )
    for campaign in planned.campaigns:
        if campaign.skipped or campaign.stopped:
            show.say(f"{campaign.name}: {campaign.skipped or campaign.stopped}")


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
    """What became of what was due."""
    for outcome, messages in sorted(report.outcomes.items()):
        show.say(f"{messages} messages {outcome}")
    if not report.outcomes:
        show.say("0 messages sent: nothing was waiting")
    if report.still_due:
        show.say(f"{report.still_due} messages are still due. See: pakdee status")
    for because in report.stopped:
        show.say(f"Stopped: {because}")


def show_ingest(report: IngestReport) -> None:
    """What was learned."""
    show.say(f"{report.deliveries} webhook deliveries read: {report.events} events, {report.new} new")
    if report.unreadable:
        show.say(f"{report.unreadable} deliveries could not be read; they are kept in the inbox")


def show_metrics(measured: Measurement, language: str = "en") -> None:
    """Figures with their n and interval."""
    from pakdee.metrics import figures_as_rows

    headings, rows = figures_as_rows(measured.figures, language)
    show.table(f"Loyalty from {measured.start} to {measured.end} (exclusive)", headings, rows, right=9)
