"""Tiers, paid plans and who is a regular, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from pakdee.domain.program import Level, Program, Tiers
from pakdee.domain.program.ladder import Types
from pakdee.domain.spans import Span
from pakdee.domain.units import Money
from pakdee.saying.programme.words import Teller, plain


def tiers(teller: Teller, program: Program) -> Iterator[str]:
    """How tiers are reached, kept and lost."""
    rules = program.tiers
    if rules is None:
        return
    yield teller.say(
        "tiers", "levels", levels=", ".join(_level(teller, rules, level) for level in rules.levels)
    )
    over = rules.window
    window = (
        teller.say("tiers", "span", span=teller.span(over))
        if isinstance(over, Span)
        else teller.say("tiers", over)
    )
    yield teller.say("tiers", rules.metric, window=window, units=teller.units, activity=rules.activity)
    yield teller.say("tiers", "morning")
    yield from _keeping(teller, rules)
    yield teller.say("tiers", rules.on_return)


def _keeping(teller: Teller, rules: Tiers) -> Iterator[str]:
    if not isinstance(rules.keep, Span):
        yield teller.say("tiers", rules.keep)
    else:
        yield teller.say("tiers", "keep", span=teller.span(rules.keep))
    if rules.keep == "forever":
        return
    for level in rules.levels:
        if level.keep_at is not None and level.keep_threshold != level.threshold:
            at = _reached(teller, rules, level.keep_at)
            yield teller.say("tiers", "keep_at", at=at, title=teller.words(level.title))
    if rules.grace:
        yield teller.say("tiers", "grace", span=teller.span(rules.grace))
    yield teller.say("tiers", rules.drop)


def _level(teller: Teller, rules: Tiers, level: Level) -> str:
    title = teller.words(level.title)
    if level.invite:
        return teller.say("tiers", "invited", title=title)
    if level.threshold == 0:
        return teller.say("tiers", "lowest", title=title)
    return teller.say("tiers", "level", title=title, at=_reached(teller, rules, level.at))


def _reached(teller: Teller, rules: Tiers, at: Money | Decimal) -> str:
    if isinstance(at, Money):
        return teller.money(at)
    return teller.count(at) if rules.metric == "units_earned" else plain(at)


def membership(teller: Teller, program: Program) -> Iterator[str]:
    """Paid plans, and what happens at a term's end."""
    paid = program.membership
    if paid is None:
        return
    for plan in paid.plans:
        title, price = teller.words(plan.title), teller.money(plan.price)
        told = teller.say("membership", "plan", title=title, price=price, span=teller.span(plan.per))
        trial = teller.say("membership", "trial", span=teller.span(plan.trial)) if plan.trial else ""
        yield f"{told} {trial}".strip()
    yield teller.say("membership", paid.renew)
    if paid.remind:
        yield teller.say(
            "membership", "remind", spans=teller.listed([teller.span(span) for span in paid.remind])
        )
    if paid.lapse_grace:
        yield teller.say("membership", "grace", span=teller.span(paid.lapse_grace))
    if paid.refund:
        yield teller.say("membership", "refund")


def ladder(teller: Teller, program: Program) -> Iterator[str]:
    """Who stands on which rung, and who has lapsed."""
    rungs = program.ladder
    yield teller.say("ladder", "client", orders=rungs.client_orders, days=rungs.active_days)
    if program.membership:
        yield teller.say("ladder", "plan")
    yield teller.say("ladder", "lapsed", days=rungs.active_days)
    yield teller.say("ladder", "supporter", n=rungs.supporter_signals)
    shares = {"full_price": teller.share(rungs.full_price), "good_rating": f"{rungs.good_rating:g}"}
    yield teller.say("ladder", "signs", **{**vars(rungs), **shares})
    yield teller.say("ladder", "advocate", **vars(rungs))
    yield teller.say("ladder", rungs.settle)
    if rungs.types != Types():
        yield from _types(teller, rungs.types)


def _types(teller: Teller, types: Types) -> Iterator[str]:
    """How the kinds of loyalty are scored; only where the file says otherwise than usual."""
    yield teller.say("types", "dominant", dominant=f"{types.dominant:g}", ahead=f"{types.ahead:g}")
    for name in ("psychological", "behavioural", "marketing"):
        yield teller.say("types", name, **{k: f"{v:g}" for k, v in vars(getattr(types, name)).items()})
    yield teller.say("types", "social", full=types.social_full)
