"""A real project with a generated shop and a real twin in a process of its own."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pakdee import jobs, ledger
from pakdee.cli.processes import reserved_port
from pakdee.house import House, open_house
from tests.fewer import keep
from tests.forking import Done, Forked, ForkServer
from tests.proven import prove

DAY = dt.date(2026, 6, 15)
CAMPAIGNS = (
    "birthday",
    "join_anniversary",
    "newsletter",
    "nps_survey",
    "replenishment",
    "review_request",
    "second_purchase",
    "tier_upgrade",
    "welcome",
    "win_back",
)
# Below the ports a system gives to outgoing connections, and none is given twice while tests run.
FIRST_PORT = 23_000
_PORTS = ExitStack()


def fetch(url: str, data: bytes | None = None) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, data=data), timeout=60) as answer:
        return answer.read()


def free_port() -> int:
    """A port that is kept from others, also while nobody listens on it."""
    return _PORTS.enter_context(reserved_port(FIRST_PORT, tries=1000))


@dataclass
class Shop:
    """One project folder, its twin, and a way to run commands as a user would."""

    directory: Path
    twin_port: int
    commands: ForkServer
    day: dt.date = DAY
    processes: list[Forked] = field(default_factory=list)
    houses: list[House] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"PAKDEE_SENDGRID_URL": f"http://127.0.0.1:{self.twin_port}"}

    def house(self, **given) -> House:
        made = open_house(self.directory, environment=self.environment, **given)
        self.houses.append(made)
        return made

    def pakdee(self, *words: str, check: int | None = 0, env: dict | None = None) -> Done:
        """A command to its end, which must be with exit code `check`."""
        done = self.commands.run(self._of_it(words), self.environment | (env or {}), timeout=240)
        assert check is None or done.returncode == check, done.stdout + done.stderr
        return done

    def begin(self, *words: str) -> Forked:
        """A command that goes on while the test does; its output goes to a log beside the project's files."""
        with (self.directory / f"{words[0]}.log").open("ab") as log:
            process = self.commands.start(self._of_it(words), self.environment, log, log)
        self.processes.append(process)
        return process

    def start(self, *words: str, port: int) -> Forked:
        """A command that serves, once it answers."""
        process = self.begin(*words, "--port", str(port))
        for _ in range(1000):
            try:
                fetch(f"http://127.0.0.1:{port}/health")
            except OSError:
                assert process.poll() is None, (self.directory / f"{words[0]}.log").read_text()
                time.sleep(0.02)
            else:
                return process
        raise AssertionError(f"{words[0]} did not start")

    def _of_it(self, words: tuple[str, ...]) -> list[str]:
        return [*words, "--project", str(self.directory)]

    def start_twin(self, *words: str) -> Forked:
        return self.start("twin", *words, port=self.twin_port)

    def twin(self, path: str) -> dict:
        return json.loads(fetch(f"http://127.0.0.1:{self.twin_port}{path}"))

    def twin_messages(self) -> list[dict]:
        found: list[dict] = []
        while True:
            page = self.twin(f"/twin/messages?limit=1000&offset={len(found)}")["messages"]
            found += page
            if len(page) < 1000:
                return found

    def close(self) -> None:
        for house in self.houses:
            house.close()
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def make_shop(directory: Path, commands: ForkServer, *, customers: int = 1_500, seed: int = 7) -> Shop:
    """The starter project, some of its campaigns, with a generated shop imported and templates proven.

    All campaigns of the starter are planned and sent in test_demo.py and test_year.py.
    """
    jobs.new_project(directory)
    keep(directory, CAMPAIGNS)
    prove(directory)
    ledger.generate_shop(directory / "exports", customers=customers, until=DAY, seed=seed)
    shop = Shop(directory, free_port(), commands)
    jobs.import_facts(shop.house(), directory / "exports")
    return shop


@pytest.fixture(scope="session")
def _pattern(tmp_path_factory, commands) -> Path:
    """A shop that was just imported, to be copied."""
    made = make_shop(tmp_path_factory.mktemp("pattern") / "shop", commands)
    made.close()
    return made.directory


@pytest.fixture
def shop(_pattern, tmp_path, commands) -> Iterator[Shop]:
    """A shop of 1,500 customers; its twin is started by the test that needs one."""
    shutil.copytree(_pattern, tmp_path / "shop")
    made = Shop(tmp_path / "shop", free_port(), commands)
    yield made
    made.close()
