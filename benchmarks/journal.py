"""Journal writes against the database itself: messages enqueued per second, as a ratio to bare inserts in one run.

The limit is the driver's own bulk insert of the same message rows into the same table with the same indexes, a
transaction per 1,000 with synchronous FULL (SQLite: executemany; PostgreSQL: COPY). The journal on top of it
hashes addresses, compresses and proves the body, extends the run's lease, and guards every key.

    python benchmarks/journal.py [--messages 200000] [--url postgresql://user@host/empty_database]
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from pakdee.domain.message import Draft, Envelope, FrozenBatch, MessageKey
from pakdee.domain.vocabulary import Mode, Purpose
from pakdee.journal import Journal, schema
from pakdee.journal.planning import MESSAGE_COLUMNS

SIZE = 1000
DAY = dt.date(2026, 11, 22)
NINE = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)
ROUNDS = 3


def batches(messages: int, occasion: str) -> Iterator[FrozenBatch]:
    """Requests of 1,000 messages with bodies as large as real ones."""
    envelope = Envelope("birthday", "1", "only", "th", Purpose.MARKETING, "Shop", "a@b.co", "a@b.co")
    for first in range(0, messages, SIZE):
        drafts = tuple(_draft(f"c{n:08}", occasion) for n in range(first, first + SIZE))
        body = "".join(f'{{"to":"{d.address}","id":"{d.message_id}","t":"{"x" * 200}"}}' for d in drafts)
        yield FrozenBatch(envelope, body.encode(), drafts, NINE, None)


def _draft(customer: str, occasion: str) -> Draft:
    name = hashlib.blake2b(f"{customer}{occasion}".encode(), digest_size=16).hexdigest()
    key = MessageKey("birthday", "1", customer, occasion)
    return Draft(key, name, f"{customer}@example.co.th", "th", None, {})


def enqueue(journal: Journal, made: list[FrozenBatch], day: dt.date) -> float:
    """Seconds to write the batches through the journal."""
    run = journal.start_run(
        day=day,
        zone="UTC",
        campaigns=["birthday"],
        content_version="",
        snapshot_id="",
        lease=dt.timedelta(hours=1),
    )
    start = time.perf_counter()
    for one in made:
        taken = journal.enqueue(run, one, due_on=day)
        assert not taken
    seconds = time.perf_counter() - start
    journal.finish_run(run)
    return seconds


def insert(journal: Journal, made: list[FrozenBatch], day: dt.date) -> float:
    """Seconds to write the same message rows with the driver alone, into the same table."""
    chunks = [sorted(_rows(one, day)) for one in made]
    start = time.perf_counter()
    for rows in chunks:
        with journal._writing() as connection:  # noqa: SLF001
            journal._dialect.insert(connection, schema.message, MESSAGE_COLUMNS, rows)  # noqa: SLF001
    return time.perf_counter() - start


def _rows(one: FrozenBatch, day: dt.date) -> Iterator[tuple[object, ...]]:
    for d in one.drafts:
        key = (d.key.customer_id, d.key.campaign, d.key.step, d.key.occasion)
        yield (*key, "run", "bare", d.message_id, d.message_id, day.isoformat(), True, False, False)


def rounds(url: str, messages: int) -> tuple[list[float], list[float]]:
    """Seconds of the bare inserts and of the journal, turn by turn on one growing journal."""
    journal = Journal.open(url, project="bench", mode=Mode.TWIN, clock=lambda: NINE)
    _room_for_bare_rows(journal)
    bare, ours = [], []
    for number in range(ROUNDS):
        first, second = DAY + dt.timedelta(days=2 * number), DAY + dt.timedelta(days=2 * number + 1)
        bare.append(insert(journal, list(batches(messages, f"bare-{number}")), first))
        ours.append(enqueue(journal, list(batches(messages, f"ours-{number}")), second))
    journal.close()
    return bare, ours


def _room_for_bare_rows(journal: Journal) -> None:
    run = journal.start_run(
        day=DAY, zone="UTC", campaigns=[], content_version="", snapshot_id="", lease=dt.timedelta(hours=1)
    )
    row = {
        "id": "bare", "run_id": run, "campaign": "birthday", "step": "1", "variant": "only", "locale": "th",
        "purpose": "marketing", "due_on": DAY.isoformat(), "is_test": False, "size": 1, "not_before": 0,
        "created_at": 0, "state": "queued", "body": b"x", "body_bytes": 1, "body_sha256": "x",
    }  # fmt: skip
    with journal._writing() as connection:  # noqa: SLF001
        connection.execute(schema.batch.insert(), row)


def main() -> None:
    """Print rows per second and the ratio."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=200_000)
    options.add_argument("--url", help="an empty PostgreSQL database; without it a SQLite file is made")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.url or f"sqlite:///{Path(folder) / 'journal.sqlite'}"
        bare, ours = rounds(url, asked.messages)
    print(f"bare inserts  {asked.messages / statistics.median(bare):>10,.0f} rows/s")
    print(f"journal       {asked.messages / statistics.median(ours):>10,.0f} messages/s")
    print(f"ratio         {statistics.median(bare) / statistics.median(ours):>10.2f}")


if __name__ == "__main__":
    main()
