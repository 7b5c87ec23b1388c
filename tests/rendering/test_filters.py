"""Filters write values as people of a language write them, and refuse what they can't write."""

from __future__ import annotations

import datetime as dt
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from babel.numbers import list_currencies
from hypothesis import given
from hypothesis import strategies as st
from mail_making import PROGRAM
from markupsafe import escape

from pakdee.rendering.filters import bar, filters, share_of
from pakdee.rendering.languages import packaged
from pakdee.rendering.printing import _CLEANING, Unprintable, clean, one_line
from pakdee.rendering.slots import in_html, is_plain

LEVELS = {level.id: level.title for level in PROGRAM.tiers.levels} if PROGRAM.tiers else {}
TH, EN = (filters(locale, packaged()[locale].mail, currency="THB", levels=LEVELS) for locale in ("th", "en"))
POUNDS = filters("en", packaged()["en"].mail, currency="GBP", levels=LEVELS)
YEN = filters("en", packaged()["en"].mail, currency="JPY", levels=LEVELS)


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


GREETINGS = [
    ("สมหญิง", "คุณสมหญิง", "Hi สมหญิง"),
    (" สมหญิง ", "คุณสมหญิง", "Hi สมหญิง"),
    ("Anna", "คุณ Anna", "Hi Anna"),
    ("Zoë", "คุณ Zoë", "Hi Zoë"),
    ("นางสาวสมหญิง", "คุณสมหญิง", "Hi สมหญิง"),
    ("คุณ สมหญิง", "คุณสมหญิง", "Hi สมหญิง"),
    ("น.ส.สมหญิง", "คุณสมหญิง", "Hi สมหญิง"),
    ("คุณากร", "คุณคุณากร", "Hi คุณากร"),
    ("Mr. Somchai", "คุณ Somchai", "Hi Somchai"),
    ("Missy", "คุณ Missy", "Hi Missy"),
    (None, "คุณลูกค้า", "Hello"),
    ("", "คุณลูกค้า", "Hello"),
    ("-", "คุณลูกค้า", "Hello"),
    ("x" * 200, "คุณลูกค้า", "Hello"),
]


@pytest.mark.parametrize(("name", "thai", "english"), GREETINGS)
def test_greetings(name: str | None, thai: str, english: str):
    """คุณ and the given name without a title; someone without a name is greeted all the same."""
    assert TH["greet"]({"first_name": name}) == thai
    assert EN["greet"]({"first_name": name}) == english


def test_dates_count_buddhist_years_in_thai():
    """In full, or with a short month; 29 February too."""
    day = dt.date(2026, 12, 5)
    assert plain(TH["date"](day)) == "5 ธันวาคม 2569"
    assert plain(TH["date"](day, "short")) == "5 ธ.ค. 2569"
    assert plain(EN["date"](day)) == "5 December 2026"
    assert plain(EN["date"](day, "short")) == "5 Dec 2026"
    assert plain(TH["date"](dt.date(2024, 2, 29))) == "29 กุมภาพันธ์ 2567"


@pytest.mark.parametrize(
    ("amount", "baht", "thb", "pounds", "yen"),
    [
        (Decimal("1250.0000"), "1,250 บาท", "฿1,250", "£1,250", "¥1,250"),
        (Decimal("1249.5000"), "1,249.50 บาท", "฿1,249.50", "£1,249.50", "¥1,250"),
        (Decimal("0.005"), "0.01 บาท", "฿0.01", "£0.01", "¥0"),
        (Decimal(-5), "-5 บาท", "-฿5", "-£5", "-¥5"),
        (0, "0 บาท", "฿0", "£0", "¥0"),
    ],
)
def test_money_is_rounded_once_and_whole_amounts_have_no_decimals(
    amount: Decimal, baht: str, thb: str, pounds: str, yen: str
):
    """Halves away from zero, in the currency's own places."""
    written = [filter_["money"](amount) for filter_ in (TH, EN, POUNDS, YEN)]
    assert [plain(text) for text in written] == [baht, thb, pounds, yen]


def test_numbers_shares_words():
    """Thousands separated, at most two decimals, whole per cent, number and word together."""
    assert [TH["num"](n) for n in (1234567, 1234.5, 0.125, Decimal("2.50"))] == [
        "1,234,567",
        "1,234.5",
        "0.13",
        "2.5",
    ]
    assert [TH["percent"](n) for n in (0, 0.153, 0.155, 1)] == ["0%", "15%", "16%", "100%"]
    assert [plain(EN["plural"](n, "order", "orders")) for n in (0, 1, 2)] == [
        "0 orders",
        "1 order",
        "2 orders",
    ]
    assert plain(TH["plural"](1204, "ครั้ง")) == "1,204 ครั้ง"
    assert [TH["level"](i) for i in ("gold", "black_card")] == ["โกลด์", "Black Card"]
    assert [EN["default"](v, "x") for v in (None, "", 0, "a")] == ["x", "x", 0, "a"]


@given(st.floats(-10, 10))
def test_a_bar_is_never_wider_than_itself(share: float):
    """0 to 100, ten blocks."""
    assert 0 <= share_of(share) <= 100
    assert len(bar(share)) == 10


@given(st.floats(0, 10) | st.integers(0, 4000).map(lambda n: n / 2000))
def test_a_share_is_rounded_by_its_decimals(share: float):
    """0.145 is 15 %, though in binary it lies below: the quick way gives what exact decimals give."""
    exact = (Decimal(repr(share)) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    assert EN["percent"](share) == f"{exact:,}%"
    assert share_of(share) == min(int(exact), 100)


@pytest.mark.parametrize("locale", sorted(packaged()))
def test_figures_need_no_escaping_in_any_currency(locale: str):
    """So one tag serves HTML and text: no sign of a currency, no month and no number holds <, >, & or a quote."""
    for currency in sorted(list_currencies()):
        money = filters(locale, packaged()[locale].mail, currency=currency, levels={})["money"]
        assert is_plain(money(Decimal("-1234567.891"))), currency
    known = filters(locale, packaged()[locale].mail, currency="THB", levels={})
    days = [dt.date(2026, month, 5) for month in range(1, 13)]
    assert all(is_plain(known["date"](day, form)) for day in days for form in ("long", "short"))
    assert is_plain(known["num"](1234567.5) + known["percent"](0.5) + bar(0.5))


BAD: list[tuple[str, Any]] = [
    *(
        (name, value)
        for name in ("money", "num", "percent", "plural")
        for value in (None, float("nan"), "7", True)
    ),
    *((name, value) for name in ("money", "num") for value in (float("inf"), Decimal("1E+1000000"), 10**400)),
    *(("date", value) for value in (None, "2026-01-01", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))),
    ("level", None),
    ("level", 3),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_what_cannot_be_written_is_refused(name: str, value: Any):
    """Nothing, not-a-number, another type, a number that would fill the mail."""
    arguments = ("x",) if name == "plural" else ()
    with pytest.raises(Unprintable):
        EN[name](value, *arguments)


@given(st.text(max_size=30) | st.text("a ก\u0e48\u0301é\xa0\u200d\u202e\n", max_size=6))
def test_a_subject_that_is_fine_already_is_what_the_long_way_makes_of_it(text: str):
    """The quick look changes nothing."""
    long_way = unicodedata.normalize("NFC", text.translate(_CLEANING))
    assert one_line(text) == " ".join(long_way.split())


@given(st.text(max_size=200))
def test_cleaning_leaves_one_line_without_control_characters(text: str):
    """Idempotent, one line, nothing that hides or turns text around."""
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    assert not {"\n", "\r", "\x00", "\u202e", "\x92"} & set(cleaned)
    assert one_line(one_line(text)) == one_line(text)
    cleaned.encode("utf-8")


@given(st.text(max_size=30) | st.text("&<>'\"; amp#39", max_size=12))
def test_a_slot_in_html_is_what_escaping_gives(text):
    """Written without markupsafe's own kind of text, the same to the letter."""
    assert in_html(text) == str(escape(text))
