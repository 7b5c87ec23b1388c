"""One round: everything planned, then sent while processes are killed, then calm, then judged."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pakdee.domain.vocabulary import SuppressionReason
from pakdee.house import House
from pakdee.jobs.worker import patiently
from tests.torture import weakened
from tests.torture.cast import SENDERS, Cast
from tests.torture.databases import ask
from tests.torture.news import news_while_deciding
from tests.torture.oracle import OPEN, Judgement, judge
from tests.torture.probing import HANGS, Probe, wait
from tests.torture.stalls import sleep_past_a_claim
from tests.torture.world import World

PLANNERS = ("planner-1", "planner-2")
SUPPRESSED_AT_ONCE = 10
PAUSE_EVERY = 40  # kills between two pauses in which addresses are suppressed
BREATHE_EVERY = 10  # kills until something must get through
LONGEST = 0.30  # real seconds between two kills
# Shares of requests and of events, see `POST /twin/misbehave`; every kind there is, often.
ROUGH: dict[str, Any] = {
    "latency": 0.6,
    "latency_seconds": (0.02, 0.3),
    "reset_before": 0.02,
    "reset_reading": 0.02,
    "too_many": 0.03,
    "error_before": 0.02,
    "error_after": 0.02,
    "reset_after": 0.02,
    "silence_before": 0.01,
    "silence_after": 0.01,
    "no_message_id": 0.01,
    "ok": 0.01,
    "html": 0.01,
    "truncated": 0.01,
    "redirect": 0.01,
    "events": {
        "lost": 0.3,
        "duplicate": 0.2,
        "copies": 2,
        "late": 0.2,
        "late_seconds": (30, 200),
        "disorder_seconds": 60,
        "one_survives": True,
    },
}
CALM: dict[str, Any] = {}
WEIGHTS = {"sender-1": 30, "sender-2": 30, "twin": 13, "learner": 6, "settler": 6, "web": 5, "postgresql": 10}


@dataclass
class Round:
    """What is done in a round, and what came of it.

    Args:
        kills: of processes that send, unless everything was sent before; `insists` goes on then.
        until: no request is in one of these states any more.
        stalls, news: times a worker sleeps past its claim, and news come in while a decision is made; both
            only where what is absent is sent again.
    """

    world: World
    cast: Cast
    chance: random.Random
    kills: int
    stalls: int = 0
    news: int = 0
    insists: bool = False
    until: tuple[str, ...] = OPEN
    forbidden: set[str] = field(default_factory=set)
    open_at_kill: Counter[str] = field(default_factory=Counter)

    def run(self) -> Judgement:
        """Torture, and judge."""
        self.world.make()
        house = self.world.house()
        house.journal  # noqa: B018 - made before two planners make it at once
        weakened.take_away_keys(self.world)
        try:
            self._plan()
            self._suppress(house)
            self._send(house)
            self._calm_down(house)
        finally:
            self.cast.stop()
            house.close()
        return judge(self.world, forbidden=self.forbidden)

    # ── planning ──────────────────────────────────────────────────────────────────────────────────
    def _plan(self) -> None:
        """Two planners at once, killed at random instants; in the end one comes to its end alone."""
        for _ in range(max(1, self.kills // 30)):
            planners = {role: self.cast.run("plan", role) for role in PLANNERS}
            for role, child in planners.items():
                time.sleep(self.chance.uniform(0, self.world.planning_seconds / 2))
                self.cast.end(role, child)
        planners = {role: self.cast.run("plan", role) for role in PLANNERS}
        for role, child in planners.items():
            self._end_well(role, child)
        wait(lambda: self._are_leases_over() or None)  # then it takes over what the killed had begun
        self._end_well("last planner", self.cast.run("plan", "last planner"))

    def _end_well(self, role: str, child: int) -> None:
        code = wait(lambda: self.cast.finished(child))
        assert code == 0, f"{role} ended with {code}: see its log"

    def _are_leases_over(self) -> bool:
        ((until,),) = ask(self.world.journal_url, "SELECT MAX(lease_until) FROM run WHERE state = 'planning'")
        return until is None or until / 1e6 < self.world.clock()

    # ── sending ───────────────────────────────────────────────────────────────────────────────────
    def _send(self, house: House) -> None:
        probe = Probe(self.world, house)
        self.cast.start("twin", "web", "learner", "settler")
        self._manoeuvres(probe)
        self.cast.tell_twin("/twin/misbehave", self._misbehaviour())
        self.cast.start_all()
        roles = [role for role in WEIGHTS if self._can_die(role)]
        weights = [WEIGHTS[role] for role in roles]
        done = 0
        while done < self.kills and (self._left() or self.insists):
            time.sleep(self.chance.uniform(0, LONGEST))
            self.cast.check()
            role = self.chance.choices(roles, weights)[0]
            self.open_at_kill[role] += self._left()["sending"] > 0
            self.cast.kill(role)
            done += 1
            if done % BREATHE_EVERY == 0:
                self._breathe(probe)
            if done % PAUSE_EVERY == 0:
                self._pause(house)
            time.sleep(self.chance.choice((0, 0, 0, 0.05, 0.2)))
            self.cast.start_all()
            if done == self.kills // 2:
                self.world.write_words("second edition")
            probe.send_if_due()

    def _manoeuvres(self, probe: Probe) -> None:
        """While much is left to send."""
        for _ in range(self.stalls):
            sleep_past_a_claim(self.cast, probe)
        for _ in range(self.news):
            news_while_deciding(self.cast, probe)

    def _can_die(self, role: str) -> bool:
        if role == "web":
            return self.world.has_webhook
        return role != "postgresql" or self.cast.server is not None

    def _misbehaviour(self) -> dict[str, Any]:
        """Where requests wait at SendGrid, asking for a place and calling back go wrong as well."""
        return {**ROUGH, "seed": self.world.seed, "everywhere": self.world.policy == "scheduled"}

    def _breathe(self, probe: Probe) -> None:
        """However slow the machine: something gets through now and then, or nothing could ever be proven."""
        accepted = "SELECT COUNT(*) FROM attempt WHERE outcome = 'accepted'"
        before = ask(self.world.journal_url, accepted)
        self.cast.start_all()
        wait(lambda: self._is_idle(probe) or ask(self.world.journal_url, accepted) != before or None)

    def _is_idle(self, probe: Probe) -> bool:
        self.cast.check()
        probe.send_if_due()
        left = self._left()
        return self.world.policy == "hold" and not left["queued"] + left["sending"]

    def _pause(self, house: House) -> None:
        """With no sender alive, addresses of mails that were never claimed are suppressed."""
        dead = [role for role in SENDERS if self.cast.is_alive(role)]
        for role in dead:
            self.cast.kill(role)
        self._suppress(house)
        self.cast.start(*SENDERS)

    def _suppress(self, house: House) -> None:
        never_tried = (
            "SELECT m.message_id, m.address_hash FROM message m JOIN batch b ON b.id = m.batch_id"
            " WHERE b.state = 'queued' AND b.attempts = 0 AND NOT m.is_test ORDER BY m.message_id"
        )
        found = ask(self.world.journal_url, never_tried)
        for message_id, address in self.chance.sample(found, min(SUPPRESSED_AT_ONCE, len(found))):
            reason, now = SuppressionReason.BOUNCED, self.world.clock.now()
            patiently(partial(house.journal.suppress, address, reason, now, "torture"))
            self.forbidden.add(message_id)

    # ── afterwards ────────────────────────────────────────────────────────────────────────────────
    def _calm_down(self, house: House) -> None:
        """Everybody lives, the twin behaves, and all that is open comes to its end."""
        self.cast.start_all()
        self.cast.tell_twin("/twin/misbehave", CALM)
        probe = Probe(self.world, house)
        seen, since = self._left(), time.monotonic()
        while left := self._left():
            self.cast.check()
            probe.send_if_due()
            if left != seen:
                seen, since = left, time.monotonic()
            assert time.monotonic() - since < HANGS, f"nothing changes any more: {self._open_facts(house)}"
            time.sleep(0.2)
        if self.world.has_webhook:
            self._hear_everything()

    def _hear_everything(self) -> None:
        """Late evidence still counts: wait until every event was posted and read."""
        self.cast.tell_twin("/twin/deliver-events", {})
        unread = "SELECT COUNT(*) FROM webhook_inbox WHERE ingested_at IS NULL"
        wait(lambda: ask(self.world.journal_url, unread) == [(0,)] or None)

    def _open_facts(self, house: House) -> str:
        """What the settler knows of all that is open, for whoever looks for the reason."""
        facts = house.journal.unclear(house.settings.delivery.quiet)
        unread = house.journal.unread()
        return "\n".join([f"at {self.world.clock.now()}, {unread} unread", *map(str, facts)])

    def _left(self) -> Counter[str]:
        """Batches that have no end yet, by state; empty when there are none."""
        states = ", ".join(f"'{state}'" for state in self.until)
        sql = f"SELECT state, COUNT(*) FROM batch WHERE NOT is_test AND state IN ({states}) GROUP BY state"
        return Counter(dict(ask(self.world.journal_url, sql)))
