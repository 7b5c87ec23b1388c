"""The accounts of all customers, for as long as they are read: they name customers."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pakdee.house.house import House
    from pakdee.programme import Accounts


@contextmanager
def accounts_of(
    house: House, day: dt.date, *, also: frozenset[str] = frozenset(), without: frozenset[str] = frozenset()
) -> Iterator[tuple[Path, Accounts]]:
    """Features as of `day`, and what the programme books by its rules on facts of earlier days.

    Args:
        also: features that are wanted beside those that grants ask.
        without: tables of the shop that are left out.

    Raises:
        LedgerError: the facts cannot be read.
    """
    from pakdee import programme
    from pakdee.house.composing import units_given

    project = house.project
    read = (condition.features for condition in project.grant_conditions.values())
    features = house.features(day, also.union(*read)).path
    house.var.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=house.var) as folder:
        yield (
            features,
            programme.account(
                {name: path for name, path in house.snapshot.tables.items() if name not in without},
                features,
                project.program,
                day=day,
                zone=house.zone,
                out=Path(folder),
                earn_conditions=project.earn_conditions,
                grant_conditions=project.grant_conditions,
                leap_birthday=house.settings.shop.leap_birthday,
                gifts=units_given(project, lambda: house.journal, day),
                memory_limit=house.settings.ledger.memory,
            ),
        )
