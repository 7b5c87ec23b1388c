"""What readers do with their mails, by seed: told to the shop through its own doors."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from pakdee import jobs
from pakdee.delivery import SIGNATURE_HEADER, TIMESTAMP_HEADER
from pakdee.domain.answer import AnswerKind
from pakdee.house import House
from pakdee.twin.keys import load_signing_key, sign
from tests.year.cutting import Cutter
from tests.year.post import Mail

BOUNCE, OPEN, CLICK = 0.004, 0.4, 0.08
ONE_CLICK, UNSUBSCRIBE, COMPLAINT = 0.002, 0.001, 0.0002
ANSWER, USE = 0.3, 0.5
IN_TIME = dt.timedelta(days=14)
"""The shortest time an offer lasts."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Somebody who must not be mailed any more: from when on, and whether not even with service mail."""

    address: str
    at: dt.datetime
    is_hard: bool


@dataclass(frozen=True, slots=True)
class Use:
    """A code that was used, with which order and on what day."""

    code: str
    order_id: str
    day: dt.date


@dataclass
class Readers:
    """Everybody who gets mails.

    Args:
        addresses: customer by address.
    """

    house: House
    cutter: Cutter
    addresses: Mapping[str, str]
    seed: int
    stops: list[Stop] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    answers: int = 0
    _numbers: int = 0

    def __post_init__(self) -> None:
        """The webhook's key is the project's own."""
        self._key = load_signing_key(self.house.local_keys.signing_key)

    def take(self, mails: Sequence[Mail]) -> None:
        """In the evening: what arrived, and what bounced."""
        events = []
        for mail in mails:
            bounces = self._draw(mail, "bounce") < BOUNCE
            if bounces:
                self._stop(mail, is_hard=True)
            kind = (
                {"event": "bounce", "type": "bounce", "reason": "550"} if bounces else {"event": "delivered"}
            )
            events.append(self._event(mail, **kind))
        self._tell(events)

    def act(self, mails: Sequence[Mail]) -> None:
        """On the next morning: they open and click, answer, use their codes, and some want no more."""
        gone = {stop.address for stop in self.stops}
        events = []
        for mail in mails:
            if mail.address not in gone:
                events += self._opened(mail)
                self._answer(mail)
                self._use(mail)
                events += self._leave(mail)
        self._tell(events)

    def _opened(self, mail: Mail) -> list[dict[str, Any]]:
        if self._draw(mail, "open") >= OPEN:
            return []
        opened = [self._event(mail, event="open", sg_machine_open=self._draw(mail, "machine") < 0.3)]
        if self._draw(mail, "click") < CLICK:
            opened.append(self._event(mail, event="click", url="https://baanchaba.example.com/"))
        return opened

    def _leave(self, mail: Mail) -> list[dict[str, Any]]:
        draw = self._draw(mail, "leave")
        if draw < ONE_CLICK and "u" in mail.links:
            assert jobs.unsubscribe(self.house, mail.links["u"])
            self._stop(mail, is_hard=False)
        elif draw < ONE_CLICK + UNSUBSCRIBE:
            self._stop(mail, is_hard=False)
            return [self._event(mail, event="unsubscribe")]
        elif draw < ONE_CLICK + UNSUBSCRIBE + COMPLAINT:
            self._stop(mail, is_hard=True)
            return [self._event(mail, event="spamreport")]
        return []

    def _answer(self, mail: Mail) -> None:
        for kind in AnswerKind:
            if kind.value in mail.links and self._draw(mail, kind.value) < ANSWER:
                score = self._chance(mail, "score").choice(kind.scale)
                self.answers += jobs.answer(self.house, mail.links[kind.value], kind, score, None)

    def _use(self, mail: Mail) -> None:
        day = mail.at.date()
        for code in sorted(mail.codes):
            if self._draw(mail, code) < USE:
                used = self.cutter.use(code, self.addresses[mail.address], day, day + IN_TIME)
                self.uses += [Use(code, *used)] if used else []

    def _stop(self, mail: Mail, *, is_hard: bool) -> None:
        self.stops.append(Stop(mail.address, self.house.clock(), is_hard))

    def _event(self, mail: Mail, **told: Any) -> dict[str, Any]:
        self._numbers += 1
        ours = {"pakdee_message": mail.message_id, "pakdee_attempt": mail.attempt_id}
        when = int(self.house.clock().timestamp())
        return {"email": mail.address, "timestamp": when, "sg_event_id": f"e{self._numbers}", **ours, **told}

    def _tell(self, events: list[dict[str, Any]]) -> None:
        """Post them to the webhook, signed, and have them read."""
        if events:
            body, stamp = orjson.dumps(events), str(int(self.house.clock().timestamp()))
            headers = {SIGNATURE_HEADER: sign(self._key, stamp, body), TIMESTAMP_HEADER: stamp}
            jobs.receive_webhook(self.house, {k.lower(): v for k, v in headers.items()}, body)
        jobs.ingest(self.house)

    def _chance(self, mail: Mail, what: str) -> random.Random:
        return random.Random(f"{self.seed} {mail.address} {mail.campaign} {mail.at.date()} {what}")

    def _draw(self, mail: Mail, what: str) -> float:
        return self._chance(mail, what).random()
