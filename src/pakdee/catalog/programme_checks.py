"""What is doubtful in `program.yaml` beyond its own rules: the shop's money, words that look like others."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches

from pakdee.catalog.lines import LineFinder
from pakdee.domain.condition import Condition
from pakdee.domain.errors import Problem
from pakdee.domain.feature import FeatureCatalog, lacking
from pakdee.domain.program import Program
from pakdee.domain.program.earning import KEEPING_ALIVE, OCCASIONS
from pakdee.domain.program.facts import column_of
from pakdee.domain.program.grants import GIVEN

_ALIKE = 0.75
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
    for name, steps in program.activities.items():
        meant = get_close_matches(name, _OCCASIONS_OF.get(str(steps[0]), ()), n=1, cutoff=_ALIKE)
        if meant:
            what, hint = (
                f"'{name}' is taken for a type of activities",
                f"if you mean '{meant[0]}', write that",
            )
            yield finder.problem(*steps, what=what, next_step=hint, severity="warning")


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
