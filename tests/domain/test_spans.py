"""Lengths of time go by the calendar, and mean the same in Python and in DuckDB."""

import datetime as dt

import duckdb
import pytest

from pakdee.domain.spans import Span, parse_span, span_or

D = dt.date
DAYS = [D(2026, 1, 31), D(2024, 2, 29), D(2026, 12, 31), D(2026, 3, 15), D(2023, 2, 28)]


@pytest.mark.parametrize(
    ("text", "day", "after"),
    [
        ("1 month", D(2026, 1, 31), D(2026, 2, 28)),
        ("1 month", D(2024, 1, 31), D(2024, 2, 29)),
        ("1 year", D(2024, 2, 29), D(2025, 2, 28)),
        ("4 years", D(2024, 2, 29), D(2028, 2, 29)),
        ("12 months", D(2026, 12, 31), D(2027, 12, 31)),
        ("365 days", D(2024, 1, 1), D(2024, 12, 31)),
        ("2 weeks", D(2026, 12, 25), D(2027, 1, 8)),
    ],
)
def test_a_length_ends_by_the_calendar(text, day, after):
    """The 31st becomes the last day of a shorter month; a year is not 365 days."""
    assert parse_span(text).after(day) == after


def test_before_is_the_same_rule_backwards():
    """A month before 31 March is the last day of February."""
    assert parse_span("1 month").before(D(2026, 3, 31)) == D(2026, 2, 28)
    assert parse_span("10 days").before(D(2026, 3, 5)) == D(2026, 2, 23)


def test_duckdb_counts_alike():
    """The same day, for days that are hard, forwards and backwards."""
    spans = [Span(months) for months in (1, 6, 12, 13, 18, 48)] + [Span(days=days) for days in (1, 30, 365)]
    for span in spans:
        sql = f"SELECT (d + {span.sql})::DATE, (d - {span.sql})::DATE FROM (SELECT unnest($1::DATE[]) AS d)"
        with duckdb.connect() as connection:
            found = connection.execute(sql, [DAYS]).fetchall()

        assert found == [(span.after(day), span.before(day)) for day in DAYS]


def test_a_length_is_shown_as_it_is_written():
    """The largest whole unit, singular where it is one."""
    for text, shown in (("12 months", "1 year"), ("18 months", "18 months"), ("1 month", "1 month")):
        assert str(parse_span(text)) == shown
    assert [str(parse_span(text)) for text in ("2 weeks", "1 day")] == ["14 days", "1 day"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("30", "'30' is not a length of time; write for example '30 days' or '12 months'"),
        ("1.5 years", "is not a length of time"),
        ("-1 day", "is not a length of time"),
        ("0 months", "'0 months' is no time at all; write a longer time, or leave it out"),
        ("101 years", "'101 years' is longer than a hundred years; write a shorter time"),
        ("999999999999 days", "is longer than a hundred years"),
    ],
)
def test_what_is_no_length_is_told(text, told):
    """With what to write instead."""
    with pytest.raises(ValueError, match=told.replace("(", r"\(")):
        parse_span(text)


def test_a_word_may_stand_for_a_length():
    """Where the words are told, they are named in the message too."""
    parse = span_or("ever", "never")

    assert parse("ever") == "ever"
    assert parse("1 year") == Span(12)
    with pytest.raises(ValueError, match="write for example '12 months', or 'ever' or 'never'"):
        parse("sometimes")
