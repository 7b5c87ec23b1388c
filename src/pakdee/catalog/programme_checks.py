"""What is doubtful in `program.yaml` beyond its own rules: the shop's money, words that look like others."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from pakdee.catalog.lines import LineFinder
from pakdee.domain.errors import Problem
from pakdee.domain.program import Program
from pakdee.domain.program.earning import KEEPING_ALIVE, OCCASIONS
from pakdee.domain.program.grants import GIVEN

_ALIKE = 0.75
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
