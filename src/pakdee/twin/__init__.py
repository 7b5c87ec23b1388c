"""A local SendGrid that behaves like the real one: judges, stores, answers, tells what became of mails.

The door: `create_app` makes the web application, `server` and `run` serve it, `deliveries` and `bodies` read
from its files what it has taken. It takes nothing from the room that sends, not even its limits, so that a
slip there meets a refusal here.
"""

from pakdee.twin.app import create_app
from pakdee.twin.behaviour import Behaviour
from pakdee.twin.clock import ScaledClock
from pakdee.twin.misbehaviour import EventTrouble, Misbehaviour, misbehaviour_named
from pakdee.twin.oracle import Body, bodies, deliveries
from pakdee.twin.serving import run, server

__all__ = [
    "Behaviour",
    "Body",
    "EventTrouble",
    "Misbehaviour",
    "ScaledClock",
    "bodies",
    "create_app",
    "deliveries",
    "misbehaviour_named",
    "run",
    "server",
]
