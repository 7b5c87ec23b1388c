"""A local SendGrid that behaves like the real one: judges, stores, answers, tells what became of mails.

The door: `create_app` makes the web application and `run` serves it. It takes nothing from the room that
sends, not even its limits, so that a slip there meets a refusal here.
"""

from pakdee.twin.app import create_app
from pakdee.twin.behaviour import Behaviour
from pakdee.twin.serving import run

__all__ = ["Behaviour", "create_app", "run"]
