"""A programme looked at: is its file sound, and what does it mean?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pakdee.domain.errors import LedgerError, Problem
from pakdee.house import House
from pakdee.saying.programme import Section, tell_programme

if TYPE_CHECKING:
    from pakdee.catalog import ProgramFile

PROGRAM_FILE = "program.yaml"


@dataclass(frozen=True)
class ToldProgramme:
    """What a programme means, in sentences, and what is doubtful in its file."""

    file: str
    sections: tuple[Section, ...]
    warnings: tuple[Problem, ...]


def tell_program(house: House, file: Path | None = None, language: str = "en") -> ToldProgramme:
    """The programme of the project, or of another `file`, in sentences.

    Another file may count in another currency and know of activities that this shop has not had.

    Raises:
        CatalogError: the file cannot be used; it carries everything found.
    """
    found = _read(house, house.directory / PROGRAM_FILE if file is None else file, is_own=file is None)
    name = PROGRAM_FILE if file is None else file.name
    return ToldProgramme(name, tell_programme(found.program, language), found.warnings)


def programme_warnings(house: House) -> tuple[Problem, ...]:
    """What is doubtful in the project's programme, activities included that the ledger has never seen."""
    return _read(house, house.directory / PROGRAM_FILE, is_own=True).warnings


def _read(house: House, path: Path, *, is_own: bool) -> ProgramFile:
    from pakdee.catalog import load_program

    shop = house.settings.shop
    return load_program(
        path,
        house.directory,
        house.every_feature,
        language=shop.language,
        currency=shop.currency if is_own else None,
        **(_ledger(house) if is_own else {}),
    )


def _ledger(house: House) -> dict[str, Any]:
    """Names in the ledger, its tables and columns; nothing as long as there is none."""
    from pakdee.ledger import activity_types, texts_of, tiers_and_plans
    from pakdee.ledger.answered import TABLE

    needs = frozenset[str]().union(*(spec.needs for spec in house.every_feature.values()))
    answered = {need for need in needs if need.split(".")[0] == TABLE}  # what readers of mails fill, too
    try:
        return {
            "activities": activity_types(house.snapshot),
            "named": tiers_and_plans(house.snapshot),
            "provides": house.snapshot.provides | answered,
            "values": partial(texts_of, house.snapshot),
        }
    except LedgerError:
        return {}
