"""A programme told in sentences: the same in both languages, and each number as the rules have it."""

import tomllib
from importlib.resources import files

import pytest

from pakdee.domain.program import Program
from pakdee.domain.spans import parse_span
from pakdee.domain.units import parse_money
from pakdee.saying.programme import tell_programme
from pakdee.saying.programme.words import Teller
from tests.saying.messages import FIELD

TITLE = {"en": "Gift", "th": "ของขวัญ"}
TIERS = {
    "metric": "units_earned",
    "window": "12 months",
    "keep": "24 months",
    "grace": "1 month",
    "drop": "one_down",
    "on_return": "ignore",
    "levels": [
        {"id": "green", "title": {"en": "Green", "th": "กรีน"}, "at": 0},
        {"id": "gold", "title": {"en": "Gold", "th": "โกลด์"}, "at": 500, "keep_at": 400},
        {"id": "black", "title": {"en": "Black", "th": "แบล็ก"}, "at": 900, "invite": True},
    ],
}


def grant(when, kind="product", **more):
    """A grant of that occasion; its id is never the same."""
    number = len(more) + sum(map(ord, f"{when}{kind}{more}"))
    return {"id": f"g{number}", "title": TITLE, "when": when, "kind": kind, **more}


EVERYTHING = [
    {
        "program": {
            "name": {"en": "Club", "th": "คลับ"},
            "currency": "THB",
            "min_age": 18,
            "needs": ["email", "phone", "birth_date"],
            "unit": {"name": {"en": "star", "th": "ดาว"}, "scope": "line", "value": "0.50 THB"},
        },
        "earn": [
            {"when": "order", "per": "25 THB", "give": 1, "by_tier": {"gold": "1.25"}, "pending": "14 days"},
            {"id": "night", "when": "order", "give": 5, "where": "weekday = 'friday'", "reverse": False},
            {"when": "join", "give": 50, "cap": {"times": 2, "per": "2 years"}, "counts_for_tier": False},
            {"when": "birthday", "give": 10, "cap": {"units": 30, "per": "4 months"}},
            {"when": "visit", "give": 1, "cap": {"units": 30, "per": "1 month"}},
            {"when": "referral", "give": 10, "cap": {"times": 1, "per": "7 days"}},
            {"when": "survey", "give": 10, "cap": {"times": 3, "per": "10 days"}},
            {"when": "ticket", "give": 10, "proof": "ticket_id", "cap": {"times": 1, "per": "ever"}},
        ],
        "tiers": TIERS,
        "expiry": {
            "rule": "age",
            "after": "6 months",
            "round": "month_end",
            "keep_alive": ["order", "redeem", "login"],
            "by_tier": {"gold": "never"},
        },
        "membership": {
            "plans": [{"id": "m", "title": TITLE, "price": "99 THB", "per": "1 month", "trial": "30 days"}],
            "renew": "manual",
            "remind": ["14 days", "1 day"],
            "lapse_grace": "7 days",
            "refund": "unused",
        },
        "causes": [{"id": "sea", "title": {"en": "the sea", "th": "ทะเล"}}],
        "events": [{"id": "fair", "from": "2026-05-01", "until": "2026-05-03"}],
        "grants": [
            grant("campaign", "units", units=100),
            grant("tier", "badge", codes="none"),
            grant("lapse", "percent", percent=10, codes="pool"),
            grant("anniversary", window={"before": "7 days"}),
            grant("birthday", window={"after": "7 days"}),
            grant("birthday", window={"before": "3 days", "after": "7 days"}),
            grant("join", choose=1, options=[TITLE, {"en": "Tea", "th": "ชา"}]),
            grant("always", "shipping"),
            grant("redeem", "donation", cost=50, value="5 THB", causes=["sea"]),
            grant("balance", "money", value="10 THB", cost=100),
            grant("campaign", value="5 THB", budget={"times": 5, "per": "1 year"}),
            grant("campaign", value="5 THB", budget={"amount": "500 THB"}),
            grant("schedule", every="4 months", value="5 THB"),
            grant("schedule", every="1 month", cost=10),
            *(
                grant("schedule", kind, every=every)
                for kind, every in zip(
                    ("access", "experience", "content", "service"),
                    ("1 year", "2 years", "7 days", "10 days"),
                    strict=True,
                )
            ),
            grant("schedule", dates=["06-15", "12-01"]),
            grant("schedule", dates=["06-15"], cost=10, partner="bank"),
            grant("milestone", at={"activity": "run", "count": 10}),
            grant("milestone", at={"activity": "run", "sum": 100}),
            grant("order", "donation", share="1.5%", causes=["sea"], min_order="100 THB"),
            grant("visit", where="order_count > 1"),
            grant("run", at={"activity": "run", "count": 5}),
            grant("run", at={"activity": "run", "sum": 5}),
        ],
    },
    *(
        {
            "program": {
                "name": {"en": "C", "th": "ค"},
                "currency": "USD",
                "unit": {"name": TITLE, "round": "nearest"},
            },
            "earn": [{"when": "order", "per": "1 USD", "give": 10}, {"when": "tea", "give": 1}],
            "tiers": {
                "metric": metric,
                "window": window,
                "keep": keep,
                "levels": [
                    {"id": "a", "title": TITLE, "at": 0},
                    {"id": "b", "title": {"en": "B", "th": "บี"}, "at": at},
                ],
                **more,
            },
            "expiry": {"rule": "inactivity", "after": "1 year", "keep_alive": ["order"]},
            "ladder": {"settle": "at_once", "types": {"dominant": 60}},
            "membership": {
                "plans": [{"id": "y", "title": TITLE, "price": "9 USD", "per": "1 year"}],
                "renew": "auto",
            },
        }
        for metric, window, keep, at, more in (
            ("net_spend", "calendar_year", "end_of_next_year", "5 USD", {"drop": "never"}),
            ("order_count", "lifetime", "forever", 5, {}),
            ("activity_sum", "12 months", "12 months", 5, {"activity": "run"}),
        )
    ),
    {"program": {"name": {"en": "Nothing", "th": "ว่าง"}, "currency": "USD"}},
    {"program": {"name": {"en": "N", "th": "ว"}, "currency": "USD"}, "earn": [{"when": "join", "give": 1}]},
    {
        "program": {"name": {"en": "O", "th": "อ"}, "currency": "USD"},
        "earn": [{"when": "order", "per": "1 USD", "give": 1, "where": "channel = 'online'"}],
    },
]


def told(program, language="en"):
    """All sentences, one a line."""
    sections = tell_programme(Program.model_validate(program), language)
    return "\n".join(sentence for section in sections for sentence in section.sentences)


def sentences(language):
    """Every sentence of a language's file, by group and key."""
    text = (files("pakdee.saying.programme") / f"{language}.toml").read_text(encoding="utf-8")
    groups = tomllib.loads(text)
    return {(group, key): said for group, keys in groups.items() for key, said in keys.items()}


def test_both_languages_say_the_same_with_the_same_values():
    """Every sentence is there in both, and none leaves out a value or asks for another."""
    english, thai = sentences("en"), sentences("th")

    assert english.keys() == thai.keys()
    texts = {place for place, said in english.items() if isinstance(said, str)}
    odd = {p for p in texts if {*FIELD.findall(english[p])} != {*FIELD.findall(thai[p])}}
    assert odd <= {("form", "many"), ("about", "nearest")}


@pytest.mark.parametrize("language", ["en", "th"])
def test_every_sentence_is_said_of_some_programme(language, monkeypatch):
    """None is left over in a file, and none fails on a value that is not there."""
    said = set()
    plain = Teller.say
    monkeypatch.setattr(
        Teller, "say", lambda self, group, key, **v: said.add((group, key)) or plain(self, group, key, **v)
    )
    for program in EVERYTHING:
        assert "None" not in told(program, language)

    assert {place for place in sentences(language) if place[0] != "form"} - said == set()


def test_a_language_without_sentences_is_told_in_english():
    """No programme goes untold."""
    assert told(EVERYTHING[0], "de") == told(EVERYTHING[0], "en")


def test_orders_are_worked_out_by_the_rules():
    """Full amounts, parts of them, tiers, conditions and what a refund takes back."""
    lines = told(EVERYTHING[0]).splitlines()

    assert "An order of 1,000 THB gives 40 stars. By a member who is Gold: 50 stars." in lines
    assert "An order of 107.25 THB gives 4 stars. By a member who is Gold: 5 stars." in lines
    assert (
        "An order of 1,000 THB with weekday = 'friday' gives 45 stars. By a member who is Gold: 55 stars."
        in lines
    )
    assert "If 250 THB of 1,000 THB are paid back, 10 stars are taken back." in lines
    assert "An order of 4.29 USD gives 43 Gifts." in told(EVERYTHING[1]).splitlines()


def club(*rules, **more):
    """A programme of these rules and blocks."""
    return {"program": {"name": {"en": "C", "th": "ค"}, "currency": "THB"}, "earn": list(rules), **more}


def test_worked_examples_keep_to_caps_and_conditions():
    """No more than the cap leaves of a first order, and no order that the condition itself rules out."""
    capped = {"when": "order", "per": "25 THB", "give": 1, "cap": {"units": 30, "per": "1 month"}}
    large = {"when": "order", "give": 5, "where": "net_amount >= 5000"}
    online = {"when": "order", "per": "25 THB", "give": 1, "where": "channel = 'online'"}

    assert told(club(capped)).splitlines()[-3:] == [
        "An order of 1,000 THB gives 30 points.",
        "An order of 107.25 THB gives 4 points.",
        "If 250 THB of 1,000 THB are paid back, 0 points are taken back.",
    ]
    assert "An order of" not in told(club(large))
    assert (
        "If 250 THB of 1,000 THB with channel = 'online' are paid back, 10 points are taken back."
        in told(club(online)).splitlines()
    )


def test_a_grant_says_what_it_is_worth_and_has_a_code_from_campaigns_only():
    """The worth of 10 % off is what a budget counts; what a member takes at the till has no code of ours."""
    campaign = {"id": "ten", "title": TITLE, "kind": "percent", "percent": 10, "value": "50 THB"}
    lines = told(club(grants=[campaign, {**campaign, "id": "x", "when": "redeem", "cost": 5}])).splitlines()

    assert (
        "Gift (ten, discount): sent by a campaign. 10% off. Worth 50 THB. Valid for 30 days."
        " Everyone gets a code of their own." in lines
    )
    assert (
        "Gift (x, discount): for 5 points, when the member wishes. 10% off. Worth 50 THB. Valid for 30 days."
        in lines
    )


def test_the_whole_ladder_is_told_with_its_thresholds():
    """What a file says of rungs can be read back, weights of the kinds of loyalty included."""
    lines = told(club(ladder={"client_orders": 4, "promoter": 8, "full_price": 0.5, "types": {"ahead": 5}}))

    for said in (
        "has ordered 4 times or more",
        "an NPS answer of 8 or more",
        "50% of 4 orders",
        "it is 5 ahead",
    ):
        assert said in lines


def test_the_last_days_are_worked_out_too():
    """Six months after 15 March to the end of that month; 24 months from the day a tier is reached."""
    lines = told(EVERYTHING[0]).splitlines()

    assert (
        "Stars that can be used from 15 March 2026 can be used up to 30 September 2026, if nothing else happens."
        in lines
    )
    assert "Who reaches Gold on 15 March 2026 has it at least to 15 March 2028." in lines
    assert "ผู้ที่ถึงระดับโกลด์ ในวันที่ 15 มีนาคม 2569 มีระดับนี้อย่างน้อยถึง 15 มีนาคม 2571" in told(EVERYTHING[0], "th")


def test_words_of_times_amounts_and_lists():
    """As a shopkeeper reads them."""
    english, thai = (
        Teller(code, Program.model_validate(EVERYTHING[0]).program.unit) for code in ("en", "th")
    )

    assert [english.count(n) for n in (1, 2, 1000)] == ["1 star", "2 stars", "1,000 stars"]
    assert [thai.count(n) for n in (1, 2)] == ["1 ดาว", "2 ดาว"]
    assert english.money(parse_money("1234.5 THB")) == "1,234.50 THB"
    assert thai.money(parse_money("1234 THB")) == "1,234 บาท"
    assert [english.span(parse_span(t)) for t in ("1 day", "2 weeks", "18 months", "24 months")] == [
        "1 day", "14 days", "18 months", "2 years",
    ]  # fmt: skip
    assert english.period(parse_span("7 days")) == "in each week from Monday to Sunday"
    assert english.period(parse_span("1 year")) == "in each calendar year"
    assert english.first_days(parse_span("1 month")) == "on the first day of each month"
    assert thai.first_days(parse_span("7 days")) == "ทุกวันจันทร์"
    assert english.listed(["a", "b", "c"]) == "a, b and c"
    assert english.listed(["a", "b"], "or") == "a or b"
