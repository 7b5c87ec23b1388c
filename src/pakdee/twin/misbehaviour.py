"""What goes wrong at SendGrid and on the way to it, as shares; a seed decides which request it hits."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pakdee.domain.errors import SettingsError
from pakdee.twin.behaviour import Draw, Share

Seconds = Annotated[float, Field(ge=0)]
Span = tuple[Seconds, Seconds]


class Mishap(StrEnum):
    """What can happen to a request. "Before" and "after" are meant of taking it."""

    RESET_BEFORE = "reset_before"
    RESET_READING = "reset_reading"
    TOO_MANY = "too_many"
    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    RESET_AFTER = "reset_after"
    SILENCE_BEFORE = "silence_before"
    SILENCE_AFTER = "silence_after"
    NO_MESSAGE_ID = "no_message_id"
    OK = "ok"
    HTML = "html"
    TRUNCATED = "truncated"
    REDIRECT = "redirect"


# Decided before the body is read; the others by what the request says.
EARLY = (Mishap.RESET_BEFORE, Mishap.RESET_READING)
WRONG_ANSWERS = frozenset({Mishap.NO_MESSAGE_ID, Mishap.OK, Mishap.HTML, Mishap.TRUNCATED, Mishap.REDIRECT})
_AFTER = frozenset({Mishap.ERROR_AFTER, Mishap.RESET_AFTER, Mishap.SILENCE_AFTER, Mishap.NO_MESSAGE_ID})
_ERRORS = (500, 502, 503, 504)


class EventTrouble(BaseModel):
    """Shares of events, on top of what is usual. Seconds are the twin's own."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    lost: Share = Field(0.0, description="Never posted.")
    duplicate: Share = Field(0.0, description="Posted more than once.")
    copies: int = Field(1, ge=1, le=100, description="How many more times.")
    late: Share = 0.0
    late_seconds: Span = Field((60.0, 600.0), description="So much later, between the two.")
    disorder_seconds: Seconds = Field(0.0, description="Each event later by up to so much: no order is left.")
    one_survives: bool = Field(False, description="At least one event of each request is posted in time.")
    within_seconds: Seconds = Field(60.0, description="In time: so long after the mail has gone out.")
    webhook: Literal["alive", "dead"] = Field("alive", description="Dead: nothing at all is posted.")

    @property
    def is_any(self) -> bool:
        """Whether single events suffer anything."""
        return any((self.lost, self.duplicate, self.late, self.disorder_seconds))


class Misbehaviour(BaseModel):
    """Shares of requests, together at most 1; a request suffers one of them, and may be slow besides."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    seed: int = 1
    everywhere: bool = Field(False, description="In all of /v3, not in mail/send alone.")
    latency: Share = Field(0.0, description="Taken and answered late; goes together with any other.")
    latency_seconds: Span = Field((0.05, 0.5), description="On the wall, between the two.")
    reset_before: Share = Field(0.0, description="Connection reset, nothing read.")
    reset_reading: Share = Field(0.0, description="Connection reset while the body is read.")
    too_many: Share = Field(0.0, description="429.")
    wait_seconds: int = Field(2, ge=0, description="With 429: until X-RateLimit-Reset.")
    error_before: Share = Field(0.0, description="5xx, not taken.")
    error_after: Share = Field(0.0, description="5xx, taken.")
    reset_after: Share = Field(0.0, description="Connection reset, taken.")
    silence_before: Share = Field(0.0, description="No answer until the client gives up, not taken.")
    silence_after: Share = Field(0.0, description="No answer until the client gives up, taken.")
    no_message_id: Share = Field(0.0, description="Taken, but 202 without X-Message-Id.")
    ok: Share = Field(0.0, description="200 and an empty body.")
    html: Share = Field(0.0, description="An HTML page with 200, 502 or 503.")
    truncated: Share = Field(0.0, description="JSON that ends in the middle.")
    redirect: Share = Field(0.0, description="302 to a page that answers 200.")
    taken: Share = Field(0.5, description="Of the last four: taken all the same.")
    events: EventTrouble = EventTrouble()

    @model_validator(mode="after")
    def _one_at_most(self) -> Self:
        if (total := sum(self.share(mishap) for mishap in Mishap)) > 1 + 1e-9:
            raise ValueError(f"the shares of requests add up to {total:g}, more than all of them")
        return self

    def share(self, mishap: Mishap) -> float:
        """The share of requests it hits."""
        found: float = getattr(self, mishap)
        return found

    def concerns(self, path: str) -> bool:
        """Whether requests to this path can be hit."""
        return path == "/v3/mail/send" or (self.everywhere and path.startswith("/v3/"))

    @property
    def hits_requests(self) -> bool:
        """Whether any request can be hit."""
        return self.latency > 0 or any(self.share(mishap) for mishap in Mishap)

    def early(self, draw: Draw) -> Mishap | None:
        """What happens before the body is read."""
        return self._hit(EARLY, draw("early"))

    def later(self, draw: Draw) -> Trouble:
        """What happens to a request that could be read."""
        spared = 1 - sum(self.share(mishap) for mishap in EARLY)
        mishap = self._hit([one for one in Mishap if one not in EARLY], draw("later") * spared)
        is_taken = mishap in _AFTER or (mishap in WRONG_ANSWERS and draw("taken") < self.taken)
        return Trouble(mishap, is_taken, int(draw("status") * 2**32), self._latency(draw))

    def _hit(self, order: Any, number: float) -> Mishap | None:
        for mishap in order:
            number -= self.share(mishap)
            if number < 0:
                return Mishap(mishap)
        return None

    def _latency(self, draw: Draw) -> float:
        least, most = self.latency_seconds
        return least + (most - least) * draw("how late") if draw("latency") < self.latency else 0.0


class Trouble(NamedTuple):
    """What a request suffers: `chance` chooses among statuses; `latency` in seconds on the wall."""

    mishap: Mishap | None
    is_taken: bool
    chance: int
    latency: float

    def among(self, statuses: tuple[int, ...] = _ERRORS) -> int:
        """One of these statuses."""
        return statuses[self.chance % len(statuses)]


PRESETS = {
    "none": Misbehaviour(),
    "slow": Misbehaviour(latency=0.5, latency_seconds=(0.2, 2.0), too_many=0.02),
    "rough": Misbehaviour(
        latency=0.2,
        reset_before=0.02,
        reset_reading=0.02,
        too_many=0.05,
        error_before=0.03,
        error_after=0.03,
        reset_after=0.03,
        silence_before=0.01,
        silence_after=0.01,
        no_message_id=0.01,
        ok=0.01,
        html=0.01,
        truncated=0.01,
        redirect=0.01,
        events=EventTrouble(lost=0.2, duplicate=0.2, late=0.2, disorder_seconds=30, one_survives=True),
    ),
    "dead-webhook": Misbehaviour(events=EventTrouble(webhook="dead")),
}


def misbehaviour_named(name: str) -> Misbehaviour:
    """A preset's name, or the path of a JSON file with the fields above. Raises SettingsError."""
    if name in PRESETS:
        return PRESETS[name]
    try:
        with open(name, encoding="utf-8") as file:  # noqa: PTH123 - a path as typed
            return Misbehaviour.model_validate_json(file.read())
    except OSError as error:
        raise SettingsError(
            f"no file that can be read, and none of {', '.join(PRESETS)}",
            where=f"--misbehave {name}",
            next_step="name one of these, or a JSON file",
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise SettingsError(
            f"{place}: {first['msg']}",
            where=f"--misbehave {name}",
            next_step="mend the file: shares from 0 to 1, and only fields that exist",
        ) from error
