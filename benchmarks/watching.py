"""What a process and all its children use: peak memory of each, processor time of all. Linux only."""

from __future__ import annotations

import re
import resource
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

PAUSE = 0.1  # seconds between two looks


@dataclass
class Watch:
    """Peak memory in MB by process, looked at until `stop`.

    VmHWM is each process's own peak since its start, so that only what a process takes within its last tenth
    of a second can be missed.
    """

    root: int
    peaks: dict[int, float] = field(default_factory=dict)
    _ended: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> list[float]:
        """The peaks, largest first."""
        self._ended.set()
        self._thread.join()
        return sorted(self.peaks.values(), reverse=True)

    def _look(self) -> None:
        while not self._ended.wait(PAUSE):
            for process in _family(self.root):
                self.peaks[process] = max(_peak_mb(process), self.peaks.get(process, 0.0))


def _family(root: int) -> list[int]:
    found = [root]
    for process in found:
        try:
            for task in Path(f"/proc/{process}/task").iterdir():
                found += map(int, (task / "children").read_text(encoding="ascii").split())
        except OSError:  # it has ended
            continue
    return found


def _peak_mb(process: int) -> float:
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


def cpu_seconds(process: int) -> float:
    """Processor seconds that a running process has used."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


@dataclass(frozen=True)
class Run:
    """One finished process: what it printed, and what it and its children used."""

    printed: str
    seconds: float
    cpu_seconds: float
    peaks_mb: list[float]


def watched(command: list[str], environment: dict[str, str]) -> Run:
    """Run a command to its end. Raises CalledProcessError when it fails; its stderr is shown."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        watch = Watch(process.pid)
        printed, _ = process.communicate()
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    peaks = watch.stop()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(printed, seconds, used, peaks)
