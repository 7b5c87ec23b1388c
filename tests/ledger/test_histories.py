"""Order days are counted as by hand for models, and answers that others know of are the shop's."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tiny_ledger import DAY, ZONE, ago, at, buyers, by_customer, order, refund, shop

from pakdee.domain.errors import LedgerError
from pakdee.ledger import ledger_features
from pakdee.ledger.answered import with_answers
from pakdee.ledger.histories import order_histories


def told(made, day=DAY, until=None):
    """Histories by customer."""
    return {row.pop("customer_id"): row for row in order_histories(made, day, until).to_pylist()}


def test_order_days_after_the_first_with_their_mean(tmp_path):
    """Two orders on the first day are one day; 100 and 40 - 10 of two repeat days are 65 each; later ones wait."""
    sold = [
        order("ada", ago(100), 500),
        order("ada", ago(100), 70),
        order("ada", ago(30), 100),
        order("ada", ago(9), 40, order_id="o"),
        order("ada", ago(5), 80, status="cancelled"),
        order("ben", ago(1), 9),
        order("cat", ago(-3), 5),
    ]
    people = [*buyers("ada", "ben", "cat"), {"customer_id": "sam", "is_staff": True}]
    made = shop(
        tmp_path, customers=people, orders=[*sold, order("sam", ago(2), 1)], refunds=[refund("o", 10, ago(2))]
    )

    assert told(made) == {
        "ada": {"repeats": 2, "last_day": 91, "age": 100, "mean_amount": 65.0, "later": 0},
        "ben": {"repeats": 0, "last_day": 0, "age": 1, "mean_amount": None, "later": 0},
    }
    past = told(made, ago(20), DAY)
    assert past["ada"] == {"repeats": 1, "last_day": 70, "age": 80, "mean_amount": 100.0, "later": 1}
    assert set(past) == {"ada"}


def test_histories_of_a_damaged_table_are_told(tmp_path):
    """A file that is no Parquet ends in words about facts."""
    made = shop(tmp_path, customers=buyers("ada"), orders=[order("ada", ago(5), 10)])
    made.tables["orders"].write_bytes(b"PAR1 not really PAR1")

    with pytest.raises(LedgerError):
        order_histories(made, DAY)


def answer(customer, days, score):
    at = dt.datetime.combine(ago(days), dt.time(5), dt.UTC)
    row = {"response_id": f"{customer}{days}", "customer_id": customer, "survey_id": "s", "question": "nps"}
    return row | {"score": Decimal(score), "scale_max": Decimal(10), "answered_at": at}


def answers(*rows):
    number = pa.decimal128(18, 4)
    fields = [("response_id", pa.string()), ("survey_id", pa.string()), ("customer_id", pa.string())]
    fields += [("question", pa.string()), ("score", number), ("scale_max", number)]
    return pa.Table.from_pylist(
        list(rows), pa.schema([*fields, ("answered_at", pa.timestamp("us", tz="UTC"))])
    )


def test_who_was_asked_and_has_not_answered_was_asked(tmp_path):
    """Ada was asked again by a mail, ben for the first time; cat never; a question of today is not known yet."""
    own = [answer("ada", 9, 3) | {"asked_at": at(12)}]
    made = shop(tmp_path, customers=buyers("ada", "ben", "cat", "dan"), survey_responses=own)
    asked_by_mail = {"customer_id": ["ada", "ben", "dan"], "asked_at": [at(2), at(400), at(0)]}
    instant = pa.timestamp("us", tz="UTC")
    mails = pa.table(asked_by_mail, pa.schema([("customer_id", pa.string()), ("asked_at", instant)]))
    whole = with_answers(made, mails, tmp_path)
    asked = {"days_since_last_survey", "days_since_answered_question", "days_since_last_answer"}
    out = tmp_path / "f.parquet"
    ledger_features(whole, day=DAY, zone=ZONE, leap_birthday="02-28", out=out, names=asked)

    assert {who: tuple(row[name] for name in sorted(asked)) for who, row in by_customer(out).items()} == {
        "ada": (12, 9, 2),
        "ben": (None, None, 400),
        "cat": (None, None, 9999),
        "dan": (None, None, 9999),
    }


@pytest.mark.parametrize("has_own", [True, False])
def test_answers_to_mails_are_answers_of_the_shop(tmp_path, has_own):
    """The later of two is the last one, wherever it was given; a shop without answers of its own has these."""
    own = {"survey_responses": [answer("ada", 9, 3), answer("ben", 5, 6)]} if has_own else {}
    made = shop(tmp_path, customers=buyers("ada", "ben", "cat"), orders=[order("ada", ago(5), 1)], **own)
    whole = with_answers(made, answers(answer("ada", 4, 10), answer("ben", 8, 9)), tmp_path)
    out = ledger_features(
        whole, day=DAY, zone=ZONE, leap_birthday="02-28", out=tmp_path / "f.parquet", names={"last_nps"}
    )
    found = {who: row["last_nps"] for who, row in by_customer(out).items()}

    assert found == {"ada": 10, "ben": 6 if has_own else 9, "cat": None}
    assert with_answers(made, answers(), tmp_path) is made
    assert pq.read_table(whole.tables["survey_responses"]).num_rows == (4 if has_own else 2)
