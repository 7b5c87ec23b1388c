"""One programme's file alone, to be looked at without the campaigns around it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pakdee.catalog.conditions import compiler_of
from pakdee.catalog.cross_checks import missing_words
from pakdee.catalog.files import yaml_files
from pakdee.catalog.lines import LineFinder
from pakdee.catalog.programme import EarnConditions, grant_conditions
from pakdee.catalog.programme_checks import (
    program_problems,
    strangers,
    unasked,
    unheard_of,
    unknown_to_grants,
    unknown_to_rules,
    unseen_values,
)
from pakdee.catalog.reading import read_model
from pakdee.domain.condition import Condition
from pakdee.domain.errors import CatalogError, Problem
from pakdee.domain.feature import FeatureCatalog
from pakdee.domain.program import Program
from pakdee.domain.program.features import features_in
from pakdee.domain.segment import Segment
from pakdee.domain.units import words_in


@dataclass(frozen=True)
class ProgramFile:
    """A checked programme.

    Args:
        conditions: of grants, by column name ("grant:summer_coupon").
        earn_conditions: of earn rules, by the rule's name.
        warnings: findings that do not block a run.
    """

    program: Program
    conditions: Mapping[str, Condition]
    earn_conditions: Mapping[str, Condition]
    warnings: tuple[Problem, ...]


def load_program(
    path: Path,
    directory: Path,
    features: FeatureCatalog,
    *,
    language: str = "th",
    currency: str | None = None,
    activities: Collection[str] | None = None,
    named: Mapping[str, Collection[str]] = MappingProxyType({}),
    provides: Collection[str] | None = None,
    values: Callable[[str], Collection[str]] | None = None,
) -> ProgramFile:
    """The programme in the file `path`.

    Args:
        directory: the project, whose segments conditions may name.
        features: every name there can be in conditions of grants; the programme adds its own.
        language: the shop's; texts without it get a warning.
        currency: the shop's, None where it does not matter.
        activities: types of activities in the ledger; others get a warning. None where nobody knows them.
        named: tiers and plans that the ledger's tables name; a warning for each that is not in the file.
        provides: tables and columns of the ledger; conditions that need others get a warning. None likewise.
        values: texts of a column of the ledger; rules that ask for others get a warning. None likewise.

    Raises:
        CatalogError: with all problems of the file at once, warnings included.
    """
    program, finder = read_model(path, Program, root=directory, language=language)
    problems = [
        *program_problems(program, finder, currency),
        *missing_words(dict(words_in(program)), finder, language),
        *([] if activities is None else unheard_of(program, finder, activities)),
        *strangers(program, finder, named),
    ]
    files = yaml_files(directory, "segments")[0]
    segments, names = _segments(directory, files), {path.stem for path in files}
    catalog = features_in(program, features)
    compiler = compiler_of(segments, names, catalog, problems)
    conditions = grant_conditions(compiler, program, finder)
    earn_conditions = EarnConditions(program, finder, features, problems).compiled()
    if any(problem.severity == "error" for problem in problems):
        raise CatalogError(problems)
    problems += unasked(program, finder, earn_conditions)
    if provides is not None:
        problems += unknown_to_grants(program, finder, conditions, catalog, provides)
        problems += unknown_to_rules(program, finder, earn_conditions, provides)
    if values is not None:
        problems += unseen_values(program, finder, earn_conditions, values)
    return ProgramFile(program, conditions, earn_conditions, tuple(sorted(problems)))


def _segments(root: Path, files: Sequence[Path]) -> dict[str, tuple[Segment, LineFinder]]:
    """Those that can be used; what is wrong in the others is told with the project."""
    found = {}
    for path in files:
        with suppress(CatalogError):
            found[path.stem] = read_model(path, Segment, root=root, name=path.stem)
    return found
