"""A small shop around a journal: drafts, batches and a clock, so that tests can speak of what they are about."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from pakdee.domain.identity import address_hash
from pakdee.domain.message import (
    ClaimedBatch,
    Envelope,
    Event,
    FrozenBatch,
    MessageKey,
    Receipt,
    Unsent,
)
from pakdee.domain.vocabulary import EventKind, Mode, Purpose
from pakdee.journal import Journal
from pakdee.journal.schema import METADATA

DAY = dt.date(2026, 11, 22)
NINE = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)  # nine o'clock in Bangkok
MINUTE = timedelta(minutes=1)


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = NINE

    def __call__(self) -> dt.datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        self.now += by


def opened(
    url: str, clock: Clock | None = None, *, project: str = "pakdee", mode: Mode = Mode.TWIN
) -> Journal:
    return Journal.open(url, project=project, mode=mode, clock=clock or Clock())


def key(customer: str, campaign: str = "birthday", occasion: str = "2026") -> MessageKey:
    return MessageKey(campaign, "1", customer, occasion)


def held(customer: str, campaign: str = "birthday", occasion: str = "2026") -> Unsent:
    """A held-out customer."""
    return Unsent(key(customer, campaign, occasion))


def message_id(customer: str, campaign: str = "birthday", occasion: str = "2026") -> str:
    return f"id-{campaign}-{customer}-{occasion}"


def address(customer: str) -> str:
    return f"{customer}@example.co.th"


def hashed(customer: str) -> str:
    return address_hash(address(customer))


def batch(
    customers: Sequence[str],
    campaign: str = "birthday",
    *,
    occasion: str = "2026",
    purpose: Purpose = Purpose.MARKETING,
    not_before: dt.datetime = NINE,
    not_after: dt.datetime | None = None,
    codes: bool = False,
) -> FrozenBatch:
    """A frozen request whose body is simply the list of its message ids and addresses."""
    named = [(c, message_id(c, campaign, occasion)) for c in customers]
    messages = tuple((c, occasion, name, hashed(c)) for c, name in named)
    offers = tuple(
        (name, "cake", f"CODE-{campaign}-{c}", "A cake", "2026-12-31", None) for c, name in named if codes
    )
    envelope = Envelope(campaign, "1", "only", "th", purpose, "Shop", "shop@example.com", "shop@example.com")
    body = json.dumps({name: address(c) for c, name in named}).encode()
    return FrozenBatch(envelope, body, messages, offers, not_before, not_after)


def in_order(*batches: FrozenBatch) -> list[FrozenBatch]:
    """The same batches, each due a minute before the next, so that they are claimed in this order."""
    return [replace(b, not_before=NINE - (len(batches) - n) * MINUTE) for n, b in enumerate(batches)]


def trim(body: bytes, message_ids: frozenset[str]) -> bytes:
    """The body of `batch` less some messages."""
    return json.dumps({m: a for m, a in json.loads(body).items() if m not in message_ids}).encode()


def start(
    journal: Journal, *campaigns: str, day: dt.date = DAY, lease: timedelta = 5 * MINUTE, **more
) -> str:
    return journal.start_run(
        day=day,
        zone="Asia/Bangkok",
        campaigns=campaigns or ("birthday",),
        content_version="c1",
        snapshot_id="s1",
        lease=lease,
        **more,
    )


def plan(journal: Journal, *batches: FrozenBatch, day: dt.date = DAY, **more) -> str:
    """A finished run with these batches."""
    run_id = start(journal, *{b.envelope.campaign for b in batches}, day=day, **more)
    for one in batches:
        assert not journal.enqueue(run_id, one, due_on=day)
    journal.finish_run(run_id)
    return run_id


def claim(journal: Journal, *, due: dt.datetime = NINE, worker: str = "w1", **more) -> ClaimedBatch | None:
    return journal.claim(due_before=due, lease=2 * MINUTE, worker=worker, trim=trim, **more)


def customers_in(claimed: ClaimedBatch | None) -> list[str]:
    return [] if claimed is None else [name.split("-")[2] for name in json.loads(claimed.body)]


def send(journal: Journal, provider_id: str = "x-1") -> ClaimedBatch:
    """Claim a batch and have it accepted."""
    claimed = claim(journal)
    assert claimed is not None
    assert journal.accepted(claimed, Receipt(provider_id, 202))
    return claimed


def event(kind: EventKind, customer: str | None = "ada", *, after: int = 60, **more) -> Event:
    """An event about the birthday mail of `customer`, `after` seconds past nine."""
    at = NINE + timedelta(seconds=after)
    told = {"message_id": message_id(customer), "address_hash": hashed(customer)} if customer else {}
    return Event(event_key=f"{kind}-{customer}-{after}", kind=kind, occurred_at=at, **(told | more))


RECEIPT_TIMES = {"ended_at", "recorded_at", "settled_at", "received_at", "ingested_at", "paced_until"}
ARRIVAL_NUMBERS = {("consent", "id"), ("suppression", "id")}


def dump(journal: Journal, *, but: frozenset[str] = frozenset()) -> dict[str, list[tuple]]:
    """Every row of every table, less the times and numbers that only say when something arrived."""
    content = {}
    with journal._engine.begin() as connection:
        for table in METADATA.sorted_tables:
            kept = [
                c
                for c in table.columns
                if c.name not in RECEIPT_TIMES | but and (table.name, c.name) not in ARRIVAL_NUMBERS
            ]
            rows = connection.execute(table.select().with_only_columns(*kept))
            content[table.name] = sorted((tuple(row) for row in rows), key=repr)
    return content
