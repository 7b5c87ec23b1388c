"""A sender's machine: the operator's file, a journal with mails in it, and a SendGrid that answers as told.

The journal is real. Of the shop's files there is nothing else: no ledger, no campaigns, no templates.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import orjson

from pakdee.delivery import Press
from pakdee.domain.errors import DeliveryRefused, DeliveryUnknown
from pakdee.domain.identity import address_hash
from pakdee.domain.message import (
    ClaimedBatch,
    Draft,
    Envelope,
    Event,
    FrozenBatch,
    Hold,
    MessageKey,
    Receipt,
    Skeleton,
    Written,
)
from pakdee.domain.vocabulary import BatchState, EventKind, Purpose
from pakdee.house import House, open_house

DAY = dt.date(2026, 6, 15)
NINE = dt.datetime(2026, 6, 15, 2, 0, tzinfo=dt.UTC)  # nine o'clock in Bangkok
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
SKELETON = Skeleton("Hello ~k0~", "<p>Hello ~k0~</p>", ("~k0~",))
WORDS = "SendGrid answered 400: Does not contain a valid address."
_PROVIDER = count(1)

Answer = Callable[[ClaimedBatch], Receipt]


class Clock:
    """A clock that moves when it is told to, and by a microsecond when it is read: no two instants are one."""

    def __init__(self) -> None:
        self.now = NINE

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(microseconds=1)
        return self.now

    def advance(self, by: dt.timedelta) -> None:
        self.now += by


@dataclass
class Account:
    """SendGrid's scheduled sends: room for ten cancellations."""

    room: int = 10
    made: list[Hold] = field(default_factory=list)
    cancelled: set[str] = field(default_factory=set)
    released: list[str] = field(default_factory=list)
    before_answer: Callable[[], None] = lambda: None

    def new_hold(self, send_at: dt.datetime) -> Hold:
        self.made.append(Hold(f"hold-{len(self.made) + 1}", send_at))
        return self.made[-1]

    def cancel(self, hold: Hold) -> bool:
        self.before_answer()
        if hold.provider_batch_id not in self.cancelled and len(self.cancelled) >= self.room:
            return False
        self.cancelled.add(hold.provider_batch_id)
        return True

    def release(self, hold: Hold) -> None:
        self.cancelled.discard(hold.provider_batch_id)
        self.released.append(hold.provider_batch_id)


class SendGrid:
    """Answers each request with what `answer` says, and remembers what it took."""

    def __init__(self, answer: Answer | None = None) -> None:
        self.answer = answer or taken
        self.requests: list[ClaimedBatch] = []
        self.holds: list[Hold | None] = []
        self.accepted: list[str] = []
        self._lock = threading.Lock()

    def send(self, claimed: ClaimedBatch, hold: Hold | None = None, **_is_late: object) -> Receipt:
        with self._lock:
            self.requests.append(claimed)
            self.holds.append(hold)
        receipt = self.answer(claimed)
        with self._lock:
            self.accepted += ids(claimed)
        return receipt

    @property
    def sizes(self) -> list[int]:
        return [claimed.size for claimed in self.requests]


def taken(_: ClaimedBatch) -> Receipt:
    return Receipt(f"x-{next(_PROVIDER)}", 202)


def lost(_: ClaimedBatch) -> Receipt:
    raise DeliveryUnknown("no answer", where="batch", next_step="wait for its events")


def one_after_the_other(*answers: Answer) -> Answer:
    """Each request gets the next answer."""
    left = iter(answers)

    def answer(claimed: ClaimedBatch) -> Receipt:
        return next(left)(claimed)

    return answer


def refusing(wrong: Sequence[str], *, named: bool = True, **more: object) -> Answer:
    """Refuses every request with one of these messages in it."""

    def answer(claimed: ClaimedBatch) -> Receipt:
        found = tuple(place for place, message in enumerate(ids(claimed)) if message in wrong)
        if found:
            positions = found if named else ()
            raise DeliveryRefused(
                WORDS, where="batch", next_step="mend it", status=400, positions=positions, **more
            )
        return taken(claimed)

    return answer


def ids(claimed: ClaimedBatch) -> list[str]:
    """The messages of a request, in their order."""
    return [p["custom_args"]["pakdee_message"] for p in orjson.loads(claimed.body)["personalizations"]]


@dataclass
class Desk:
    """One machine that sends, its clock and its SendGrid."""

    house: House
    clock: Clock
    sendgrid: SendGrid
    account: Account

    def enqueue(
        self, messages: int = 10, campaign: str = "birthday", *, batch_size: int = 1000, **more: object
    ) -> list[str]:
        """Freeze and store mails as planning does; their message ids."""
        journal = self.house.journal
        run_id = journal.start_run(
            day=self.clock().date(),
            zone="Asia/Bangkok",
            campaigns=[campaign],
            content_version="c1",
            snapshot_id="s1",
            lease=5 * MINUTE,
        )
        for batch in batches(messages, campaign, batch_size):
            assert not journal.enqueue(run_id, batch, due_on=self.clock().date())
        journal.finish_run(run_id, **more)
        return [message_id(campaign, number) for number in range(messages)]

    def states(self) -> dict[BatchState, int]:
        """Messages by state, of all campaigns."""
        found: dict[BatchState, int] = {}
        for counts in self.house.journal.day_status(self.clock().date()).messages.values():
            for state, messages in counts.items():
                found[state] = found.get(state, 0) + messages
        return found

    def report(self, kind: EventKind, claimed: ClaimedBatch, *, at: dt.datetime | None = None) -> None:
        """SendGrid tells something about the first message of a request."""
        found = Event(
            event_key=f"{kind}-{claimed.attempt_id}",
            kind=kind,
            occurred_at=at or self.clock(),
            message_id=ids(claimed)[0],
            attempt_id=claimed.attempt_id,
        )
        self.house.journal.append_events([found])


def desk(directory: Path, *, url: str | None = None, **settings: str) -> Desk:
    """A machine with `pakdee.toml` alone.

    Args:
        url: the journal; by default a file of this project.
        settings: a block of pakdee.toml each, as text.
    """
    directory.mkdir(parents=True, exist_ok=True)
    text = 'project = "pakdee"\n[ledger]\nlocation = "nowhere"\n[sendgrid]\nmode = "twin"\n'
    text += "".join(f"[{block}]\n{lines}\n" for block, lines in settings.items())
    (directory / "pakdee.toml").write_text(text, encoding="utf-8")
    clock, sendgrid, account = Clock(), SendGrid(), Account()
    environment = {"PAKDEE_JOURNAL_URL": url} if url else {}
    house = open_house(directory, clock=clock, environment=environment)
    house.__dict__ |= {"sender": sendgrid, "account": account}
    return Desk(house, clock, sendgrid, account)


def message_id(campaign: str, number: int) -> str:
    return f"{campaign}-{number:04}"


def batches(messages: int, campaign: str, batch_size: int) -> list[FrozenBatch]:
    """Mails to made-up readers, pressed as planning presses them."""
    sender = "hello@shop.example.com"
    envelope = Envelope(campaign, "1", "only", "en", Purpose.MARKETING, "Shop", sender, sender)
    press = Press(envelope, batch_size=batch_size, not_before=NINE - HOUR, not_after=None)
    found: list[FrozenBatch] = []
    for number in range(messages):
        address = f"reader{number}@example.com"
        key = MessageKey(campaign, "1", f"{campaign}-c{number}", "2026")
        name = message_id(campaign, number)
        draft = Draft(key, name, address, address_hash(address), "en", None, {}, None)
        found += press.add(draft, Written(SKELETON, f"Mail {number}", (f"Reader {number}",)))
    return [*found, *press.rest()]
