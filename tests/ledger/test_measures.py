"""The ledger's counts for the metrics are the ones a person would make by hand."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pakdee.domain.measures import (
    CategoryCounts,
    ChannelCounts,
    GoalCounts,
    Missing,
    NpsCounts,
    ReferralCounts,
    RepeatCounts,
    RetentionCounts,
    SocialCounts,
    Takings,
    ValueCounts,
)
from pakdee.ledger.generator import generate_shop
from pakdee.ledger.intake import import_
from pakdee.ledger.measures import ANSWER_COLUMNS, channel_counts, goal_counts, loyalty_counts
from pakdee.ledger.snapshot import Snapshot, open_snapshot
from pakdee.metrics import loyalty_figures
from pakdee.metrics.retention import retention

BANGKOK = ZoneInfo("Asia/Bangkok")
DATA = Path(__file__).parents[3] / "shared" / "data"
MONEY = pa.decimal128(18, 4)
MOMENT = pa.timestamp("us", tz="UTC")
TYPES = {
    "net_amount": MONEY,
    "amount": MONEY,
    "score": MONEY,
    "scale_max": MONEY,
    "quantity": MONEY,
    "line_no": pa.int64(),
    "is_staff": pa.bool_(),
    "marketing_consent": pa.bool_(),
}


def snapshot_of(folder, **tables):
    """A snapshot with these rows, each table a list of dictionaries, as an import would leave it."""
    folder.mkdir(parents=True, exist_ok=True)
    paths, provides = {}, set()
    for name, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        table = pa.table(
            {c: pa.array([row.get(c) for row in rows], type=_type(c)) for c in columns}
            if columns
            else {"customer_id": pa.array([], pa.string())}
        )
        paths[name] = folder / f"{name}.parquet"
        pq.write_table(table, paths[name])
        provides |= {name} if rows else set()
        provides |= {f"{name}.{c}" for c in columns if table[c].null_count < len(table)}
    return Snapshot("20261122T000000-test", folder, {}, paths, frozenset(provides), None)


def _type(column):
    if column.endswith("_at"):
        return MOMENT
    return pa.date32() if column.endswith("_on") else TYPES.get(column, pa.string())


def order(number, customer, when, amount, **more):
    """An order on a day, at noon in Bangkok, unless an instant is given."""
    at = when if isinstance(when, dt.datetime) else dt.datetime.combine(when, dt.time(5), dt.UTC)
    row = {
        "order_id": str(number),
        "customer_id": customer,
        "ordered_at": at,
        "ordered_on": at.astimezone(BANGKOK).date(),
        "net_amount": Decimal(amount),
        "currency": "THB",
    }
    return row | more


def customers(*ids, **more):
    return [{"customer_id": i, **more} for i in ids]


def day(text):
    return dt.date.fromisoformat(text)


def counts_of(snapshot, start, end, active_days=30):
    return loyalty_counts(snapshot, start=day(start), end=day(end), active_days=active_days, zone=BANGKOK)


def test_retention_follows_the_same_people_and_counts_returners_as_new(tmp_path):
    """Of four, a stays, b leaves, c comes back after a pause, d is new: S = {a, b}, E = {a, c, d}, kept = {a}."""
    shop = snapshot_of(
        tmp_path,
        customers=customers("a", "b", "c", "d"),
        orders=[
            order(1, "a", day("2026-01-20"), 10),
            order(2, "a", day("2026-02-20"), 10),
            order(3, "b", day("2026-01-20"), 10),
            order(4, "c", day("2025-06-01"), 10),
            order(5, "c", day("2026-02-21"), 10),
            order(6, "d", day("2026-02-22"), 10),
            order(7, None, day("2026-02-22"), 10),
        ],
    )

    found = counts_of(shop, "2026-02-01", "2026-03-01")

    assert found.retention == RetentionCounts(at_start=2, kept=1, at_end=3)


def test_the_active_window_is_inclusive_at_its_far_end(tmp_path):
    """An order exactly active_days before the day still counts; one on the day itself does not yet."""
    shop = snapshot_of(
        tmp_path,
        customers=customers("a", "b", "c"),
        orders=[
            order(1, "a", day("2026-01-02"), 10),
            order(2, "b", day("2026-01-01"), 10),
            order(3, "c", day("2026-02-01"), 10),
        ],
    )

    assert counts_of(shop, "2026-02-01", "2026-02-02").retention.at_start == 1


def test_half_past_one_in_bangkok_on_the_first_is_february(tmp_path):
    """2026-01-31T18:30Z belongs to February's orders, money, answers and acts."""
    moment = dt.datetime(2026, 1, 31, 18, 30, tzinfo=dt.UTC)
    shop = snapshot_of(
        tmp_path,
        customers=customers("a"),
        orders=[order(1, "a", moment, 100)],
        survey_responses=[
            {"response_id": "1", "survey_id": "s", "customer_id": "a", "question": "nps", "score": Decimal(9)}
            | {"answered_at": moment}
        ],
        activities=[{"customer_id": "a", "type": "like", "occurred_at": moment}],
    )

    january = counts_of(shop, "2026-01-01", "2026-02-01")
    february = counts_of(shop, "2026-02-01", "2026-03-01")

    assert january.orders.takings == {}
    assert (january.nps.answers, january.social.acts) == (0, 0)
    assert february.orders.takings == {"THB": Takings(1, Decimal(100), Decimal(0))}
    assert (february.nps.answers, february.social.acts) == (1, 1)


def test_cancelled_returned_free_and_fully_refunded_orders_are_no_orders(tmp_path):
    """Of seven rows only the plain and the partly refunded one count; staff are out of everything."""
    on = day("2026-01-10")
    shop = snapshot_of(
        tmp_path,
        customers=[*customers("a", "b"), {"customer_id": "boss", "is_staff": True}],
        orders=[
            order(1, "a", on, 100, status="placed"),
            order(2, "a", on, 100, status="cancelled"),
            order(3, "a", on, 100, status="returned"),
            order(4, "a", on, 0),
            order(5, "b", on, 100, status="delivered"),
            order(6, "b", on, 80),
            order(7, "boss", on, 999),
        ],
        refunds=[
            {"order_id": "5", "amount": Decimal(60), "refunded_on": day("2026-01-12")},
            {"order_id": "5", "amount": Decimal(40), "refunded_on": day("2026-01-13")},
            {"order_id": "6", "amount": Decimal(30), "refunded_on": day("2026-02-03")},
            {"order_id": "2", "amount": Decimal(100), "refunded_on": day("2026-01-13")},
        ],
    )

    january = counts_of(shop, "2026-01-01", "2026-02-01")
    february = counts_of(shop, "2026-02-01", "2026-03-01")

    assert january.repeat == RepeatCounts(buyers=2, repeat=0, aged=0, aged_repeat=0)
    assert january.orders.takings == {"THB": Takings(2, Decimal(180), Decimal(0))}
    assert february.orders.takings == {"THB": Takings(0, Decimal(-30), Decimal(0))}
    assert february.value["THB"].net == Decimal(150)  # the cohort's view dates the refund to its order


def test_guests_are_in_the_money_and_in_no_customer_count(tmp_path):
    """One guest order of 40 beside a customer's 60, less a guest's return of 10 that names no order."""
    on = day("2026-01-10")
    shop = snapshot_of(
        tmp_path,
        customers=customers("a"),
        orders=[
            order(1, "a", on, 60),
            order(2, None, on, 40),
            order(3, None, on, -10, status="returned"),
        ],
    )

    found = counts_of(shop, "2026-01-01", "2026-02-01")

    assert found.orders.takings == {"THB": Takings(2, Decimal(90), Decimal(30))}
    assert (found.orders.active, found.orders.orders_of_active, found.repeat.buyers) == (1, 1, 1)


def test_value_follows_customers_over_two_years(tmp_path):
    """Of three, a bought in both years, b only in the earlier one, c this year; exact to a hundredth of a satang."""
    shop = snapshot_of(
        tmp_path,
        customers=customers("a", "b", "c"),
        orders=[
            order(1, "a", day("2024-06-01"), "100.0001"),
            order(2, "a", day("2025-06-01"), 50),
            order(3, "b", day("2024-07-01"), 200),
            order(4, "c", day("2025-12-31"), 30),
            order(5, "c", day("2025-12-31"), -5, status="returned"),
            order(6, "c", day("2026-01-01"), 999),
        ],
    )

    found = counts_of(shop, "2025-01-01", "2026-01-01")

    assert found.value["THB"] == ValueCounts(
        customers=3,
        net=Decimal("375.0001"),
        year_buyers=2,
        year_orders=2,
        year_net=Decimal(75),
        earlier_buyers=2,
        earlier_kept=1,
        days_known=(dt.date(2026, 1, 1) - dt.date(2024, 6, 1)).days,
    )


def test_currencies_are_never_added(tmp_path):
    """Baht and euro stand in rows of their own."""
    on = day("2026-01-10")
    shop = snapshot_of(
        tmp_path,
        customers=customers("a"),
        orders=[order(1, "a", on, 100), order(2, "a", on, 9, currency="EUR")],
    )

    found = counts_of(shop, "2026-01-01", "2026-02-01")

    assert {c: t.net for c, t in found.orders.takings.items()} == {"EUR": Decimal(9), "THB": Decimal(100)}
    assert set(found.value) == {"EUR", "THB"}


def test_repeat_within_90_days_waits_until_90_days_have_passed(tmp_path):
    """Of three, a came back on day 90, b on day 91, c has not had 90 days yet."""
    shop = snapshot_of(
        tmp_path,
        customers=customers("a", "b", "c"),
        orders=[
            order(1, "a", day("2026-01-01"), 10),
            order(2, "a", day("2026-04-01"), 10),
            order(3, "b", day("2026-01-01"), 10),
            order(4, "b", day("2026-04-02"), 10),
            order(5, "c", day("2026-04-01"), 10),
            order(6, "c", day("2026-04-01"), 10),
        ],
    )

    found = counts_of(shop, "2026-04-01", "2026-04-30")

    assert found.repeat == RepeatCounts(buyers=3, repeat=3, aged=2, aged_repeat=1)


def test_gaps_are_between_order_days_and_belong_to_the_day_they_ended(tmp_path):
    """Two orders on one day are one visit; gaps of 10 and 30 end in the period, one of 5 before it."""
    shop = snapshot_of(
        tmp_path,
        customers=customers("a", "b"),
        orders=[
            order(1, "a", day("2026-01-01"), 10),
            order(2, "a", day("2026-01-06"), 10),
            order(3, "a", day("2026-02-05"), 10),
            order(4, "a", day("2026-02-05"), 10),
            order(5, "b", day("2026-01-25"), 10),
            order(6, "b", day("2026-02-04"), 10),
        ],
    )

    found = counts_of(shop, "2026-02-01", "2026-03-01").orders

    assert (found.gaps, found.median_gap) == (2, Decimal(20))
    assert (found.active, found.orders_of_active) == (2, 3)


def answer(number, survey, customer, score, at, **more):
    return {
        "response_id": str(number),
        "survey_id": survey,
        "customer_id": customer,
        "score": Decimal(score),
        "answered_at": dt.datetime.fromisoformat(at),
    } | more


def test_the_latest_answer_per_person_and_survey_counts(tmp_path):
    """One, a, changed a 2 to a 9; two unknown people are two; other questions, scales and scores are left out."""
    shop = snapshot_of(
        tmp_path,
        customers=customers("a", "b"),
        orders=[order(1, "a", day("2026-01-10"), 10)],
        survey_responses=[
            answer(1, "s1", "a", 2, "2026-01-10T05:00Z", question="nps"),
            answer(2, "s1", "a", 9, "2026-01-11T05:00Z", question="NPS"),
            answer(3, "s2", "a", 7, "2026-01-12T05:00Z", question="nps"),
            answer(4, "s1", None, 0, "2026-01-12T05:00Z", question="nps"),
            answer(5, "s1", None, 6, "2026-01-12T05:00Z", question="nps"),
            answer(6, "s1", "b", 5, "2026-01-12T05:00Z", question="csat", scale_max=Decimal(5)),
            answer(7, "s1", "b", 11, "2026-01-12T05:00Z", question="nps"),
            answer(8, "s1", "b", 10, "2026-02-12T05:00Z", question="nps"),
            answer(9, "s3", "b", 10, "2026-01-12T05:00Z", scale_max=Decimal(10)),
        ],
    )

    assert counts_of(shop, "2026-01-01", "2026-02-01").nps == NpsCounts(promoters=2, passives=1, detractors=2)


def test_answers_to_mails_count_beside_the_shops_own_and_none_twice(tmp_path):
    """One the shop has, too, by its customer, score and the shop's day; a later day or other score is its own."""
    shop = snapshot_of(
        tmp_path,
        customers=customers("a", "b", "c"),
        orders=[order(1, "a", day("2026-01-10"), 10)],
        survey_responses=[
            answer(1, "web", "a", 9, "2026-01-10T18:00Z", question="nps"),  # one o'clock on the 11th
            answer(2, "web", "b", 9, "2026-01-10T05:00Z", question="nps"),
        ],
    )
    given = [
        ("n1", "mail", "a", 9, "2026-01-11T16:00Z"),  # the same
        ("n2", "mail", "b", 10, "2026-01-10T05:00Z"),  # another score
        ("n3", "mail", "c", 0, "2026-01-12T05:00Z"),
        ("n4", "mail", "c", 7, "2026-01-13T05:00Z"),  # the later answer to this campaign
        ("n5", "mail", "c", 10, "2026-02-13T05:00Z"),  # not in the period
    ]
    rows = [{"response_id": i, "survey_id": s, "customer_id": c, "score": n} for i, s, c, n, _ in given]
    at = [dt.datetime.fromisoformat(row[-1]) for row in given]
    answers = pa.Table.from_pylist(
        [row | {"answered_at": moment} for row, moment in zip(rows, at, strict=True)], schema=ANSWER_COLUMNS
    )
    asked = {"start": day("2026-01-01"), "end": day("2026-02-01"), "active_days": 30, "zone": BANGKOK}
    bare = snapshot_of(
        tmp_path / "bare", customers=customers("a"), orders=[order(1, "a", day("2026-01-10"), 1)]
    )

    assert loyalty_counts(shop, **asked, answers=answers).nps == NpsCounts(3, 1, 0)
    assert loyalty_counts(bare, **asked, answers=answers).nps == NpsCounts(2, 1, 0)


def test_social_acts_are_those_of_active_customers_capped_per_day(tmp_path):
    """A robot's fifty likes on one day count ten; a workout is no social act; the inactive are left out."""
    moment = dt.datetime(2026, 1, 10, 5, tzinfo=dt.UTC)
    likes = [{"customer_id": "a", "type": "like", "occurred_at": moment}] * 50
    shop = snapshot_of(
        tmp_path,
        customers=customers("a", "b", "c"),
        orders=[order(1, "a", day("2026-01-10"), 10), order(2, "b", day("2026-01-10"), 10)],
        activities=[
            *likes,
            {"customer_id": "a", "type": "Share", "occurred_at": moment + dt.timedelta(days=1)},
            {"customer_id": "b", "type": "workout", "occurred_at": moment},
            {"customer_id": "c", "type": "review", "occurred_at": moment},
        ],
    )

    assert counts_of(shop, "2026-01-01", "2026-02-01").social == SocialCounts(active=2, engaged=1, acts=11)


def line(order_id, number, category, amount=10, quantity=1, **more):
    return {
        "order_id": str(order_id),
        "line_no": number,
        "category": category,
        "quantity": Decimal(quantity),
        "net_amount": Decimal(amount),
    } | more


def test_categories_count_what_was_paid_for_and_kept(tmp_path):
    """Customer a kept tea and cups; b's cups were refunded; c's second category was a gift; d's is known by product."""
    on = day("2026-01-10")
    shop = snapshot_of(
        tmp_path,
        customers=customers("a", "b", "c", "d"),
        orders=[order(i, c, on, 30) for i, c in enumerate("abcd", 1)],
        order_lines=[
            line(1, 1, "tea"),
            line(1, 2, "cups"),
            line(2, 1, "tea"),
            line(2, 2, "cups"),
            line(3, 1, "tea"),
            line(3, 2, "cups", amount=0),
            line(4, 1, None, product_id="p1"),
            line(4, 2, "cups"),
        ],
        products=[{"product_id": "p1", "category": "tea"}],
        refunds=[{"order_id": "2", "line_no": 2, "amount": Decimal(10), "refunded_on": on}],
    )

    assert counts_of(shop, "2026-01-01", "2026-02-01").categories == CategoryCounts(4, 2)


def test_referrals_of_oneself_and_of_old_customers_win_nobody(tmp_path):
    """Invited x was won by a; y is a's second address; z bought before being invited; w never bought."""
    invited = {"referrer_id": "a", "invited_at": dt.datetime(2026, 1, 5, tzinfo=dt.UTC)}
    shop = snapshot_of(
        tmp_path,
        customers=customers("a", "x", "y", "z", "w", "n"),
        persons=[
            {"customer_id": "a", "email": "Ann@shop.example"},
            {"customer_id": "x", "email": "x@shop.example"},
            {"customer_id": "y", "email": "ann@shop.example "},
        ],
        orders=[
            order(1, "a", day("2025-01-10"), 10),
            order(2, "x", day("2026-01-10"), 10),
            order(3, "y", day("2026-01-10"), 10),
            order(4, "z", day("2026-01-02"), 10),
            order(5, "n", day("2026-01-10"), 10),
        ],
        referrals=[
            {"referral_id": "1", "converted_customer_id": "x"} | invited,
            {"referral_id": "2", "converted_customer_id": "y"} | invited,
            {"referral_id": "3", "converted_customer_id": "z"} | invited,
            {"referral_id": "4", "converted_customer_id": None} | invited,
            {"referral_id": "5", "converted_customer_id": "a"} | invited,
        ],
    )

    assert counts_of(shop, "2026-01-01", "2026-02-01").referrals == ReferralCounts(
        new_buyers=4, referred=1, invited=3, inviters=1, converted=1
    )


def test_what_the_snapshot_lacks_is_named(tmp_path):
    """With customers and orders alone four measures are missing, each with what it needs."""
    shop = snapshot_of(tmp_path, customers=customers("a"), orders=[order(1, "a", day("2026-01-10"), 10)])

    found = counts_of(shop, "2026-01-01", "2026-02-01")

    assert found.nps == Missing(("survey_responses",))
    assert found.social == Missing(("activities",))
    assert found.categories == Missing(("order_lines", "order_lines.category"))
    assert found.referrals == Missing(("referrals",))
    assert found.retention == RetentionCounts(0, 0, 1)


def test_a_shop_of_guests_has_no_customer_measures(tmp_path):
    """No order names a customer, so nothing about customers can be said."""
    shop = snapshot_of(tmp_path, customers=customers("a"), orders=[order(1, None, day("2026-01-10"), 10)])

    found = counts_of(shop, "2026-01-01", "2026-02-01")

    assert found.retention == found.repeat == found.orders == Missing(("orders.customer_id",))


def withdrawals(*rows):
    table = pd.DataFrame(rows, columns=["customer_id", "withdrawn_at"])
    return table.assign(withdrawn_at=pd.to_datetime(table["withdrawn_at"], utc=True))


def test_channel_churn_is_of_those_reachable_at_the_start(tmp_path):
    """Of nine customers three could be reached on 1 January; two of them opted out in the month."""
    before, within, after = "2025-12-01T00:00Z", "2026-01-10T00:00Z", "2026-02-10T00:00Z"
    moment = {name: dt.datetime.fromisoformat(text) for name, text in {"b": before, "w": within}.items()}
    people = {
        "stays": {"marketing_consent": True, "consent_at": moment["b"]},
        "left_us": {"marketing_consent": True},
        "left_shop": {"marketing_consent": False, "consent_at": moment["w"]},
        "came_later": {"marketing_consent": True, "consent_at": moment["w"]},
        "left_before": {"marketing_consent": True},
        "never": {"marketing_consent": False},
        "unknown": {"marketing_consent": None},
        "no_address": {"marketing_consent": True},
        "boss": {"marketing_consent": True, "is_staff": True},
    }
    shop = snapshot_of(
        tmp_path,
        customers=[{"customer_id": i, "is_staff": False} | facts for i, facts in people.items()],
        persons=[
            {"customer_id": i, "email": "nonsense" if i == "no_address" else f"{i}@shop.example"}
            for i in people
        ],
        orders=[order(1, "stays", day("2026-01-10"), 10)],
    )
    gone = withdrawals(("left_us", within), ("left_us", within), ("left_before", before), ("stays", after))
    months = {"start": day("2026-01-01"), "end": day("2026-02-01"), "zone": BANGKOK}

    assert channel_counts(shop, gone, **months) == ChannelCounts(contactable=3, opted_out=2)


def test_a_bare_consent_column_re_grants_nobody_who_withdrew(tmp_path):
    """Withdrawn before the start and only undated consent since: not contactable; dated consent is."""
    shop = snapshot_of(
        tmp_path,
        customers=[
            {"customer_id": "bare", "marketing_consent": True},
            {"customer_id": "dated", "marketing_consent": True}
            | {"consent_at": dt.datetime(2025, 12, 20, tzinfo=dt.UTC)},
        ],
        persons=[{"customer_id": i, "email": f"{i}@shop.example"} for i in ("bare", "dated")],
        orders=[order(1, "bare", day("2026-01-10"), 10)],
    )
    gone = withdrawals(("bare", "2025-12-01T00:00Z"), ("dated", "2025-12-01T00:00Z"))

    found = channel_counts(shop, gone, start=day("2026-01-01"), end=day("2026-02-01"), zone=BANGKOK)

    assert found == ChannelCounts(contactable=1, opted_out=0)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.sampled_from("abcdef"), st.integers(0, 120), st.integers(-5, 20)),
        min_size=1,
        max_size=40,
    )
)
def test_counts_keep_their_order_whatever_the_shop_sold(tmp_path, rows):
    """Kept is within both, repeaters within buyers, and nobody is counted twice."""
    first = day("2026-01-01")
    shop = snapshot_of(
        tmp_path,
        customers=customers(*"abcdef"),
        orders=[order(i, c, first + dt.timedelta(days=d), a) for i, (c, d, a) in enumerate(rows)],
    )

    found = counts_of(shop, "2026-02-01", "2026-03-15")

    assert found.retention.kept <= min(found.retention.at_start, found.retention.at_end) <= 6
    assert found.repeat.aged_repeat <= found.repeat.aged <= found.repeat.buyers <= 6
    assert found.repeat.repeat <= found.repeat.buyers
    assert found.orders.active == found.retention.at_end


def test_an_imported_shop_can_be_measured(tmp_path):
    """From the generator's files through a real import: figures for what it has, reasons for what it has not."""
    generate_shop(tmp_path / "shop", customers=300, until=day("2026-11-21"), seed=5)
    now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    import_(tmp_path / "shop", location=tmp_path / "ledger", zone=BANGKOK, currency="THB", now=now)
    shop = open_snapshot(tmp_path / "ledger")

    found = counts_of(shop, "2026-10-23", "2026-11-22", active_days=180)
    channel = channel_counts(
        shop, withdrawals(), start=day("2026-10-23"), end=day("2026-11-22"), zone=BANGKOK
    )
    by_name = {f.metric: f for f in loyalty_figures(found, Missing(("events",)), channel=channel)}

    assert 0 < by_name["retention"].value < 1
    assert by_name["channel_churn"].n > 0
    assert by_name["multi_category_share"].n > 0
    assert by_name["average_order"].currency == "THB"
    assert by_name["nps"].n > 0
    assert by_name["social_share"].n > 0


@pytest.mark.skipif(not DATA.is_dir(), reason="the public data sets are not beside the project")
def test_retention_on_online_retail_never_passes_100_percent(tmp_path):
    """Every month of 2011: the returning customers that push the naive formula to 102 % do not count."""
    source = DATA / "online_retail.parquet"
    target = tmp_path / "orders.parquet"
    duckdb.execute(f"""
        COPY (
            SELECT InvoiceNo AS order_id, CAST(any_value(CustomerID) AS VARCHAR) AS customer_id,
                   timezone('Europe/London', min(InvoiceDate)) AS ordered_at,
                   CAST(min(InvoiceDate) AS DATE) AS ordered_on,
                   sum(CAST(Quantity * CAST(UnitPrice AS DECIMAL(18, 3)) AS DECIMAL(18, 4)))::DECIMAL(18, 4)
                       AS net_amount,
                   'GBP' AS currency, CASE WHEN InvoiceNo LIKE 'C%' THEN 'returned' ELSE 'placed' END AS status
            FROM '{source}' GROUP BY InvoiceNo
        ) TO '{target}' (FORMAT parquet)
    """)  # fmt: skip
    provides = frozenset({"orders", "orders.customer_id", "orders.status"})
    shop = Snapshot("20111210T000000-test", tmp_path, {}, {"orders": target}, provides, None)
    months = [dt.date(2011, month, 1) for month in range(1, 13)]

    found = [
        loyalty_counts(shop, start=a, end=b, active_days=30, zone=ZoneInfo("Europe/London"))
        for a, b in pairwise(months)
    ]

    rates = [retention(counts.retention).value for counts in found]
    assert all(0 < rate <= 1 for rate in rates)
    events = Missing(("engagement events",))
    assert any(f.metric == "guest_share" and f.value > 0 for f in loyalty_figures(found[-1], events))


def assigned(*rows):
    """Who was to be mailed or held out, with a goal of ten days."""
    names = ("campaign", "customer_id", "due_on", "is_held_out")
    table = pa.table({name: [row[place] for row in rows] for place, name in enumerate(names)})
    return table.append_column("days", pa.array([10] * len(rows), pa.int32()))


def test_a_goal_counts_orders_within_its_days_in_both_arms(tmp_path):
    """From the day itself on, the tenth day after it not included; cancelled orders are none."""
    due = day("2026-06-10")
    shop = snapshot_of(
        tmp_path,
        customers=customers(*"abcdef"),
        orders=[
            order(1, "a", due, 10),
            order(2, "a", day("2026-06-12"), 10),
            order(3, "b", day("2026-06-19"), 10),
            order(4, "c", day("2026-06-20"), 10),
            order(5, "d", day("2026-06-09"), 10),
            order(6, "e", day("2026-06-11"), 10, status="cancelled"),
            order(7, "f", day("2026-06-11"), 10),
        ],
    )
    rows = [("x", who, due, who in "ef") for who in "abcdef"] + [("y", "a", day("2026-06-20"), False)]

    counts = goal_counts(shop, assigned(*rows), start=due, end=day("2026-07-01"), zone=BANGKOK)

    assert counts == {"x": GoalCounts(4, 2, 2, 1, days=10, ended=0), "y": GoalCounts(1, 0, 0, 0, 10, 0)}


def test_goals_tell_whose_days_are_over_and_need_orders(tmp_path):
    """Known facts decide, not the calendar; without orders there is nothing to count."""
    due, known = day("2026-06-10"), dt.datetime(2026, 6, 20, 5, tzinfo=dt.UTC)
    asked = {"start": due, "end": day("2026-07-01"), "zone": BANGKOK}
    shop = snapshot_of(tmp_path / "a", customers=customers("a"), orders=[order(1, "a", due, 10)])
    shop = replace(shop, facts_until=known)
    rows = assigned(("x", "a", due, False), ("x", "a", day("2026-06-11"), True))

    assert goal_counts(shop, rows, **asked)["x"].ended == 1
    bare = snapshot_of(tmp_path / "b", customers=customers("a"))
    assert goal_counts(bare, rows, **asked) == Missing(("orders.customer_id",))
