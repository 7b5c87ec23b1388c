"""The starter project with some of its campaigns, for tests to which more of them say nothing more."""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection
from pathlib import Path

_TEMPLATE = re.compile(r"\btemplate: (\w+)")


def keep(directory: Path, campaigns: Collection[str]) -> None:
    """Take all other campaigns out of a project, and the templates that only these had."""
    kept = {directory / "campaigns" / f"{name}.yaml" for name in campaigns}
    for file in set((directory / "campaigns").iterdir()) - kept:
        file.unlink()
    used = {name for file in kept for name in _TEMPLATE.findall(file.read_text(encoding="utf-8"))}
    for folder in (directory / "templates").iterdir():
        if folder.is_dir() and folder.name not in used:
            shutil.rmtree(folder)


def without_steps(directory: Path, campaign: str) -> None:
    """Take the further mails out of a campaign, which stand at the end of its file."""
    file = directory / "campaigns" / f"{campaign}.yaml"
    first, found, _ = file.read_text(encoding="utf-8").partition("\nsteps:")
    assert found
    file.write_text(f"{first}\n", encoding="utf-8")
