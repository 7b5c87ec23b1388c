"""What is doubtful in `program.yaml` beyond its own rules: the shop's money, words that look like others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import get_close_matches

from pakdee.catalog.asked import texts_asked, texts_compared
from pakdee.catalog.lines import LineFinder
from pakdee.domain.condition import Condition
from pakdee.domain.errors import Problem
from pakdee.domain.feature import FeatureCatalog, lacking
from pakdee.domain.program import Program
from pakdee.domain.program.earning import KEEPING_ALIVE, OCCASIONS
from pakdee.domain.program.facts import COUNTABLE, column_of
from pakdee.domain.program.grants import GIVEN
from pakdee.domain.spans import Span

_ALIKE = 0.75
_SHOWN = 6
_ANY_DAY = dt.date(2026, 1, 1)  # from which lengths of months and of days are compared
_IMPORT = "import that, or let where: ask something else"
_OCCASIONS_OF = {"earn": OCCASIONS, "grants": GIVEN, "expiry": KEEPING_ALIVE}


def program_problems(program: Program, finder: LineFinder, currency: str | None) -> Iterator[Problem]:
    """Findings about a programme that is sound in itself.

    Args:
        currency: the shop's, None where nobody knows it.
    """
    if currency and program.program.currency != currency:
        what = f"the programme counts in {program.program.currency}, the shop in {currency} (pakdee.toml)"
        yield finder.problem("program", "currency", what=what, next_step="use the same currency in both")
    yield from _longer_than_terms(program, finder)
    for name, steps in program.activities.items():
        meant = get_close_matches(name, _OCCASIONS_OF.get(str(steps[0]), ()), n=1, cutoff=_ALIKE)
        if meant:
            what, hint = (
                f"'{name}' is taken for a type of activities",
                f"if you mean '{meant[0]}', write that",
            )
            yield finder.problem(*steps, what=what, next_step=hint, severity="warning")


def _longer_than_terms(program: Program, finder: LineFinder) -> Iterator[Problem]:
    """A warning for each trial and reminder that does not fit into a plan's term."""
    if program.membership is None:
        return
    for number, plan in enumerate(program.membership.plans):
        lengths: list[tuple[tuple[str | int, ...], Span]] = [
            (("remind", place), length) for place, length in enumerate(program.membership.remind)
        ]
        if plan.trial:
            lengths.append((("plans", number, "trial"), plan.trial))
        for steps, length in lengths:
            if length.after(_ANY_DAY) > plan.per.after(_ANY_DAY):
                what = f"{length} is longer than a term of '{plan.id}', which is {plan.per}"
                hint = "write a shorter time, or a longer per: of the plan"
                yield finder.problem("membership", *steps, what=what, next_step=hint, severity="warning")


def unasked(program: Program, finder: LineFinder, conditions: Mapping[str, Condition]) -> Iterator[Problem]:
    """A warning for each event that no earn rule asks; `conditions` of rules go by their names."""
    asked = [texts_asked(one, "event") for one in conditions.values() if "event" in one.features]
    if None in asked:
        return
    for number, event in enumerate(program.events):
        if not any(texts is not None and event.id in texts for texts in asked):
            what = f"no rule of earn: asks for the event '{event.id}', so it does nothing"
            hint = f"write  where: event = '{event.id}'  in a rule, or remove the event"
            yield finder.problem("events", number, "id", what=what, next_step=hint, severity="warning")


def unheard_of(program: Program, finder: LineFinder, types: Collection[str]) -> Iterator[Problem]:
    """A warning for each activity that the programme names and the ledger, which has `types`, does not."""
    for name, steps in program.activities.items():
        if name not in types:
            near = get_close_matches(name, types, n=1, cutoff=0.6)
            what = f"there is no activity '{name}' in the ledger yet, so this does nothing"
            hint = f"if you mean '{near[0]}', write that" if near else "import activities of this type"
            yield finder.problem(*steps, what=what, next_step=hint, severity="warning")


def strangers(
    program: Program, finder: LineFinder, named: Mapping[str, Collection[str]]
) -> Iterator[Problem]:
    """A warning for each tier and plan that the shop's tables name and the programme does not have.

    Args:
        named: names by table, of `tier_changes` and `memberships`.
    """
    levels = program.tiers.levels if program.tiers else ()
    plans = program.membership.plans if program.membership else ()
    known = {
        "tier_changes": ("tiers", "levels", "tier", [level.id for level in levels]),
        "memberships": ("membership", "plans", "plan", [plan.id for plan in plans]),
    }
    for table, (block, key, kind, ids) in known.items():
        for name in sorted(set(named.get(table, ())).difference(ids)):
            what = f"{table} names the {kind} '{name}', which is not here, so it gives nothing"
            near = get_close_matches(name, ids, n=1, cutoff=0.6)
            hint = (
                f"if '{near[0]}' is meant, correct the table"
                if near
                else f"add it to {key}:, or correct the table"
            )
            yield finder.problem(block, key, what=what, next_step=hint, severity="warning")


def unknown_to_grants(
    program: Program,
    finder: LineFinder,
    conditions: Mapping[str, Condition],
    features: FeatureCatalog,
    provides: Collection[str],
) -> Iterator[Problem]:
    """A warning for each grant that nobody is given, since its condition reads what the ledger cannot tell.

    Args:
        conditions: of grants, by column name.
        provides: tables and columns of the ledger.
    """
    for number, grant in enumerate(program.grants):
        condition = conditions.get(grant.column)
        for name in sorted(condition.features if condition else ()):
            missing = _missing(features[name].needs, provides)
            if missing and features[name].stage != "programme":
                what = (
                    f"'{grant.id}' is given to nobody: its condition reads {name},"
                    f" which needs {', '.join(missing)}"
                )
                yield finder.problem(
                    "grants", number, "where", what=what, next_step=_IMPORT, severity="warning"
                )


def _missing(needs: Collection[str], provides: Collection[str]) -> list[str]:
    """Tables that are not there, and columns that are missing in those that are."""
    missing = lacking(needs, provides)
    return sorted(need for need in missing if "." not in need or need.split(".")[0] not in missing)


def unknown_to_rules(
    program: Program, finder: LineFinder, conditions: Mapping[str, Condition], provides: Collection[str]
) -> Iterator[Problem]:
    """The same for earn rules, whose `conditions` go by their names."""
    for number, rule in enumerate(program.earn):
        condition = conditions.get(rule.name)
        for name in sorted(condition.features if condition else ()):
            column = column_of(name, rule.when)
            if column and column not in provides:
                what = (
                    f"the condition of '{rule.name}' reads {name}, which needs {column}:"
                    " what nobody knows earns nothing"
                )
                yield finder.problem(
                    "earn", number, "where", what=what, next_step=_IMPORT, severity="warning"
                )


def unseen_values(
    program: Program,
    finder: LineFinder,
    conditions: Mapping[str, Condition],
    values: Callable[[str], Collection[str]],
) -> Iterator[Problem]:
    """A warning for each text that an earn rule compares with a column of the ledger, and no row has.

    Args:
        conditions: of earn rules, by their names.
        values: the texts of a column such as "orders.channel"; none where the ledger does not have it.
    """
    for number, rule in enumerate(program.earn):
        condition = conditions.get(rule.name)
        for name in sorted(condition.features & COUNTABLE if condition else ()):
            column = column_of(name, rule.when)
            seen = values(column) if column else ()
            unseen = sorted(texts_compared(condition, name).difference(seen)) if condition and seen else ()
            for text in unseen:
                what = (
                    f"the condition of '{rule.name}' asks for {name} '{text}',"
                    f" which stands in no row of {column}"
                )
                hint = _seen_instead(text, seen)
                yield finder.problem("earn", number, "where", what=what, next_step=hint, severity="warning")


def _seen_instead(text: str, seen: Collection[str]) -> str:
    """The value that is meant, whatever its capitals; else those there are."""
    alike = {value.casefold(): value for value in seen}
    near = get_close_matches(text.casefold(), alike, n=1, cutoff=0.6)
    if near:
        return f"if you mean '{alike[near[0]]}', write that"
    return f"write one of those there are: {', '.join(sorted(seen)[:_SHOWN])}"
