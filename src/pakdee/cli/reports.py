"""Reports that several commands print the same way: funnels, sendings, metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pakdee.cli import show

if TYPE_CHECKING:
    from pakdee.jobs import DayPlan, Forecast, IngestReport, Measurement, SendReport


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
    """What became of what was due."""
    from pakdee.jobs import tables

    show.records("Messages", tables.outcomes(report))


def show_ingest(report: IngestReport) -> None:
    """What was learned."""
    show.say(f"{report.deliveries} webhook deliveries read: {report.events} events, {report.new} new")
    if report.unreadable:
        show.say(f"{report.unreadable} deliveries could not be read; they are kept in the inbox")


def show_metrics(measured: Measurement, language: str = "en") -> None:
    """Figures with their n and interval."""
    from pakdee.metrics import figures_as_rows

    rows = figures_as_rows(measured.figures, language)
    title = f"Loyalty from {measured.start} to {measured.end} (exclusive)"
    show.records(title, [{name: row[name] for name in row if name != "definition"} for row in rows])
