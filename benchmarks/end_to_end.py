"""A million customers planned, written, journalled and accepted, against the plain script, to the same sink.

Everybody in `benchmarks/shop.py` gets the birthday mail. Each way is a process of its own; its rate is messages
per second of the whole process, with the start of all interpreters and the computation of features. The sink
runs on the same machine and reads every byte.

    python -m benchmarks.end_to_end --customers 1000000
    python -m benchmarks.end_to_end --customers 1000000 --latency 0.05
    python -m benchmarks.end_to_end --customers 1000000 --journal postgresql
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks import plain, shop
from benchmarks.watching import Run, cpu_seconds, watched

MOST_MB = 600


def ours(directory: str) -> dict[str, Any]:
    """One day of a project, through the same jobs as `pakdee run`; seconds of each phase, wall and processor."""
    marks = [("start", *clocks())]
    from pakdee import jobs
    from pakdee.house import open_house

    house = open_house(directory)

    def mark(what: str, done: int, of_all: int) -> None:
        if what == "features" and done == of_all:
            marks.append(("features", *clocks()))

    jobs.plan_day(house, shop.DAY, progress=mark)
    marks.append(("planning", *clocks()))
    report = jobs.send_due(house, shop.DAY)
    marks.append(("sending", *clocks()))
    phases = {
        name: {"seconds": round(wall - before[1], 2), "cpu_seconds": round(cpu - before[2], 2)}
        for before, (name, wall, cpu) in pairwise(marks)
    }
    return {"messages": report.accepted, "phases": phases}


def clocks() -> tuple[float, float]:
    """Wall and processor seconds, those of ended children included."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return time.perf_counter(), sum(one.ru_utime + one.ru_stime for one in used)


@dataclass(frozen=True)
class Sink:
    """The sink's address and process."""

    url: str
    process: int

    def counted(self) -> int:
        """Messages it has taken."""
        with urllib.request.urlopen(self.url) as answer:  # noqa: S310 - our own sink
            return int(answer.read())


@contextmanager
def sink(latency: float) -> Iterator[Sink]:
    """A sink that waits `latency` seconds before each answer."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "benchmarks.sink", str(port), str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            process.stdout.readline()
            yield Sink(f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.terminate()


@dataclass(frozen=True)
class Figures:
    """One run of one way. Times are seconds, rates messages per second; CPU is microseconds per message."""

    way: str
    messages: int
    seconds: float
    rate: float
    cpu: float
    sink_cpu: float
    peaks_mb: list[int]
    phases: dict[str, dict[str, float]]


def measure(way: str, command: list[str], environment: dict[str, str], to: Sink) -> Figures:
    """Run one way; every message that it says was accepted must have been counted by the sink."""
    counted, sink_began = to.counted(), cpu_seconds(to.process)
    run: Run = watched(command, os.environ | environment | {"PAKDEE_SENDGRID_URL": to.url})
    told = json.loads(run.printed.splitlines()[-1])
    messages = told["messages"]
    arrived = to.counted() - counted
    if messages != arrived:
        raise SystemExit(f"{way}: {messages} were accepted, but {arrived} arrived")
    return Figures(
        way=way,
        messages=messages,
        seconds=round(run.seconds, 2),
        rate=round(messages / run.seconds, 1),
        cpu=round(run.cpu_seconds / messages * 1e6, 1),
        sink_cpu=round((cpu_seconds(to.process) - sink_began) / messages * 1e6, 1),
        peaks_mb=[round(peak) for peak in run.peaks_mb],
        phases=told.get("phases", {}),
    )


def forget(project: Path) -> None:
    """The project as it was before its first run."""
    for used in (project / "var").glob("journal*"):
        used.unlink()
    for folder in ("features", "runs"):
        shutil.rmtree(project / "var" / folder, ignore_errors=True)


@contextmanager
def postgresql() -> Iterator[dict[str, str]]:
    """A private server for one run, and how to reach it."""
    from tests.journal.postgresql_server import running_server

    with running_server() as url:
        yield {"PAKDEE_JOURNAL_URL": url}


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--customers", type=int, default=100_000)
    options.add_argument(
        "--plain", type=int, default=2_000, help="customers of the plain script; 0 leaves it out"
    )
    options.add_argument("--runs", type=int, default=1)
    options.add_argument("--latency", type=float, default=0.0, help="seconds the sink waits per request")
    options.add_argument("--journal", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--json", action="store_true", help="one JSON object instead of lines")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, sink(given.latency) as to:
        project = Path(folder) / "shop"
        shop.make_project(project, given.customers)
        plain.write_script_files(project)
        found = [figures for _ in range(given.runs) for figures in one_round(project, to, given)]
    report(found, given)


def one_round(project: Path, to: Sink, given: argparse.Namespace) -> Iterator[Figures]:
    """Both ways, one after the other."""
    forget(project)
    code = f"import json; from benchmarks import end_to_end as b; print(json.dumps(b.ours({str(project)!r})))"
    with postgresql() if given.journal == "postgresql" else nullcontext({}) as environment:
        yield measure("ours", [sys.executable, "-c", code], environment, to)
    if given.plain:
        command = [sys.executable, "-m", "benchmarks.plain", str(project), str(given.plain)]
        yield measure("plain", command, {}, to)


def report(found: list[Figures], given: argparse.Namespace) -> None:
    rates = {way: statistics.median(f.rate for f in found if f.way == way) for way in {f.way for f in found}}
    ratio = round(rates["ours"] / rates["plain"], 1) if "plain" in rates else None
    most = max(f.peaks_mb[0] for f in found if f.way == "ours")
    if given.json:
        print(json.dumps({"options": vars(given), "runs": [asdict(f) for f in found], "ratio": ratio}))
        return
    for f in found:
        print(f"{f.way:6} {f.messages:9,} messages {f.seconds:8.2f} s {f.rate:10,.1f}/s")
        print(
            f"       processor {f.cpu} us/message, the sink's {f.sink_cpu}; peaks {f.peaks_mb} MB; {f.phases}"
        )
    print(f"ours, median: {rates['ours']:,.0f} messages/s; no process above {most} MB (at most {MOST_MB})")
    if ratio is not None:
        print(f"times the plain script: {ratio:,.1f}")


if __name__ == "__main__":
    main()
