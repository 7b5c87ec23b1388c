"""Tiers for all customers at once: what each has done so far, walked through change by change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise

import duckdb

from pakdee.domain.program import Level, Program, Tiers
from pakdee.domain.program.features import COUNTED_WHOLE
from pakdee.domain.spans import Span
from pakdee.programme.connecting import choice, set_variables, statement, text
from pakdee.programme.earning import IS_AN_ORDER

MOST_YEARS_BACK = 2
"""Where whole years count, today's tier hangs on the year before, and when it was reached on one more."""

_LOOSE = "net_amount < 0 AND coalesce(status, '') <> 'cancelled'"
_BEGINNING = dt.date.min


def lay_out(
    connection: duckdb.DuckDBPyConnection, program: Program, day: dt.date, *, whole_history: bool = False
) -> None:
    """Lay out once what `run` and the features need; `facts_*` and `shop_*` must be there.

    Args:
        whole_history: whether the tier of every day is wanted as it was known then; else only what the
            features tell: today's, since when, and that of a week ago.
    """
    tiers = _tiers(program)
    kept_by_shop = connection.execute("SELECT count(*) > 0 FROM shop_tier_changes").fetchall()[0][0]
    by_years = _hangs_on_years(tiers) and not whole_history
    connection.execute(_rules(tiers))
    connection.execute(statement("nobody_settled"))
    set_variables(connection, **_ranks(tiers))
    set_variables(
        connection,
        week_ago=day - dt.timedelta(days=7),
        window_from=_window_from(tiers, day),
        tiers_from=dt.date(day.year - MOST_YEARS_BACK, 1, 1) if by_years else _BEGINNING,
        tiers_by_years=by_years,
        window_slides=isinstance(tiers.window, Span),
        whole_history=whole_history,
        known_first=_BEGINNING if whole_history else day - dt.timedelta(days=8),
        kept_by_shop=kept_by_shop,
        tiers_end=tiers.drop != "never",
    )


def run(connection: duckdb.DuckDBPyConnection, program: Program) -> None:
    """Work out the tiers of the range of customers that the variables first and last tell.

    Makes `tier_history` (customer_id, day, rank, ends_on, reason): the tier at the end of each day on which
    it or its term changed, rank counted from 1. Where tiers go by units, `entries` must be there; whoever
    has tiers decide about units makes the one and the other in turns until nothing changes. Customers of
    `tier_settled` are left out.
    """
    amounts, facts = _counted(program)
    connection.execute(amounts)
    connection.execute(statement("tier_sums"))
    asked = "SELECT getvariable('kept_by_shop'), getvariable('whole_history')"
    [(kept_by_shop, whole_history)] = connection.execute(asked).fetchall()
    if kept_by_shop:
        connection.execute(statement("tier_changes"))
    connection.execute(facts)
    # With days of grace a term goes by a sum that no day has.
    are_few = whole_history and not kept_by_shop and _tiers(program).grace is None
    connection.execute(statement("tier_news_that_tell" if are_few else "tier_news"))
    connection.execute(statement("tier_epochs"))
    connection.execute(statement("tier_days"))
    if kept_by_shop:
        connection.execute(statement("tier_kept_steps"))
    else:
        connection.execute(statement("tier_climbs"))
        _walk(connection)
        connection.execute(statement("tier_history"))
    connection.execute(statement("tier_standings"))


def features(program: Program, *, members_only: bool) -> str:
    """The statement that makes the view `tiers`: one row per customer of the range, the tier features.

    Args:
        members_only: whether who lacks what members must give has no tier; `facts_people` must be there.
    """
    return statement("tier_features").format(
        members="LEFT JOIN facts_people AS p USING (customer_id)" if members_only else "",
        is_member=_is_member(program) if members_only else "true",
        window_end=_window_end(_tiers(program)),
        missing="ceil" if _tiers(program).metric in COUNTED_WHOLE else "",
    )


def _is_member(program: Program) -> str:
    told = "birth_told_on < getvariable('day')" if "birth_date" in program.program.needs else "true"
    return f"coalesce(has_contact AND {told}, false)"


def _walk(connection: duckdb.DuckDBPyConnection) -> None:
    """Take everyone on, change by change, until nobody is under way."""
    number, moved = 0, 1
    while moved:
        set_variables(connection, round=number)
        moved = connection.execute(statement("tier_round")).fetchall()[0][0]
        number += 1


# ── what counts ──────────────────────────────────────────────────────────────────────────────────
def _counted(program: Program) -> tuple[str, str]:
    """The statements of what everyone has done, and of what is known of it since when."""
    tiers = _tiers(program)
    if tiers.metric == "units_earned":
        rules = ", ".join(text(rule.name) for rule in program.earn if rule.counts_for_tier) or "NULL"
        kinds = "'reverse'" if tiers.on_return == "recompute" else "NULL"
        return statement("tier_amounts_units").format(rules=rules, kinds=kinds), statement("tier_facts_units")
    if tiers.metric == "activity_sum":
        amounts = statement("tier_amounts_activities").format(activity=text(tiers.activity))
        return amounts, statement("tier_facts_activities")
    return _orders(tiers)


def _orders(tiers: Tiers) -> tuple[str, str]:
    ignores, in_money = tiers.on_return == "ignore", tiers.in_money
    is_loose = _LOOSE if in_money and not ignores else "false"
    bought = choice([(IS_AN_ORDER, _worth("net_amount", in_money=in_money))], "0")
    left = _worth("greatest(kept, 0)", in_money=in_money)
    kept = bought if ignores else choice([(_LOOSE, "kept"), (IS_AN_ORDER, left)], "0")
    kept = kept if in_money or ignores else choice([(IS_AN_ORDER, left)], "0")
    facts = statement("tier_facts_orders").format(
        counts=f"{IS_AN_ORDER} OR {is_loose}",
        whole=_worth("net_amount", in_money=in_money),
        left_now="0" if ignores else _worth("left_now", in_money=in_money),
        left_before="0" if ignores else _worth("left_before", in_money=in_money),
    )
    return statement("tier_amounts_orders").format(bought=bought, kept=kept), facts


def _worth(amount: str, *, in_money: bool) -> str:
    """What an order of so much counts for."""
    return amount if in_money else f"({amount} > 0)::INTEGER"


# ── what program.yaml says ───────────────────────────────────────────────────────────────────────
def _tiers(program: Program) -> Tiers:
    if program.tiers is None:
        raise ValueError("the programme has no tiers")
    return program.tiers


def _reachable(tiers: Tiers) -> list[tuple[int, Level]]:
    """Ranks and levels that are not by invitation, lowest first."""
    return [(rank, level) for rank, level in enumerate(tiers.levels, 1) if not level.invite]


def _ranks(tiers: Tiers) -> dict[str, object]:
    ranks = [rank for rank, _ in _reachable(tiers)]
    places = range(1, len(tiers.levels) + 1)
    return {
        "lowest": ranks[0],
        "second_level": tiers.levels[ranks[1] - 1].threshold if len(ranks) > 1 else None,
        "next_ranks": [next((rank for rank in ranks if rank > place), None) for place in places],
        "tier_ids": [level.id for level in tiers.levels],
        "levels": [level.threshold for level in tiers.levels],
        "keep_levels": [level.keep_threshold for level in tiers.levels],
    }


def _rules(tiers: Tiers) -> str:
    """The macros that say what the rules are."""
    return statement("tier_rules").format(
        reached=_rank(tiers, lambda level: level.threshold),
        kept=_rank(tiers, lambda level: level.keep_threshold),
        after_term=_after_term(tiers),
        leaves=_leaves(tiers),
        in_window="on_day <= at_day AND leaves_window_on(on_day) > at_day",
        in_last_window="year(on_day) >= year(ends_on)"
        if tiers.window == "calendar_year"
        else "leaves_window_on(on_day) > decided_on(ends_on)",
        term_end=_term_end(tiers),
        decided=_later("ends_on", tiers.grace) if tiers.grace else "ends_on",
        period="year(on_day)" if tiers.window == "calendar_year" else "0",
    )


def _rank(tiers: Tiers, threshold: Callable[[Level], Decimal]) -> str:
    """The SQL of the highest rank whose threshold `total` reaches."""
    levels = _reachable(tiers)
    return choice(
        [(f"total >= {threshold(level):f}", str(rank)) for rank, level in levels[:0:-1]], str(levels[0][0])
    )


def _after_term(tiers: Tiers) -> str:
    if tiers.drop == "never":
        return "held"
    if tiers.drop == "requalify":
        return choice([("enough_for < held", "enough_for")], "held")
    ranks = [rank for rank, _ in _reachable(tiers)]
    down = [(f"held = {rank}", str(below)) for below, rank in pairwise(ranks)]
    return choice([("enough_for >= held", "held"), *down], str(ranks[0]))


def _leaves(tiers: Tiers) -> str:
    """The SQL of the first day on whose window `on_day` is no part."""
    if isinstance(tiers.window, Span):
        return _later("on_day", tiers.window)
    return "make_date(year(on_day) + 1, 1, 1)" if tiers.window == "calendar_year" else "DATE '9999-12-31'"


def _window_end(tiers: Tiers) -> str:
    """The SQL of the last day of today's window; one that slides has none, nor has a lifetime."""
    if tiers.window != "calendar_year":
        return "NULL::DATE"
    return "make_date(year(getvariable('day')), 12, 31)"


def _term_end(tiers: Tiers) -> str:
    if isinstance(tiers.keep, Span):
        return _later("start_on", tiers.keep)
    return "make_date(year(start_on) + 1, 12, 31)" if tiers.keep == "end_of_next_year" else "NULL::DATE"


def _later(day: str, span: Span) -> str:
    return f"({day} + {span.sql})::DATE"


def _window_from(tiers: Tiers, day: dt.date) -> dt.date:
    """The first day that is part of the window on `day`."""
    if not isinstance(tiers.window, Span):
        return dt.date(day.year, 1, 1) if tiers.window == "calendar_year" else _BEGINNING
    first = tiers.window.before(day)
    while tiers.window.after(first) <= day:  # of several days that end on the last of a month, the next
        first += dt.timedelta(days=1)
    return first


def _hangs_on_years(tiers: Tiers) -> bool:
    """Whether every tier ends with a calendar year and is held on by that year alone."""
    by_years = (tiers.window, tiers.keep, tiers.drop, tiers.grace) == (
        "calendar_year",
        "end_of_next_year",
        "requalify",
        None,
    )
    return by_years and all(level.threshold == level.keep_threshold for level in tiers.levels)
