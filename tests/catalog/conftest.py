"""A project in a folder of its own, to be spoilt."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sample_catalogue import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the starter project; templates need only be there, their content is not looked at."""
    for room in ("segments", "campaigns", "lists"):
        shutil.copytree(ROOT / room, tmp_path / room)
    for name in ("program.yaml", "brand.yaml", "pakdee.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    for campaign in (ROOT / "campaigns").glob("*.yaml"):
        (tmp_path / "templates" / campaign.stem).mkdir(parents=True)
    return tmp_path


@pytest.fixture
def edit(project: Path) -> Callable[[str, str, str], None]:
    """Replaces a piece of one of the project's files; with an old piece of "" appends."""

    def change(file: str, old: str, new: str) -> None:
        text = (project / file).read_text("utf-8")
        assert old in text
        (project / file).write_text(text.replace(old, new, 1) if old else text + new, "utf-8")

    return change
