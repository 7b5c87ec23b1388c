"""Child processes that live and die together: started in order, watched, stopped in reverse, no orphans."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import IO, Self

from pakdee.cli import guard
from pakdee.cli.ports import try_port
from pakdee.domain.errors import PakdeeError

TAIL = 25  # lines of a log shown with an error
BEAT = 0.2  # seconds between two looks


class ProcessFailed(PakdeeError):
    """A child process did not start, did not answer in time, or ended by itself."""


class Family:
    """The processes of one `pakdee up`, each in its own session and with its own log.

    A terminal's Ctrl-C reaches only the parent, which then stops the children in the right order;
    a guard process ends them should the parent be killed.
    """

    def __init__(self, *, directory: Path, logs: Path, environment: Mapping[str, str]) -> None:
        self._directory, self._logs, self._environment = directory, logs, dict(environment)
        self._members: dict[str, subprocess.Popen[bytes]] = {}
        self._guard: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        watch = [sys.executable, guard.__file__]
        self._guard = subprocess.Popen(  # noqa: S603 - our own program
            watch, stdin=subprocess.PIPE, text=True, start_new_session=True
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in reversed(list(self._members)):
            self.stop(name)
        if self._guard and self._guard.stdin:
            self._guard.stdin.close()
            self._guard.wait()

    def log_of(self, name: str) -> Path:
        """Where the output of process `name` goes."""
        return self._logs / f"{name}.log"

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a long-running process; its output goes to a new log, the last one is kept."""
        with self._log(name) as log:
            process = self._popen(command, log)
        self._members[name] = process
        self._tell_guard(f"+{process.pid}")

    def run(self, name: str, command: Sequence[str], *, failure: str) -> None:
        """Run a short process to its end. Raises ProcessFailed with the end of its log if it fails."""
        self.start(name, command)
        code = self._members[name].wait()
        self._forget(name)
        if code != 0:
            raise self.failed(name, failure)

    def wait_until(self, answers: Callable[[], bool], *, name: str, seconds: float) -> None:
        """Wait until process `name` answers. Raises ProcessFailed if it ends or stays silent."""
        deadline = time.monotonic() + seconds
        while not answers():
            self.check()
            if time.monotonic() > deadline:
                raise self.failed(name, f"{name} did not answer within {seconds:.0f} seconds")
            time.sleep(BEAT)

    def check(self) -> None:
        """Raise ProcessFailed if a process has ended by itself."""
        for name, process in self._members.items():
            if (code := process.poll()) is not None:
                how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
                raise self.failed(name, f"{name} ended by itself ({how})")

    def stop(self, name: str, *, patience: float = guard.PATIENCE) -> None:
        """End one process and all it started; nothing happens if it does not run."""
        process = self._members.get(name)
        if process is None:
            return
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
        guard.end_group(process.pid, patience=0)
        process.wait()
        self._forget(name)

    def failed(self, name: str, what: str) -> ProcessFailed:
        """The error that says `what` about process `name`, with the end of its log."""
        return ProcessFailed(
            f"{what}; the end of its log:\n{tail(self.log_of(name))}",
            where=name,
            next_step=f"read {self.log_of(name)}, mend the cause and start again.",
        )

    def _popen(self, command: Sequence[str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - commands are put together here, never by a file or a user
            list(command),
            cwd=self._directory,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def _log(self, name: str) -> IO[bytes]:
        log = self.log_of(name)
        if log.exists():
            log.replace(log.with_suffix(".last.log"))
        return log.open("wb")

    def _forget(self, name: str) -> None:
        self._tell_guard(f"-{self._members.pop(name).pid}")

    def _tell_guard(self, line: str) -> None:
        if self._guard and self._guard.stdin:
            self._guard.stdin.write(line + "\n")
            self._guard.stdin.flush()


def tail(log: Path, lines: int = TAIL) -> str:
    """The last lines of a log, indented; a word if there is none."""
    if not log.exists():
        return "  (no log)"
    text = log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    return "\n".join(f"  {line}" for line in text) or "  (empty)"


@contextlib.contextmanager
def reserved_port(first: int, *, tries: int = 100) -> Iterator[int]:
    """The first port from `first` on that nobody listens on at 127.0.0.1, kept from other projects inside.

    A child takes seconds to listen; without the reservation two projects started together would both be
    given the port, and the second would mistake the first one's server for its own.
    """
    for port in range(first, first + tries):
        with _locked(_port_locks() / f"{port}") as mine:
            if mine and _is_free(port):
                yield port
                return
    raise ProcessFailed(
        f"no free port from {first} to {first + tries - 1}",
        where="127.0.0.1",
        next_step="end a program that holds one of them.",
    )


def _port_locks() -> Path:
    folder = Path(tempfile.gettempdir()) / f"pakdee-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _is_free(port: int) -> bool:
    try:
        try_port("127.0.0.1", port)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Hold `lock` while inside; the kernel lets go of it when this process ends, however it ends.

    Raises:
        ProcessFailed: another process holds it; the message names its id.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with _locked(lock) as mine:
        if not mine:
            raise _already_up(lock)
        yield


@contextlib.contextmanager
def _locked(lock: Path) -> Iterator[bool]:
    """Whether `lock` is ours inside; it then carries the id of this process."""
    with lock.open("a+", encoding="utf-8") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        held.truncate(0)
        held.write(f"{os.getpid()}\n")
        held.flush()
        yield True


def _already_up(lock: Path) -> ProcessFailed:
    pid = lock.read_text(encoding="utf-8").strip() or "unknown"
    return ProcessFailed(
        f"this project is up already, in process {pid}",
        where=str(lock),
        next_step=f"use the one that runs, or end it with Ctrl-C in its terminal or `kill {pid}`.",
    )


@contextlib.contextmanager
def ends_on_signals() -> Iterator[None]:
    """Inside, SIGTERM and a closed terminal act like Ctrl-C: they raise KeyboardInterrupt.

    SIGINT is set too: a script's background job starts with it ignored, its children would inherit that,
    and Prefect's worker, which turns SIGTERM into SIGINT, could never be stopped. `nohup` is respected.
    """
    numbers = [signal.SIGINT, signal.SIGTERM]
    numbers += [signal.SIGHUP] if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN else []
    before = {number: signal.signal(number, _interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt(signal.Signals(number).name)
