"""Features of all stages meet in one table; each stage is asked only where a feature is its own."""

import datetime as dt
import json
import random
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from journal_making import NINE, Clock, batch, event, message_id, opened, plan, send
from tiny_ledger import DAY, ZONE, ago, buyers, order, shop

from pakdee.domain.answer import AnswerKind
from pakdee.domain.condition import Condition
from pakdee.domain.identity import address_hash
from pakdee.domain.program import Program
from pakdee.domain.program.features import features_in
from pakdee.domain.project import Project
from pakdee.domain.settings import Settings
from pakdee.domain.vocabulary import EventKind, Purpose, SuppressionReason
from pakdee.house.composing import Composer, feature_catalog
from pakdee.house.forecasting import Forecaster

PROGRAM = Program.model_validate({"program": {"name": {"en": "Club"}, "currency": "THB"}})
TOMORROW = DAY + dt.timedelta(days=1)


def project(*conditions):
    """A project with nothing but these conditions."""
    return Project(PROGRAM, None, {}, {}, {c.name: c for c in conditions}, {}, "v1")


def composer(folder, made, *, journal=None, files=None, **forecast):
    """A composer of these facts; without a journal none may be opened."""

    def no_journal():
        raise AssertionError("nobody asked for what the journal knows")

    settings = Settings.model_validate({"value": {"margin": "40%", "discount": "10%"}, "forecast": forecast})
    forecaster = Forecaster(made, settings, folder / "models")
    opener = (lambda: journal) if journal else no_journal
    return Composer(
        made, files or project(), ZONE, "02-28", "128 MB", folder / "features", opener, forecaster
    )


def rows(table):
    return {row["customer_id"]: row for row in pq.read_table(table.path).to_pylist()}


@pytest.fixture
def regulars(tmp_path):
    """Ada, ben and cat ordered three times lately."""
    sold = [order(who, ago(n), 10) for who in ("ada", "ben", "cat") for n in (5, 40, 80)]
    return shop(tmp_path / "shop", customers=buyers("ada", "ben", "cat", "dan"), orders=sold)


@pytest.fixture
def journal(tmp_path):
    """Ada clicked in a mail, ben answered 10; cat has only got one."""
    clock = Clock()
    made = opened(f"sqlite:///{tmp_path / 'journal.sqlite'}", clock)
    plan(made, batch(["ada", "ben", "cat"]))
    send(made)
    made.append_events([event(EventKind.CLICKED, "ada", after=900), event(EventKind.DELIVERED, "cat")])
    made.record_answer(message_id("ben"), AnswerKind.NPS, 10, None, at=NINE)
    yield made
    made.close()


def test_all_stages_meet_and_conditions_read_any_of_them(tmp_path, regulars, journal):
    """A click and an answer make supporters, as a segment sees them; who did neither is a client."""
    files = project(
        Condition(
            "segment:fans",
            "",
            "rung = 'supporter' AND days_since_last_engagement <= 6",
            frozenset({"rung", "days_since_last_engagement"}),
        )
    )
    files = replace(
        files, program=PROGRAM.model_copy(update={"ladder": PROGRAM.ladder.model_copy(update={"clicks": 1})})
    )
    table = composer(tmp_path, regulars, journal=journal, files=files).as_of(TOMORROW)
    found = rows(table)

    assert {who: row["rung"] for who, row in found.items()} == {
        "ada": "supporter",
        "ben": "supporter",
        "cat": "client",
        "dan": "prospect",
    }
    assert [found[who]["last_nps"] for who in ("ada", "ben")] == [None, 10]
    assert [found[who]["days_since_last_engagement"] for who in ("ada", "ben", "dan")] == [1, 6, None]
    assert [found[who]["emails_delivered_30d"] for who in ("cat", "dan")] == [1, 0]
    assert table.counts(["segment:fans"]) == {"segment:fans": 2}
    assert set(table.columns) - {"segment:fans"} <= set(feature_catalog())


def test_what_a_table_would_have_is_told_without_making_it(tmp_path, regulars, journal):
    """The same features as it has: of tiers and units, of activities by type, of models where one was learned."""
    told = {
        "program": {"name": {"en": "Club"}, "currency": "THB", "unit": {"name": {"en": "point"}}},
        "earn": [{"when": "order", "per": "10 THB", "give": 1}, {"when": "walk", "give": 1}],
    }
    walks = {"activities": [{"customer_id": "ada", "type": "walk", "occurred_on": ago(3)}]}
    cup = {"id": "cup", "when": "redeem", "cost": 9, "kind": "product", "title": {"en": "Cup"}}
    came = {"entry_id": "e", "customer_id": "ada", "kind": "earn", "units": 10, "occurred_on": ago(3)}
    choosing, own = Program.model_validate(told | {"grants": [cup]}), {"point_entries": [came]}
    sold = [order(who, ago(n), 10) for who in ("ada", "ben") for n in (5, 40)]
    for facts, rules in (({}, PROGRAM), (walks, Program.model_validate(told)), (own | walks, choosing)):
        made = shop(tmp_path / f"{len(facts)}", customers=buyers("ada", "ben"), orders=sold, **facts)
        files = replace(project(), program=rules, content_version=f"{rules.earn} {rules.grants}")
        asked = composer(tmp_path, made, journal=journal, files=files)
        everything = frozenset(features_in(rules, feature_catalog()))

        assert asked.known(TOMORROW, everything) == set(asked.as_of(TOMORROW).columns)
        assert asked.known(TOMORROW, frozenset({"rung", "order_count"})) == {"rung", "order_count"}


def test_whom_a_mail_asked_was_asked(tmp_path, regulars, journal):
    """Dan by a survey that he has not answered, ben by the mail he answered in; ada and cat never."""
    plan(journal, batch(["dan"], "nps", purpose=Purpose.SURVEY))
    send(journal, "x-2")
    asked = composer(tmp_path, regulars, journal=journal).as_of(
        TOMORROW, frozenset({"days_since_last_survey"})
    )

    assert {who: row["days_since_last_survey"] for who, row in rows(asked).items()} == {
        "ada": 9999,
        "ben": 1,
        "cat": 9999,
        "dan": 1,
    }


def test_who_may_be_mailed_is_told_as_it_was_known_in_the_morning(tmp_path, journal):
    """Ben withdrew and cat's address bounced on the day, dan said no, eve nothing; ada agreed."""
    agreed = {"ada": True, "ben": True, "cat": True, "dan": False, "eve": None}
    people = [{"customer_id": who, "marketing_consent": said} for who, said in agreed.items()]
    journal.withdraw(message_id("ben"), source="page", at=NINE)
    journal.suppress(address_hash("cat@example.com"), SuppressionReason.BOUNCED, NINE, "webhook")
    asked = composer(tmp_path, shop(tmp_path / "shop", customers=people), journal=journal)
    found = [
        {
            who
            for who, row in rows(asked.as_of(day, frozenset({"is_contactable"}))).items()
            if row["is_contactable"]
        }
        for day in (DAY, TOMORROW)
    ]

    assert found == [{"ada", "ben", "cat"}, {"ada"}]


def test_a_table_of_other_settings_does_not_serve(tmp_path):
    """In the morning of 20 February 2026 the birthday of the 29th is eight days ahead, or nine by pakdee.toml."""
    born = {"customer_id": "ada", "birth_month": 2, "birth_day": 29}
    first = composer(tmp_path, shop(tmp_path / "shop", customers=[born]))
    asked = [replace(first, leap_birthday=day) for day in ("02-28", "03-01")]
    tables = [one.as_of(dt.date(2026, 2, 20), frozenset({"days_to_birthday"})) for one in asked]

    assert [rows(table)["ada"]["days_to_birthday"] for table in tables] == [8, 9]


def test_what_nobody_asks_for_is_not_made(tmp_path, regulars):
    """Orders alone open no journal and learn no model."""
    found = composer(tmp_path, regulars).as_of(DAY, frozenset({"order_count", "loyalty_behavioural"}))

    assert {"order_count", "loyalty_behavioural"} <= set(found.columns)
    assert "human_clicks_90d" not in found.columns
    assert not (tmp_path / "models").exists()


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """A hundred customers, most of whom came again."""
    chance, sold = random.Random(3), []
    people = [f"c{n:03}" for n in range(100)]
    for who in people:
        days = sorted(chance.sample(range(1, 300), chance.choice((1, 2, 3, 5, 9))))
        sold += [order(who, ago(n), 50 + chance.randrange(400)) for n in days]
    return shop(tmp_path_factory.mktemp("busy"), customers=buyers(*people, "zoe"), orders=sold)


MODELS = frozenset({"p_alive", "expected_orders_365d", "clv_365d"})


def test_models_tell_of_those_who_came_again(tmp_path, busy):
    """Chance, orders and money for them, unknown for others; once learned, it is read from a small file."""
    table = composer(tmp_path, busy, fewest_repeaters=20).as_of(DAY, MODELS)
    found = rows(table)
    [file] = (tmp_path / "models").iterdir()
    again = composer(tmp_path, busy, fewest_repeaters=20, one_time_buyers=True)

    assert set(table.columns) >= MODELS
    assert found["zoe"]["p_alive"] is None
    known = [row for row in found.values() if row["p_alive"] is not None]
    assert 50 < len(known) < 100
    assert all(
        0 <= row["p_alive"] <= 1 and row["expected_orders_365d"] >= 0 <= row["clv_365d"] for row in known
    )
    assert not any(who in file.read_text() for who in found)
    kept = json.loads(file.read_text())
    file.write_text(json.dumps(kept | {"orders": {"r": 1.0, "alpha": 1.0, "a": 900.0, "b": 1.0}}))
    gone = rows(again.as_of(DAY, MODELS))
    assert (
        max(row["p_alive"] for row in gone.values() if row["p_alive"] is not None and row["p_alive"] < 1)
        < 0.01
    )
    assert sum(row["p_alive"] is not None for row in gone.values()) == 100


def test_too_few_who_came_again_leave_the_features_out(tmp_path, busy):
    """They are absent, not null, and the reason is kept."""
    made = composer(tmp_path, busy, fewest_repeaters=500)

    assert not MODELS & set(made.as_of(DAY, MODELS).columns)
    assert "500 are needed" in made.forecaster.model(DAY).why


class Giving:
    """A journal that knows of nothing but units given."""

    def __init__(self, *units):
        self._rows = [
            {"customer_id": "ada", "grant": "thanks", "day": ago(3), "units": each, "source": f"m{number}"}
            for number, each in enumerate(units)
        ]

    def gifts(self, before):
        """All of them, whatever the day."""
        return pa.Table.from_pylist(self._rows)


def test_units_that_campaigns_gave_are_in_the_balance_at_once(tmp_path, regulars):
    """A table made before the gift does not serve afterwards; without such a grant no journal is opened."""
    thanks = {"id": "thanks", "kind": "units", "units": 25, "title": {"en": "Thanks"}}
    told = {
        "program": {"name": {"en": "Club"}, "currency": "THB", "unit": {"name": {"en": "point"}}},
        "earn": [{"when": "order", "per": "10 THB", "give": 1}],
    }
    plain, giving = (Program.model_validate(told | {"grants": given}) for given in ([], [thanks]))
    found = [
        rows(
            composer(tmp_path, regulars, journal=journal, files=replace(project(), program=program)).as_of(
                TOMORROW, frozenset({"points_balance"})
            )
        )["ada"]["points_balance"]
        for program, journal in ((plain, None), (giving, Giving(25)), (giving, Giving(25, 25)))
    ]

    assert found == [3, 28, 53]
