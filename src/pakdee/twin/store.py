"""What the twin has taken, on disk before it is answered, and the stories of it."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from pakdee.twin.database import Database, statement
from pakdee.twin.mail import Mail, expand, subject_of

_KEPT_REQUESTS = 4  # parsed bodies in memory; one is about ten megabytes


class Filter(NamedTuple):
    """Which messages: None asks for any. `q` is found anywhere in address or subject."""

    q: str | None = None
    category: str | None = None
    reference: str | None = None
    request: str | None = None

    def as_params(self) -> dict[str, str | None]:
        """For the queries; LIKE's own signs stand for themselves."""
        return {**self._asdict(), "q": f"%{literal(self.q)}%" if self.q else None}


class EventRow(NamedTuple):
    """An event to be posted, or lost; `fields` is its JSON without the timestamp. Times are unix seconds."""

    message_id: int
    name: str
    occurred_at: float
    due_at: float
    fields: str
    state: str = "waiting"


class Listing(NamedTuple):
    """An address that one of SendGrid's lists has from now on; in lower case."""

    list: str
    address: str
    created: int
    reason: str
    status: str


class Told(NamedTuple):
    """Stories as they are written: the events, and who is listed because of them."""

    events: Sequence[EventRow]
    listings: Sequence[Listing]


def literal(text: str) -> str:
    """`text` inside a LIKE pattern, where its own signs stand for themselves."""
    return "".join(f"\\{letter}" if letter in "\\%_" else letter for letter in text)


class Store:
    """Requests, messages, events. Raises sqlite3.Error where the disk fails; nothing of that call is kept."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._parsed = lru_cache(maxsize=_KEPT_REQUESTS)(self._parse)

    def accept(self, request: Mapping[str, Any], raw: bytes, *, provider_id: str, now: float) -> None:
        """Stores a request that was found good, and all its messages, in one durable transaction."""
        found = {
            "provider_id": provider_id,
            "received_at": now,
            "attempt": request.get("custom_args", {}).get("pakdee_attempt"),
            "batch_id": request.get("batch_id"),
            "categories": json.dumps(request.get("categories", [])),
            "body": zlib.compress(raw, 1),
        }
        rows = list(_message_rows(request))
        is_later = found["batch_id"] is not None or any((row[-1] or 0) > now for row in rows)
        with self._database.writing() as connection:
            request_id = connection.execute(statement("add_request"), found).lastrowid
            connection.executemany(statement("add_message"), [(request_id, *row) for row in rows])
            if is_later:
                connection.execute(statement("add_scheduled"), {"request_id": request_id})

    def untold(self, limit: int) -> list[sqlite3.Row]:
        """The next messages to look at; those with is_scheduled are told when they leave."""
        return self._database.read("untold", limit=limit)

    def tell(self, told: Told, *, until: int) -> None:
        """Stores the stories of the messages up to the id `until` that went out at once."""
        with self._database.writing(durable=False) as connection:
            _write(connection, told)
            connection.execute(statement("told"), {"message_id": until})

    def leaving(self, now: float, limit: int) -> list[sqlite3.Row]:
        """Scheduled messages that are to be looked at by now."""
        return self._database.read("leaving", now=now, limit=limit)

    def tell_left(self, told: Told, *, done: Sequence[int], later: Mapping[int, float]) -> None:
        """Stores the stories of scheduled messages.

        Args:
            done: ids of those that have gone out or never will.
            later: when the others are to be looked at again, unix seconds by message id.
        """
        with self._database.writing(durable=False) as connection:
            _write(connection, told)
            connection.execute(statement("left"), {"ids": json.dumps(list(done))})
            rows = [{"message_id": message, "look_at": at} for message, at in later.items()]
            connection.executemany(statement("look_later"), rows)

    def listed(self, addresses: Sequence[str]) -> dict[str, str]:
        """The suppression list of each listed address; addresses in lower case."""
        rows = self._database.read("listed", addresses=json.dumps(list(addresses)))
        return {row["address"]: row["list"] for row in rows}

    def due(self, now: float, limit: int) -> list[sqlite3.Row]:
        """Events to be posted: id, occurred_at, fields."""
        return self._database.read("due", now=now, limit=limit)

    def posted(self, ids: Sequence[int]) -> None:
        """The webhook took these events."""
        self._database.write("posted", durable=False, ids=json.dumps(list(ids)))

    def hasten(self, now: float) -> None:
        """Everything that waits is due now."""
        self._database.write("hasten", durable=False, now=now)

    def give_up(self, before: float) -> None:
        """Events older than `before` that nobody took are lost."""
        self._database.write("give_up", durable=False, before=before)

    def messages(self, wanted: Filter, *, limit: int, offset: int) -> tuple[int, list[sqlite3.Row]]:
        """How many messages fit, and a page of them, newest first."""
        params = wanted.as_params()
        found = self._database.read("messages_found", **params)[0]["messages"]
        return found, self._database.read("messages", **params, limit=limit, offset=offset)

    def mail(self, message_id: int) -> tuple[sqlite3.Row, Mail] | None:
        """Where a message stands and what its reader gets; None when there is no such message."""
        rows = self._database.read("message", id=message_id)
        return (rows[0], expand(self.request(rows[0]["request_id"]), rows[0]["position"])) if rows else None

    def events_of(self, message_id: int) -> list[sqlite3.Row]:
        """The story of one message: name, occurred_at, due_at, state, fields."""
        return self._database.read("events_of", message_id=message_id)

    def request(self, request_id: int) -> Mapping[str, Any]:
        """The parsed body of a request."""
        return self._parsed(request_id)

    def raw(self, request_id: int) -> bytes:
        """The body of a request as it was received."""
        return zlib.decompress(self._database.read("body", id=request_id)[0]["body"])

    def counts(self) -> dict[str, Any]:
        """Requests, messages, repeated references, messages without a story, events by name and state."""
        events = [dict(row) for row in self._database.read("event_counts")]
        return {**dict(self._database.read("counts")[0]), "events": events}

    def _parse(self, request_id: int) -> Mapping[str, Any]:
        parsed: Mapping[str, Any] = orjson.loads(self.raw(request_id))
        return parsed


def _write(connection: sqlite3.Connection, told: Told) -> None:
    connection.executemany(statement("add_event"), told.events)
    connection.executemany(statement("add_suppression"), told.listings)


def _message_rows(request: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    shared = request.get("custom_args", {}).get("pakdee_message")
    asked = request.get("send_at")
    for position, one in enumerate(request["personalizations"]):
        reference = one.get("custom_args", {}).get("pakdee_message", shared)
        send_at = one.get("send_at", asked)
        yield position, one["to"][0]["email"], subject_of(request, one), reference, send_at
