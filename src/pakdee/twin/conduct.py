"""How the twin behaves at the moment. What is set while it runs is kept on disk and outlives a kill."""

from __future__ import annotations

import json

from pakdee.twin.behaviour import Behaviour
from pakdee.twin.clock import Clock, ScaledClock
from pakdee.twin.database import Database
from pakdee.twin.misbehaviour import Misbehaviour


class Conduct:
    """Behaviour and misbehaviour in force.

    Args:
        behaviour, misbehaviour: what holds as long as nothing else was set while it ran.
    """

    def __init__(self, database: Database, behaviour: Behaviour, misbehaviour: Misbehaviour) -> None:
        self._database = database
        kept = _kept(database, "behaviour")
        self.behaviour = Behaviour.model_validate_json(kept) if kept else behaviour
        kept = _kept(database, "misbehaviour")
        self.misbehaviour = Misbehaviour.model_validate_json(kept) if kept else misbehaviour
        # So that after a restart not the same requests are hit again.
        self.starts = int(_kept(database, "starts") or 0) + 1
        database.write("keep", name="starts", value=str(self.starts))

    def behave(self, changes: dict[str, object]) -> Behaviour:
        """Changes some fields of the behaviour. Raises pydantic's ValidationError; then nothing changes."""
        changed = Behaviour.model_validate({**self.behaviour.model_dump(), **changes})
        self._database.write("keep", name="behaviour", value=changed.model_dump_json())
        self.behaviour = changed
        return changed

    def misbehave(self, misbehaviour: Misbehaviour) -> Misbehaviour:
        """From the next request on; replaces what was set."""
        self._database.write("keep", name="misbehaviour", value=misbehaviour.model_dump_json())
        self.misbehaviour = misbehaviour
        return misbehaviour


def kept_clock(database: Database, *, start: float | None, scale: float | None) -> ScaledClock | None:
    """The clock a twin goes on with, kept so that a restart never turns time back.

    Args:
        start: unix seconds it shows now; None goes on from what it showed, else from the present.
        scale: how fast it runs; None as before, else as the wall.

    Returns: None when none was ever asked for: the time on the wall.
    """
    text = _kept(database, "clock")
    before = ScaledClock(**json.loads(text)) if text else None
    if start is None and scale is None:
        return before
    now: Clock = before or ScaledClock(0.0, 1.0, anchor=0.0)
    pace = scale or (before.scale if before else 1.0)
    clock = ScaledClock(now() if start is None else start, pace)
    value = json.dumps({"start": clock.start, "scale": clock.scale, "anchor": clock.anchor})
    database.write("keep", name="clock", value=value)
    return clock


def _kept(database: Database, name: str) -> str | None:
    rows = database.read("kept", name=name)
    return rows[0]["value"] if rows else None
