"""The made-up shop is the same for the same seed, believable, and has people for every campaign."""

import datetime as dt
from functools import partial

import pyarrow.parquet as pq
import pytest
from import_desk import Desk, rows
from tiny_ledger import ZONE

from pakdee.ledger import connect, feature_specs, generate_shop, ledger_features
from pakdee.ledger.catalogue import APART, GROUPS, specs_of

UNTIL = dt.date(2026, 6, 15)
MORNING = dt.datetime(2026, 6, 15, 0, 30, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    desk = Desk(tmp_path_factory.mktemp("desk"))
    generate_shop(desk.files, customers=2000, until=UNTIL, seed=7)
    return desk.bring(now=MORNING)


@pytest.fixture(scope="module")
def of_day(shop, tmp_path_factory):
    """The file of all features of the day."""
    out = tmp_path_factory.mktemp("features") / "features.parquet"
    return ledger_features(shop.snapshot, day=UNTIL, zone=ZONE, leap_birthday="02-28", out=out)


def count(shop, sql):
    return rows(shop.snapshot, sql)[0][0]


def test_the_same_seed_makes_the_same_shop_byte_for_byte(tmp_path):
    """Another seed makes another one."""
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        generate_shop(tmp_path / name, customers=60, until=UNTIL, seed=seed)
    files = {
        name: {path.name: path.read_bytes() for path in (tmp_path / name).iterdir()}
        for name in ("a", "b", "c")
    }

    assert files["a"] == files["b"]
    assert files["a"]["orders.csv"] != files["c"]["orders.csv"]


def test_only_the_spoiled_rows_are_rejected_one_of_each_kind(shop):
    """Everything else of the shop is in order; what is wrong shows each common reason."""
    assert sum(shop.reject_counts.values()) == len(shop.rejects) == 13
    assert {r.reason.split(";")[0].split(":")[0] for r in shop.rejects} == {
        "identical duplicate, kept once",
        "same key, different content",
        "missing value",
        "not a birthday",
        "neither yes nor no",
        "not a date",
        "not a number",
        "year looks Buddhist",
        "unknown customer",
        "another currency than the shop's",
    }


def test_orders_add_up_to_their_lines(shop):
    """An order's amount is the sum of its lines; gross less discount is net."""
    odd = """
        SELECT count(*) FROM orders
        LEFT JOIN (SELECT order_id, sum(net_amount) AS lines FROM order_lines GROUP BY order_id) USING (order_id)
        WHERE lines IS DISTINCT FROM net_amount OR gross_amount - discount_amount <> net_amount
    """
    assert count(shop, odd) == 0


def test_nothing_happens_before_joining_or_on_the_day_itself(shop):
    """Facts end on the evening before; nobody buys before becoming a member; no refund exceeds its order."""
    early = "SELECT count(*) FROM orders JOIN customers USING (customer_id) WHERE ordered_on < joined_on"
    more = "SELECT count(*) FROM refunds JOIN orders USING (order_id) WHERE amount > net_amount"

    assert count(shop, "SELECT max(ordered_on) FROM orders") == UNTIL - dt.timedelta(days=1)
    assert count(shop, "SELECT max(joined_on) < DATE '2026-06-15' FROM customers")
    assert count(shop, early) == count(shop, more) == 0


@pytest.mark.parametrize(
    ("table", "instant"),
    [
        ("activities", "occurred_at"),
        ("survey_responses", "answered_at"),
        ("tickets", "opened_at"),
        ("grants_issued", "issued_at"),
        ("preferences", "stated_at"),
        ("memberships", "started_on"),
        ("donations", "paid_on"),
    ],
)
def test_what_members_do_besides_orders_happens_while_they_are_members(shop, table, instant):
    """From joining on, and up to the evening before."""
    day = f"timezone('Asia/Bangkok', {instant})::DATE" if instant.endswith("_at") else instant
    outside = f"""
        SELECT count(*), count(*) FILTER ({day} < joined_on OR {day} >= DATE '2026-06-15')
        FROM {table} JOIN customers USING (customer_id)
    """
    found, odd = rows(shop.snapshot, outside)[0]

    assert found > 50
    assert odd == 0


def test_friends_join_after_they_were_invited(shop):
    """Who is won was invited by another member, before joining, and has an order."""
    odd = """
        SELECT count(*) FROM referrals AS r
        LEFT JOIN customers AS giver ON giver.customer_id = referrer_id
        LEFT JOIN customers AS friend ON friend.customer_id = converted_customer_id
        LEFT JOIN orders AS o ON o.order_id = converted_order_id
        WHERE timezone('Asia/Bangkok', invited_at)::DATE < giver.joined_on
           OR converted_at IS NOT NULL AND (
               converted_customer_id = referrer_id OR o.customer_id IS DISTINCT FROM converted_customer_id
               OR timezone('Asia/Bangkok', invited_at)::DATE > friend.joined_on
           )
    """
    assert count(shop, odd) == 0
    assert count(shop, "SELECT count(converted_at) FROM referrals") > 50


def test_what_is_left_of_points_is_what_the_shop_booked(shop, of_day):
    """Lots of long and of short life, spent and run out: the sum of a member's entries is their balance."""
    told = dict(
        zip(
            *pq.read_table(of_day, columns=["customer_id", "points_balance"]).to_pydict().values(),
            strict=True,
        )
    )
    booked = dict(
        rows(shop.snapshot, "SELECT customer_id, sum(units)::INTEGER FROM point_entries GROUP BY ALL")
    )

    assert {name: booked.get(name, 0) for name in told} == told
    assert sum(booked.values()) > 0


def test_points_go_with_the_orders_and_are_never_overdrawn(shop):
    """Each kept order earns; spending, returns and expiry take what is there, at every instant."""
    strange = """
        SELECT count(*) FROM point_entries AS p LEFT JOIN orders AS o USING (order_id)
        WHERE p.order_id IS NOT NULL AND (o.customer_id IS DISTINCT FROM p.customer_id OR o.status = 'cancelled')
    """
    wrong = """
        SELECT count(*) FROM point_entries JOIN orders USING (order_id)
        WHERE rule_id = 'order' AND units <> floor(net_amount / 25)
    """
    unpaid = """
        SELECT count(*) FROM orders
        WHERE customer_id IS NOT NULL AND status <> 'cancelled' AND net_amount >= 25
          AND order_id NOT IN (SELECT order_id FROM point_entries WHERE rule_id = 'order')
    """
    overdrawn = """
        SELECT count(*)
        FROM (SELECT sum(units) OVER (PARTITION BY customer_id ORDER BY occurred_at) AS balance FROM point_entries)
        WHERE balance < 0
    """
    assert [count(shop, sql) for sql in (strange, wrong, unpaid, overdrawn)] == [0, 0, 0, 0]
    assert count(shop, "SELECT count(DISTINCT kind) FROM point_entries") == 4


@pytest.mark.parametrize(
    "people",
    [
        "SELECT customer_id FROM customers WHERE joined_on >= DATE '2026-06-08'",
        "SELECT customer_id FROM customers WHERE birth_month = 6 AND birth_day BETWEEN 15 AND 22",
        "SELECT customer_id FROM customers WHERE birth_month = 2 AND birth_day = 29",
        """SELECT customer_id FROM orders GROUP BY 1
        HAVING count(*) = 1 AND min(ordered_on) BETWEEN DATE '2026-05-25' AND DATE '2026-06-01'""",
        """SELECT customer_id FROM orders GROUP BY 1
        HAVING count(*) >= 2 AND max(ordered_on) BETWEEN DATE '2025-06-15' AND DATE '2026-05-01'""",
        """SELECT customer_id FROM orders WHERE ordered_on >= DATE '2026-01-01' GROUP BY 1
        HAVING sum(net_amount) >= 5000
        AND coalesce(sum(net_amount) FILTER (ordered_on < DATE '2026-06-08'), 0) < 5000""",
    ],
    ids=["welcome", "birthday", "leap birthday", "second purchase", "win-back", "tier upgrade"],
)
def test_every_campaign_finds_someone_who_agreed_and_can_be_written_to(shop, people):
    """Welcome, birthday, second purchase, win-back and tier upgrade are not empty on the day."""
    reachable = f"""
        SELECT count(*) FROM customers JOIN persons USING (customer_id)
        WHERE marketing_consent AND email LIKE '%_@_%' AND customer_id IN ({people})
    """
    assert count(shop, reachable) > 0


@pytest.mark.parametrize(
    "asked",
    [
        "days_since_detractor_answer <= 2",
        "last_nps >= 9 AND referrals_sent_90d = 0",
        "days_since_last_survey > 180 AND order_count > 0",
        "reviews_missing > 0",
        "late_delivery_days > 2",
        "days_since_our_fault <= 7",
        "open_ticket_hours > 24",
        "days_since_referral_converted <= 7",
        "referrals_converted_365d >= 1 AND order_count_365d > 0",
        "good_review_count_365d >= 2",
        "mean_rating >= 4 AND rating_count >= 2",
        "social_points_365d >= 6",
        "days_since_grant > 90",
        "activity_count_365d > 10",
    ],
)
def test_every_feature_finds_someone_who_agreed_and_can_be_written_to(shop, of_day, asked):
    """On the day there are unhappy answers, open tickets, won friends, social people."""
    reachable = f"""
        SELECT count(*) FROM read_parquet('{of_day}') JOIN customers USING (customer_id)
        JOIN persons USING (customer_id)
        WHERE marketing_consent AND email LIKE '%_@_%' AND ({asked})
    """
    with connect(shop.snapshot, also=[of_day.parent]) as connection:
        assert connection.execute(reachable).fetchall()[0][0] > 0


def test_somebody_has_just_walked_for_the_tenth_time(shop):
    """Milestones are passed by somebody in any week."""
    passed = """
        SELECT count(*) FROM (
            SELECT customer_id, row_number() OVER (PARTITION BY customer_id ORDER BY occurred_at) AS n, occurred_on
            FROM activities WHERE type = 'workout'
        ) WHERE n = 10 AND occurred_on >= DATE '2026-06-08'
    """
    assert count(shop, passed) > 0


def test_the_shop_has_what_shops_have(shop):
    """Guests, refunds, channels, both languages, unknown consent, missing addresses, other declared channels."""
    some = {
        "guests": "FROM orders WHERE customer_id IS NULL",
        "cancelled": "FROM orders WHERE status = 'cancelled'",
        "app": "FROM orders WHERE channel = 'app'",
        "refunds": "FROM refunds",
        "thai": "FROM customers WHERE locale = 'th'",
        "english": "FROM customers WHERE locale = 'en'",
        "never asked": "FROM customers WHERE marketing_consent IS NULL",
        "refused": "FROM customers WHERE NOT marketing_consent",
        "no address": "FROM persons WHERE email IS NULL",
        "unusable": "FROM persons WHERE email NOT LIKE '%_@_%._%'",
        "other channel": "FROM customers WHERE declared_channel = 'line'",
        "birthday without year": "FROM customers WHERE birth_month IS NOT NULL AND birth_year IS NULL",
        "staff": "FROM customers WHERE is_staff",
    }
    assert [name for name, rest in some.items() if not count(shop, f"SELECT count(*) {rest}")] == []


def test_every_address_is_on_a_domain_reserved_for_examples(shop):
    """No mail of a demo can ever reach a person."""
    domains = rows(
        shop.snapshot, "SELECT DISTINCT split_part(email, '@', 2) FROM persons WHERE email LIKE '%@%.%'"
    )

    assert {domain.removeprefix("mail.") for (domain,) in domains} <= {
        "example.com",
        "example.org",
        "example.net",
    }


def test_each_feature_alone_is_as_in_the_whole_table(shop, of_day, tmp_path):
    """Only what a wanted feature is made from is gathered, and that is all it is made from.

    One of those of a group that are made from the same stands for the others.
    """
    some = partial(ledger_features, shop.snapshot, day=UNTIL, zone=ZONE, leap_birthday="02-28")
    whole = pq.read_table(of_day)
    assert whole.column_names[1:] == [spec.name for spec in feature_specs()]

    alike = {(g, spec.made_from): spec.name for g in (*GROUPS, *APART) for spec in specs_of(g)}
    for name in alike.values():
        alone = pq.read_table(some(out=tmp_path / "alone.parquet", names={name}))

        assert alone.equals(whole.select(["customer_id", name])), name
