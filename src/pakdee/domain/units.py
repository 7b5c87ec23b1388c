"""Quantities as marketers write them: `30 days`, `5%`, `250 THB`, `1 in 300 days`, words in two languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, PlainSerializer, RootModel, ValidationInfo, model_validator

LANGUAGE = r"^[a-z]{2,3}(-[A-Z]{2})?$"
_DURATION = re.compile(r"^(\d+) (minute|hour|day|week)s?$")
_AT_MOST = re.compile(r"^(\d+) in (.+)$")
_SHARE = re.compile(r"^(\d+(?:\.\d+)?) ?%$")
_MONEY = re.compile(r"^(\d+(?:\.\d{1,4})?) ([A-Z]{3})$")


def parse_duration(text: object) -> timedelta:
    """`30 days`, `6 hours`, `45 minutes` or `2 weeks` as a timedelta. Raises ValueError with an example."""
    if isinstance(text, timedelta):
        return text
    found = _DURATION.match(str(text).strip())
    if not found:
        raise ValueError(f"{text!r} is not a duration; write for example '30 days' or '6 hours'")
    return timedelta(**{f"{found[2]}s": int(found[1])})


def parse_share(text: object) -> float:
    """`5%` as 0.05, from 0 % to 100 %. Raises ValueError: a bare number could mean either."""
    if isinstance(text, float) and 0 <= text <= 1:
        return text
    found = _SHARE.match(str(text).strip())
    if not found or float(found[1]) > 100:
        raise ValueError(f"{text!r} is not a share; write for example '5%'")
    return float(found[1]) / 100


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Share = Annotated[float, BeforeValidator(parse_share), PlainSerializer(lambda share: f"{share:.1%}")]


@dataclass(frozen=True)
class Money:
    """An exact amount in one currency."""

    amount: Decimal
    currency: str


def parse_money(text: object) -> Money:
    """`250 THB` as Money. Raises ValueError with an example."""
    if isinstance(text, Money):
        return text
    found = _MONEY.match(str(text).strip())
    try:
        return Money(Decimal(found[1]), found[2]) if found else _not_money(text)
    except InvalidOperation:
        return _not_money(text)


def _not_money(text: object) -> Money:
    raise ValueError(f"{text!r} is not an amount; write for example '250 THB'")


@dataclass(frozen=True)
class AtMost:
    """At most `times` messages within `window`, both by business day."""

    times: int
    window: timedelta

    def __str__(self) -> str:
        """As a marketer writes it."""
        return f"{self.times} in {self.window.days} days"


def parse_at_most(text: object) -> AtMost:
    """`1 in 300 days` as AtMost; windows are whole days. Raises ValueError with an example."""
    if isinstance(text, AtMost):
        return text
    found = _AT_MOST.match(str(text).strip())
    if not found or int(found[1]) < 1:
        raise ValueError(f"{text!r} is not a limit; write for example '1 in 300 days'")
    window = parse_duration(found[2])
    if window % timedelta(days=1):
        raise ValueError(f"{text!r}: a limit counts whole days")
    return AtMost(int(found[1]), window)


Amount = Annotated[Money, BeforeValidator(parse_money)]
Limit = Annotated[AtMost, BeforeValidator(parse_at_most)]


class Words(RootModel[dict[str, str]]):
    """One text in several languages, e.g. `{en: Birthday gift, th: ของขวัญวันเกิด}`.

    The first is for readers whose language it lacks: the shop's, given as `language` in the context of
    validation, else English, else the first that was written.
    """

    model_config = {"frozen": True}

    @model_validator(mode="before")
    @classmethod
    def _languages(cls, value: Any, info: ValidationInfo) -> Any:
        if not isinstance(value, dict) or not value:
            raise ValueError("write it per language, for example {en: Birthday gift, th: ของขวัญวันเกิด}")
        odd = [k for k in value if not re.match(LANGUAGE, str(k))]
        if odd:
            raise ValueError(f"{odd[0]!r} is not a language code such as en or th")
        first = ((info.context or {}).get("language"), "en")
        return {code: value[code] for code in dict.fromkeys((*first, *value)) if code in value}

    def in_language(self, locale: str) -> str:
        """The text in `locale` (de-AT, else de), else the first."""
        own = self.root.get(locale) or self.root.get(locale.partition("-")[0])
        return own or next(iter(self.root.values()))

    def has(self, locale: str) -> bool:
        """Whether there is a text in `locale`, or in the language it is a form of."""
        return not self.root.keys().isdisjoint((locale, locale.partition("-")[0]))


def words_in(value: Any, steps: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Words]]:
    """Every text of a model, with the keys that lead to it."""
    if isinstance(value, Words):
        yield steps, value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from words_in(getattr(value, name), (*steps, field.alias or name))
    elif isinstance(value, tuple):
        for number, inner in enumerate(value):
            yield from words_in(inner, (*steps, number))
