"""News that come in while a decision is made from older ones.

Some requests are taken without an answer, and their events are held back for long: longer than the quiet
time, so that they look absent. When the settler has read what is known and decides to send them again, the
events arrive. It must look once more, in the transaction that writes the decision down.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.torture.cast import SENDERS, Cast
from tests.torture.databases import ask
from tests.torture.probing import Probe, wait

FEW = 3
TAKEN_IN_SILENCE = {
    "reset_after": 1.0,
    "events": {"late": 1.0, "late_seconds": (80_000, 80_000)},  # most of a day, less than they are kept
}
IN_TIME = {"latency": 1.0, "latency_seconds": (0.6, 0.7)}  # slow, so that much is left to send afterwards


def news_while_deciding(cast: Cast, probe: Probe) -> None:
    """One such decision for each of some requests."""
    for role in ("settler", "learner", *SENDERS):
        if cast.is_alive(role):
            cast.kill(role)
    cast.tell_twin("/twin/misbehave", TAKEN_IN_SILENCE)
    cast.start(SENDERS[0])
    wait(lambda: len(_unknown(cast)) >= FEW or None)
    cast.kill(SENDERS[0])
    silent = _unknown(cast)
    wait(lambda: _are_told(cast) or None)
    cast.tell_twin("/twin/misbehave", IN_TIME)
    cast.start(SENDERS[0])
    cast.start("settler", part="settle_with_news")
    wait(lambda: _are_settled(cast, probe, silent) or None)
    # The look in which the news came may still be followed by its decisions: its report comes after them.
    reports = cast.lines_of("settler")
    wait(lambda: cast.lines_of("settler") > reports or None)
    cast.kill("settler")
    cast.start("settler", "learner")


def _unknown(cast: Cast) -> set[str]:
    return {row[0] for row in ask(cast.world.journal_url, "SELECT id FROM batch WHERE state = 'unknown'")}


def _are_told(cast: Cast) -> bool:
    """Whether the twin has decided about the events of all it took."""
    with closing(sqlite3.connect(cast.world.twin_state / "twin.sqlite", timeout=60)) as connection:
        untold = "SELECT COUNT(*) FROM message WHERE id > (SELECT message_id FROM told)"
        return connection.execute(untold).fetchone() == (0,)


def _are_settled(cast: Cast, probe: Probe, silent: set[str]) -> bool:
    cast.check()
    probe.send_if_due()
    return not silent & _unknown(cast)
