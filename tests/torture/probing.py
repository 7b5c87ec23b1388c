"""Waiting, and test mails whose events show that the webhook lives."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pakdee.house import House
from pakdee.jobs.worker import patiently
from tests.torture.world import World

HANGS = 300.0  # real seconds without any change after which the torture is taken for hung
PROBE_EVERY = 2.5  # real seconds: a sixth of the quiet time


@dataclass
class Probe:
    """A test mail now and then: that its events arrive shows that the webhook lives."""

    world: World
    house: House
    sent: int = 0
    last: float = field(default_factory=time.monotonic)

    def send_if_due(self) -> None:
        """Enqueue one, if the last is long enough ago."""
        if self.world.policy == "hold" or time.monotonic() - self.last < PROBE_EVERY:
            return
        self.last, self.sent = time.monotonic(), self.sent + 1
        patiently(self._enqueue)

    def _enqueue(self) -> None:
        run_id = self.world.start_run(self.house.journal, is_test=True)
        self.house.journal.enqueue(run_id, self.world.probe(self.sent), due_on=self.world.clock.now().date())
        self.house.journal.finish_run(run_id)


def wait(found: Callable[[], Any]) -> Any:
    """What `found` gives once it is not None; a hang ends the torture, slowness does not."""
    deadline = time.monotonic() + HANGS
    while (result := found()) is None:
        assert time.monotonic() < deadline, "it hangs"
        time.sleep(0.02)
    return result
