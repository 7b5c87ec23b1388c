"""The same specification for both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import psycopg
import pytest
from journal_making import Clock, opened
from postgresql_server import CannotStart, running_server

from pakdee.journal import Journal

_NUMBERS = count()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A real server's address, or a skip that says why there is none."""
    try:
        with running_server() as address:
            yield address
    except CannotStart as error:
        pytest.skip(f"PostgreSQL cannot be started here: {error}")


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], str]:
    """Makes addresses of journals that do not exist yet."""
    if request.param == "sqlite":
        folder = tmp_path_factory.mktemp("journal")
        return lambda: f"sqlite:///{folder}/journal-{next(_NUMBERS)}.sqlite"
    server = request.getfixturevalue("postgresql")

    def new_schema() -> str:
        # A schema each: a database of its own would cost 7 MB of files per test.
        name = f"journal_{next(_NUMBERS)}"
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return f"{server}&options=-csearch_path%3D{name}"

    return new_schema


@pytest.fixture
def url(new_url: Callable[[], str]) -> str:
    return new_url()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def journal(url: str, clock: Clock) -> Iterator[Journal]:
    found = opened(url, clock)
    yield found
    found.close()
