"""What really happened, read from files and tables after the end, against what the journal says.

The twin's files alone know what went out. Nothing here uses the code that sends, claims or settles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from pakdee import twin
from pakdee.delivery import read_back
from pakdee.domain.message import Rendered
from tests.torture.databases import ask
from tests.torture.world import World

OPEN = ("queued", "sending", "unknown")
SHOWN = 5  # examples of each kind of finding


class Entry(NamedTuple):
    """One message in the journal."""

    message_id: str
    state: str
    reason: str | None
    is_listed: bool


@dataclass
class Judgement:
    """What was found wrong (nothing, if all is well), and the counts behind it."""

    wrong: dict[str, list[str]] = field(default_factory=dict)
    messages: int = 0
    states: Counter[str] = field(default_factory=Counter)
    went_out: int = 0
    twice: int = 0
    held_back: int = 0

    def find(self, what: str, ids: Iterable[str]) -> None:
        """Note what is wrong, unless there are no examples of it."""
        if found := sorted(ids):
            self.wrong[what] = found

    def told(self) -> str:
        """For people: each finding with some examples."""
        return "\n".join(
            f"{what}: {len(found)}, such as {', '.join(found[:SHOWN])}" for what, found in self.wrong.items()
        )


def judge(world: World, *, forbidden: Collection[str] = ()) -> Judgement:
    """Compare what went out with what was planned and with what the journal says.

    Args:
        forbidden: ids of messages whose address was suppressed before their batch was ever claimed.
    """
    expected, entries, times = world.expected(), _entries(world), twin.deliveries(world.twin_state)
    judgement = Judgement(messages=len(entries), states=Counter(entry.state for entry in entries))
    judgement.went_out = sum(1 for message_id in expected if times.get(message_id))
    _once_in_the_journal(judgement, expected, entries)
    _at_most_once(judgement, expected, times)
    _as_the_journal_says(judgement, world, entries, times)
    judgement.find("suppressed before the claim, and mailed", {m for m in forbidden if times.get(m)})
    judgement.find("taken under an attempt that was not written down", _attempts_nobody_wrote_down(world))
    judgement.find("not the mail that was planned", _other_words(world, expected))
    return judgement


def _once_in_the_journal(
    judgement: Judgement, expected: Mapping[str, Rendered], entries: list[Entry]
) -> None:
    often = Counter(entry.message_id for entry in entries)
    judgement.find("planned, and not in the journal", expected.keys() - often.keys())
    judgement.find("more than once in the journal", {m for m, count in often.items() if count > 1})


def _at_most_once(judgement: Judgement, expected: Mapping[str, Rendered], times: Mapping[str, int]) -> None:
    twice = {m for m, count in times.items() if m in expected and count > 1}
    judgement.twice = len(twice)
    judgement.find("went out more than once", twice)


def _as_the_journal_says(
    judgement: Judgement, world: World, entries: list[Entry], times: Mapping[str, int]
) -> None:
    def where(*states: str, out: bool) -> set[str]:
        return {e.message_id for e in entries if e.state in states and bool(times.get(e.message_id)) is out}

    judgement.find("still open", where(*OPEN, out=True) | where(*OPEN, out=False))
    judgement.find("accepted, and never went out", where("accepted", out=False))
    judgement.find("refused or cancelled, and went out", where("refused", "cancelled", out=True))
    hidden = {e.message_id for e in entries if e.state == "unconfirmed" and not e.is_listed}
    judgement.find("unconfirmed, and not listed", hidden)
    judgement.held_back = len(where("unconfirmed", out=False))
    if world.policy != "hold":
        judgement.find("lost: unconfirmed although it may be sent again", where("unconfirmed", out=False))
    if world.has_webhook:
        judgement.find("went out with events, and not known as accepted", where("unconfirmed", out=True))


def _entries(world: World) -> list[Entry]:
    house = world.house()
    try:
        listed = {row.batch_id for row in house.journal.unclear_batches()}
    finally:
        house.close()
    sql = (
        "SELECT m.message_id, b.state, b.reason, b.id FROM message m JOIN batch b ON b.id = m.batch_id"
        " WHERE NOT m.is_test"
    )
    return [
        Entry(message_id, state, reason, batch in listed)
        for message_id, state, reason, batch in ask(world.journal_url, sql)
    ]


def _other_words(world: World, expected: Mapping[str, Rendered]) -> set[str]:
    """Messages in a request the twin took whose reader gets other words than those planned."""
    wrong = set()
    for body in twin.bodies(world.twin_state):
        for one in orjson.loads(body.raw)["personalizations"]:
            message_id = one["custom_args"]["pakdee_message"]
            if message_id in expected and read_back(body.raw, message_id) != expected[message_id]:
                wrong.add(message_id)
    return wrong


def _attempts_nobody_wrote_down(world: World) -> set[str]:
    """Requests the twin took under an attempt the journal never heard of."""
    known = {row[0] for row in ask(world.journal_url, "SELECT id FROM attempt")}
    return {str(body.attempt_id) for body in twin.bodies(world.twin_state)} - known
