"""The operator's file `pakdee.toml`. Secrets never stand here; they come from the environment."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from pakdee.domain.brand import Address
from pakdee.domain.breaker import StopIf
from pakdee.domain.campaign import Canary
from pakdee.domain.units import AtMost, Duration, Limit, Share
from pakdee.domain.vocabulary import Guard, Mode, OnUnknown


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not an IANA time zone; write for example Asia/Bangkok")
    return name


def _clock(value: object) -> dt.time:
    if isinstance(value, dt.time):
        return value
    if not re.match(r"^\d\d:\d\d$", str(value)):
        raise ValueError(f'{value!r} is not a time of day; write for example "21:00"')
    return dt.time.fromisoformat(str(value))


Clock = Annotated[dt.time, BeforeValidator(_clock)]


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Shop(_Block):
    """Where and in which money the shop lives."""

    zone: Annotated[str, AfterValidator(_zone)] = "Asia/Bangkok"
    currency: str = Field("THB", pattern=r"^[A-Z]{3}$")
    language: str = Field("th", pattern=r"^[a-z]{2}$", description="Used where a customer's own is unknown.")
    leap_birthday: str = Field(
        "02-28", pattern=r"^(02-28|03-01)$", description="29 February in common years."
    )


MEMORY = "128 MB"
"""Of the database that reads the facts, which spills what is more to disk; Python and buffers come on top."""

_MEMORY = re.compile(r"(\d+) ?([MG])B")


def bytes_of(memory: str) -> int:
    """`128 MB` or `2 GB` as bytes. Raises ValueError with an example."""
    found = _MEMORY.fullmatch(memory)
    if not found:
        raise ValueError(f"{memory!r} is not an amount of memory; write for example '512 MB' or '2 GB'")
    return int(found[1]) * {"M": 1_000_000, "G": 1_000_000_000}[found[2]]


def _memory(text: str) -> str:
    if bytes_of(text) < bytes_of(MEMORY):
        raise ValueError(f"{text!r} is too little; write at least '{MEMORY}'")
    return text


class LedgerSettings(_Block):
    """Where snapshots lie and how old facts may be."""

    location: str = "var/ledger"
    max_age: Duration = dt.timedelta(days=3)
    shrink: float = Field(
        0.05, ge=0, le=1, description="An import with a larger share of rows fewer is refused."
    )
    keep: int = Field(7, ge=1, description="Snapshots kept.")
    memory: Annotated[str, AfterValidator(_memory)] = Field(
        MEMORY, description="Of the database that makes features; more is quicker for many orders."
    )


class SendGridSettings(_Block):
    """Where requests go. Explicit: live without a key is an error, never the twin."""

    mode: Mode = Mode.TWIN
    timeout: Duration = dt.timedelta(seconds=0) + dt.timedelta(minutes=1)


class Delivery(_Block):
    """How requests leave."""

    batch_size: int = Field(1000, ge=1, le=1000)
    in_flight: int = Field(4, ge=1, le=32, description="Requests under way at once, per worker.")
    processes: int | None = Field(
        None, ge=1, le=64, description="Processes that plan a large day; left out, one per processor."
    )
    unknown: OnUnknown = Field(
        OnUnknown.HOLD, description="hold or resend: what becomes of a request without a clear answer."
    )
    quiet: Duration = Field(
        dt.timedelta(hours=1), description="So long may the first event of a request take to arrive."
    )
    guard: Guard = Field(
        Guard.NONE, description="scheduled: each request waits a while at SendGrid and can be called back."
    )
    keep_bodies: Duration = Field(
        dt.timedelta(days=30), description="So long can a sent mail be shown as it was."
    )
    cost_per_message: str = Field("0.03 THB", description="For the plan's cost line.")


class Ramp(_Block):
    """A domain that is new to sending warms up: so many messages a day at most."""

    start: dt.date | None = Field(None, description="The first day; left out, there is no ceiling.")
    ceilings: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        (500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000),
        min_length=1,
        description="Messages on the first day, the second, and so on; after the last there is no ceiling.",
    )

    def ceiling(self, day: dt.date) -> int | None:
        """The most messages that may be sent on `day`; None where nothing holds them back."""
        if self.start is None or (passed := (day - self.start).days) >= len(self.ceilings):
            return None
        return self.ceilings[passed] if passed >= 0 else 0


class Caps(_Block):
    """How much one customer gets."""

    marketing: Limit = AtMost(3, dt.timedelta(days=7))
    despite_ticket: bool = Field(
        False, description="Whether marketing goes to customers with an open ticket."
    )


class QuietHours(_Block):
    """No mail is due in these hours of the shop's zone; what falls in them waits for the end."""

    start: Clock = dt.time(21, 0)
    end: Clock = dt.time(8, 0)


class Web(_Block):
    """What the world reaches: `pakdee web`."""

    url: str = Field("http://127.0.0.1:8025", pattern=r"^https?://[^\s\"'<>]+$", description="Its address.")
    keep_comments: Duration = Field(
        dt.timedelta(days=365), description="So long are the words of answers kept; scores stay."
    )


class Value(_Block):
    """What no ledger knows of a customer's worth; left out, lifetime values that need it say so."""

    margin: Share | None = Field(None, description="Share of net revenue that is left, for example 40%.")
    years: Decimal | None = Field(None, gt=0, description="How long a customer is expected to stay.")
    discount: Share | None = Field(None, description="Yearly discount rate, for example 10%.")


class Forecast(_Block):
    """How orders to come are foretold."""

    fewest_repeaters: int = Field(
        200, ge=20, description="With fewer customers who came again, nothing is foretold."
    )
    one_time_buyers: bool = Field(
        False,
        description="Whether also for who ordered on one day only; nothing tells yet if they come again.",
    )


class Testing(_Block):
    """Who may get test mails."""

    addresses: tuple[Address, ...] = ()


class Settings(_Block):
    """All of `pakdee.toml`."""

    project: str = Field(
        "pakdee", pattern=r"^[a-z][a-z0-9-]{0,47}$", description="Names the journal's owner."
    )
    language: str = Field("en", pattern=r"^[a-z]{2}$", description="Of the program's own messages, en or th.")
    shop: Shop = Shop()
    ledger: LedgerSettings = LedgerSettings()
    sendgrid: SendGridSettings = SendGridSettings()
    delivery: Delivery = Delivery()
    ramp: Ramp = Ramp()
    stop_if: StopIf = StopIf()
    caps: Caps = Caps()
    quiet_hours: QuietHours = QuietHours()
    web: Web = Web()
    value: Value = Value()
    forecast: Forecast = Forecast()
    test: Testing = Testing()

    def request_size(self, day: dt.date, canary: Canary | None) -> int:
        """Messages per request on `day`: no more than a canary, and few enough to come close to a ceiling."""
        size = self.delivery.batch_size
        if canary is not None:
            size = min(size, canary.first)
        if (ceiling := self.ramp.ceiling(day)) is not None:
            size = min(size, max(1, (ceiling or min(self.ramp.ceilings)) // 10))
        return size

    @property
    def zone(self) -> ZoneInfo:
        """The shop's time zone."""
        return ZoneInfo(self.shop.zone)
