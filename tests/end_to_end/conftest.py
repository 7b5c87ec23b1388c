"""A real project with a generated shop and a real twin in a process of its own."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pakdee import jobs, ledger
from pakdee.house import House, open_house
from tests.proven import prove

DAY = dt.date(2026, 6, 15)


def fetch(url: str, data: bytes | None = None) -> bytes:
    with urllib.request.urlopen(urllib.request.Request(url, data=data), timeout=60) as answer:
        return answer.read()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Shop:
    """One project folder, its twin, and a way to run commands as a user would."""

    directory: Path
    twin_port: int
    day: dt.date = DAY
    processes: list[subprocess.Popen] = field(default_factory=list)
    houses: list[House] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"PAKDEE_SENDGRID_URL": f"http://127.0.0.1:{self.twin_port}"}

    def house(self, **given) -> House:
        made = open_house(self.directory, environment=self.environment, **given)
        self.houses.append(made)
        return made

    def pakdee(
        self, *words: str, check: int | None = 0, env: dict | None = None
    ) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "pakdee", *words, "--project", str(self.directory)]
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            env=self.environment | (env or {}),
            timeout=240,
        )
        assert check is None or done.returncode == check, done.stdout + done.stderr
        return done

    def start(self, *words: str, port: int) -> subprocess.Popen:
        command = [
            sys.executable,
            "-m",
            "pakdee",
            *words,
            "--port",
            str(port),
            "--project",
            str(self.directory),
        ]
        with (self.directory / f"{words[0]}.log").open("ab") as log:
            process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        self.processes.append(process)
        for _ in range(200):
            try:
                fetch(f"http://127.0.0.1:{port}/health")
            except OSError:
                assert process.poll() is None, (self.directory / f"{words[0]}.log").read_text()
                time.sleep(0.1)
            else:
                return process
        raise AssertionError(f"{words[0]} did not start")

    def start_twin(self, *words: str) -> subprocess.Popen:
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
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def make_shop(directory: Path, *, customers: int = 1_500, seed: int = 7) -> Shop:
    """The starter project with a generated shop imported, its templates proven."""
    jobs.new_project(directory)
    prove(directory)
    ledger.generate_shop(directory / "exports", customers=customers, until=DAY, seed=seed)
    shop = Shop(directory, free_port())
    jobs.import_facts(shop.house(), directory / "exports")
    return shop


@pytest.fixture
def shop(tmp_path):
    """A shop of 1,500 customers; its twin is started by the test that needs one."""
    made = make_shop(tmp_path / "shop")
    yield made
    made.close()
