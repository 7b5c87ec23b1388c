"""Kills of a real Prefect worker: server, deployments and worker as `pakdee up` starts them, in real time.

The worker dies together with the flow runs it had started, in the middle of sending, and is started again.
Its runs are then told as crashed, as `pakdee up` does when it comes up: one that Prefect believes to be
running would hold the deployment's only place.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections import defaultdict
from pathlib import Path

from pakdee.cli import up as bringing_up
from pakdee.cli.up import Running, up
from pakdee.house import open_house
from tests.torture.databases import ask
from tests.torture.oracle import Judgement, judge
from tests.torture.probing import wait
from tests.torture.rounds import CALM
from tests.torture.twins import tell
from tests.torture.world import World

WORKER = "prefect-worker"
FLOW_SECONDS = 600.0  # a hang, not slowness, is what this ends
SLOW = {"latency": 1.0, "latency_seconds": (0.4, 1.0)}
SETTINGS = {"quiet": '"1 minute"'}


def kill_workers(folder: Path, kills: int, chance: random.Random, *, messages: int = 6_000) -> Judgement:
    """Send with a worker that is killed `kills` times; what came of it."""
    journal = f"sqlite:///{folder / 'var' / 'journal.sqlite'}"
    world = World(
        str(folder), journal, 1, 1, messages=messages, scale=1.0, start=time.time(), settings=SETTINGS
    )
    world.make()
    house = open_house(folder)
    world.plan(house)
    with up(house, say=_quietly, schedules=False) as running:
        tell(running.addresses["twin"], "/twin/misbehave", SLOW)
        for _ in range(kills):
            _kill_in_the_middle(running, world, chance)
        tell(running.addresses["twin"], "/twin/misbehave", CALM)
        _finish(running, world)
    house.close()
    return judge(world)


def _kill_in_the_middle(running: Running, world: World, chance: random.Random) -> None:
    deployment = running.orchestrator._ask("GET", "/deployments/name/send-due/send-due")
    path = f"/deployments/{deployment['id']}/create_flow_run"
    running.orchestrator._ask("POST", path, {"state": {"type": "SCHEDULED"}})
    before = _accepted(world)
    wait(lambda: (running.family.check(), _accepted(world) > before or None)[1])
    time.sleep(chance.uniform(0, 2))
    assert ask(world.journal_url, "SELECT 1 FROM batch WHERE state = 'queued' LIMIT 1"), (
        "it was not the middle"
    )
    _kill_family_of(running.family._members[WORKER].pid)
    running.family._members[WORKER].wait()
    running.family._forget(WORKER)
    running.orchestrator.settle_unfinished("its worker was killed")
    bringing_up._start_worker(running.family, _quietly)


def _finish(running: Running, world: World) -> None:
    """What the schedule would do, until nothing is open any more."""
    open_ones = "SELECT COUNT(*) FROM batch WHERE state IN ('queued', 'sending', 'unknown')"
    while ask(world.journal_url, open_ones) != [(0,)]:
        for flow in ("send-due", "ingest-engagement", "settle-unknown"):
            running.run(flow, {}, seconds=FLOW_SECONDS)
    tell(running.addresses["twin"], "/twin/deliver-events", {})
    running.run("ingest-engagement", {}, seconds=FLOW_SECONDS)


def _accepted(world: World) -> int:
    return int(ask(world.journal_url, "SELECT COUNT(*) FROM batch WHERE state = 'accepted'")[0][0])


def _kill_family_of(parent: int) -> None:
    """SIGKILL to a process and all that descend from it, the parent first, so that it starts nobody anew."""
    family = [parent, *_descendants(parent)]
    for process in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _descendants(parent: int) -> list[int]:
    children = defaultdict(list)
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            children[int(stat.read_text().rpartition(")")[2].split()[1])].append(int(stat.parent.name))
    found: list[int] = []
    waiting = [parent]
    while waiting:
        waiting += (mine := children[waiting.pop()])
        found += mine
    return found


def _quietly(_line: str) -> None:
    """Say nothing."""
