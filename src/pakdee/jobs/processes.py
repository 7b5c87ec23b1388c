"""Plan with a process per processor: hand out shards, add up what comes back, fail as one.

Each process is started afresh and never forked: a fork would share locks of threads that it does not have.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, Pipe, wait
from types import TracebackType
from typing import Any, Self

from pakdee.domain.errors import PakdeeError
from pakdee.jobs.planner import Briefing, Task
from pakdee.jobs.tally import Tally

Shard = tuple[str, str]
AHEAD = 2  # shards a process has at hand, so that it never waits for the next one
PULSE = 30.0  # seconds between two signs of life of the run, far less than its lease
PATIENCE = 10.0  # seconds that a process has to end by itself
_START = "from pakdee.jobs.planner import main; main()"


class Crew:
    """Planning processes, all of them well or the run fails; they end with the `with` block."""

    def __init__(self, briefing: Briefing, processes: int) -> None:
        self._briefing, self._processes = _pickled(briefing), processes
        self._members: dict[Connection[Any, Any], subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        """Start all of them; they get ready by themselves."""
        try:
            for _ in range(self._processes):
                self._start()
        except BaseException:
            self._dismiss()
            raise
        return self

    def __len__(self) -> int:
        """How many they are."""
        return self._processes

    def plan(
        self,
        tasks: Sequence[Task],
        shards: Sequence[Shard],
        done: Callable[[int], None],
        pulse: Callable[[], None],
    ) -> Tally:
        """Have all shards planned; what became of everyone.

        Args:
            tasks: one for each process.
            done: called with the customers of each shard that is ready.
            pulse: called now and then while the others work.

        Raises:
            PakdeeError: what a process failed of, or that it died.
        """
        waiting, tally, working, beat = iter(shards), Tally(), set(self._members), time.monotonic()
        for link, task in zip(self._members, tasks, strict=True):
            self._say(link, task)
        for link in [*self._members] * AHEAD:
            self._hand(link, waiting)
        while working:
            for link in [found for found in wait(working, PULSE) if isinstance(found, Connection)]:
                kind, told = self._heard(link)
                if kind == "ended":
                    tally.add(told)
                    working.discard(link)
                else:
                    done(told)
                    self._hand(link, waiting)
            if time.monotonic() - beat > PULSE:
                pulse()
                beat = time.monotonic()
        return tally

    def _start(self) -> None:
        ours, theirs = Pipe()
        with theirs:
            # Everything that can be imported here can be there too.
            paths = os.pathsep.join(filter(None, sys.path))
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-c", _START, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=os.environ | {"PYTHONPATH": paths},
            )
        self._members[ours] = process
        ours.send_bytes(self._briefing)

    def _hand(self, link: Connection[Any, Any], waiting: Iterator[Shard]) -> None:
        """The next shard, or word that there is none."""
        self._say(link, next(waiting, None))

    def _say(self, link: Connection[Any, Any], told: Task | Shard | None) -> None:
        try:
            link.send(told)
        except OSError as error:
            raise self._died(link) from error

    def _heard(self, link: Connection[Any, Any]) -> tuple[str, Any]:
        try:
            kind, told = link.recv()
        except (EOFError, OSError) as error:
            raise self._died(link) from error
        if kind == "failed":
            raise told
        return kind, told

    def _died(self, link: Connection[Any, Any]) -> PakdeeError:
        code = self._members[link].wait(PATIENCE)
        return PakdeeError(
            f"a planning process was killed by signal {-code}" if code < 0 else "a planning process died",
            where="[delivery] processes",
            next_step="look whether the machine has memory left, then run the same command again."
            " Nothing was sent, and the run was taken back.",
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all of them: each ends by itself when nobody is there to hear it."""
        self._dismiss()

    def _dismiss(self) -> None:
        for link in self._members:
            link.close()
        for process in self._members.values():
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def processors() -> int:
    """How many processors this process may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def _pickled(briefing: Briefing) -> bytes:
    try:
        return pickle.dumps(briefing)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise PakdeeError(
            f"what a planning process must know cannot be handed to it: {error}",
            where="[delivery] processes",
            next_step="open the house with a clock that can be pickled, or set processes = 1",
        ) from error
