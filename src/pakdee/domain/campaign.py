"""What is sent to whom, when, and how often: one file of `campaigns/`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, model_validator

from pakdee.domain.breaker import StopIf
from pakdee.domain.segment import EVERYONE, NAME
from pakdee.domain.units import Duration, Limit, Share, Words
from pakdee.domain.vocabulary import OncePer, Purpose, Status

_CLOCK = re.compile(r"^([01]?\d|2[0-3]):([0-5]\d)$")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MOMENT = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d$")
_MONTH_DAY = re.compile(r"^([1-9]|[12]\d|3[01])(st|nd|rd|th)$")
FIRST_STEP = "1"
LATE = 7
"""Days on which a step may still go, so that a missed day loses nobody; never past the next step's day."""
_KEY_OF = dict.fromkeys(("opens_on", "opens_at", "closes_on", "closes_at"), "window")


def _clock(value: object) -> dt.time:
    found = _CLOCK.match(str(value))
    if isinstance(value, dt.time) or not found:
        if isinstance(value, dt.time):
            return value
        raise ValueError(f'{value!r} is not a time of day; write for example "09:00", with the quotes')
    return dt.time(int(found[1]), int(found[2]))


def _moment(value: object) -> dt.datetime:
    """A wall-clock time; seconds and zones would only be written by mistake."""
    if isinstance(value, dt.datetime) and value.tzinfo is None:
        return value
    if not _MOMENT.match(str(value)):
        raise ValueError(f"{value!r} is not a day with its time; write for example 2026-11-27 10:00")
    return dt.datetime.fromisoformat(str(value))


def _every(value: object) -> str:
    text = str(value)
    if text == "day" or text in _WEEKDAYS or _MONTH_DAY.match(text):
        return text
    raise ValueError(
        f"{text!r} is not a rhythm; write day, a weekday such as monday, or a day of the month such as 1st"
    )


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class When(_File):
    """Rhythm or date, and the wall-clock time in the shop's zone."""

    every: Annotated[str, BeforeValidator(_every)] | None = Field(
        None, description="day, monday … sunday, or 1st … 31st."
    )
    date: dt.date | None = Field(None, description="One day instead of a rhythm.")
    at: Annotated[dt.time, BeforeValidator(_clock)] = Field(
        dt.time(9, 0), description="Time of day, in the shop's zone."
    )
    from_: dt.date | None = Field(None, alias="from", description="First day of a rhythm.")
    until: dt.date | None = Field(None, description="Last day of a rhythm, inclusive.")
    skip_after: Duration | None = Field(None, description="Too late after this: not sent at all.")

    @model_validator(mode="after")
    def _one(self) -> When:
        if (self.every is None) == (self.date is None):
            raise ValueError("give either every: or date:")
        if self.date is not None and (self.from_ or self.until):
            raise ValueError("from: and until: go with every:, not with date:")
        return self

    def is_due_on(self, day: dt.date) -> bool:
        """Whether this campaign runs on `day`. A 31st falls on the last day of shorter months."""
        if self.date is not None:
            return day == self.date
        if (self.from_ and day < self.from_) or (self.until and day > self.until):
            return False
        if self.every == "day":
            return True
        if self.every in _WEEKDAYS:
            return day.weekday() == _WEEKDAYS.index(str(self.every))
        wanted = int(re.sub(r"\D", "", str(self.every)))
        last = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
        return day.day == min(wanted, last.day)


class Offer(_File):
    """What the message brings along: a grant defined once, in program.yaml."""

    grant: str = Field(pattern=NAME, description="Its id in program.yaml.")


class OfferFor(Offer):
    """One of several offers: the first whose condition holds is the customer's."""

    where: str = Field(description="For whom: a condition, as in segments.")


class Window(_File):
    """A time the mail invites into; told in the words of the shop's own zone."""

    opens: Annotated[dt.datetime, BeforeValidator(_moment)] = Field(
        description="Day and time it begins, in the shop's zone."
    )
    closes: Annotated[dt.datetime, BeforeValidator(_moment)] = Field(description="Day and time it ends.")

    @model_validator(mode="after")
    def _in_order(self) -> Window:
        if self.closes <= self.opens:
            raise ValueError("closes: must be later than opens:")
        return self


class Canary(_File):
    """The first few go ahead; the others follow when these have gone well for a while."""

    first: int = Field(500, ge=1, description="Messages that go ahead.")
    wait: Duration = Field(dt.timedelta(hours=2), description="How long the others wait after them.")


class Goal(_File):
    """What the campaign is for, so that its effect can be detected."""

    order: Duration = Field(description="An order within this time, for example 30 days.")


class Step(_File):
    """A further mail for whoever got the campaign's first one; `after` is counted from that."""

    id: str = Field(pattern=NAME, description="Its name within the campaign.")
    after: Duration = Field(description="How long after the first mail, in whole days, for example 7 days.")
    template: str = Field(pattern=NAME, description="Which mail: a folder of templates/.")
    unless: str | None = Field(None, description="A condition: for whom it holds on that day, no mail.")
    why_you: Words | None = Field(None, description="Without it, that of the campaign.")
    offer: Offer | None = Field(None, description="A grant from program.yaml.")
    offers: tuple[OfferFor, ...] = Field((), description="Several, as those of the campaign.")


class Campaign(_File):
    """One `campaigns/*.yaml` file. Descriptions are the help texts marketers read."""

    name: str = Field(pattern=NAME, description="The file name without .yaml.")
    title: Words = Field(description="What people see, in each language.")
    status: Status = Field(Status.DRAFT, description="draft, live, paused or ended; only live is sent.")
    segment: str | None = Field(None, description="Who: a segment, or everyone.")
    where: str | None = Field(None, description="Who: a condition, instead of a segment.")
    except_: tuple[str, ...] = Field((), alias="except", description="Segments that are left out.")
    template: str = Field(pattern=NAME, description="Which mail: a folder of templates/.")
    once_per: OncePer = Field(description="At most one message per customer for each of these, for ever.")
    at_most: Limit | None = Field(None, description="A further limit, for example 1 in 300 days.")
    priority: int = Field(
        50, ge=0, le=100, description="Who wins when two campaigns want one customer on one day."
    )
    purpose: Purpose = Field(
        Purpose.MARKETING, description="marketing and survey need consent; service does not."
    )
    why_you: Words = Field(description="Why this person gets this mail; stands in the footer.")
    offer: Offer | None = Field(None, description="A grant from program.yaml.")
    offers: tuple[OfferFor, ...] = Field(
        (),
        description="Several: the first whose where: holds, else that of offer:; without any, no mail.",
    )
    incident: Words | None = Field(None, description="What happened, for a mail that apologises.")
    remedy: Words | None = Field(None, description="What was done about it.")
    window: Window | None = Field(None, description="When readers are invited, for early access.")
    holdout: Share = Field(
        0.0, description="Share of the eligible who are not mailed, so that the effect can be measured."
    )
    goal: Goal | None = Field(None, description="What counts as success.")
    when: When = Field(description="When it runs.")
    test: Literal["subject"] | None = Field(
        None, description="subject: its variants in the template are tried, each with an equal share."
    )
    canary: Canary | None = Field(None, description="The first few go ahead, the others wait.")
    stop_if: StopIf | None = Field(None, description="Stops the campaign; left out, as in pakdee.toml.")

    steps: tuple[Step, ...] = Field((), description="Further mails for whoever got the first one.")
    _step: Step | None = PrivateAttr(None)
    _place: tuple[str | int, ...] = PrivateAttr(())

    @model_validator(mode="after")
    def _audience(self) -> Campaign:
        if (self.segment is None) == (self.where is None):
            raise ValueError("give either segment: or where:")
        if self.holdout > 0.5:
            raise ValueError("a holdout above 50% leaves more customers out than in")
        return self

    @property
    def column(self) -> str | None:
        """The boolean column that says who is in; None means everyone."""
        if self.where is not None:
            return f"campaign:{self.name}"
        return None if self.segment == EVERYONE else f"segment:{self.segment}"

    @property
    def brings(self) -> tuple[tuple[str | None, str], ...]:
        """(boolean column that says for whom, None for everyone; grant), in the order in which they count."""
        several = ((self.offer_column(number), offer.grant) for number, offer in enumerate(self.offers))
        return (*several, *(((None, self.offer.grant),) if self.offer else ()))

    def offer_column(self, number: int) -> str:
        """The boolean column of one of `offers`."""
        return f"offer:{self.label.replace('.', ':')}:{number}"

    @property
    def step(self) -> str:
        """Which of the campaign's mails this is, as the journal knows it."""
        return self._step.id if self._step else FIRST_STEP

    @property
    def label(self) -> str:
        """The mail's name: the campaign's for its first one, else with the step's, "win_back.reminder"."""
        return label(self.name, self.step)

    @property
    def unless_column(self) -> str | None:
        """The boolean column of those for whom this step is called off."""
        return f"unless:{self.name}:{self._step.id}" if self._step and self.unless else None

    @property
    def unless(self) -> str | None:
        """Whom this step is called off for."""
        return self._step.unless if self._step else None

    @property
    def mails(self) -> tuple[Campaign, ...]:
        """The first mail and that of each step, as campaigns of one mail each; only the first holds out."""
        return (self, *map(self._of_step, range(len(self.steps))))

    @property
    def place(self) -> tuple[str | int, ...]:
        """Where the mail's own keys stand in the file: () at its top, ("steps", number) for a further one."""
        return self._place

    def _of_step(self, number: int) -> Campaign:
        step = self.steps[number]
        own = {"template": step.template, "offer": step.offer, "offers": step.offers}
        shared = {"why_you": step.why_you or self.why_you, "holdout": 0.0, "at_most": None, "test": None}
        mail = self.model_copy(update={**own, **shared, "steps": ()})
        mail._step, mail._place = step, ("steps", number)  # noqa: SLF001 - of the same class
        return mail

    @property
    def spans(self) -> tuple[range, ...]:
        """For each step, the days after the first mail on which it may go."""
        starts = [step.after.days for step in self.steps]
        latest = [start + LATE for start in starts]
        return tuple(map(range, starts, map(min, latest, [*starts[1:], *latest[-1:]])))

    @property
    def series_days(self) -> int:
        """Days from the first mail on until a new occasion may begin; 0 for a campaign without steps."""
        return self.spans[-1].stop if self.steps else 0

    def is_due_on(self, day: dt.date) -> bool:
        """Whether `day` is one of its first mail, or one on which steps of earlier first mails may go."""
        ago = (day - dt.timedelta(days=n) for span in self.spans for n in span)
        return self.when.is_due_on(day) or any(map(self.when.is_due_on, ago))

    def said(self, locale: str) -> dict[str, str | dt.date | None]:
        """What only this campaign can say, by the name templates read it by; None where it does not."""
        opens, closes = (self.window.opens, self.window.closes) if self.window else (None, None)
        return {
            "incident": self.incident.in_language(locale) if self.incident else None,
            "remedy": self.remedy.in_language(locale) if self.remedy else None,
            "opens_on": opens and opens.date(),
            "opens_at": opens and f"{opens:%H:%M}",
            "closes_on": closes and closes.date(),
            "closes_at": closes and f"{closes:%H:%M}",
        }

    def unsaid(self, names: Collection[str]) -> list[str]:
        """Keys that are missing for a template that reads these names of `said`."""
        said = self.said("en")
        keys = {_KEY_OF.get(name, name) for name in names if said[name] is None}
        return sorted(keys)

    @property
    def needs_consent(self) -> bool:
        """Whether the customer must have agreed to this purpose."""
        return self.purpose is not Purpose.SERVICE


def label(campaign: str, step: str) -> str:
    """A mail's name, see `Campaign.label`."""
    return campaign if step == FIRST_STEP else f"{campaign}.{step}"


NOT_YET: dict[str, Literal["later"]] = {
    "approve": "later",
}
"""Keys of the design that do not act yet and are therefore refused, with a word that says so."""
