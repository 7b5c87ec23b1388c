"""CSV files with people in them: new ones, that only their owner may read."""

from __future__ import annotations

import contextlib
import csv
import os
from collections.abc import Iterable, Iterator
from dataclasses import astuple, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from pakdee.domain.errors import PakdeeError
from pakdee.house import House
from pakdee.jobs.exporting import harmless

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

OWNER_ONLY = 0o600


def fresh(house: House, folder: str, campaign: str) -> Path:
    """A new name in a folder of the project's `var`, by campaign and time."""
    place = house.var / folder
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place / f"{campaign}-{house.clock():%Y%m%d-%H%M%S}.csv"


@contextlib.contextmanager
def made(file: Path) -> Iterator[TextIO]:
    """A new file that only its owner may read; removed again if not all of it could be written.

    Raises:
        PakdeeError: there is one of this name already.
    """
    try:
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    except FileExistsError as error:
        raise PakdeeError(
            "there is a file of this name already",
            where=str(file),
            next_step="name another file with --to; what was exported before may stand in it",
        ) from error
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="") as stream:
            yield stream
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def write(stream: TextIO, kind: type[DataclassInstance], lines: Iterable[Any]) -> None:
    """A header with the fields of `kind`, and its values of text as lines, no formula among them."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([field.name for field in fields(kind)])
    for line in lines:
        writer.writerow([harmless(value) for value in astuple(line)])
    stream.flush()
