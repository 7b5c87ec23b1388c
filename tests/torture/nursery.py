"""A process that has imported everything and opened nothing, and forks children on command.

Starting Python with all of Pakdee takes seconds, forking milliseconds: a thousand kills then take minutes.
It reads commands as lines of JSON and answers each with one line. It alone waits for its children, so a
process id always names the child it was given for, dead or alive.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any, Self

PRELOADED = (
    "pakdee.jobs",
    "pakdee.house",
    "pakdee.catalog",
    "pakdee.journal",
    "pakdee.journal.statements",
    "pakdee.delivery",
    "pakdee.delivery.local_keys",
    "pakdee.ledger",
    "pakdee.programme",
    "pakdee.rendering",
    "pakdee.twin",
    "pakdee.twin.serving",
    "pakdee.web",
    "psycopg",
    "sendgrid",
    "uvicorn",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "uvicorn.lifespan.on",
    "tests.torture.parts",
)


ROOT = Path(__file__).resolve().parents[2]
# Some libraries start threads when they are imported; a process with threads must not fork.
QUIET_LIBRARIES = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}


class Nursery:
    """The fork server as seen by who commands it; on leaving, no child is left."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        environment = os.environ | QUIET_LIBRARIES | {"PYTHONPATH": str(ROOT)}
        with (self._logs / "nursery.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(self._logs)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment,
            )
        assert self._answer() == "ready"
        return self

    def __exit__(self, *_: object) -> None:
        if self._process:
            self._process.stdin.close()  # at the end of its input it ends, and its children before it
            self._process.wait(30)
            self._process.stdout.close()

    def fork(self, part: str, name: str, **given: Any) -> int:
        """Start `parts.<part>(**given)` in a child whose output goes to the log `name`; its process id."""
        return int(self._ask({"do": "fork", "part": part, "name": name, "given": given}))

    def end(self, child: int, number: int = signal.SIGKILL) -> int | None:
        """Signal a child and wait for its end; how it ended: -9 if by SIGKILL, else its exit code."""
        return self._ask({"do": "end", "child": child, "number": int(number)})

    def signal(self, child: int, number: int) -> None:
        """Signal a child and go on."""
        self._ask({"do": "signal", "child": child, "number": int(number)})

    def ended(self, child: int) -> int | None:
        """How a child ended; None while it lives."""
        return self._ask({"do": "ended", "child": child})

    def said(self, name: str) -> str:
        """What children of this name have written so far."""
        return (self._logs / f"{name}.log").read_text(encoding="utf-8")

    def _ask(self, command: dict[str, Any]) -> Any:
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Any:
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the nursery ended: {(self._logs / 'nursery.log').read_text()[-2000:]}")
        return json.loads(line)


class _Children:
    """The nursery's own side."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._alive: set[int] = set()
        self._codes: dict[int, int] = {}

    def fork(self, part: str, name: str, given: dict[str, Any]) -> int:
        child = os.fork()
        if child == 0:
            _be(self._logs / f"{name}.log", part, given)
        self._codes.pop(child, None)  # of an earlier child: a system gives its numbers out again
        self._alive.add(child)
        return child

    def end(self, child: int, number: int) -> int:
        if self.ended(child) is None:
            os.kill(child, number)
            self._reap(child, 0)
        return self._codes[child]

    def signal(self, child: int, number: int) -> None:
        if self.ended(child) is None:
            os.kill(child, number)

    def ended(self, child: int) -> int | None:
        if child in self._alive:
            self._reap(child, os.WNOHANG)
        return self._codes.get(child)

    def end_all(self) -> None:
        for child in list(self._alive):
            self.end(child, signal.SIGKILL)

    def _reap(self, child: int, how: int) -> None:
        found, status = os.waitpid(child, how)
        if found:
            self._alive.discard(child)
            self._codes[child] = os.waitstatus_to_exitcode(status)


def _be(log: Path, part: str, given: dict[str, Any]) -> None:
    """What a child does; it never returns."""
    code = 1
    try:
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        null = os.open(os.devnull, os.O_RDONLY)
        for number, file in ((0, null), (1, out), (2, out)):
            os.dup2(file, number)
        from tests.torture import parts

        getattr(parts, part)(**given)
        code = 0
    except BaseException:  # noqa: BLE001 - told in the log; the child ends here whatever happened
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _preload() -> None:
    for name in PRELOADED:
        __import__(name)
    threads = len(list(Path("/proc/self/task").glob("*")))  # none where there is no /proc
    if threads > 1:
        raise SystemExit(f"{threads} threads are running after the imports: a child could hang")
    gc.freeze()  # or each child would copy all of this as soon as it looks for garbage


def _serve(logs: Path) -> None:
    _preload()
    children = _Children(logs)
    print(json.dumps("ready"), flush=True)
    try:
        for line in sys.stdin:
            command = json.loads(line)
            print(json.dumps(getattr(children, command.pop("do"))(**command)), flush=True)
    finally:
        children.end_all()
        gc.unfreeze()  # DuckDB complains of what is left


if __name__ == "__main__":
    _serve(Path(sys.argv[1]))
