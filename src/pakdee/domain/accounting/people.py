"""Who is a member, how old, and when their birthday is."""

from __future__ import annotations

import calendar
import datetime as dt

from pakdee.domain.accounting.facts import Person
from pakdee.domain.program import About


def birthday_in(year: int, person: Person, leap_birthday: str) -> dt.date | None:
    """The birthday of a year, None where it is not known; 29 February by the shop's rule in common years."""
    if person.birth_month is None or person.birth_day is None:
        return None
    if (person.birth_month, person.birth_day) == (2, 29) and not calendar.isleap(year):
        return dt.date.fromisoformat(f"{year}-{leap_birthday}")
    return dt.date(year, person.birth_month, person.birth_day)


def told_birth_date(person: Person, today: dt.date) -> bool:
    """Whether the birth date is known on a day: typed in on that day or before."""
    return person.birth_day is not None and (
        person.birth_recorded_on is None or person.birth_recorded_on <= today
    )


def is_member(person: Person, about: About, today: dt.date) -> bool:
    """Whether the customer has given what a member must give."""
    has = {"email": person.has_email, "phone": person.has_phone, "birth_date": told_birth_date(person, today)}
    return all(has[need] for need in about.needs)


def is_too_young(person: Person, about: About, today: dt.date, leap_birthday: str) -> bool:
    """Whether the customer is known to be too young to earn."""
    birthday = birthday_in(today.year, person, leap_birthday)
    if about.min_age is None or person.birth_year is None or birthday is None:
        return False
    age = today.year - person.birth_year - (birthday > today)
    return told_birth_date(person, today) and age < about.min_age
