"""One language of mails and pages: words that the system adds, and how names, days and sums are written."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_MARKUP = re.compile(r"[<>]|&(?:#\w+|[A-Za-z]{2,8});")
_PLACE = re.compile(r"\{(\w*)\}")
_BRACE = re.compile(r"[{}]")
_QUOTE = re.compile(r"[\"'&]")
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")
_FONT = re.compile(r"[\w' ,.-]+")
_PIXELS = re.compile(r"\d{2}px")
_MONTHS = 12


def spellings(tag: str | None) -> tuple[str, ...]:
    """A language tag as files are named, then the language it is a form of: `de_at` is `de-AT`, then `de`."""
    language, *region = re.split(r"[-_]", (tag or "").strip())[:2]
    base = language.lower()
    return tuple(filter(None, (*(f"{base}-{part.upper()}" for part in region if part), base)))


def _said(*places: str, needed: tuple[str, ...] = ()) -> Callable[[str], str]:
    """A check of words: no markup, nothing hidden, and only these places for values."""

    def checked(text: str) -> str:
        if not text.strip():
            raise ValueError("there are no words; write them in this language")
        if _MARKUP.search(text) or _HIDDEN.search(text):
            raise ValueError("HTML and control characters can't stand among words; write the words alone")
        odd = next((name for name in _PLACE.findall(text) if name not in places), None)
        known = ", ".join(f"{{{name}}}" for name in places)
        if odd is not None and known:
            raise ValueError(f"{odd!r} is no value of these words; use {known}")
        if odd is not None or _BRACE.search(_PLACE.sub("", text)):
            raise ValueError("braces can't stand here; write the words alone")
        missing = [name for name in needed if f"{{{name}}}" not in text]
        if missing:
            raise ValueError(f"{{{missing[0]}}} is missing; write it where the value stands")
        return text

    return checked


def _written(pattern: re.Pattern[str], what: str, example: str) -> Callable[[str], str]:
    def checked(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError(f"{text!r} is no {what}; write for example {example}")
        return text

    return checked


def _figure(text: str) -> str:
    """Stands in HTML and text alike, where nothing is escaped."""
    if _QUOTE.search(text):
        raise ValueError("quotes and & can't stand in dates and sums; write letters and signs alone")
    return text


def _year_of_months(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(names) != _MONTHS:
        raise ValueError(f"there are {len(names)} months; write all twelve, January first")
    return names


Said = Annotated[str, AfterValidator(_said())]
OfBrand = Annotated[str, AfterValidator(_said("brand"))]
OfScore = Annotated[str, AfterValidator(_said("brand", "score"))]
Greeting = Annotated[str, AfterValidator(_said("name", needed=("name",)))]
Figure = Annotated[str, AfterValidator(_figure)]
Day = Annotated[Figure, AfterValidator(_said("day", "month", "year", needed=("day", "month", "year")))]
Sum = Annotated[Figure, AfterValidator(_said("sign", "amount", needed=("sign", "amount")))]
Share = Annotated[Figure, AfterValidator(_said("number", needed=("number",)))]
Months = Annotated[tuple[Annotated[Figure, AfterValidator(_said())], ...], AfterValidator(_year_of_months)]
Forms = Annotated[tuple[Said, ...], Field(min_length=1, max_length=6)]
Font = Annotated[str, AfterValidator(_written(_FONT, "list of fonts", "Helvetica,Arial,sans-serif"))]
Pixels = Annotated[str, AfterValidator(_written(_PIXELS, "height of a line", "26px"))]


class _Block(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MailWords(_Block):
    """The frame of a mail, the filters, and the words of components."""

    dir: Literal["ltr", "rtl"] = Field("ltr", description="How lines run.")
    font: Font = Field("'Helvetica Neue',Helvetica,Arial,sans-serif", description="Fonts, best first.")
    line: Pixels = Field("26px", description="Height of a line of 16 px text.")
    small: Pixels = Field("22px", description="Height of a line of 14 px text.")
    greet: Greeting = Field(description="The filter greet; {name} is the given name.")
    greet_latin: Greeting | None = Field(None, description="The same for a name in Latin letters.")
    greet_unknown: Said = Field(description="For a reader whose name is not known.")
    months: Months = Field(description="The twelve months.")
    months_short: Months = Field(description="The same, shortened.")
    date: Day = Field("{day} {month} {year}", description="How a day is written.")
    years_ahead: int = Field(0, ge=0, description="Years added to the common count; 543 in Thailand.")
    decimal: Literal[".", ","] = Field(".", description="Between whole and fraction.")
    thousands: Literal[",", ".", " ", ""] = Field(",", description="Between groups of three digits.")
    percent: Share = Field("{number}%", description="How a share is written.")
    money: dict[str, Sum] = Field({}, description="How a sum is written, by currency: {sign} and {amount}.")
    plural_ending: str = Field("", pattern=r"^\w{0,4}$", description="What the programme's unit gets.")
    units: dict[str, Forms] = Field(
        {}, description="Forms of the programme's unit, where an ending won't do."
    )
    help: Said = Field(description="The footer's link to help.")
    preferences: Said = Field(description="The footer's link to the reader's mails.")
    unsubscribe: Said = Field(description="The footer's link that ends them.")
    nps_low: Said = Field(description="What 0 of 10 means.")
    nps_high: Said = Field(description="What 10 of 10 means.")
    rating_low: Said = Field(description="What one star means.")
    rating_high: Said = Field(description="What five stars mean.")
    answer: Said = Field(description="Before a question's link, in the text part.")


class Page(_Block):
    """A heading and what follows it."""

    title: OfBrand
    lead: OfBrand


class Noted(Page):
    """A page with a word in small print."""

    note: OfBrand


class Asking(Noted):
    """A page with a button."""

    button: Said


class Preferences(Asking):
    """What a reader gets."""

    list: tuple[Said, ...] = Field(min_length=1, description="The sorts of mail.")
    always: Said = Field(description="What comes in any case.")


class Lost(Noted):
    """A page of trouble; `note_answer` is for who wanted to answer a question."""

    note_answer: OfBrand


class Chosen(_Block):
    """A question of which one score is chosen."""

    title: OfScore
    lead: OfScore


class Leading(Page):
    """A page that leads on."""

    link: Said


class Answering(_Block):
    """The form under a question."""

    scale: Said = Field(description="What the scale is called, for who can't see it.")
    label: Said = Field(description="Above the field for words.")
    too_long: Said
    button: Said
    note: OfBrand = Field(description="Before a score is chosen.")
    note_chosen: OfBrand = Field(description="Before the answer is sent.")
    note_sent: OfBrand = Field(description="After it.")


class PageWords(_Block):
    """The pages behind the links of mails."""

    footer: Said
    ask: Asking = Field(description="Asks before mails are stopped.")
    done: Noted = Field(description="They are stopped.")
    preferences: Preferences
    answer: Answering
    nps: Page
    nps_chosen: Chosen
    rating: Page
    rating_chosen: Chosen
    thanks: Page
    thanks_unhappy: Leading
    thanks_happy: Leading
    unknown: Lost = Field(description="A link that is not ours.")
    trouble: Lost = Field(description="The fault is ours.")


class Language(_Block):
    """All of `languages/<code>.toml`."""

    mail: MailWords = Field(description="Words and forms of mails.")
    pages: PageWords = Field(description="Words of the pages behind their links.")
