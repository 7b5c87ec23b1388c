"""What the journal knows of a customer as of a day: clicks by people, mails that came, answers."""

from __future__ import annotations

import random
from datetime import timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
from journal_making import DAY, NINE, batch, event, message_id, plan, send

from pakdee.domain.answer import AnswerKind
from pakdee.domain.message import Event
from pakdee.domain.vocabulary import EventKind, Purpose
from pakdee.journal import feature_specs
from pakdee.metrics import MachineRule, engagement_counts

ZONE = ZoneInfo("Asia/Bangkok")
NAMES = [spec.name for spec in feature_specs()]
PEOPLE = ["ada", "ben", "cat", "zoe"]
HOUR, ONE_DAY = timedelta(hours=1), timedelta(days=1)
RULE = MachineRule()
PURSUED = {"seconds": RULE.seconds, "burst": RULE.burst, "links": RULE.links}


def known(journal, day, names=NAMES, people=PEOPLE):
    """Features of these people as of a day, by customer."""
    table = journal.engagement_features(pa.array(people), names, day=day, zone=ZONE, **PURSUED)
    return {row.pop("customer_id"): row for row in table.to_pylist()}


def test_clicks_and_deliveries_of_each_customer_as_of_a_day(journal, clock):
    """Two of ada's mails are clicked, ben's only by a machine, cat's only came; zoe got none, and none is 0."""
    plan(journal, batch(["ada", "ben", "cat"], codes=True))
    first = send(journal).attempt_id
    plan(journal, batch(["ada"], "news"), day=DAY - ONE_DAY)
    second = send(journal, "x-2").attempt_id
    plan(journal, batch(["cat"], "notice", purpose=Purpose.SERVICE))
    third = send(journal, "x-3").attempt_id
    at = {"url": "https://shop.example/a", "attempt_id": first}
    journal.append_events(
        [
            event(EventKind.DELIVERED, "cat", attempt_id=first),
            event(EventKind.CLICKED, "ada", after=900, **at),
            event(EventKind.CLICKED, "ada", after=901, **at),
            event(EventKind.CLICKED, "ben", after=900, is_machine=True, **at),
            Event(
                "n", EventKind.CLICKED, NINE + HOUR, message_id=message_id("ada", "news"), attempt_id=second
            ),
            Event("s", EventKind.DELIVERED, NINE, message_id=message_id("cat", "notice"), attempt_id=third),
        ]
    )

    assert set(known(journal, DAY)["ada"].values()) == {0, None}  # the day itself is not over
    assert known(journal, DAY + ONE_DAY) == {
        "ada": {
            "human_clicks_90d": 2,
            "days_since_last_click": 1,
            "emails_delivered_30d": 2,
            "days_since_offer": 1,
        },
        "ben": {
            "human_clicks_90d": 0,
            "days_since_last_click": None,
            "emails_delivered_30d": 1,
            "days_since_offer": 1,
        },
        "cat": {
            "human_clicks_90d": 0,
            "days_since_last_click": None,
            "emails_delivered_30d": 1,
            "days_since_offer": 1,
        },
        "zoe": {
            "human_clicks_90d": 0,
            "days_since_last_click": None,
            "emails_delivered_30d": 0,
            "days_since_offer": None,
        },
    }
    assert known(journal, DAY + 29 * ONE_DAY)["ada"]["emails_delivered_30d"] == 2
    assert known(journal, DAY + 30 * ONE_DAY)["ada"]["emails_delivered_30d"] == 1
    assert known(journal, DAY + 90 * ONE_DAY)["ada"]["human_clicks_90d"] == 2
    late = known(journal, DAY + 91 * ONE_DAY, ["human_clicks_90d", "days_since_last_click"])
    assert late["ada"] == {"human_clicks_90d": 0, "days_since_last_click": 91}


def test_news_that_came_later_does_not_change_an_earlier_day(journal, clock):
    """A click of today that is reported tomorrow is known from the day after; without its attempt it counts too."""
    plan(journal, batch(["ada"]))
    send(journal)
    clock.advance(ONE_DAY)
    journal.append_events([event(EventKind.CLICKED, after=60)])
    clicks = ["human_clicks_90d"]

    assert known(journal, DAY + ONE_DAY, clicks)["ada"] == {"human_clicks_90d": 0}
    assert known(journal, DAY + 2 * ONE_DAY, clicks)["ada"] == {"human_clicks_90d": 1}


def test_people_are_told_from_machines_by_the_rule_of_the_figures(journal):
    """For any clicks, those who clicked are as many as the figure of their mails says."""
    chance = random.Random(7)
    people = [f"c{n:02}" for n in range(60)]
    plan(journal, batch(people))
    attempt = send(journal).attempt_id
    links = [f"https://shop.example/{n}" for n in range(4)]
    told = [
        event(
            EventKind.CLICKED,
            who,
            after=chance.choice((0, 1, 2, 5, 9, 10, 11, 21, 300)),
            url=chance.choice(links),
            is_machine=chance.random() < 0.1,
            attempt_id=chance.choice((attempt, attempt, "")),
        )
        for who in people
        for _ in range(chance.randint(0, 6))
    ]
    told += [
        event(EventKind.DELIVERED, who, after=chance.choice((0, 4)), attempt_id=attempt)
        for who in people[::2]
    ]
    journal.append_events(told)
    found = known(journal, DAY + ONE_DAY, people=people)
    events = journal.engagement(DAY, DAY + ONE_DAY).to_pandas()

    for who, features in found.items():
        counts = engagement_counts(events[events["message_id"] == message_id(who)])
        assert (features["human_clicks_90d"], features["emails_delivered_30d"]) == (
            counts.human_clicks,
            counts.delivered,
        )
    assert {found[who]["human_clicks_90d"] for who in people} == {0, 1}


def test_answers_are_rows_of_the_ledgers_table_without_their_words(journal):
    """Both questions with their scales and when the mail asked them, up to the day."""
    plan(journal, batch(["ada"]))
    send(journal)
    ada = message_id("ada")
    journal.record_answer(ada, AnswerKind.NPS, 9, "my words", at=NINE)
    journal.record_answer(ada, AnswerKind.RATING, 4, None, at=NINE + ONE_DAY)

    assert journal.survey_answers(DAY, ZONE).num_rows == 0
    [nps] = journal.survey_answers(DAY + ONE_DAY, ZONE).to_pylist()
    assert nps == {
        "response_id": f"nps-{ada}",
        "survey_id": "birthday",
        "customer_id": "ada",
        "question": "nps",
        "score": 9,
        "scale_max": 10,
        "asked_at": NINE,
        "answered_at": NINE,
    }
    assert "my words" not in str(journal.survey_answers(DAY + 9 * ONE_DAY, ZONE))
    assert journal.survey_answers(DAY + 2 * ONE_DAY, ZONE).num_rows == 2


def test_a_mail_asks_once_it_is_taken_whether_it_is_answered_or_not(journal, clock):
    """Ada got a survey of today and an older one, ben an advertisement, cat nothing yet; tests ask nobody."""
    asking = {"purpose": Purpose.SURVEY}
    plan(journal, batch(["ada"], "first", **asking))
    send(journal)
    clock.advance(ONE_DAY)
    plan(journal, batch(["ada"], "nps", **asking), day=DAY + ONE_DAY)
    send(journal, "x-2")
    plan(journal, batch(["ben"]), day=DAY + ONE_DAY)
    send(journal, "x-3")
    plan(journal, batch(["zoe"], "try", **asking), day=DAY + ONE_DAY, is_test=True)
    send(journal, "x-4")
    plan(journal, batch(["cat"], "nps", **asking), day=DAY + 2 * ONE_DAY)

    assert journal.survey_asked(DAY, ZONE).num_rows == 0
    assert journal.survey_asked(DAY + ONE_DAY, ZONE).to_pylist() == [{"customer_id": "ada", "asked_at": NINE}]
    for days in (2, 9):
        asked = journal.survey_asked(DAY + days * ONE_DAY, ZONE).to_pylist()
        assert asked == [{"customer_id": "ada", "asked_at": NINE + ONE_DAY}]
