"""A starter project with a made-up shop, open on any morning of the time that is simulated."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from pakdee import jobs
from pakdee.domain.calendar import day_bounds
from pakdee.house import SETTINGS_FILE, House, open_house
from pakdee.ledger import generate_shop
from tests.year.cutting import Cutter
from tests.year.post import Post
from tests.year.readers import Readers


@dataclass
class Clock:
    """A clock that moves when it is told to, and by a microsecond when it is read: no two instants are one."""

    instant: dt.datetime = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
    _ticks: itertools.count[int] = field(default_factory=itertools.count)

    def __call__(self) -> dt.datetime:
        return self.instant + dt.timedelta(microseconds=next(self._ticks))

    def set(self, instant: dt.datetime) -> None:
        """Go on from there."""
        self.instant, self._ticks = instant, itertools.count()


@dataclass
class Shop:
    """The project, its clock, its facts cut day by day, and everybody at the other end of its mails."""

    house: House
    clock: Clock
    cutter: Cutter
    post: Post
    readers: Readers

    def at(self, day: dt.date, time: str) -> None:
        """Go on to that time of a day, by the shop's clock."""
        hour, minute = map(int, time.split(":"))
        local = dt.datetime.combine(day, dt.time(hour, minute), self.house.zone)
        self.clock.set(local.astimezone(dt.UTC))

    def morning(self, day: dt.date) -> None:
        """A new day with the facts of all days before it."""
        self.at(day, "07:00")
        self.cutter.cut(day)
        self.house.__dict__.pop("snapshot", None)

    def close(self) -> None:
        """Let go of all."""
        self.cutter.close()
        self.house.close()


def open_shop(folder: Path, *, customers: int, first: dt.date, days: int, seed: int) -> Shop:
    """Make the project in `folder`, its facts up to the end of the time, and import these as anybody would.

    What the starter project leaves to be set live by hand is set live.
    """
    project, exports, clock = folder / "shop", folder / "exports", Clock()
    jobs.new_project(project)
    _adapt(project)
    until = first + dt.timedelta(days=days)
    generate_shop(exports, customers=customers, until=until, seed=seed)
    house = open_house(project, clock=clock, environment={})
    clock.set(day_bounds(until, house.zone)[0])
    whole = jobs.import_facts(house, exports).snapshot
    cutter = Cutter(whole, house.ledger_location, house.zone)
    shutil.rmtree(whole.path)  # a cut is the only snapshot there is
    post = Post(lambda: clock.instant.astimezone(house.zone), seed)
    house.__dict__["sender"] = post
    addresses = {address: customer for customer, address, *_ in cutter.people() if address}
    return Shop(house, clock, cutter, post, Readers(house, cutter, addresses, seed))


def _adapt(project: Path) -> None:
    """Campaigns that wait for a person begin; and a small shop may have some days without an order."""
    settings = project / SETTINGS_FILE
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('max_age = "3 days"', 'max_age = "14 days"'), encoding="utf-8")
    for file in (project / "campaigns").glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        file.write_text(re.sub(r"(?m)^status: draft", "status: live", text), encoding="utf-8")
