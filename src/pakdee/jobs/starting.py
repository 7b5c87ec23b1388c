"""Beginnings: a new project, a new campaign, the shop's data, and a check of every file."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Collection
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from pakdee.domain.campaign import Campaign
from pakdee.domain.errors import CatalogError, PakdeeError, Problem, SettingsError
from pakdee.domain.segment import NAME
from pakdee.house import SETTINGS_FILE, House
from pakdee.house.proving import template_problems
from pakdee.jobs.fitting import misfits
from pakdee.jobs.telling import programme_warnings

if TYPE_CHECKING:
    from pakdee.ledger import ImportReport

STARTER = (
    "flows",
    "campaigns",
    "segments",
    "templates",
    "lists",
    "sources",
    "prefect.yaml",
    "program.yaml",
    "brand.yaml",
    SETTINGS_FILE,
)


def starter_project() -> Path:
    """Where the starter project lies: inside an installed package, or at the root of a checkout."""
    packaged = Path(str(files("pakdee"))) / "starter"
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[3]


def new_project(directory: Path) -> list[str]:
    """Copy the starter project to `directory`, which must be empty or absent. Returns what was copied."""
    if directory.exists() and any(directory.iterdir()):
        next_step = "give a new folder; nothing was written"
        raise SettingsError("the folder is not empty", where=directory.name, next_step=next_step)
    directory.mkdir(parents=True, exist_ok=True)
    for name in STARTER:
        source, target = starter_project() / name, directory / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copyfile(source, target)
    return list(STARTER)


def new_campaign(house: House, name: str, origin: str) -> Path:
    """Copy campaign `origin` to `name` as a draft, comments and all. Returns the new file."""
    source = house.directory / "campaigns" / f"{origin}.yaml"
    target = source.with_name(f"{name}.yaml")
    if not re.match(NAME, name):
        raise _refused(f"{name!r} cannot be a name", "use small letters, digits and _")
    if not source.is_file():
        raise _refused(f"there is no campaign {origin!r} to copy", "see the folder campaigns/")
    if target.exists():
        raise _refused(f"there is already a campaign {name!r}", "choose another name")
    text = source.read_text(encoding="utf-8")
    target.write_text(re.sub(r"(?m)^status:\s*\w+", "status: draft", text), encoding="utf-8")
    return target


def _refused(what: str, next_step: str) -> PakdeeError:
    return PakdeeError(what, where="campaigns/", next_step=next_step)


def check(house: House) -> list[Problem]:
    """Every finding in every file of the project, errors and warnings, sorted; empty means all is well."""
    from pakdee.catalog import settings_problems

    found: list[Problem] = []
    campaigns: Collection[Campaign] = ()
    try:
        found += (*house.project.warnings, *programme_warnings(house))
        campaigns = house.project.campaigns.values()
        found += template_problems(
            house, anew=True
        )  # before they are loaded here, so that none can break this very process
    except CatalogError as error:
        found += error.problems
    if not any(problem.severity == "error" for problem in found):
        found += misfits(house)
    file = house.directory / SETTINGS_FILE
    found += settings_problems(file, house.settings, house.today(), campaigns)
    return sorted(set(found))


def import_facts(
    house: House,
    path: Path,
    *,
    adapter: str | None = None,
    source: str | None = None,
    append: bool = False,
    accept_loss: bool = False,
    assume_consent: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> ImportReport:
    """Import the shop's data from `path` into a new snapshot.

    Args:
        adapter: a known public set: online-retail, cdnow, starbucks.
        source: the name of a file in sources/ that maps the shop's own export.

    Raises:
        ImportRefused, LedgerError, CatalogError: the last snapshot stays in force.
    """
    from pakdee import ledger
    from pakdee.catalog import load_source

    mapping = load_source(house.directory / "sources" / f"{source}.yaml") if source else None
    settings = house.settings
    return ledger.import_(
        path,
        location=house.ledger_location,
        zone=house.zone,
        currency=settings.shop.currency,
        now=house.clock(),
        adapter=adapter,
        source=mapping,
        append=append,
        accept_loss=accept_loss,
        assume_consent=assume_consent,
        shrink=settings.ledger.shrink,
        keep=settings.ledger.keep,
        progress=(lambda step: progress(step, 0, 0)) if progress else None,
    )
