"""What the children do. Each may be killed at any instant; whoever comes after it takes up its work."""

from __future__ import annotations

import datetime as dt
import functools
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from pakdee import jobs
from pakdee.domain.errors import PakdeeError
from pakdee.domain.settlement import Decision, Unclear
from pakdee.domain.settlement import settle as domain_settle
from pakdee.domain.vocabulary import OnUnknown
from pakdee.house import House
from tests.torture import weakened
from tests.torture.twins import tell
from tests.torture.world import World, world

NOTHING_MORE = {"latency": 1.0, "latency_seconds": (0.6, 0.7), "events": {"webhook": "dead"}}
BREATH = 0.05  # real seconds between two looks of a part that has nothing to do


def _part(work: Callable[..., None]) -> Callable[..., None]:
    """A part begins with what it was told, and with the safeguards that were taken away."""

    @functools.wraps(work)
    def child(told: dict[str, Any], **given: Any) -> None:
        its_world = world(told)
        _sleep_by_the_clock(its_world)
        weakened.take_away(its_world)
        work(its_world, **given)

    return child


def _sleep_by_the_clock(its_world: World) -> None:
    """Where sending waits for a provider, it waits on the clock that all share."""
    from pakdee.jobs import sending

    scaled = SimpleNamespace(
        sleep=lambda seconds: time.sleep(seconds / its_world.scale), monotonic=time.monotonic
    )
    if hasattr(sending, "time"):
        sending.time = scaled


def _for_ever(work: Callable[[House], object], house: House) -> None:
    """As the schedule does: again and again, whatever went wrong the last time."""
    while True:
        try:
            work(house)
        except PakdeeError as error:
            print(f"{type(error).__name__}: {error}", flush=True)
        time.sleep(BREATH)


@_part
def plan(its_world: World) -> None:
    """Plan the day; taken over for having been too slow, plan it again."""
    house = its_world.house()
    while True:
        try:
            return its_world.plan(house)
        except PakdeeError as error:
            print(f"{type(error).__name__}: {error}", flush=True)
            time.sleep(BREATH)


@_part
def send(its_world: World) -> None:
    """Send what is due, for ever."""
    _for_ever(jobs.send_due, its_world.house())


@_part
def learn(its_world: World) -> None:
    """Read what the provider reported, for ever."""
    _for_ever(jobs.ingest, its_world.house())


@_part
def settle(its_world: World) -> None:
    """Settle what is unclear, for ever."""
    _for_ever(jobs.settle_unknown, its_world.house())


@_part
def settle_with_news(its_world: World) -> None:
    """The same, but while a decision is made, all the news there is comes in: it was made from older ones."""
    house = its_world.house()
    look = house.journal.unclear

    def look_and_linger(quiet: dt.timedelta) -> list[Unclear]:
        found = look(quiet)
        if any(_would_resend(one, quiet, house.clock()) for one in found):
            tell(its_world.twin_url, "/twin/deliver-events", {})
            tell(its_world.twin_url, "/twin/misbehave", NOTHING_MORE)  # or what is unread would make it wait
            jobs.ingest(house)
        return found

    def once(house: House) -> None:
        jobs.ingest(house)
        print(jobs.settle_unknown(house), flush=True)

    house.journal.unclear = look_and_linger
    _for_ever(once, house)


def _would_resend(unclear: Unclear, quiet: dt.timedelta, now: dt.datetime) -> bool:
    decision = domain_settle(unclear, policy=OnUnknown.RESEND, quiet=quiet, unread=0, now=now)
    return decision is Decision.RESEND


@_part
def twin(its_world: World) -> None:
    """The local SendGrid."""
    from pakdee import twin as sendgrid

    keys = its_world.house().local_keys
    app = sendgrid.create_app(
        its_world.twin_state,
        webhook_url=f"{its_world.web_url}/sendgrid/events",
        signing_key=keys.signing_key,
        api_key=keys.api_key,
        seed=its_world.seed,
        clock=its_world.clock,
    )
    sendgrid.server(app, port=its_world.twin_port).run()


@_part
def web(its_world: World) -> None:
    """The endpoint of the webhook."""
    from pakdee import web as endpoints

    endpoints.run(its_world.house(), "127.0.0.1", its_world.web_port)
