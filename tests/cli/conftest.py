"""The tiny shop of the jobs' tests, for commands in processes of their own."""

from __future__ import annotations

import pytest

from tests.jobs.conftest import house

__all__ = ["house"]


@pytest.fixture
def project(house):
    """Its folder, as text."""
    return str(house.directory)
