"""Commands and scripts in processes of their own that do not wait for Python to import everything once more.

One process has imported all of Pakdee and opened nothing; each command is a fork of it. Starting Python takes
most of a second of computing, forking milliseconds. That every command also starts by itself, tests/cli shows.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple, NoReturn, Self

from tests.torture.nursery import PRELOADED, QUIET_LIBRARIES, ROOT


class Forked:
    """A running command, with the words of `subprocess.Popen`."""

    def __init__(self, order: Sequence[str], door: socket.socket) -> None:
        self._order, self._door = order, door.makefile("r", encoding="ascii")
        self._socket = door
        self.pid = int(self._door.readline())
        self.returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """How it ended: its exit code, or less than zero the signal. Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            if not select.select([self._socket], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self._order, timeout or 0)
            self.returncode = int(self._door.readline())
            self._door.close()
            self._socket.close()
        return self.returncode

    def poll(self) -> int | None:
        """The same, None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def send_signal(self, number: int) -> None:
        """Nothing where it has ended."""
        with contextlib.suppress(ProcessLookupError):
            if self.poll() is None:
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class ForkServer:
    """The process all commands are forks of."""

    def __init__(self, folder: Path) -> None:
        self._address = str(folder / "door")
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, self._address],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | QUIET_LIBRARIES | {"PYTHONPATH": str(ROOT)},
        )
        assert self._process.stdout.readline() == "ready\n"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()  # at the end of its input it ends
        self._process.wait(30)
        self._process.stdout.close()

    def start(
        self,
        words: Sequence[str],
        environment: Mapping[str, str],
        out: IO[Any],
        err: IO[Any],
        *,
        script: Path | None = None,
    ) -> Forked:
        """Begin `pakdee <words>`, or another Python script with these words."""
        door = socket.socket(socket.AF_UNIX)
        door.connect(self._address)
        told = {"words": list(words), "environment": dict(environment), "script": script and str(script)}
        order = json.dumps(told).encode()
        socket.send_fds(door, [b"%8d" % len(order)], [out.fileno(), err.fileno()])
        door.sendall(order)
        return Forked(words, door)

    def run(self, words: Sequence[str], environment: Mapping[str, str], *, timeout: float) -> Done:
        """`pakdee <words>` to its end."""
        with TemporaryFile() as out, TemporaryFile() as err:
            child = self.start(words, environment, out, err)
            try:
                code = child.wait(timeout)
            finally:
                child.kill()
            return Done(code, _read(out), _read(err))


@dataclass(frozen=True)
class Done:
    """What a command left."""

    returncode: int
    stdout: str
    stderr: str


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


# ── the server's own side ─────────────────────────────────────────────────────────────────────────
class _Order(NamedTuple):
    words: list[str]
    environment: dict[str, str]
    script: str | None
    files: list[int]


def _serve(address: str) -> _Order | None:
    """Take orders until the input ends: None then. Comes back in each fork as well, with its order."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen(64)
        print("ready", flush=True)
        while True:
            told, _, _ = select.select([listening, sys.stdin], [], [])
            if listening not in told:
                return None
            door, _ = listening.accept()
            if os.fork() == 0:
                return _begun(door)
            door.close()
            _forget_the_ended()


def _forget_the_ended() -> None:
    with contextlib.suppress(ChildProcessError):  # none is left
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass


def _begun(door: socket.socket) -> _Order:
    """Fork the command, and wait for it beside: only the fork comes back."""
    length, files, _, _ = socket.recv_fds(door, 8, 2)
    order = door.recv(int(length), socket.MSG_WAITALL)
    child = os.fork()
    if child == 0:
        door.close()
        return _Order(**json.loads(order), files=files)
    for file in files:
        os.close(file)
    door.sendall(b"%d\n" % child)
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(OSError):  # who ordered it may be gone
        door.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    os._exit(0)


def _become(order: _Order) -> NoReturn:
    """From here on as if just started."""
    os.environ.clear()
    os.environ.update(order.environment)
    null = os.open(os.devnull, os.O_RDONLY)
    for number, file in enumerate((null, *order.files)):
        os.dup2(file, number)
        os.close(file)
    sys.argv = [order.script or "pakdee", *order.words]
    code: Any = 1
    try:
        _run(order.script)
        code = 0
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - told as Python tells it
        traceback.print_exc()
    finally:  # at once: taking down what was only copied costs more than a short command
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 0)


def _run(script: str | None) -> None:
    if script is None:
        from pakdee.cli import main

        main()
        return
    sys.path.insert(0, str(Path(script).parent))
    runpy.run_path(script, run_name="__main__")


def _main(address: str) -> None:
    for name in (*PRELOADED, "pakdee.cli"):
        __import__(name)
    threads = len(list(Path("/proc/self/task").glob("*")))  # none where there is no /proc
    if threads > 1:
        raise SystemExit(f"{threads} threads are running after the imports: a fork could hang")
    gc.freeze()  # or each fork would copy all of this as soon as it looks for garbage
    if order := _serve(address):
        _become(order)
    gc.unfreeze()  # DuckDB complains of what is left


if __name__ == "__main__":
    _main(sys.argv[1])
