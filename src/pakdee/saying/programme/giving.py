"""What members get, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from pakdee.domain.program import Grant, GrantKind, Program
from pakdee.domain.program.grants import GIVEN
from pakdee.saying.programme.earning import as_written, cap
from pakdee.saying.programme.words import Teller, plain

_ALWAYS = "always"
_USED_AT_ONCE = frozenset({GrantKind.UNITS, GrantKind.DONATION, GrantKind.BADGE})
"""Kinds of which nothing is left to be used later."""


def grants(teller: Teller, program: Program) -> Iterator[str]:
    """A line for each grant."""
    titles = {cause.id: teller.words(cause.title) for cause in program.causes}
    for grant in program.grants:
        kind = teller.say("kind", grant.kind)
        head = teller.say(
            "grants", "line", title=teller.words(grant.title), id=grant.id, kind=kind, how=_how(teller, grant)
        )
        causes = [titles[cause] for cause in grant.causes]
        yield " ".join([head, *_worth(teller, grant), *_limits(teller, grant, causes), *_use(teller, grant)])


def _how(teller: Teller, grant: Grant) -> str:
    """What gives it."""
    cost = teller.count(grant.cost) if grant.cost else ""
    if grant.when == "schedule":
        dates = teller.listed([teller.day_of_year(date) for date in grant.dates]) if grant.dates else ""
        days = teller.first_days(grant.every) if grant.every else ""
        key = f"{'dates' if dates else 'every'}{'_cost' if cost else ''}"
        return teller.say("grants", key, dates=dates, days=days, cost=cost)
    if grant.at:
        occasion = "milestone" if grant.when == "milestone" else "activity"
        key = f"{occasion}_{'count' if grant.at.count else 'sum'}"
        total = plain(grant.at.sum) if grant.at.sum else ""
        return teller.say("grants", key, activity=grant.at.activity, count=grant.at.count, sum=total)
    if grant.when in GIVEN:
        return teller.say("grants", grant.when, cost=cost)
    return teller.say("grants", "activity", activity=grant.when)


def _worth(teller: Teller, grant: Grant) -> Iterator[str]:
    if grant.percent:
        yield teller.say("grants", "percent", percent=grant.percent)
    if grant.units:
        yield teller.say("grants", "units", units=teller.count(grant.units))
    if grant.share:
        yield teller.say("grants", "share", share=teller.share(grant.share))
    if grant.value:
        key = "donation" if grant.kind is GrantKind.DONATION else "worth"
        yield teller.say("grants", key, value=teller.money(grant.value))


def _limits(teller: Teller, grant: Grant, causes: list[str]) -> Iterator[str]:
    """For whom, how often, and out of what."""
    if grant.where:
        yield teller.say("grants", "where", where=as_written(grant.where))
    if grant.min_order:
        yield teller.say("grants", "min_order", amount=teller.money(grant.min_order))
    if grant.choose:
        options = teller.listed([teller.words(option) for option in grant.options], "or")
        yield teller.say("grants", "choose", n=grant.choose, options=options)
    if causes:
        yield teller.say("grants", "causes", causes=teller.listed(causes, "or"))
    if grant.cap:
        yield cap(teller, grant.cap)
    if grant.budget:
        period = teller.period(grant.budget.per)
        amount = teller.money(grant.budget.amount) if grant.budget.amount else ""
        key = "budget_amount" if amount else "budget_times"
        yield teller.say("grants", key, amount=amount, times=grant.budget.times, period=period)
    if grant.partner:
        yield teller.say("grants", "partner", partner=grant.partner)


def _use(teller: Teller, grant: Grant) -> Iterator[str]:
    """When it can be used, and with what; what is there all the time needs neither."""
    if grant.when == _ALWAYS:
        return
    if grant.window:
        before, after = (span and teller.span(span) for span in (grant.window.before, grant.window.after))
        key = "around" if before and after else "before" if before else "after"
        yield teller.say("grants", key, before=before, after=after)
    elif grant.kind not in _USED_AT_ONCE:
        yield teller.say("grants", "valid", span=teller.span(grant.valid))
    if grant.codes != "none" and grant.is_of_campaigns:
        yield teller.say("grants", grant.codes, id=grant.id)


def causes(teller: Teller, program: Program) -> Iterator[str]:
    """What donations go to."""
    if program.causes:
        titles = [teller.words(cause.title) for cause in program.causes]
        yield teller.say("causes", "causes", causes=teller.listed(titles, "or"))
