"""Where rounds are played: a folder, a fork server, a database server and two ports for each."""

from __future__ import annotations

import random
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from pakdee.cli.processes import reserved_port
from tests.torture.cast import Cast
from tests.torture.databases import Postgresql
from tests.torture.nursery import Nursery
from tests.torture.oracle import OPEN, Judgement
from tests.torture.rounds import Round
from tests.torture.world import SCALE, World

POLICIES = ("hold", "hold, webhook dead", "resend", "scheduled", "hold, generated shop")
CUSTOMERS = 4_000  # of a generated shop
# Below the ports a system gives to outgoing connections: one of those could else connect to itself.
FIRST_PORT = 21_000


class Stage:
    """Plays rounds one after the other, each in a folder and a database of its own."""

    def __init__(self, folder: Path, nursery: Nursery, server: Postgresql) -> None:
        self._folder, self._nursery, self._server = folder, nursery, server

    def play(
        self,
        name: str,
        *,
        journal: str,
        policy: str,
        messages: int,
        kills: int,
        chance: random.Random,
        stalls: int = 0,
        news: int = 0,
        scale: float = SCALE,
        batch_size: int = 20,
        settings: Mapping[str, str] | None = None,
        insists: bool = False,
        until: tuple[str, ...] = OPEN,
        without: str | None = None,
    ) -> tuple[Round, Judgement]:
        """One round; what was done in it and what came of it."""
        directory = self._folder / name
        with ExitStack() as held:
            twin, web = (held.enter_context(reserved_port(FIRST_PORT)) for _ in range(2))
            world = World(
                directory=str(directory),
                journal_url=self._journal(journal, directory),
                twin_port=twin,
                web_port=web,
                policy=policy.split(",", maxsplit=1)[0],
                messages=messages,
                customers=CUSTOMERS if "generated shop" in policy else 0,
                seed=chance.randrange(1_000_000),
                has_webhook="webhook dead" not in policy,
                batch_size=batch_size,
                settings=settings or {},
                scale=scale,
                without=without,
            )
            cast = Cast(world, self._nursery, self._server if journal == "postgresql" else None)
            played = Round(world, cast, chance, kills, stalls, news, insists, until)
            return played, played.run()

    def _journal(self, journal: str, directory: Path) -> str:
        if journal == "sqlite":
            return f"sqlite:///{directory / 'var' / 'journal.sqlite'}"
        return self._server.database(directory.name.replace("-", "_"))
