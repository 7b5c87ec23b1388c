"""Tiers, points and the ladder are what a person would work out from program.yaml and a few orders."""

import datetime as dt
from decimal import Decimal
from functools import partial

import pyarrow.parquet as pq
import pytest
from tiny_ledger import DAY, ZONE, ago, buyers, by_customer, order, refund, shop

from pakdee.domain.errors import LedgerError
from pakdee.domain.feature import FeatureType
from pakdee.domain.program import Program
from pakdee.ledger import ledger_features
from pakdee.programme import derive, derived_from, feature_specs, specs_of
from pakdee.programme.catalogue import STANDS_IN

D = dt.date
LEVELS = [
    {"id": name, "title": {"en": name}, "at": f"{amount} THB"}
    for name, amount in (("member", 0), ("silver", 1000), ("gold", 5000))
]
YEARLY = {"metric": "net_spend", "window": "calendar_year", "keep": "end_of_next_year", "levels": LEVELS}
FOR_EVER = {"metric": "net_spend", "window": "lifetime", "keep": "forever", "levels": LEVELS}
EARN = [{"when": "order", "per": "25 THB", "give": 1}]


def program(tiers=YEARLY, earn=EARN, **more):
    """A programme with these tiers and earn rules."""
    about = {"name": {"en": "Club"}, "currency": "THB", "unit": {"name": {"en": "point"}}}
    return Program.model_validate({"program": about, "tiers": tiers, "earn": earn, **more})


def standing(folder, rules=None, day=DAY, people=("ada",), **facts):
    """Programme features of these customers, by id."""
    made = shop(folder, customers=buyers(*people), **facts)
    base = ledger_features(
        made, day=day, zone=ZONE, leap_birthday="02-28", out=folder / f"base-{day}.parquet"
    )
    out = folder / f"programme-{day}.parquet"
    return by_customer(derive(made.tables, base, rules or program(), day=day, zone=ZONE, out=out))


def of_ada(folder, rules=None, day=DAY, **facts):
    """The same for the only customer, ada."""
    return standing(folder, rules, day, **facts)["ada"]


# ── tiers ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("amount", "tier", "following", "missing", "progress"),
    [
        ("0.01", "member", "silver", "999.99", 0.00001),
        ("999.9999", "member", "silver", "0.0001", 0.9999999),
        ("1000", "silver", "gold", "4000", 0.0),
        ("3000", "silver", "gold", "2000", 0.5),
        ("5000", "gold", None, None, 1.0),
        ("50000", "gold", None, None, 1.0),
    ],
)
def test_a_tier_is_reached_at_its_amount(tmp_path, amount, tier, following, missing, progress):
    """Limits are inclusive, and what is missing is told to the last satang."""
    found = of_ada(tmp_path, orders=[order("ada", ago(10), amount)])

    assert (found["tier"], found["next_tier"]) == (tier, following)
    assert found["to_next_tier"] == (None if missing is None else Decimal(missing))
    assert found["tier_progress"] == pytest.approx(progress, abs=1e-9)


def test_a_tier_reached_this_year_is_kept_to_the_end_of_the_next(tmp_path):
    """Reached again this year: nothing to do until the end of 2027."""
    found = of_ada(tmp_path, orders=[order("ada", D(2025, 6, 1), 1200), order("ada", D(2026, 3, 1), 1000)])

    assert found["days_to_tier_end"] == (D(2027, 12, 31) - DAY).days
    assert found["to_keep_tier"] == Decimal(0)


def test_the_lowest_tier_neither_ends_nor_needs_keeping(tmp_path):
    """Everyone has it, also who never bought or returned more than they bought."""
    sold = [order("ben", ago(5), -300, status="returned"), order("cat", ago(5), 10, status="delivered")]
    found = standing(tmp_path, people=("ada", "ben", "cat"), orders=sold)

    for person in ("ada", "ben", "cat"):
        assert found[person]["tier"] == "member"
        assert found[person]["days_to_tier_end"] is None
        assert found[person]["days_since_tier_change"] is None
        assert found[person]["to_keep_tier"] == Decimal(0)
        assert found[person]["tier_moved_7d"] == "none"
    assert found["ada"]["to_next_tier"] == Decimal(1000)
    assert found["ben"]["to_next_tier"] == Decimal(1300)
    assert found["ben"]["tier_progress"] == 0.0


@pytest.mark.parametrize(("days", "moved"), [(1, "up"), (7, "up"), (8, "none")])
def test_a_move_is_told_for_seven_days(tmp_path, days, moved):
    """An order of seven days ago was not yet known on the morning of that day."""
    found = of_ada(tmp_path, orders=[order("ada", ago(days), 1000)])

    assert found["tier_moved_7d"] == moved
    assert found["days_since_tier_change"] == days


@pytest.mark.parametrize(
    ("day", "tier", "moved"), [(31, "gold", "none"), (32, "member", "down"), (39, "member", "none")]
)
def test_a_tier_not_kept_falls_on_1_january(tmp_path, day, tier, moved):
    """Gold of 2025 lasts through 31 December 2026 and is gone on the day after."""
    day = D(2026, 12, 1) + dt.timedelta(days=day - 1)
    found = of_ada(tmp_path, day=day, orders=[order("ada", D(2025, 6, 1), 6000)])

    assert (found["tier"], found["tier_moved_7d"]) == (tier, moved)


def test_a_return_takes_a_tier_back_when_it_is_known(tmp_path):
    """Paid back three days ago: silver a week ago, not any more."""
    sold = [order("ada", ago(20), 1000, order_id="o")]
    found = of_ada(tmp_path, orders=sold, refunds=[refund("o", 1, ago(3))])

    assert (found["tier"], found["tier_moved_7d"]) == ("member", "down")


@pytest.mark.parametrize(
    ("sold", "expected"),
    [
        ([(D(2026, 3, 1), 600), (D(2026, 5, 1), 400), (D(2026, 6, 1), 50)], D(2026, 5, 1)),
        ([(D(2025, 12, 1), 1200)], D(2025, 12, 1)),
        ([(D(2025, 11, 22), 1200)], D(2025, 11, 22)),
        ([(D(2025, 11, 21), 1200)], None),
        ([(D(2025, 12, 1), 1200), (D(2026, 3, 1), 1200)], D(2025, 12, 1)),
        ([(D(2024, 5, 1), 1200), (D(2025, 12, 1), 1200)], None),
        ([(D(2024, 5, 1), 9000), (D(2025, 12, 1), 1200)], None),
        ([(D(2025, 12, 1), 1200), (D(2026, 3, 1), 5000)], D(2026, 3, 1)),
        ([(D(2026, 3, 1), 1200), (D(2026, 4, 1), -500), (D(2026, 5, 1), 400)], D(2026, 5, 1)),
        ([(D(2026, 3, 1), 900), (D(2026, 3, 1), 200)], D(2026, 3, 1)),
    ],
)
def test_the_order_that_reached_the_tier(tmp_path, sold, expected):
    """The day it was crossed, the last time; not told where it was kept, come down to, or over a year ago."""
    rows = [order("ada", on, amount, status="returned" if amount < 0 else "delivered") for on, amount in sold]
    found = of_ada(tmp_path, orders=rows)

    assert found["days_since_tier_change"] == (expected and (DAY - expected).days)


def test_tiers_for_ever(tmp_path):
    """By all that was ever spent: no end, nothing to keep, and the crossing counts over all years."""
    sold = [order("ada", D(2019, 1, 1), 600), order("ada", ago(3), 500), order("ben", D(2019, 1, 1), 2000)]
    found = standing(tmp_path, program(FOR_EVER), people=("ada", "ben"), orders=sold)

    ada, ben = found["ada"], found["ben"]
    assert (ada["tier"], ada["tier_moved_7d"], ada["days_since_tier_change"]) == ("silver", "up", 3)
    assert (ben["tier"], ben["tier_moved_7d"], ben["days_since_tier_change"]) == ("silver", "none", None)
    assert (ada["days_to_tier_end"], ada["to_keep_tier"]) == (None, Decimal(0))
    assert ada["to_next_tier"] == Decimal(3900)


# ── points and ladder ────────────────────────────────────────────────────────────────────────────
def test_points_are_rounded_down_order_by_order(tmp_path):
    """49.99, 50 and 24.99 THB at a point for 25: 1 + 2 + 0, not the 4 of their sum."""
    sold = [
        order("ada", ago(n), amount) for n, amount in ((1, "49.99"), (2, "50"), (3, "24.99"), (366, "5000"))
    ]

    assert of_ada(tmp_path, orders=sold)["points_earned_365d"] == 3


def test_points_are_of_what_was_kept_and_rules_add_up(tmp_path):
    """100 less 30 refunded at 1 for 25 and 5 for 0.7: 2 + 500; a return earns nothing and takes nothing."""
    rules = [*EARN, {"id": "more", "when": "order", "per": "0.7 THB", "give": 5}]
    sold = [order("ada", ago(9), 100, order_id="o"), order("ada", ago(8), -50, status="returned")]
    found = of_ada(tmp_path, program(earn=rules), orders=sold, refunds=[refund("o", 30, ago(2))])

    assert found["points_earned_365d"] == 502


@pytest.mark.parametrize(
    ("days", "lapsed"), [([], None), ([1], False), ([180, 365], False), ([181, 200], True)]
)
def test_who_has_gone_quiet(tmp_path, days, lapsed):
    """No order in the last 180 days, inclusive; who never bought is unknown."""
    sold = [order("ada", ago(n), 10) for n in days] or [order("ben", ago(1), 10)]

    assert of_ada(tmp_path, orders=sold)["is_lapsed"] is lapsed


def test_the_ladders_limits_are_the_programmes(tmp_path):
    """Quiet after thirty days, if the programme says so."""
    rules = program(ladder={"active_days": 30})
    sold = [order("ada", ago(30), 10), order("ben", ago(31), 10)]
    found = standing(tmp_path, rules, people=("ada", "ben"), orders=sold)

    assert (found["ada"]["is_lapsed"], found["ben"]["is_lapsed"]) == (False, True)


@pytest.mark.parametrize(
    ("days", "stayed"),
    [
        ([180, 360], True),
        ([180, 361], False),
        ([1, 181], True),
        ([1, 180], False),
        ([181, 300], False),
        ([], False),
    ],
)
def test_retained_is_active_before_and_active_now(tmp_path, days, stayed):
    """An order in [D-360, D-180) and one in [D-180, D)."""
    sold = [order("ada", ago(n), 10) for n in days] or [order("ben", ago(1), 10)]

    assert of_ada(tmp_path, orders=sold)["is_retained"] is stayed


def test_retained_looks_back_as_far_as_it_must(tmp_path):
    """With 600 active days, an order of three years ago counts."""
    rules = program(ladder={"active_days": 600})

    assert of_ada(tmp_path, rules, orders=[order("ada", ago(1199), 10), order("ada", ago(5), 10)])[
        "is_retained"
    ]


# ── what is there and what is not ────────────────────────────────────────────────────────────────
def test_a_programme_without_tiers_or_points_has_no_such_features(tmp_path):
    """They are absent, not null."""
    found = of_ada(tmp_path, program(tiers=None, earn=[]), orders=[order("ada", ago(5), 10)])

    assert set(found) == {"is_lapsed", "is_retained"}


def test_without_orders_there_is_nothing_to_say(tmp_path):
    """Customers stay, features are absent."""
    assert standing(tmp_path, people=("ada", "ben")) == {"ada": {}, "ben": {}}


WHOLE = [
    {"id": "cup", "when": "redeem", "cost": 100},
    {"id": "ten", "when": "milestone", "at": {"activity": "workout", "count": 10}},
    {"id": "trees", "when": "order", "kind": "donation", "share": "1%"},
]


def test_every_column_is_specified_and_every_specification_computed(tmp_path):
    """A programme with all there is gives exactly the catalogue; money is exact, never-null never null."""
    made = shop(
        tmp_path,
        customers=buyers("ada", "ben"),
        orders=[order("ada", ago(5), 1500)],
        activities=[{"customer_id": "ada", "type": "workout", "occurred_on": ago(3)}],
        memberships=[{"customer_id": "ada", "plan_id": "club", "status": "active", "started_on": ago(3)}],
    )
    base = ledger_features(made, day=DAY, zone=ZONE, leap_birthday="02-28", out=tmp_path / "base.parquet")
    rules = program(grants=[{"title": {"en": "Gift"}, "kind": "product", **grant} for grant in WHOLE])
    out = tmp_path / "programme.parquet"
    table = pq.read_table(derive(made.tables, base, rules, day=DAY, zone=ZONE, out=out))

    assert set(table.column_names) == {"customer_id", *(spec.name for spec in specs_of(rules)), *STANDS_IN}
    of_one_type = {s.name for s in feature_specs() if s.name.endswith("*")}
    assert {s.name for s in specs_of(program())} == {s.name for s in feature_specs()} - of_one_type
    assert of_one_type == {"activity_count_*", "activity_sum_*"}
    for spec in specs_of(rules):
        column = table.column(spec.name)
        assert (str(column.type) == "decimal128(18, 4)") == (spec.type is FeatureType.MONEY)
        assert spec.nullable or column.null_count == 0
        assert spec.nullable == bool(spec.null_rule)
        assert {"en", "th"} == set(spec.label.root) == set(spec.meaning.root)
        assert not spec.values or set(column.drop_null().to_pylist()) <= set(spec.values)


def test_a_damaged_table_is_told(tmp_path):
    """A file that is no Parquet ends in words about facts."""
    made = shop(tmp_path, customers=buyers("ada"), orders=[order("ada", ago(5), 10)])
    base = ledger_features(made, day=DAY, zone=ZONE, leap_birthday="02-28", out=tmp_path / "base.parquet")
    made.tables["orders"].write_bytes(b"PAR1 not really PAR1")

    with pytest.raises(LedgerError, match="cannot be applied"):
        derive(made.tables, base, program(), day=DAY, zone=ZONE, out=tmp_path / "programme.parquet")


def test_each_feature_alone_is_as_in_the_whole_table(tmp_path):
    """Its own work and the ledger's features it is derived from are enough."""
    made = shop(
        tmp_path,
        customers=buyers("ada", "ben"),
        orders=[order("ada", ago(5), 7_000), order("ben", ago(400), 10)],
    )
    ledger = partial(ledger_features, made, day=DAY, zone=ZONE, leap_birthday="02-28")
    whole = pq.read_table(
        derive(
            made.tables,
            ledger(out=tmp_path / "l.parquet"),
            program(),
            day=DAY,
            zone=ZONE,
            out=tmp_path / "p.parquet",
        )
    )

    for name in whole.column_names[1:]:
        base = ledger(out=tmp_path / "l1.parquet", names=derived_from({name}))
        out = derive(
            made.tables, base, program(), day=DAY, zone=ZONE, out=tmp_path / "p1.parquet", names={name}
        )

        assert pq.read_table(out).sort_by("customer_id") == whole.select(["customer_id", name]).sort_by(
            "customer_id"
        )
    assert derived_from({"order_count"}) == set()


def test_totals_of_each_type_that_the_programme_names(tmp_path):
    """Ada walked 5.5 and 2 km and once without telling how far; other types and today are none of it."""
    walks = {"id": "walks", "kind": "badge", "title": {"en": "Walks"}, "when": "milestone"}
    rules = program(
        earn=[*EARN, {"when": "review", "give": 5}],
        grants=[walks | {"at": {"activity": "workout", "count": 9}}],
    )
    done = [("ada", "workout", 400, "5.5"), ("ada", "workout", 3, "2"), ("ada", "workout", 1, None)]
    done += [("ada", "workout", 0, "9"), ("ada", "yoga", 2, "7"), ("ben", "review", 2, None)]
    rows = [
        {"customer_id": who, "type": kind, "occurred_on": ago(days), "amount": amount and Decimal(amount)}
        for who, kind, days, amount in done
    ]
    found = standing(tmp_path, rules, people=("ada", "ben"), activities=rows)
    names = ["activity_count_workout", "activity_sum_workout", "activity_count_review", "activity_sum_review"]

    assert [found["ada"][name] for name in names] == [3, 8.5, 0, 0.0]
    assert [found["ben"][name] for name in names] == [0, 0.0, 1, 1.0]
    assert not [name for name in found["ada"] if "yoga" in name]
