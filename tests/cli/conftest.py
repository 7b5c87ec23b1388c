"""The tiny shop of the jobs' tests with few campaigns, for commands in processes of their own."""

from __future__ import annotations

import pytest

from tests.fewer import keep
from tests.jobs.conftest import house, pattern
from tests.proven import prove

__all__ = ["house", "pattern"]


@pytest.fixture
def project(house):
    """Its folder, as text; its templates are proven, since each command would prove them anew."""
    keep(house.directory, ["birthday", "second_purchase", "welcome", "win_back"])
    prove(house.directory)
    return str(house.directory)
