"""SQL that reads one column: the cell's text, then its value. Text in, SQL out; nothing is run here."""

from __future__ import annotations

import re

from pakdee.domain.source import Calendar, Numbers, Reading
from pakdee.ledger.intake.report import Reason
from pakdee.ledger.intake.staging import RAW, identifier, literal
from pakdee.ledger.tables import Kind

BLANK = "' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(65279)"
UNREADABLE = "'?'"

MONTHS = {
    "MMMM": (
        "มกราคม กุมภาพันธ์ มีนาคม เมษายน พฤษภาคม มิถุนายน กรกฎาคม สิงหาคม กันยายน ตุลาคม พฤศจิกายน ธันวาคม",
        "january february march april may june july august september october november december",
    ),
    "MMM": (
        "ม.ค. ก.พ. มี.ค. เม.ย. พ.ค. มิ.ย. ก.ค. ส.ค. ก.ย. ต.ค. พ.ย. ธ.ค.",
        "jan feb mar apr may jun jul aug sep oct nov dec",
    ),
}
_PARTS = {
    "yyyy": (r"(\d{4})", "y"),
    "yy": (r"(\d{2})", "yy"),
    "MMMM": (r"(\d{1,2})", "m"),
    "MMM": (r"(\d{1,2})", "m"),
    "MM": (r"(\d{1,2})", "m"),
    "M": (r"(\d{1,2})", "m"),
    "dd": (r"(\d{1,2})", "d"),
    "d": (r"(\d{1,2})", "d"),
    "HH": (r"(\d{1,2})", "H"),
    "H": (r"(\d{1,2})", "H"),
    "mm": (r"(\d{2})", "M"),
    "ss": (r"(\d{2})", "S"),
}
_PART = re.compile("|".join(_PARTS))

WORDS = frozenset({Kind.FLAG, Kind.STATUS, Kind.ENTRY, Kind.TERM, Kind.CURRENCY})
"""Kinds with a list of words, each with a macro that reads them."""

BAD = {
    Kind.DAY: Reason.BAD_DATE,
    Kind.MOMENT: Reason.BAD_DATE,
    Kind.DEADLINE: Reason.BAD_DATE,
    Kind.MONEY: Reason.BAD_NUMBER,
    Kind.NUMBER: Reason.BAD_NUMBER,
    Kind.WHOLE: Reason.BAD_NUMBER,
    Kind.FLAG: Reason.BAD_FLAG,
    Kind.STATUS: Reason.BAD_STATUS,
    Kind.ENTRY: Reason.BAD_ENTRY,
    Kind.TERM: Reason.BAD_TERM,
    Kind.CURRENCY: Reason.OTHER_CURRENCY,
    Kind.BIRTHDAY: Reason.BAD_BIRTHDAY,
}
"""What is wrong with a text that is no value of its kind."""


def cell(heading: str) -> str:
    """A cell's text without blanks around it; NULL where nothing is left."""
    return f"nullif(trim({identifier(RAW + heading)}, {BLANK}), '')"


def text_of(reading: Reading) -> str:
    """The text of a column, before its value is read."""
    if reading.always is not None:
        return literal(reading.always)
    cells = [cell(heading) for heading in reading.heading]
    text = cells[0] if len(cells) == 1 else f"nullif(concat_ws(' ', {', '.join(cells)}), '')"
    if reading.strip:
        text = f"nullif(trim({text}, {literal(reading.strip)}), '')"
    return _reworded(text, reading)


def _reworded(text: str, reading: Reading) -> str:
    words = reading.words | dict.fromkeys(reading.yes, "true") | dict.fromkeys(reading.no, "false")
    if not words:
        return text
    # A wording that is on neither list of yes: and no: must not be taken for one by the general reading.
    unlisted = literal(reading.otherwise) if reading.otherwise is not None else None
    fallback = unlisted or (UNREADABLE if reading.yes else text)
    cases = " ".join(f"WHEN {literal(word)} THEN {literal(ours)}" for word, ours in words.items())
    return f"CASE WHEN {text} IS NOT NULL THEN nullif(CASE {text} {cases} ELSE {fallback} END, '') END"


def birthday_text(texts: dict[str, str]) -> str:
    """One text of the parts of a birthday: year-month-day, or month-day where the year is unknown."""
    if "birth_date" in texts:
        return texts["birth_date"]
    year, month, day = (texts.get(f"birth_{part}", "NULL") for part in ("year", "month", "day"))
    joined = f"concat(coalesce({year} || '-', ''), coalesce({month}, '?'), '-', coalesce({day}, '?'))"
    return f"CASE WHEN {month} IS NOT NULL OR {day} IS NOT NULL THEN {joined} END"


def value_of(
    kind: Kind,
    text: str,
    *,
    dates: tuple[str, ...],
    calendar: Calendar,
    numbers: Numbers | None,
    suffix: str = "",
) -> str:
    """The typed value of `text`, an SQL name; NULL where it is none. `suffix`: an offset for times."""
    if kind in {Kind.DAY, Kind.MOMENT, Kind.DEADLINE, Kind.BIRTHDAY}:
        reader = {Kind.DAY: "read_day", Kind.BIRTHDAY: "read_birthday"}.get(kind, "read_moment")
        written = iso(text, dates, calendar)
        return f"{reader}({written} || {literal(suffix)})" if suffix else f"{reader}({written})"
    if kind in {Kind.MONEY, Kind.NUMBER, Kind.WHOLE}:
        reader = "read_whole" if kind is Kind.WHOLE else "read_exact"
        return f"{reader}({plain_number(text, numbers) if numbers else text})"
    return f"read_{kind}({text})" if kind in WORDS else text


def iso(text: str, dates: tuple[str, ...], calendar: Calendar) -> str:
    """`text` written year first, in the common era; as it is where no pattern is given."""
    written = [_by_pattern(text, pattern, calendar) for pattern in dates]
    found = f"coalesce({', '.join([*written, UNREADABLE])})" if written else text
    return f"common_era({found})" if calendar == "buddhist" else found


def _by_pattern(text: str, pattern: str, calendar: Calendar) -> str:
    names = [name for name in MONTHS if name in pattern]
    if names:
        text = _numbered_months(text, "MMMM" if "MMMM" in pattern else "MMM")
    expression, places = _expression(pattern)
    century = "25" if calendar == "buddhist" else "20"
    year = f"\\{places['y']}" if "y" in places else f"{century}\\{places['yy']}"
    clock = ":".join(f"\\{places[part]}" if part in places else "00" for part in "HMS")
    ours = f"{year}-\\{places['m']}-\\{places['d']} {clock}"
    return (
        f"CASE WHEN regexp_full_match({text}, {literal(expression)}) "
        f"THEN regexp_replace({text}, {literal(expression)}, {literal(ours)}) END"
    )


def _expression(pattern: str) -> tuple[str, dict[str, int]]:
    expression, places, position = "", {}, 0
    for number, part in enumerate(_PART.finditer(pattern), start=1):
        digits, meaning = _PARTS[part.group()]
        expression += re.escape(pattern[position : part.start()]) + digits
        places[meaning], position = number, part.end()
    return expression + re.escape(pattern[position:]), places


def _numbered_months(text: str, style: str) -> str:
    text = f"lower({text})"
    for language in MONTHS[style]:
        # Longer names first, so that none is replaced inside another.
        numbered = sorted(enumerate(language.split(), start=1), key=lambda pair: -len(pair[1]))
        for number, name in numbered:
            text = f"replace({text}, {literal(name)}, '{number:02}')"
    return text


def plain_number(text: str, numbers: Numbers) -> str:
    """`text` without currency signs and separators; unreadable where the groups are not of three."""
    bare = f"trim(regexp_replace({text}, '[฿$£€]|THB|บาท', '', 'g'))"
    decimal, thousands = re.escape(numbers.decimal), re.escape(numbers.thousands)
    groups = rf"|[+-]?\d{{1,3}}({thousands}\d{{3}})+({decimal}\d+)?" if thousands else ""
    expression = rf"[+-]?\d*({decimal}\d*)?{groups}"
    plain = f"replace({bare}, {literal(numbers.thousands)}, '')" if thousands else bare
    plain = f"replace({plain}, ',', '.')" if numbers.decimal == "," else plain
    return f"CASE WHEN regexp_full_match({bare}, {literal(expression)}) THEN {plain} ELSE {UNREADABLE} END"
