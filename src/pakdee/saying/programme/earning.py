"""What earns units and when they run out, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from pakdee.domain.program import Cap, EarnRule, Program
from pakdee.domain.program.earning import KEEPING_ALIVE, OCCASIONS, ORDER
from pakdee.saying.programme.words import Teller, plain


def about(teller: Teller, program: Program) -> Iterator[str]:
    """The programme itself."""
    head, unit = program.program, program.program.unit
    key = "name" if program.earn else "name_only"
    yield teller.say("about", key, name=teller.words(head.name), currency=head.currency, units=teller.units)
    if any(rule.per for rule in program.earn):
        yield teller.say("about", unit.round, unit=teller.one_unit)
    if unit.round == "floor" and any(_gives_parts(rule) for rule in program.earn):
        yield teller.say("about", "whole", unit=teller.one_unit)
    if unit.scope == "line":
        yield teller.say("about", "line")
    if unit.value:
        yield teller.say("about", "value", unit=teller.one_unit, value=teller.money(unit.value))
    if head.min_age:
        yield teller.say("about", "min_age", age=head.min_age)
    if head.needs:
        yield teller.say("about", "needs", what=teller.listed([teller.say("about", n) for n in head.needs]))


def _gives_parts(rule: EarnRule) -> bool:
    """Whether what a rule gives may have a part of a unit."""
    return any(number % 1 for number in (rule.give, *rule.by_tier.values()))


def earning(teller: Teller, program: Program) -> Iterator[str]:
    """A line for each rule; one that has a name of its own is told with it."""
    for rule in program.earn:
        told = " ".join(_rule(teller, program, rule))
        yield f"{rule.id}: {told}" if rule.id else told
    if len(program.earn) > 1:
        yield teller.say("earn", "add_up")
    if not program.earn:
        yield teller.say("earn", "nothing")


def _rule(teller: Teller, program: Program, rule: EarnRule) -> Iterator[str]:
    yield _occasion(teller, rule)
    if rule.where:
        yield teller.say("earn", "where", where=as_written(rule.where))
    if rule.by_tier and program.tiers:
        titles = {level.id: teller.words(level.title) for level in program.tiers.levels}
        factors = [
            teller.say("earn", "factor", factor=plain(factor), tier=titles[tier])
            for tier, factor in rule.by_tier.items()
        ]
        yield teller.say("earn", "by_tier", factors=teller.listed(factors))
    if rule.cap:
        yield cap(teller, rule.cap)
    if rule.proof:
        yield teller.say("earn", "proof", proof=rule.proof)
    if rule.pending:
        yield teller.say("earn", "pending", span=teller.span(rule.pending))
    if rule.when == ORDER:
        yield teller.say("earn", "reversed" if rule.reverse else "kept")
    if program.tiers and program.tiers.metric == "units_earned" and not rule.counts_for_tier:
        yield teller.say("earn", "not_for_tier")


def _occasion(teller: Teller, rule: EarnRule) -> str:
    units = teller.count(rule.give)
    if rule.per:
        return teller.say("earn", teller.unit.round, per=teller.money(rule.per), units=units)
    if rule.when in OCCASIONS:
        return teller.say("earn", rule.when, units=units)
    return teller.say("earn", "activity", activity=rule.when, units=units)


def as_written(condition: str) -> str:
    """A condition of the file on one line."""
    return " ".join(condition.split())


def cap(teller: Teller, limit: Cap) -> str:
    """No more than this in each period."""
    period = teller.period(limit.per)
    if limit.units:
        return teller.say("cap", "units", units=teller.count(limit.units), period=period)
    return teller.say("cap", "once" if limit.times == 1 else "times", times=limit.times, period=period)


def running_out(teller: Teller, program: Program) -> Iterator[str]:
    """When units run out; nothing where none are earned and nothing is said of it."""
    expiry = program.expiry
    if not program.earn and expiry is None:
        return
    units = teller.units[:1].upper() + teller.units[1:]
    if expiry is None or expiry.after is None:
        yield teller.say("expiry", "never", units=units)
        return
    events = (
        teller.listed([_event(teller, name) for name in expiry.keep_alive], "or") if expiry.keep_alive else ""
    )
    yield teller.say("expiry", expiry.rule, units=units, span=teller.span(expiry.after), events=events)
    if events and expiry.rule == "age":
        yield teller.say("expiry", "renewed", events=events)
    if expiry.round:
        yield teller.say("expiry", "month_end")
    if expiry.by_tier and program.tiers:
        titles = [teller.words(level.title) for level in program.tiers.levels if level.id in expiry.by_tier]
        yield teller.say("expiry", "tiers", tiers=teller.listed(titles, "or"))
    yield teller.say("expiry", "first")


def _event(teller: Teller, name: str) -> str:
    return teller.say("expiry", name if name in KEEPING_ALIVE else "activity", activity=name)


def events(teller: Teller, program: Program) -> Iterator[str]:
    """Days on which something special holds."""
    for event in program.events:
        yield teller.say(
            "events", "event", id=event.id, first=teller.day(event.from_), last=teller.day(event.until)
        )
