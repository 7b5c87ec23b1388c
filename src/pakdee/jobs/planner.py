"""One of several planning processes; `processes` is its other end.

It opens a house of its own and makes sure that it sees the same files and facts as the process that began the
run. It does so while that process still computes features, and ends at once when that process is gone.
"""

from __future__ import annotations

import gc
import os
import queue
import signal
import sys
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pakdee.domain.errors import PakdeeError
from pakdee.house import House, open_house
from pakdee.jobs.shard import Order, ShardPlanner

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Mapping

# Containers made before the collector looks for circles among them: those of a few requests. Messages have
# none, and the usual 700 would have all that waits looked through time and again.
CONTAINERS = 50_000


@dataclass(frozen=True)
class Briefing:
    """All that a planning process has to know to get ready.

    Args:
        environment: of the house; without SendGrid's key, since nothing is sent here.
        templates: those that will be needed.
    """

    directory: Path
    clock: Callable[[], dt.datetime]
    environment: Mapping[str, str]
    content_version: str
    snapshot_id: str
    templates: frozenset[str]


@dataclass(frozen=True)
class Task:
    """What it is to plan, once that is known; shards follow.

    Args:
        features: the table that the first process made.
    """

    features: Path
    order: Order


def main() -> None:
    """Get ready, and plan the shards that come in over the connection argv[1] (a descriptor)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the first process, and ends this one by it
    link = Connection(int(sys.argv[1]))
    briefing: Briefing = link.recv()
    heard: queue.Queue[Any] = queue.Queue()
    threading.Thread(target=_listen, args=(link, heard), daemon=True).start()
    try:
        _work(briefing, heard, link)
    except Exception as error:  # noqa: BLE001 - told by the process that began the run
        link.send(("failed", _portable(error)))


def _listen(link: Connection, heard: queue.Queue[Any]) -> None:
    """Take in the task and its shards; when the other end is gone, so is the run."""
    try:
        while True:
            heard.put(link.recv())
    except (EOFError, OSError):
        os._exit(1)


def _work(briefing: Briefing, heard: queue.Queue[Any], link: Connection) -> None:
    from pakdee.ledger import open_features

    house = open_house(
        briefing.directory,
        clock=briefing.clock,
        environment=briefing.environment,
        snapshot_id=briefing.snapshot_id,
    )
    _check_same(house, briefing)
    for name in briefing.templates:
        for locale in house.templates.locales(name):
            house.templates.writer(name, locale)  # compiled now, while there is time
    task: Task = heard.get()
    table = open_features(house.snapshot, task.features)
    with ShardPlanner(house, table, task.order, threads=1) as planner:
        gc.set_threshold(CONTAINERS)
        while (shard := heard.get()) is not None:
            link.send(("planned", planner.plan(*shard)))
        tally = planner.end()
    house.close()
    link.send(("ended", tally))


def _check_same(house: House, briefing: Briefing) -> None:
    if house.project.content_version != briefing.content_version:
        raise PakdeeError(
            "the project's files were changed while the day was being planned",
            where=house.directory.name,
            next_step="run the same command again. Nothing was sent, and the run was taken back.",
        )


def _portable(error: Exception) -> Any:
    """Our errors as they are; of others what can be told."""
    if isinstance(error, PakdeeError):
        return error
    return PakdeeError(
        f"a planning process failed: {type(error).__name__}: {error}",
        where="[delivery] processes",
        next_step="run the same command again; nothing was sent, and the run was taken back",
    )
