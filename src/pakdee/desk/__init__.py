"""The marketers' desk: what each campaign does and did, its mail, and the brake; not for the world."""

from pakdee.desk.app import create_app, run

__all__ = ["create_app", "run"]
