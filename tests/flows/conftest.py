"""One project that is really up: server, worker, twin and web, for all tests of this folder."""

import pytest

from pakdee import jobs
from pakdee.cli.up import up
from pakdee.house import open_house
from tests.proven import prove


@pytest.fixture(scope="session")
def house(tmp_path_factory):
    """A new project, as `pakdee init` makes it."""
    directory = tmp_path_factory.mktemp("project") / "shop"
    jobs.new_project(directory)
    prove(directory)
    return open_house(directory)


@pytest.fixture(scope="session")
def running(house):
    """The project, up."""
    with up(house, say=print) as found:
        yield found
