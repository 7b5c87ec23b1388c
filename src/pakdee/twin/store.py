"""What the twin has taken, on disk before it is answered: one SQLite file."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pyarrow as pa

from pakdee.twin.mail import Mail, expand, subject_of

_FILE = "twin.sqlite"
_KEPT_REQUESTS = 4  # parsed bodies in memory; one is about ten megabytes


class Filter(NamedTuple):
    """Which messages: None asks for any. `q` is found anywhere in address or subject."""

    q: str | None = None
    category: str | None = None
    reference: str | None = None
    request: str | None = None

    def as_params(self) -> dict[str, str | None]:
        """For the queries; LIKE's own signs stand for themselves."""
        q = self.q and "".join(f"\\{letter}" if letter in "\\%_" else letter for letter in self.q)
        return {**self._asdict(), "q": f"%{q}%" if q else None}


class EventRow(NamedTuple):
    """An event to be posted; `fields` is its JSON without the timestamp. Times are unix seconds."""

    message_id: int
    name: str
    occurred_at: float
    due_at: float
    fields: str


@lru_cache
def _statement(name: str) -> str:
    return files(__package__).joinpath(f"queries/{name}.sql").read_text(encoding="utf-8")


class Store:
    """The twin's memory in `directory`; usable from several threads. One writes at a time.

    Raises sqlite3.Error where the disk is full or read-only; then nothing of that call is kept.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._path = directory / _FILE
        self._lock = threading.Lock()
        self._writer = self._connection()
        self._writer.executescript(_statement("schema"))
        self._parsed = lru_cache(maxsize=_KEPT_REQUESTS)(self._parse)

    def close(self) -> None:
        """Closes the file."""
        self._writer.close()

    def accept(self, request: Mapping[str, Any], raw: bytes, *, provider_id: str, now: float) -> None:
        """Stores a request that was found good, and all its messages, in one durable transaction."""
        found = {
            "provider_id": provider_id,
            "received_at": now,
            "categories": json.dumps(request.get("categories", [])),
            "body": pa.compress(raw, codec="zstd", asbytes=True),
            "body_bytes": len(raw),
        }
        with self._writing() as connection:
            request_id = connection.execute(_statement("add_request"), found).lastrowid
            rows = _message_rows(request, request_id)
            connection.executemany(_statement("add_message"), rows)

    def untold(self, limit: int) -> list[sqlite3.Row]:
        """Messages whose story is to be written: id, request_id, position, address, reference."""
        return self._read("untold", limit=limit)

    def tell(
        self, events: Iterable[EventRow], listings: Iterable[tuple[str, str, float]], *, until: int
    ) -> None:
        """Stores the stories of all messages up to the id `until`, and who is listed from now on."""
        with self._writing() as connection:
            connection.executemany(_statement("add_event"), events)
            connection.executemany(_statement("add_suppression"), listings)
            connection.execute(_statement("told"), {"message_id": until})

    def listed(self, addresses: Sequence[str]) -> dict[str, str]:
        """The suppression list of each listed address; addresses in lower case."""
        rows = self._read("listed", addresses=json.dumps(list(addresses)))
        return {row["address"]: row["list"] for row in rows}

    def due(self, now: float, limit: int) -> list[sqlite3.Row]:
        """Events to be posted: id, occurred_at, fields."""
        return self._read("due", now=now, limit=limit)

    def posted(self, ids: Sequence[int]) -> None:
        """The webhook took these events."""
        self._write("posted", ids=json.dumps(list(ids)))

    def hasten(self, now: float) -> None:
        """Everything that waits is due now."""
        self._write("hasten", now=now)

    def give_up(self, before: float) -> None:
        """Events older than `before` that nobody took are lost."""
        self._write("give_up", before=before)

    def messages(self, wanted: Filter, *, limit: int, offset: int) -> tuple[int, list[sqlite3.Row]]:
        """How many messages fit, and a page of them, newest first."""
        params = wanted.as_params()
        found = self._read("messages_found", **params)[0]["messages"]
        return found, self._read("messages", **params, limit=limit, offset=offset)

    def mail(self, message_id: int) -> tuple[sqlite3.Row, Mail] | None:
        """Where a message stands and what its reader gets; None when there is no such message."""
        rows = self._read("message", id=message_id)
        return (rows[0], expand(self.request(rows[0]["request_id"]), rows[0]["position"])) if rows else None

    def events_of(self, message_id: int) -> list[sqlite3.Row]:
        """The story of one message: name, occurred_at, due_at, state, fields."""
        return self._read("events_of", message_id=message_id)

    def request(self, request_id: int) -> Mapping[str, Any]:
        """The parsed body of a request."""
        return self._parsed(request_id)

    def raw(self, request_id: int) -> bytes:
        """The body of a request as it was received."""
        row = self._read("body", id=request_id)[0]
        return bytes(pa.decompress(row["body"], row["body_bytes"], codec="zstd", asbytes=True))

    def counts(self) -> dict[str, Any]:
        """Requests, messages, repeated references, messages without a story, events by name and state."""
        events = [dict(row) for row in self._read("event_counts")]
        return {**dict(self._read("counts")[0]), "events": events}

    def _parse(self, request_id: int) -> Mapping[str, Any]:
        parsed: Mapping[str, Any] = orjson.loads(self.raw(request_id))
        return parsed

    def _connection(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=30, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL: after an answer 202 the message survives a power cut too.
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:  # a full disk may have ended it already
                    self._writer.execute("ROLLBACK")
                raise

    def _write(self, name: str, **params: Any) -> None:
        with self._writing() as connection:
            connection.execute(_statement(name), params)

    def _read(self, name: str, **params: Any) -> list[sqlite3.Row]:
        # A connection of its own sees the last commit and never waits for a writer.
        with closing(self._connection()) as connection:
            return connection.execute(_statement(name), params).fetchall()


def _message_rows(request: Mapping[str, Any], request_id: int | None) -> Iterator[tuple[Any, ...]]:
    shared = request.get("custom_args", {}).get("pakdee_message")
    for position, one in enumerate(request["personalizations"]):
        reference = one.get("custom_args", {}).get("pakdee_message", shared)
        yield request_id, position, one["to"][0]["email"], subject_of(request, one), reference
