"""A sender in memory: takes what SendGrid would take, and remembers each mail as it left."""

from __future__ import annotations

import datetime as dt
import random
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import orjson

from pakdee.domain.errors import DeliveryRefused
from pakdee.domain.message import ClaimedBatch, Hold, Receipt

REFUSED = 0.001
"""The share of addresses that are refused, each on some days only."""
_CODE = re.compile(r"\b[A-Z0-9]{3,4}(?:-[A-Z0-9]{4,7}){1,2}\b")
_LINK = re.compile(r"/(\w+)/([0-9a-f]{32}\.[0-9a-f]{32})")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail that left.

    Args:
        at: when, by the clock of the shop.
        codes: what looks like the code of an offer, anywhere in it.
        links: tokens by what their page is for: u, nps, rating …
    """

    message_id: str
    attempt_id: str
    campaign: str
    address: str
    at: dt.datetime
    codes: frozenset[str]
    links: dict[str, str]


@dataclass
class Post:
    """Stands where `delivery.Sender` stands.

    Args:
        now: the present instant by the shop's clock.
        seed: of who is refused.
    """

    now: Callable[[], dt.datetime]
    seed: int
    mails: list[Mail] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Workers share it."""
        self._lock, self._numbers = threading.Lock(), count(1)

    def send(
        self, claimed: ClaimedBatch, hold: Hold | None = None, *, is_late: Callable[[], bool] = bool
    ) -> Receipt:
        """Take the request whole. Raises DeliveryRefused, with their places, for those it does not take."""
        request = orjson.loads(claimed.body)
        people, at = request["personalizations"], self.now()
        bad = tuple(place for place, one in enumerate(people) if self._is_bad(one["to"][0]["email"], at))
        if bad:
            what = "SendGrid answered 400: Does not contain a valid address."
            next_step = "look at the address"
            raise DeliveryRefused(
                what, where=claimed.batch_id, next_step=next_step, status=400, positions=bad
            )
        with self._lock:
            self.mails += [_mail(claimed, request, one, at) for one in people]
            return Receipt(f"x-{next(self._numbers)}", 202)

    def _is_bad(self, address: str, at: dt.datetime) -> bool:
        return random.Random(f"{self.seed} {address} {at.date()}").random() < REFUSED


def _mail(claimed: ClaimedBatch, request: dict[str, Any], one: dict[str, Any], at: dt.datetime) -> Mail:
    own = [one["subject"], *one.get("substitutions", {}).values(), *one.get("headers", {}).values()]
    words = "\n".join([*own, *(block["value"] for block in request["content"])])
    return Mail(
        message_id=one["custom_args"]["pakdee_message"],
        attempt_id=claimed.attempt_id,
        campaign=request["categories"][0],
        address=one["to"][0]["email"],
        at=at,
        codes=frozenset(_CODE.findall(words)),
        links=dict(_LINK.findall(words)),
    )
