"""Writes the stories of accepted mails and posts them, signed, to the webhook; nothing is only in memory."""

from __future__ import annotations

import base64
import http.client
import logging
import math
import re
import sqlite3
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric import ec

from pakdee.twin.behaviour import LISTED_BY, Behaviour, Happening, draw, story
from pakdee.twin.keys import sign
from pakdee.twin.mail import expand
from pakdee.twin.store import EventRow, Store

_SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
_TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"
_STORIES = 2000  # messages per transaction
_EVENTS, _BYTES = 1000, 768 * 1024  # of one post; SendGrid's are 768 KB at most
_PATIENCE = 10  # seconds a webhook may take, as at SendGrid
_KEPT_SECONDS = 24 * 3600  # SendGrid repeats so long
_LONGEST_PAUSE = 60.0
_WITH_SMTP_ID = {"processed", "dropped", "delivered", "deferred", "bounce"}
_LINK = re.compile(r'<a\b(?![^>]*clicktracking=["\']?off)[^>]*?\bhref="(https?://[^"]+)"', re.IGNORECASE)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Posted:
    """What one round did: events taken by the webhook, and why it stopped early, if it did."""

    events: int
    problem: str | None


class Postman:
    """Posts events to `webhook_url` in a thread of its own; None keeps them waiting."""

    def __init__(
        self,
        store: Store,
        *,
        webhook_url: str | None,
        key: ec.EllipticCurvePrivateKey,
        seed: int,
        behaviour: Behaviour,
        clock: Callable[[], float],
    ) -> None:
        self._store, self._url, self._key = store, webhook_url, key
        self._seed, self._behaviour, self._clock = seed, behaviour, clock
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
        """Writes stories that are missing and posts what is due, with `everything` all of it."""
        with self._turn:
            while self._tell():
                pass
            if everything:
                self._store.hasten(self._clock())
            self._store.give_up(self._clock() - _KEPT_SECONDS)
            return self._post_due()

    def _work(self) -> None:
        pause = 0.5
        while not self._stopping.wait(pause):
            try:
                problem = self.round().problem
            except sqlite3.Error as error:
                problem = str(error)
            if problem:
                _log.warning("webhook: %s", problem)
            pause = min(pause * 2, _LONGEST_PAUSE) if problem else 0.5

    def _post_due(self) -> Posted:
        done = 0
        while self._url and (rows := self._store.due(self._clock(), _EVENTS)):
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
        try:
            with self._opener.open(request, timeout=_PATIENCE):
                return None
        except (OSError, http.client.HTTPException) as error:
            return f"{self._url}: {error}"

    def _tell(self) -> bool:
        """Writes the stories of the next messages; False when there are none."""
        rows = self._store.untold(_STORIES)
        if not rows:
            return False
        listed = self._store.listed([row["address"].lower() for row in rows])
        events: list[EventRow] = []
        listings: list[tuple[str, str, float]] = []
        for row in rows:
            for event in self._story(row, listed):
                events.append(event)
                if event.name in LISTED_BY and '"type":"blocked"' not in event.fields:
                    address = row["address"].lower()
                    listed.setdefault(address, LISTED_BY[event.name])
                    listings.append((listed[address], address, event.occurred_at))
        self._store.tell(events, listings, until=rows[-1]["id"])
        return True

    def _story(self, row: sqlite3.Row, listed: Mapping[str, str]) -> Iterator[EventRow]:
        address = row["address"].lower()
        of_mail = draw(self._seed, row["reference"] or f"{row['provider_id']}.{row['position']}")
        happenings = story(of_mail, draw(self._seed, address), self._behaviour, listed=listed.get(address))
        request = self._store.request(row["request_id"])
        for number, happening in enumerate(happenings):
            details = self._details(happening, request, row, of_mail("link"))
            if details is None:
                continue
            fields = _fields(row, request, happening.name, number, details)
            occurred_at = row["received_at"] + happening.after * self._behaviour.pace
            yield from self._postings(row["id"], happening.name, occurred_at, fields, of_mail)

    def _postings(
        self, message: int, name: str, occurred_at: float, fields: str, of_mail: Callable[[str], float]
    ) -> Iterator[EventRow]:
        """The event, perhaps late, and perhaps its copy."""
        pace = self._behaviour.pace
        wait = 8 if of_mail(f"late {name}") < self._behaviour.late else 1
        yield EventRow(message, name, occurred_at, occurred_at + wait * pace, fields)
        if of_mail(f"twice {name}") < self._behaviour.duplicate:
            yield EventRow(message, name, occurred_at, occurred_at + (wait + 4) * pace, fields)

    def _details(
        self, happening: Happening, request: Mapping[str, Any], row: sqlite3.Row, chance: float
    ) -> Mapping[str, Any] | None:
        """The event's own fields; None where the request's tracking settings rule it out."""
        tracking = request.get("tracking_settings", {})
        if happening.name in {"open", "click"}:
            if not tracking.get(f"{happening.name}_tracking", {}).get("enable", True):
                return None
            if happening.name == "click":
                return _clicked(happening, expand(request, row["position"]).html, chance)
        return happening.details


def _clicked(happening: Happening, html: str, chance: float) -> Mapping[str, Any] | None:
    """A click on one of the links that may be tracked; None in a mail without."""
    links = _LINK.findall(html)
    if not links:
        return None
    index = math.floor(chance * len(links))
    url = links[index].replace("&amp;", "&")
    return {**happening.details, "url": url, "url_offset": {"index": index, "type": "html"}}


def _fields(
    row: sqlite3.Row, request: Mapping[str, Any], name: str, number: int, details: Mapping[str, Any]
) -> str:
    """An event's JSON without the timestamp; SendGrid's own keys win over custom args of the same name."""
    provider_id, position = row["provider_id"], row["position"]
    own: dict[str, Any] = {
        "email": row["address"],
        "event": name,
        "sg_event_id": _opaque(f"{name}-{number}-10994919-{provider_id}-{position}"),
        "sg_message_id": f"{provider_id}.recvd-7c5b8d-{row['request_id']}-1.{position}",
    }
    if name in _WITH_SMTP_ID:
        own["smtp-id"] = f"<{provider_id}@geopod-ismtpd-1>"
    if request.get("categories"):
        own["category"] = request["categories"]
    custom = {
        **request.get("custom_args", {}),
        **request["personalizations"][position].get("custom_args", {}),
    }
    return orjson.dumps({**custom, **own, **details}).decode()


def _opaque(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


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
