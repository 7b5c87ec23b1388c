"""Lets mails go out at their time and posts their events, signed; nothing is only in memory."""

from __future__ import annotations

import http.client
import logging
import sqlite3
import threading
import urllib.request
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec

from pakdee.twin.batches import Batches
from pakdee.twin.clock import Clock, real_seconds
from pakdee.twin.conduct import Conduct
from pakdee.twin.keys import sign
from pakdee.twin.schedule import Outcome
from pakdee.twin.store import Store
from pakdee.twin.stories import Leaving, Storyteller

_SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
_TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"
_STORIES = 2000  # messages per transaction
_EVENTS, _BYTES = 1000, 768 * 1024  # of one post; SendGrid's are 768 KB at most
_PATIENCE, _LEAST_PATIENCE = 10.0, 1.0  # seconds a webhook may take, as at SendGrid; on the wall no less
_KEPT_SECONDS = 24 * 3600  # SendGrid repeats so long
_PAUSE, _LONGEST_PAUSE = 0.5, 60.0  # seconds between two rounds
_SHORTEST_PAUSE = 0.05  # on the wall, however fast the clock

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Posted:
    """What one round did: events taken by the webhook, and why it stopped early, if it did."""

    events: int
    problem: str | None


class Postman:
    """Works in a thread of its own; without `webhook_url` events wait."""

    def __init__(
        self,
        store: Store,
        batches: Batches,
        conduct: Conduct,
        *,
        webhook_url: str | None,
        key: ec.EllipticCurvePrivateKey,
        seed: int,
        clock: Clock,
    ) -> None:
        self._store, self._batches, self._conduct, self._clock = store, batches, conduct, clock
        self._storyteller = Storyteller(store, conduct, seed=seed)
        self._url, self._key = webhook_url, key
        self._turn = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="twin-postman", daemon=True)
        # Never through a proxy: the webhook of a twin is on this machine.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def start(self) -> None:
        """Begins to post."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after the post under way."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def round(self, *, everything: bool = False) -> Posted:
        """Lets go what is due and posts what is due, with `everything` all events of what has gone out."""
        with self._turn:
            while self._tell():
                pass
            while self._let_go(self._clock()):
                pass
            if everything:
                self._store.hasten(self._clock())
            self._store.give_up(self._clock() - _KEPT_SECONDS)
            return self._post_due()

    def _work(self) -> None:
        pause = _PAUSE
        while not self._stopping.wait(max(real_seconds(self._clock, pause), _SHORTEST_PAUSE)):
            try:
                problem = self.round().problem
            except sqlite3.Error as error:
                problem = str(error)
            if problem:
                _log.warning("webhook: %s", problem)
            pause = min(pause * 2, _LONGEST_PAUSE) if problem else _PAUSE

    def _tell(self) -> bool:
        """Writes the stories of the next messages that went out at once; True when there may be more."""
        rows = self._store.untold(_STORIES)
        if rows:
            at_once = [Leaving(row, row["received_at"]) for row in rows if not row["is_scheduled"]]
            self._store.tell(self._storyteller.tell(at_once), until=rows[-1]["id"])
        return len(rows) == _STORIES

    def _let_go(self, now: float) -> bool:
        """Decides about the next scheduled messages whose time has come; True when there may be more."""
        rows = self._store.leaving(now, _STORIES)
        fates = list(zip(rows, self._batches.fates(rows), strict=True))
        leaving = [Leaving(row, f.at) for row, f in fates if f.at <= now and f.outcome is Outcome.GOES_OUT]
        done = [row["id"] for row, fate in fates if fate.at <= now]
        paused = {row["id"]: fate.at for row, fate in fates if fate.at > now}
        if rows:
            self._store.tell_left(self._storyteller.tell(leaving), done=done, later=paused)
        return len(rows) == _STORIES

    def _post_due(self) -> Posted:
        done = 0
        while self._url and (rows := self._store.due(self._clock(), _EVENTS)):
            if self._conduct.misbehaviour.events.webhook == "dead":
                return Posted(done, None)
            rows = _within(rows, _BYTES)
            problem = self._post(_body(rows))
            if problem:
                return Posted(done, problem)
            self._store.posted([row["id"] for row in rows])
            done += len(rows)
        return Posted(done, None)

    def _post(self, body: bytes) -> str | None:
        """None when the webhook took it, else what went wrong."""
        timestamp = str(int(self._clock()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "SendGrid Event API",
            _TIMESTAMP: timestamp,
            _SIGNATURE: sign(self._key, timestamp, body),
        }
        request = urllib.request.Request(str(self._url), data=body, headers=headers)  # noqa: S310 - the operator's
        patience = max(real_seconds(self._clock, _PATIENCE), _LEAST_PATIENCE)
        try:
            with self._opener.open(request, timeout=patience):
                return None
        except (OSError, http.client.HTTPException) as error:
            return f"{self._url}: {error}"


def _within(rows: list[sqlite3.Row], most: int) -> list[sqlite3.Row]:
    """As many of the first rows as fit into `most` bytes, one at least."""
    size, count = 0, 0
    for row in rows:
        size += len(row["fields"]) + 40
        if count and size > most:
            break
        count += 1
    return rows[:count]


def _body(rows: list[sqlite3.Row]) -> bytes:
    """A webhook body byte for byte in SendGrid's form: CR LF between the events and at the end."""
    events = [f'{{"timestamp":{int(row["occurred_at"])},{row["fields"][1:]}' for row in rows]
    return ("[" + ",\r\n".join(events) + "]\r\n").encode()
