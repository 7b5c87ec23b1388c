"""Results as rows of plain values, for Prefect's artifacts and for terminals: counts, never a customer."""

from __future__ import annotations

from collections.abc import Sequence

from pakdee.domain.vocabulary import Verdict
from pakdee.jobs.asking import StatusReport
from pakdee.jobs.learning import IngestReport
from pakdee.jobs.measuring import Measurement
from pakdee.jobs.planning import DayPlan
from pakdee.jobs.sending import SendReport
from pakdee.jobs.syncing import ListSync

Row = dict[str, object]


def funnel(plan: DayPlan) -> list[Row]:
    """One row per campaign: customers in its segment, those of each verdict in order, and why not planned."""
    told = [verdict for verdict in Verdict if any(verdict in found.verdicts for found in plan.campaigns)]
    return [
        {
            "campaign": found.name,
            "in segment": found.audience,
            **{verdict.value: found.verdicts.get(verdict, 0) for verdict in told},
            "note": found.skipped or found.stopped or "",
        }
        for found in plan.campaigns
    ]


def outcomes(report: SendReport) -> list[Row]:
    """One row per outcome of messages that were due, what is still due, and what the brake holds."""
    rows: list[Row] = [{"outcome": name, "messages": count} for name, count in report.outcomes.items()]
    rows.append({"outcome": "still due", "messages": report.still_due})
    rows += [{"outcome": f"stopped: {why}", "messages": None} for why in report.stopped]
    return rows


def summary(report: StatusReport) -> str:
    """Did the day go out? The answer and what stands in the way, as Markdown."""
    lines = [f"**{report.answer}**", ""]
    lines += [f"- Stopped: {scope or 'everything'}, because {because}" for scope, because in report.stops]
    lines += [f"- {reason}" for reason in report.reasons]
    if report.campaigns:
        headings = list(report.campaigns[0])
        lines += ["", f"| {' | '.join(headings)} |", f"|{'---|' * len(headings)}"]
        lines += [f"| {' | '.join(str(row[name]) for name in headings)} |" for row in report.campaigns]
    return "\n".join(lines)


def inbox(report: IngestReport) -> list[Row]:
    """What was read from the inbox."""
    return [
        {"what": "deliveries read", "count": report.deliveries},
        {"what": "events in them", "count": report.events},
        {"what": "events not known before", "count": report.new},
        {"what": "deliveries that could not be read", "count": report.unreadable},
    ]


def lists(found: Sequence[ListSync]) -> list[Row]:
    """SendGrid's lists of addresses that must not be mailed, and what they told."""
    return [
        {
            "list": each.name.replace("_", " "),
            "read from": each.since.date() if each.since else "the beginning",
            "addresses told": each.told,
            "not known before": each.new,
        }
        for each in found
    ]


def figures(measurement: Measurement) -> list[dict[str, str]]:
    """One row per metric, with its n, interval and definition."""
    from pakdee.metrics import figures_as_rows

    return figures_as_rows(measurement.figures)
