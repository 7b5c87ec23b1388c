"""Learn what became of messages: signed webhooks in, events and withdrawals into the journal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pakdee.domain.errors import WebhookRejected
from pakdee.domain.identity import read_link
from pakdee.domain.message import Event
from pakdee.domain.vocabulary import EventKind
from pakdee.house import House
from pakdee.jobs.breakers import heed_breakers
from pakdee.jobs.planning import Progress, no_progress

CHUNK = 100  # deliveries in memory at once; each may have 768 KB
GROUP = 10_000  # events in one transaction
ACCOUNT_BLOCKED = ("compliance_suspend", "compliance_deactivate", "compliance_ban")


@dataclass(frozen=True)
class IngestReport:
    """Deliveries read from the inbox, events in them, and how many of those were new.

    Args:
        unreadable: deliveries that are no events; they are kept.
        stopped: campaigns that were stopped since too much of them bounced or was reported.
    """

    deliveries: int = 0
    events: int = 0
    new: int = 0
    unreadable: int = 0
    stopped: tuple[str, ...] = ()

    def __add__(self, other: IngestReport) -> IngestReport:
        """Both together."""
        return IngestReport(
            self.deliveries + other.deliveries,
            self.events + other.events,
            self.new + other.new,
            self.unreadable + other.unreadable,
            (*self.stopped, *other.stopped),
        )


@dataclass(frozen=True, slots=True)
class _Read:
    """One delivery, read; `note` says what was wrong with it."""

    inbox_id: str
    events: Sequence[Event]
    note: str | None = None


@dataclass(frozen=True)
class LinkInfo:
    """Whom a page behind a mail's link speaks to, and where the brand's own pages are; nothing personal."""

    language: str
    brand: str
    help: str
    review: str | None


def receive_webhook(house: House, headers: Mapping[str, str], body: bytes) -> None:
    """Store a signed delivery of events, durably, to be read later.

    Args:
        headers: names in lower case.
        body: the raw bytes; the signature is over them.

    Raises:
        WebhookRejected: not proven to be SendGrid's; nothing is stored.
    """
    from pakdee.delivery import SIGNATURE_HEADER, TIMESTAMP_HEADER, verify

    signature, timestamp = (headers.get(name.lower()) for name in (SIGNATURE_HEADER, TIMESTAMP_HEADER))
    verify(body, signature=signature, timestamp=timestamp, keys=house.webhook_keys)
    house.journal.store_webhook(body, received_at=house.clock())


def ingest(house: House, *, progress: Progress = no_progress) -> IngestReport:
    """Turn stored deliveries into events; repeated and disordered ones change nothing twice."""
    total, waiting = IngestReport(), house.journal.unread()
    while chunk := house.journal.inbox(CHUNK):
        for group in _grouped(map(_read, chunk)):
            total += _learn(house, group)
            progress("deliveries read", total.deliveries, max(waiting, total.deliveries))
    return total + IngestReport(stopped=heed_breakers(house)) if total.new else total


def _read(delivery: tuple[str, dt.datetime, bytes]) -> _Read:
    from pakdee.delivery import read_events

    inbox_id, received_at, body = delivery
    try:
        return _Read(inbox_id, read_events(body, received_at=received_at))
    except WebhookRejected as error:
        return _Read(inbox_id, [], error.what)


def _grouped(deliveries: Iterable[_Read]) -> Iterator[list[_Read]]:
    """Deliveries whose events are stored together: many small ones cost one transaction."""
    group: list[_Read] = []
    for found in deliveries:
        group.append(found)
        if sum(len(read.events) for read in group) >= GROUP:
            yield group
            group = []
    if group:
        yield group


def _learn(house: House, group: Sequence[_Read]) -> IngestReport:
    events = [event for read in group for event in read.events]
    about_account = [event for event in events if event.kind is EventKind.ACCOUNT]
    new = house.journal.append_events([e for e in events if e.kind is not EventKind.ACCOUNT])
    # Apart: a copy of an old one, beside other news, does not pull the brake again.
    if about_account and (told := house.journal.append_events(about_account)):
        new += told
        _heed_account(house, about_account)
    for read in group:
        house.journal.mark_ingested(read.inbox_id, events=len(read.events), note=read.note)
    return IngestReport(len(group), len(events), new, sum(read.note is not None for read in group))


def _heed_account(house: House, events: Sequence[Event]) -> None:
    """Stop everything when SendGrid suspends the account: what is sent then is lost without a word."""
    blocked = [
        event for event in events if event.kind is EventKind.ACCOUNT and event.reason in ACCOUNT_BLOCKED
    ]
    if blocked and None not in {stop.scope for stop in house.journal.stops()}:
        house.journal.stop(None, f"SendGrid reports {blocked[0].reason} for the account", by="SendGrid")


def link_owner(house: House, token: str) -> LinkInfo | None:
    """What the page behind a mail's link needs to know; None for a token that is not ours."""
    message = read_link(house.link_keys, token)
    row = house.journal.message(message) if message else None
    if row is None:
        return None
    brand = house.project.brand
    return LinkInfo(row.locale, brand.name.in_language(row.locale), brand.links.help, brand.links.review)


def unsubscribe(house: House, token: str) -> bool:
    """Withdraw the consent of the customer whose mail carried `token`; False for a token that is not ours.

    Pressing twice withdraws once. It takes effect at the next claim, also for mail already planned.
    """
    message = read_link(house.link_keys, token)
    if message is None:
        return False
    return house.journal.withdraw(message, source="one-click", at=house.clock())


def health(house: House) -> dict[str, object]:
    """Whether the web process can do its work: the journal answers, and how much waits to be read."""
    waiting = house.journal.unread()
    return {"ok": True, "mode": str(house.settings.sendgrid.mode), "deliveries_waiting": waiting}
