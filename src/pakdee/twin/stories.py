"""Writes the stories of mails that went out: which events will be posted, when, and who is listed."""

from __future__ import annotations

import base64
import math
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from pakdee.twin.behaviour import Behaviour, Draw, Happening, draw, listing, story
from pakdee.twin.conduct import Conduct
from pakdee.twin.mail import expand
from pakdee.twin.misbehaviour import EventTrouble
from pakdee.twin.store import EventRow, Listing, Store, Told

_WITH_SMTP_ID = {"processed", "dropped", "delivered", "deferred", "bounce"}
_LINK = re.compile(r'<a\b(?![^>]*clicktracking=["\']?off)[^>]*?\bhref="(https?://[^"]+)"', re.IGNORECASE)
_LATE, _COPY = 5.0, 3.0  # seconds, when nothing is amiss


class Leaving(NamedTuple):
    """A message that goes out: its row, and when (unix seconds)."""

    row: sqlite3.Row
    at: float


class Storyteller:
    """Stories are seeded: the same mail has the same one on any machine."""

    def __init__(self, store: Store, conduct: Conduct, *, seed: int) -> None:
        self._store, self._conduct, self._seed = store, conduct, seed

    def tell(self, leaving: Iterable[Leaving]) -> Told:
        """The stories of these messages; who is listed by the first is known to the next."""
        messages = list(leaving)
        listed = self._store.listed([one.row["address"].lower() for one in messages])
        events: list[EventRow] = []
        listings: list[Listing] = []
        for message in messages:
            for happening, rows in self._story(message, listed):
                events += rows
                found = listing(happening)
                if found:
                    address = message.row["address"].lower()
                    listings.append(Listing(found[0], address, int(rows[0].occurred_at), *found[1:]))
                    if found[0] != "blocks":
                        listed.setdefault(address, found[0])
        return Told(events, listings)

    def _story(
        self, message: Leaving, listed: Mapping[str, str]
    ) -> Iterator[tuple[Happening, list[EventRow]]]:
        row, behaviour = message.row, self._conduct.behaviour
        address = row["address"].lower()
        of_mail = draw(self._seed, row["reference"] or f"{row['provider_id']}.{row['position']}")
        request = self._store.request(row["request_id"])
        posting = _Posting(
            row["id"],
            message.at,
            behaviour,
            self._conduct.misbehaviour.events,
            of_mail,
            self._luck(row, request),
        )
        happenings = story(of_mail, draw(self._seed, address), behaviour, listed=listed.get(address))
        for number, happening in enumerate(happenings):
            details = _details(happening, request, row["position"], of_mail("link"))
            if details is not None:
                fields = _fields(row, request, happening.name, number, details)
                yield happening, list(posting.rows(happening, fields, is_first=number == 0))

    def _luck(self, row: sqlite3.Row, request: Mapping[str, Any]) -> _Luck:
        """Chance that belongs to this attempt at the message: a second copy has another fate."""
        seed, of_request = self._conduct.misbehaviour.seed, row["attempt"] or row["provider_id"]
        chosen = math.floor(draw(seed, of_request)("survivor") * len(request["personalizations"]))
        return _Luck(draw(seed, f"{of_request}.{row['position']}"), chosen == row["position"])


class _Luck(NamedTuple):
    """`is_chosen`: of its request the one whose first event survives, where one has to."""

    draw: Draw
    is_chosen: bool


class _Posting(NamedTuple):
    """How the events of one message are posted."""

    message_id: int
    went_out_at: float
    behaviour: Behaviour
    trouble: EventTrouble
    of_mail: Draw
    luck: _Luck

    def rows(self, happening: Happening, fields: str, *, is_first: bool) -> Iterator[EventRow]:
        """The event, perhaps late, perhaps lost, and perhaps its copies."""
        name, pace = happening.name, self.behaviour.pace
        occurred_at = self.went_out_at + happening.after * pace
        due_at = occurred_at + (_LATE if self.of_mail(f"late {name}") < self.behaviour.late else 1) * pace
        copies = int(self.of_mail(f"twice {name}") < self.behaviour.duplicate)
        delay, more, is_lost = self._mishaps(name)
        if is_first and self.luck.is_chosen and self.trouble.one_survives:
            is_lost = False
            delay = max(min(delay, self.went_out_at + self.trouble.within_seconds - due_at), 0.0)
        state = "lost" if is_lost else "waiting"
        for number in range(1 + copies + more):
            at = due_at + delay + number * _COPY * pace
            yield EventRow(self.message_id, name, occurred_at, at, fields, state)

    def _mishaps(self, name: str) -> tuple[float, int, bool]:
        """Seconds of delay, further copies, and whether it is lost."""
        trouble, draw_ = self.trouble, self.luck.draw
        if not trouble.is_any:
            return 0.0, 0, False
        least, most = trouble.late_seconds
        delay = draw_(f"disorder {name}") * trouble.disorder_seconds
        if draw_(f"late {name}") < trouble.late:
            delay += least + (most - least) * draw_(f"how late {name}")
        copies = trouble.copies if draw_(f"twice {name}") < trouble.duplicate else 0
        return delay, copies, draw_(f"lost {name}") < trouble.lost


def _details(
    happening: Happening, request: Mapping[str, Any], position: int, chance: float
) -> Mapping[str, Any] | None:
    """The event's own fields; None where the request's tracking settings rule it out."""
    tracking = request.get("tracking_settings", {})
    if happening.name in {"open", "click"}:
        if not tracking.get(f"{happening.name}_tracking", {}).get("enable", True):
            return None
        if happening.name == "click":
            return _clicked(happening, expand(request, position).html, chance)
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
