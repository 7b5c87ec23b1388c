"""Safeguards, taken away one at a time in the harness' own children: a check that cannot fail shows nothing."""

from __future__ import annotations

from tests.torture.world import World

SAFEGUARDS: dict[str, str] = {}


def take_away(its_world: World) -> None:
    """Remove the safeguard this world does without; nothing when it has them all."""
