"""Who may be given something, and how often: as SQL around what gives it."""

from __future__ import annotations

from collections.abc import Mapping

from pakdee.domain.program import About, Cap, Grant
from pakdee.domain.spans import Span
from pakdee.programme.connecting import statement, text


def of_members(facts: str, about: About, *, of_age: bool) -> str:
    """The SQL of those of `facts` whose customers were members on their day, and old enough if need be."""
    if not about.needs and (about.min_age is None or not of_age):
        return facts
    return statement("of_members").format(facts=facts, told=told(about, "day"), of_age=str(of_age).lower())


def told(about: About, day: str) -> str:
    """The SQL of whether the birth date that a member must give was known on `day`."""
    return f"coalesce(birth_told_on <= {day}, false)" if "birth_date" in about.needs else "true"


def period(day: str, per: Span | str) -> str:
    """The SQL of the number of the calendar period in which `day` lies."""
    if not isinstance(per, Span):
        return "0"
    if per.months:
        return f"(year({day}) * 12 + month({day}) - 1) // {per.months}"
    return f"({day} - DATE '1970-01-05') // {per.days}"


def begins(day: str, per: Span | str) -> str:
    """The SQL of whether `day` is the first of a calendar period."""
    return f"{period(day, per)} <> {period(f'({day} - 1)', per)}"


def capped_times(given: str, cap: Cap, most: int) -> str:
    """The SQL of what is first in `given` in each period of the cap, `most` times."""
    return statement("capped_times").format(given=given, period=period("day", cap.per), most=most)


def capped_units(given: str, cap: Cap, most: int) -> str:
    """The SQL of the first units in `given` in each period of the cap, `most` of them."""
    return statement("capped_units").format(given=given, period=period("day", cap.per), most=most)


def most_of(grant: Grant, cap: Cap) -> int:
    """How often a cap lets a grant be given in one period."""
    return cap.times or (cap.units or 0) // (grant.units or grant.cost or 1)


def fitting(grant: Grant, fits: Mapping[str, str]) -> str:
    """The SQL of whether a grant is for a `customer_id` on a `day`; who is not known to fit gets none.

    Args:
        fits: for each grant with a condition, the SQL of whether it holds, see `whom.fitting`.
    """
    return "true" if grant.where is None else fits.get(grant.id, "false")


def is_due(grant: Grant, day: str) -> str:
    """The SQL of whether a grant is given on `day`, as far as a schedule says."""
    if grant.when != "schedule":
        return "true"
    if grant.every is not None:
        return begins(day, grant.every)
    return f"strftime({day}, '%m-%d') IN ({', '.join(map(text, grant.dates)) or 'NULL'})"
