"""What all tests share: verdicts on templates, what starts commands, and the order of their files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pakdee.house import proving
from tests.forking import ForkServer

ROOM_OF_PROCESSES = "tests/end_to_end/"


@pytest.fixture(autouse=True, scope="session")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One memory of verdicts for all projects of this process; verdicts go by what they hang on."""
    file = tmp_path_factory.mktemp("verdicts") / "templates.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proving, "FILE", str(file))
        yield


@pytest.fixture(scope="session")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    """What starts commands, where nothing is to be shown of their start."""
    with ForkServer(tmp_path_factory.mktemp("commands")) as server:
        yield server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that wait for real servers first: what only computes fills the gaps, and nobody waits at the end."""
    items.sort(key=_comes_late)


def _comes_late(item: pytest.Item) -> tuple[bool, bool]:
    return item.get_closest_marker("server") is None, not item.nodeid.startswith(ROOM_OF_PROCESSES)
