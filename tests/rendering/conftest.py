"""Fixtures for tests of rendering."""

from __future__ import annotations

import pytest
from mail_making import BRAND, FEATURES, PROGRAM, ROOT

from pakdee.rendering import Templates


@pytest.fixture(scope="session")
def templates() -> Templates:
    """The mails of the starter project."""
    return Templates.load(ROOT / "templates", brand=BRAND, currency="THB", features=FEATURES, program=PROGRAM)
