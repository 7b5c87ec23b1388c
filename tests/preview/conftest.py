"""A project of two campaigns and a template that none uses, without a ledger; and one browser for all tests."""

from __future__ import annotations

import datetime as dt
import os

import pytest

from docs.browser import browser, program
from pakdee import jobs
from pakdee.house import open_house
from pakdee.preview import Wish, told
from tests.fewer import without_steps

DAY = dt.date(2026, 6, 15)
KEPT = ("birthday", "welcome")


def new_house(folder):
    """The starter project with two of its campaigns, each of one mail; the template of a third stays."""
    jobs.new_project(folder)
    for path in (folder / "campaigns").iterdir():
        if path.stem not in KEPT:
            path.unlink()
    for path in (folder / "templates").iterdir():
        if path.name not in (*KEPT, "newsletter"):
            for file in path.iterdir():
                file.unlink()
            path.rmdir()
    without_steps(folder, "welcome")
    return open_house(folder, environment={}, clock=lambda: dt.datetime(2026, 6, 15, 4, tzinfo=dt.UTC))


def with_a_slip(template):
    """A template with a wrong word on line 2."""
    return template.replace("---\n", "---\nsubjct: x\n", 1)


@pytest.fixture
def house(tmp_path):
    """A project whose files may be changed."""
    return new_house(tmp_path / "shop")


@pytest.fixture(scope="session")
def untouched(tmp_path_factory):
    """A project to look at only."""
    return new_house(tmp_path_factory.mktemp("look") / "shop")


@pytest.fixture(scope="session")
def gallery(untouched):
    """What the page of everything is told."""
    return told(untouched, Wish())


@pytest.fixture(scope="session")
def chromium():
    """A real browser without a window."""
    if program() is None and not os.environ.get("CI"):
        pytest.skip("there is no Chromium here")
    with browser() as found:
        yield found
