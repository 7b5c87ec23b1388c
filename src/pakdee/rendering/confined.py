"""Work that may be hostile or endless, in a process of its own: little time, little memory, no secrets.

The process gets one task after the other. Where it dies over one, that task is blamed and the others are
done by a new process, so that a bad file never hides what is to be said about a good one.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

Work = Callable[[Any, str], Any]
"""A module's function of what is shared by all tasks, and one task; gives what JSON can hold."""
_READY = "ready"
_OUT_OF_MEMORY = 83
"""The exit code that says so; no other part of Python uses it."""
_STARTING = 60.0
_LONGEST_ANSWER = 1_000_000
_LARGEST_FILE = 1_000_000
_PIECE = 65_536
_CHILD = "from pakdee.rendering.confined import main; main()"


@dataclass(frozen=True)
class Limits:
    """What each task may use.

    Args:
        cpu: seconds of computing.
        memory: bytes of address space beyond what the process has at its start; held where the system
            tells how much that is, as Linux does.
        wall: seconds until an answer, however little is computed.
    """

    cpu: float = 2.0
    memory: int = 512 * 1024 * 1024
    wall: float = 30.0


class Broken(StrEnum):
    """Why a task has no answer."""

    TIME = "time"
    MEMORY = "memory"
    DIED = "died"


class NotStarted(Exception):
    """The process did not even begin with the first task; its last words say why."""


def confined(
    work: Work, shared: Any, tasks: Sequence[str], limits: Limits = Limits()
) -> Iterator[tuple[str, Any | Broken]]:
    """Each task with what `work` gives for it, or why there is no answer.

    Args:
        work, shared: must survive pickling; `work` is found again by its module's name.

    Raises:
        NotStarted: the process can't be started at all.
    """
    waiting = list(tasks)
    while waiting:
        with tempfile.TemporaryFile() as orders, tempfile.TemporaryFile() as last_words:
            pickle.dump((work, shared, waiting, limits), orders)
            orders.seek(0)
            with _process(orders, last_words) as process:
                for answer in _answers(process, last_words, limits, len(waiting)):
                    yield waiting.pop(0), answer


def _process(orders: IO[bytes], last_words: IO[bytes]) -> subprocess.Popen[bytes]:
    """A fresh interpreter: nothing of this one's memory, environment or open files is in it."""
    return subprocess.Popen(  # noqa: S603 -- our own interpreter, our own words
        [sys.executable, "-s", "-B", "-c", _CHILD],
        stdin=orders,
        stdout=subprocess.PIPE,
        stderr=last_words,
        env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "PYTHONUTF8": "1"},
        start_new_session=True,
    )


def _answers(
    process: subprocess.Popen[bytes], last_words: IO[bytes], limits: Limits, count: int
) -> Iterator[Any | Broken]:
    """Answers in the order of the tasks; the last one may be why the process ended before its time."""
    lines = _lines(process, limits.wall)
    try:
        if next(lines, None) != _READY.encode():
            last_words.seek(0)
            raise NotStarted(last_words.read().decode("utf-8", "replace").strip()[-500:])
        for _ in range(count):
            line = next(lines, None)
            if line is None:
                yield _why(process.wait())
                return
            yield json.loads(line)
    except TimeoutError:
        yield Broken.TIME
    finally:
        process.kill()


def _lines(process: subprocess.Popen[bytes], patience: float) -> Iterator[bytes]:
    """Lines as they come. Raises TimeoutError where one keeps us waiting; the first may take a while."""
    pipe, rest, until = process.stdout, b"", time.monotonic() + _STARTING
    while pipe is not None:
        ready, _, _ = select.select([pipe], [], [], max(until - time.monotonic(), 0))
        if not ready:
            raise TimeoutError
        piece = os.read(pipe.fileno(), _PIECE)
        *whole, rest = (rest + piece).split(b"\n")
        if whole:
            yield from whole
            until = time.monotonic() + patience
        if len(rest) > _LONGEST_ANSWER:
            process.kill()
            return
        if not piece:
            return


def _why(code: int) -> Broken:
    if code == -signal.SIGPROF:
        return Broken.TIME
    return Broken.MEMORY if code == _OUT_OF_MEMORY else Broken.DIED


# ── in the process ────────────────────────────────────────────────────────────────────────────────────


def main() -> None:
    """Do what stands in the standard input, and answer line by line."""
    work, shared, tasks, limits = pickle.load(sys.stdin.buffer)  # noqa: S301 -- from our own parent
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the work prints is no answer
    _close_in(limits)
    print(_READY, file=answers, flush=True)
    for task in tasks:
        # Of computing, not of waiting: a busy machine is no fault of the task. The signal ends the process.
        signal.setitimer(signal.ITIMER_PROF, limits.cpu)
        try:
            answer = json.dumps(work(shared, task))
        except MemoryError:
            os._exit(_OUT_OF_MEMORY)
        signal.setitimer(signal.ITIMER_PROF, 0)
        print(answer, file=answers, flush=True)


def _close_in(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST_FILE, _LARGEST_FILE))
    used = _address_space()
    if used is not None:
        most = used + limits.memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _address_space() -> int | None:
    """Bytes this process has, None where the system does not tell."""
    pages = Path("/proc/self/statm")
    return int(pages.read_text().split()[0]) * resource.getpagesize() if pages.exists() else None
