"""The project as its files are now: opened anew when one of them, or the ledger, has changed."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pakdee.domain.errors import CatalogError, Problem, SettingsError
from pakdee.domain.project import Project
from pakdee.house import SETTINGS_FILE, House, open_house

FOLDERS = ("campaigns", "segments", "templates", "lists", "languages")
FILES = ("brand.yaml", "program.yaml", SETTINGS_FILE)


@dataclass(frozen=True)
class Present:
    """What there is at one moment.

    Args:
        version: names this state of files and ledger.
        project: the files; while they cannot be read, as they last could, and None if they never could.
        unreadable: why they cannot be read; empty where they can.
    """

    house: House
    version: str
    project: Project | None
    unreadable: tuple[Problem, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every campaign there is a file of, whether it can be read or not."""
        return tuple(sorted(file.stem for file in (self.house.directory / "campaigns").glob("*.yaml")))


class Office:
    """Gives out the present state; safe to be asked by several threads."""

    def __init__(self, house: House) -> None:
        self._lock = threading.Lock()
        self._present = _read(house, files_version(house), None)

    def now(self) -> Present:
        """The present state, read again only if something has changed."""
        with self._lock:
            before = self._present
            version = files_version(before.house)
            if version != before.version:
                self._present = _again(before, version)
                if self._present.house is not before.house:
                    before.house.close()
            return self._present

    def close(self) -> None:
        """Let go of the journal."""
        self._present.house.close()


def files_version(house: House) -> str:
    """Changes when a marketer's or operator's file, or the newest snapshot, does."""
    digest = hashlib.sha256()
    for path, found in _files(house.directory):
        digest.update(f"{path} {found.st_mtime_ns} {found.st_size}\n".encode())
    newest = max((path.parent.name for path in house.ledger_location.glob("*/manifest.json")), default="")
    digest.update(newest.encode())
    return digest.hexdigest()[:16]


def _files(directory: Path) -> Iterator[tuple[Path, os.stat_result]]:
    named = [directory / name for name in FILES]
    found = [path for folder in FOLDERS for path in (directory / folder).rglob("*")]
    for path in sorted([*named, *found]):
        with suppress(FileNotFoundError):  # editors put files aside for a moment
            yield path, path.stat()


def _again(before: Present, version: str) -> Present:
    house = before.house
    try:
        house = open_house(
            house.directory,
            sendgrid_api_key=house.given_api_key,
            clock=house.clock,
            environment=house.environment,
        )
    except SettingsError as error:  # the last good ones stay in force
        found = Problem(SETTINGS_FILE, 1, error.what, error.next_step)
        return Present(before.house, version, before.project, (found,))
    return _read(house, version, before.project)


def _read(house: House, version: str, last: Project | None) -> Present:
    try:
        return Present(house, version, house.project)
    except CatalogError as error:
        return Present(house, version, last, error.problems)
