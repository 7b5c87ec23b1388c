"""Results as rows of plain values, for Prefect's artifacts and for terminals: counts, never a customer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pakdee.domain.settlement import Decision
from pakdee.domain.vocabulary import BatchState, Verdict
from pakdee.jobs.learning import IngestReport
from pakdee.jobs.measuring import Measurement
from pakdee.jobs.offers import OfferStanding
from pakdee.jobs.planning import CampaignPlan, DayPlan
from pakdee.jobs.remaining import Rest, SendReport
from pakdee.jobs.settling import SettleReport
from pakdee.jobs.subjects import SubjectTest
from pakdee.jobs.syncing import ListSync
from pakdee.jobs.watching import StatusReport, UnclearBatch

if TYPE_CHECKING:
    from pakdee.programme import Reconciliation

Row = dict[str, object]


def funnel(plan: DayPlan) -> list[Row]:
    """One row per campaign: customers in its segment, those of each verdict in order, and why not planned."""
    told = [verdict for verdict in Verdict if any(verdict in found.verdicts for found in plan.campaigns)]
    return [
        {
            "campaign": found.name,
            "in segment": found.audience,
            **{verdict.value: found.verdicts.get(verdict, 0) for verdict in told},
            "note": found.skipped or found.stopped or _steps(found),
        }
        for found in plan.campaigns
    ]


def _steps(found: CampaignPlan) -> str:
    return f"{found.later} of them get a later step" if found.later else ""


def outcomes(report: SendReport) -> list[Row]:
    """What became of messages that were due, and of those that are not done: why, and what happens next."""
    rows: list[Row] = [
        {"messages": count, "state": name, "why": "", "then": ""}
        for name, count in report.outcomes.items()
        if name == "accepted"
    ]
    return rows + rest(report.rest) or [{"messages": 0, "state": "due", "why": "", "then": ""}]


def rest(found: Sequence[Rest]) -> list[Row]:
    """Messages that are not done."""
    return [{"messages": one.messages, "state": one.state, "why": one.why, "then": one.then} for one in found]


def summary(report: StatusReport) -> str:
    """Did the day go out? The answer and what stands in the way, as Markdown."""
    lines = [f"**{report.answer}**", ""]
    lines += [f"- {told}" for told in report.stops]
    lines += [f"- {one.messages:,} {one.state}: {one.why}. {sentence(one.then)}" for one in report.rest]
    lines += [f"- {sentence(told)}" for told in (*report.offers, *report.canaries, *report.reasons)]
    lines += [f"- {step}" for step in report.next_steps]
    if rows := campaigns(report):
        headings = list(rows[0])
        lines += ["", f"| {' | '.join(headings)} |", f"|{'---|' * len(headings)}"]
        lines += [f"| {' | '.join(str(row[name]) for name in headings)} |" for row in rows]
    return "\n".join(lines)


def campaigns(report: StatusReport) -> list[Row]:
    """Messages by campaign and state, without the states in which there are none."""
    empty = {
        name for name in BatchState if name != "accepted" and not any(row[name] for row in report.campaigns)
    }
    return [{name: row[name] for name in row if name not in empty} for row in report.campaigns]


def sentence(words: str) -> str:
    """Words as a sentence: a capital first, a full stop last."""
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith(('.', '!', '?')) else '.'}"


def unclear_rows(found: Sequence[UnclearBatch]) -> list[Row]:
    """Requests without a clear answer, and what would settle them."""
    return [
        {
            "batch": one.batch,
            "campaign": one.campaign,
            "day": str(one.day),
            "messages": one.messages,
            "state": one.state,
            "since": f"{one.since:%Y-%m-%d %H:%M}",
            "why": one.why,
            "settled by": one.settled_by,
        }
        for one in found
    ]


def offers(found: Sequence[OfferStanding]) -> list[Row]:
    """What is left of each limited grant."""
    return [
        {
            "grant": one.grant,
            "left": one.left,
            "budget": one.limit,
            "since": one.per,
            "codes in its file": one.codes,
        }
        for one in found
    ]


def settled(report: SettleReport) -> list[Row]:
    """What one look at unclear requests found."""
    words = {
        Decision.ACCEPT: "accepted: an event of it proves that it was taken",
        Decision.RESEND: "sent again with the next run: it certainly does not go out otherwise",
        Decision.UNCONFIRMED: "unconfirmed: nobody could find out, and it is not sent again",
        Decision.CANCEL: "to be called back at SendGrid; looked at again with the next look",
        Decision.WAIT: "still unclear: their events may yet come",
    }
    return [
        {"requests": report.decided[decision], "what": told}
        for decision, told in words.items()
        if report.decided.get(decision)
    ]


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
            "read from": str(each.since.date()) if each.since else "the beginning",
            "addresses told": each.told,
            "not known before": each.new,
        }
        for each in found
    ]


def subjects(tests: Sequence[SubjectTest]) -> list[Row]:
    """One row per campaign and variant of its subject."""
    from pakdee.metrics import figures_as_rows

    rows: list[Row] = []
    for test in tests:
        for one in test.variants:
            opened, clicked = (
                f"{row['value']} {row['interval']}".strip()
                for row in figures_as_rows([one.opened, one.clicked])
            )
            rows.append(
                {
                    "campaign": test.campaign,
                    "subject": one.variant,
                    "sent": one.sent,
                    "opened": opened,
                    "clicked": clicked,
                }
            )
    return rows


def figures(measurement: Measurement) -> list[dict[str, str]]:
    """One row per metric, with its n, interval and definition."""
    from pakdee.metrics import figures_as_rows

    return figures_as_rows(measurement.figures)


def differences(found: Reconciliation) -> list[Row]:
    """Customers of whom the shop and the rules say otherwise, for terminals alone: they are named."""
    points = found.kept is not None
    return [
        {
            "customer": row.customer_id,
            **({"kept": row.kept, "derived": row.derived, "difference": row.difference} if points else {}),
            **({"tier kept": row.tier_kept, "tier derived": row.tier_derived} if found.keeps_tiers else {}),
            "used too much": row.overdrawn or "",
        }
        for row in found.rows
    ]
