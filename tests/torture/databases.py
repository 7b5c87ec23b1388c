"""The two journals the torture runs on: a file, and a real PostgreSQL that is killed like any other process."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "journal"))
import postgresql_server as programs  # noqa: E402 - the tests of the journal start one the same way


class Postgresql:
    """A PostgreSQL server that can be killed and started again; each round gets a database of its own."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._programs = programs._programs()
        self._user = programs._let_in(home)
        self._server: subprocess.Popen[bytes] | None = None
        programs._initialise(self._programs, home, self._user)
        self.start()

    def start(self) -> None:
        """Start, once the processes of a killed server have let go of its memory."""
        deadline = time.monotonic() + 60
        while self._server is None:
            try:
                self._server = programs._started(self._programs, self._home, self._user)
            except programs.CannotStart:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def kill(self) -> None:
        """SIGKILL to the server; what it had confirmed, its log has."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """The "immediate" stop: all of its processes end where they stand."""
        self._end(signal.SIGQUIT)

    def database(self, name: str) -> str:
        """The address of a new, empty database."""
        with psycopg.connect(f"host={self._home} user=pakdee dbname=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://pakdee@/{name}?host={self._home}"

    def _end(self, number: int) -> None:
        if self._server is not None:
            self._server.send_signal(number)
            self._server.wait(60)
            self._server = None


def ask(url: str, sql: str) -> list[tuple[Any, ...]]:
    """Rows of the journal at `url`, read without any of its code."""
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=60)) as connection:
            return connection.execute(sql).fetchall()
    with psycopg.connect(url, connect_timeout=10) as connection:
        return connection.execute(sql).fetchall()


@contextmanager
def postgresql() -> Iterator[Postgresql]:
    """A server in a folder of its own; nothing of it is kept."""
    home = Path(
        tempfile.mkdtemp(prefix="pakdee-pg-", dir="/tmp")
    )  # short: a socket's path is at most 107 bytes
    server = None
    try:
        server = Postgresql(home)
        yield server
    finally:
        if server:
            server.stop()
        shutil.rmtree(home, ignore_errors=True)
