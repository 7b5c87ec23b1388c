"""A project in a folder of its own, to be spoilt."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sample_catalogue import ROOT, SAMPLE


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the sample project, whose lines the tests name."""
    return copied(SAMPLE, tmp_path)


@pytest.fixture
def starter(tmp_path: Path) -> Path:
    """A copy of the starter project."""
    return copied(ROOT, tmp_path)


def copied(source: Path, into: Path) -> Path:
    """A project's files; templates need only be there, their content is not looked at."""
    for room in ("segments", "campaigns", "lists"):
        shutil.copytree(source / room, into / room)
    for name in ("program.yaml", "brand.yaml", "pakdee.toml"):
        shutil.copy(source / name, into / name)
    for campaign in (source / "campaigns").glob("*.yaml"):
        templates = re.findall(r"\btemplate: (\w+)", campaign.read_text("utf-8"))
        assert templates
        for template in templates:
            folder = into / "templates" / template
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "th.j2").touch()
    return into


@pytest.fixture
def edit(project: Path) -> Callable[[str, str, str], None]:
    """Replaces a piece of one of the project's files; with an old piece of "" appends."""

    def change(file: str, old: str, new: str) -> None:
        text = (project / file).read_text("utf-8")
        assert old in text
        (project / file).write_text(text.replace(old, new, 1) if old else text + new, "utf-8")

    return change
