"""Watches over child processes from outside: when the parent is gone, however it went, they go too.

Runs as a process of its own and reads the ids of process groups from its input: `+12` to care for a group,
`-12` once it has ended. The input ends when the parent does, even by `kill -9`: the kernel closes the pipe.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Iterable

PATIENCE = 10.0  # seconds a group has to end by itself


def main() -> None:
    """Read ids until the parent is gone, then end what is left, the newest first."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    left = _left_over(sys.stdin)
    for group in reversed(left):
        end_group(group, patience=PATIENCE)


def _left_over(lines: Iterable[str]) -> list[int]:
    groups: list[int] = []
    for line in lines:
        group = abs(int(line))
        groups = [known for known in groups if known != group]
        if line.startswith("+"):
            groups.append(group)
    return groups


def end_group(group: int, *, patience: float) -> None:
    """Ask a process group to end and insist after `patience` seconds."""
    _signal(group, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while _is_alive(group) and time.monotonic() < deadline:
        time.sleep(0.05)
    _signal(group, signal.SIGKILL)


def _is_alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return False  # macOS says so of a group that has only zombies left
    return True


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


if __name__ == "__main__":
    main()
