"""A real PostgreSQL for tests: the one on PATH, else the pgserver wheel's."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


class CannotStart(Exception):
    """No PostgreSQL can be started here; says why."""


class Server:
    """A server that can go away and come back with what it has committed."""

    def __init__(self, programs: Path, home: Path, user: str | None) -> None:
        self._programs, self._home, self._user = programs, home, user
        self._process: subprocess.Popen[bytes] | None = None
        self.address = f"postgresql://pakdee@/postgres?host={home}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        self._process = _started(self._programs, self._home, self._user)

    def stop(self) -> None:
        """At once, as in a crash."""
        if self._process:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(30)
            self._process = None


@contextmanager
def made_server() -> Iterator[Server]:
    """A fresh server that is running; nothing of it is kept."""
    programs = _programs()
    # Short: a socket's path may have 107 bytes.
    home = Path(tempfile.mkdtemp(prefix="pakdee-pg-", dir="/tmp"))
    server = None
    try:
        user = _let_in(home)
        _initialise(programs, home, user)
        server = Server(programs, home, user)
        server.start()
        yield server
    finally:
        if server:
            server.stop()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def running_server() -> Iterator[str]:
    """The address of a fresh server's database: `postgresql://pakdee@/postgres?host=…`."""
    with made_server() as server:
        yield server.address


def _programs() -> Path:
    found = shutil.which("postgres")
    if found:
        return Path(found).resolve().parent
    try:
        from pgserver import _commands
    except ImportError as error:
        raise CannotStart("no postgres on PATH, and the pgserver wheel is not installed") from error
    return Path(_commands.POSTGRES_BIN_PATH)


def _let_in(home: Path) -> str | None:
    """PostgreSQL refuses to run as root: then another user gets the folder."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            person = pwd.getpwnam(name)
        except KeyError:
            continue
        os.chown(home, person.pw_uid, person.pw_gid)
        return name
    raise CannotStart("running as root, and there is no user to run PostgreSQL as")


def _initialise(programs: Path, home: Path, user: str | None) -> None:
    command = [programs / "initdb", "-D", home / "data", "-U", "pakdee", "--auth=trust", "-E", "UTF8", "-N"]
    # A server that sorts as people do, where it can: the journal must sort by bytes all the same.
    kinds = (["--locale=C", "--locale-provider=icu", "--icu-locale=en"], ["--locale=C"])
    for locale in kinds:
        done = subprocess.run(
            [*command, *locale], user=user, cwd="/", capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            return
        shutil.rmtree(home / "data", ignore_errors=True)
    raise CannotStart(f"initdb: {done.stderr.strip()[-300:]}")


def _started(programs: Path, home: Path, user: str | None) -> subprocess.Popen[bytes]:
    settings = [
        f"-cunix_socket_directories={home}",
        "-clisten_addresses=",
        "-cfsync=off",
        "-cmax_connections=60",
    ]
    with (home / "log").open("wb") as log:
        command = [programs / "postgres", "-D", home / "data", *settings]
        server = subprocess.Popen(command, user=user, cwd="/", stdout=log, stderr=log)
    for _ in range(200):
        try:
            psycopg.connect(f"host={home} user=pakdee dbname=postgres").close()
        except psycopg.OperationalError:
            if server.poll() is not None:
                break
            time.sleep(0.05)
        else:
            return server
    server.kill()
    server.wait()
    raise CannotStart(f"postgres: {(home / 'log').read_text()[-300:]}")
