"""The journal against the database itself, turn by turn on one growing database.

The limit is the driver's own bulk insert of the very same rows: batch rows with their packed bodies and message
rows, prepared beforehand, in the same transactions of 1,000 messages with the same durability (SQLite:
executemany with synchronous FULL; PostgreSQL: COPY). What the journal adds is the run's lease, guarded keys and
making the rows; packing bodies (zstd, sha256) is pure processor work before the transaction, told on its own.

    python benchmarks/journal.py [--messages 100000] [--rounds 5] [--url postgresql://user@host/empty_database]
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from pakdee.domain.identity import address_hash
from pakdee.domain.message import ClaimedBatch, Envelope, Event, FrozenBatch, Receipt
from pakdee.domain.vocabulary import EventKind, Mode, Purpose
from pakdee.journal import Journal
from pakdee.journal.bodies import packed
from pakdee.journal.made import MADE_COLUMNS, Made

SIZE = 1000
DAY = dt.date(2026, 11, 22)
NINE = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)
ENVELOPE = Envelope("birthday", "1", "only", "th", Purpose.MARKETING, "Shop", "a@b.co", "a@b.co")
DELIVERY_EVENTS, THREADS = 25, 8
Prepared = tuple[tuple[str, ...], tuple[Any, ...], tuple[str, ...], list[tuple[Any, ...]]]
"""Columns and values of a batch's row, columns and values of its messages' rows."""


def batches(messages: int, occasion: str) -> Iterator[FrozenBatch]:
    """Requests of 1,000 messages with bodies as large as real ones."""
    for first in range(0, messages, SIZE):
        rows = tuple(_message(f"c{n:08}", occasion) for n in range(first, first + SIZE))
        body = "".join(f'{{"to":"{c}@example.co.th","id":"{m}","t":"{m * 6}"}}' for c, _, m, _ in rows)
        yield FrozenBatch(ENVELOPE, body.encode(), rows, (), NINE, None)


def _message(customer: str, occasion: str) -> tuple[str, str, str, str]:
    name = hashlib.blake2b(f"{customer}{occasion}".encode(), digest_size=16).hexdigest()
    return customer, occasion, name, address_hash(f"{customer}@example.co.th")


class Bench:
    """A journal, and the same rows with the driver alone."""

    def __init__(self, url: str) -> None:
        self.journal = Journal.open(url, project="bench", mode=Mode.TWIN, clock=lambda: NINE)
        self.seconds: dict[str, list[float]] = {}
        self.sent: list[ClaimedBatch] = []

    def timed(self, name: str, work: Callable[[], Any]) -> Any:
        """Note how long it took."""
        start = time.perf_counter()
        found = work()
        self.seconds.setdefault(name, []).append(time.perf_counter() - start)
        return found

    def median(self, name: str) -> float:
        """Seconds of the middle round."""
        return statistics.median(self.seconds[name])

    def start_run(self, day: dt.date) -> str:
        """A run of a day."""
        return self.journal.start_run(
            day=day, zone="UTC", campaigns=["birthday"], content_version="", snapshot_id="",
            lease=dt.timedelta(hours=1),
        )  # fmt: skip

    def round(self, messages: int, number: int) -> None:
        """Both ways once, then everything claimed and accepted."""
        first, second = (DAY + dt.timedelta(days=2 * number + n) for n in (0, 1))
        bare, ours = self.start_run(first), self.start_run(second)
        made = [Made(bare, one, first) for one in batches(messages, f"bare-{number}")]
        batch = list(batches(messages, f"ours-{number}"))
        prepared = [_prepared(one) for one in made]
        order: list[tuple[str, Callable[[], None]]] = [
            ("bare", lambda: self.insert(prepared)),
            ("ours", lambda: self.enqueue(ours, batch, second)),
        ]
        for name, work in order if number % 2 else order[::-1]:
            self.timed(name, work)
        self.timed("packing", lambda: [packed(one.body) for one in batch])
        self.journal.finish_run(ours)
        self.timed("claim and accept", self.send)

    def insert(self, prepared: list[Prepared]) -> None:
        """The driver alone, on a connection of its own."""
        proxy = self.journal._engine.raw_connection()  # noqa: SLF001
        write = _sqlite_write if self.journal._engine.name == "sqlite" else _postgresql_write  # noqa: SLF001
        for one in prepared:
            write(proxy.driver_connection, one)
        proxy.close()

    def enqueue(self, run: str, made: list[FrozenBatch], day: dt.date) -> None:
        """The journal."""
        for one in made:
            taken = self.journal.enqueue(run, one, due_on=day)
            assert not taken

    def send(self) -> None:
        """Claim and accept all there is."""
        self.sent = []
        while claimed := self._claim():
            self.journal.accepted(claimed, Receipt("x", 202))
            self.sent.append(claimed)

    def _claim(self) -> ClaimedBatch | None:
        lease = dt.timedelta(minutes=2)
        return self.journal.claim(due_before=NINE, lease=lease, worker="w", trim=lambda body, _: body)

    def deliveries(self, count: int) -> None:
        """Webhook deliveries from several threads, each on disk before the next."""
        body = (
            b'{"event":"delivered","sg_message_id":"0123456789","custom":"0123456789abcdef"}'
            * DELIVERY_EVENTS
        )

        def work() -> None:
            for _ in range(count // THREADS):
                self.journal.store_webhook(body, received_at=NINE)

        threads = [threading.Thread(target=work) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def delivered(self) -> list[list[Event]]:
        """Two events for each message that was sent last, as they come in: request by request."""
        kinds = (EventKind.PROCESSED, EventKind.DELIVERED)
        return [
            [
                Event("", kind, NINE, message_id=name, attempt_id=one.attempt_id, address_hash=name)
                for name in _ids(one)
            ]
            for kind in kinds
            for one in self.sent
        ]

    def ingest(self, told: list[list[Event]]) -> None:
        """Store events, five requests' at a time."""
        for first in range(0, len(told), 5):
            self.journal.append_events([event for events in told[first : first + 5] for event in events])


def _ids(claimed: ClaimedBatch) -> list[str]:
    return [part[:32] for part in claimed.body.decode().split('"id":"')[1:]]


def _prepared(made: Made) -> Prepared:
    batch, alike = made.row(is_test=False, now=0), made.alike(is_test=False)
    rows = [(*row, *alike.values()) for row in made.messages]
    return tuple(batch), tuple(batch.values()), (*MADE_COLUMNS, *alike), rows


def _sqlite_write(connection: Any, prepared: Prepared) -> None:
    batch_columns, batch, columns, rows = prepared
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(_insert("batch", batch_columns, "?"), batch)
    connection.executemany(_insert("message", columns, "?"), rows)
    connection.execute("COMMIT")


def _postgresql_write(connection: Any, prepared: Prepared) -> None:
    batch_columns, batch, columns, rows = prepared
    with connection.cursor() as cursor:
        cursor.execute(_insert("batch", batch_columns, "%s"), batch)
        with cursor.copy(f"COPY message ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    connection.commit()


def _insert(table: str, columns: tuple[str, ...], mark: str) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"


def told(bench: Bench, messages: int, deliveries: int) -> None:
    """Print rates and ratios."""
    bare, ours, packing = (bench.median(name) for name in ("bare", "ours", "packing"))
    print(f"driver alone      {messages / bare:>10,.0f} rows/s")
    print(f"journal           {messages / ours:>10,.0f} messages/s, packing included")
    print(f"  packing bodies  {packing / messages * 1e6:>10.2f} us/message")
    print(f"ratio             {bare / (ours - packing):>10.2f} without packing, {bare / ours:.2f} with it")
    per_batch = bench.median("claim and accept") / (messages / SIZE)
    print(f"claim and accept  {per_batch * 1e3:>10.2f} ms/batch of {SIZE}")
    print(
        f"webhook           {deliveries / bench.median('webhook'):>10,.0f} deliveries/s from {THREADS} threads"
    )
    print(f"events            {2 * messages / bench.median('events'):>10,.0f} events/s")


def main() -> None:
    """Print medians and ratios of alternating rounds."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--deliveries", type=int, default=4_000)
    options.add_argument("--url", help="an empty PostgreSQL database; without it a SQLite file is made")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(asked.url or f"sqlite:///{Path(folder) / 'journal.sqlite'}")
        for number in range(asked.rounds):
            bench.round(asked.messages, number)
            bench.timed("webhook", lambda: bench.deliveries(asked.deliveries))
            told_events = bench.delivered()
            bench.timed("events", partial(bench.ingest, told_events))
        told(bench, asked.messages, asked.deliveries)
        bench.journal.close()


if __name__ == "__main__":
    main()
