"""The endpoints the world calls: SendGrid's events, the links in mails, and one for those who watch."""

from pakdee.web.actions import Actions
from pakdee.web.app import create_app, run

__all__ = ["Actions", "create_app", "run"]
