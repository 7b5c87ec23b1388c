"""A local SendGrid that behaves like the real one: judges, stores, answers, tells what became of mails.

The door: `create_app` makes the web application and `run` serves it; `make_signing_key` makes the key that
signs its webhook calls. No setting of the rest of the house reaches in here, and nothing in here is used to
send: what the twin refuses, SendGrid would refuse.
"""

from pakdee.twin.app import create_app
from pakdee.twin.behaviour import Behaviour
from pakdee.twin.keys import make_signing_key
from pakdee.twin.serving import run

__all__ = ["Behaviour", "create_app", "make_signing_key", "run"]
