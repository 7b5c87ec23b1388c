"""The processes of a round, by role: started, killed, stalled and started again."""

from __future__ import annotations

import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.torture.databases import Postgresql
from tests.torture.nursery import Nursery
from tests.torture.twins import tell
from tests.torture.world import World

SENDERS = ("sender-1", "sender-2")
PARTS = {
    "sender-1": "send",
    "sender-2": "send",
    "learner": "learn",
    "settler": "settle",
    "twin": "twin",
    "web": "web",
}


class EndedByItself(Exception):
    """A part ended although nobody killed it: it met something that is no error for people."""


class Cast:
    """Who is alive. A database that is killed is started again at once, as an operating system would."""

    def __init__(self, world: World, nursery: Nursery, server: Postgresql | None) -> None:
        self.world, self.server = world, server
        self._nursery = nursery
        self._alive: dict[str, int] = {}
        self.killed: Counter[str] = Counter()

    def start(self, *roles: str, part: str | None = None) -> None:
        """Start these parts, unless they live; `part` plays the role otherwise than usual."""
        for role in roles:
            if role not in self._alive and (role != "web" or self.world.has_webhook):
                self._alive[role] = self.run(part or PARTS[role], role)

    def start_all(self) -> None:
        """Everybody lives."""
        self.start(*PARTS)

    def kill(self, role: str) -> None:
        """SIGKILL to a part, or to the database; afterwards it is dead."""
        if role == "postgresql":
            self.server.kill()
            self.server.start()
        else:
            code = self._nursery.end(self._alive.pop(role))
            if code != -signal.SIGKILL:
                raise EndedByItself(f"{role} ended with {code}: see {self.world.path.name}-{role}.log")
        self.killed[role] += 1

    def stop(self) -> None:
        """End everybody."""
        for role in list(self._alive):
            self._nursery.end(self._alive.pop(role))

    def stall(self, role: str) -> None:
        """The part stands still where it is, as in a machine that was suspended."""
        self._nursery.signal(self._alive[role], signal.SIGSTOP)
        while not _stands_still(self._alive[role]):
            time.sleep(0.01)

    def go_on(self, role: str) -> None:
        """It wakes up and knows nothing of the time that passed."""
        self._nursery.signal(self._alive[role], signal.SIGCONT)

    def is_alive(self, role: str) -> bool:
        """Whether the part was started and not killed since."""
        return role in self._alive

    def lines_of(self, role: str) -> int:
        """How many lines the players of this role have written."""
        return self._nursery.said(f"{self.world.path.name}-{role}").count("\n")

    def process_of(self, role: str) -> int:
        """The id of a living part's process."""
        return self._alive[role]

    def check(self) -> None:
        """Raise EndedByItself if a part is gone that nobody killed."""
        for role, child in self._alive.items():
            if (code := self._nursery.ended(child)) is not None:
                raise EndedByItself(f"{role} ended with {code}: see {self.world.path.name}-{role}.log")

    def run(self, part: str, role: str) -> int:
        """Start a part that comes to an end; its process id."""
        return self._nursery.fork(part, f"{self.world.path.name}-{role}", told=self.world.told())

    def finished(self, child: int) -> int | None:
        """How such a part ended; None while it works."""
        return self._nursery.ended(child)

    def end(self, role: str, child: int) -> int | None:
        """SIGKILL to such a part; how it ended."""
        code = self._nursery.end(child)
        self.killed[role] += code == -signal.SIGKILL
        return code

    def tell_twin(self, path: str, body: dict[str, Any]) -> None:
        """Ask the twin for something; it may be starting still."""
        tell(self.world.twin_url, path, body, while_waiting=self.check)


def _stands_still(process: int) -> bool:
    """Whether every thread has heard the signal; until then one may go on and take a lock."""
    try:
        threads = [stat.read_text() for stat in Path(f"/proc/{process}/task").glob("*/stat")]
    except OSError:  # one ended meanwhile
        return False
    return all(stat.rpartition(")")[2].split()[0] == "T" for stat in threads)
