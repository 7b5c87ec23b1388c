"""Rungs, kinds of loyalty and the last sign of life are what a person would work out from the features before."""

import datetime as dt

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pakdee.domain.feature import FeatureType
from pakdee.domain.program import Program
from pakdee.programme import loyalty, loyalty_specs, ranges, read_by_loyalty

DAY = dt.date(2026, 11, 22)
PROVIDES = frozenset({"orders", "activities"})
REGULAR = {"order_count": 9, "order_count_365d": 3, "days_since_last_purchase": 180}
SPECS = {spec.name: spec for spec in loyalty_specs()}


def program(**ladder):
    """A programme with this ladder."""
    about = {"name": {"en": "Club"}, "currency": "THB"}
    return Program.model_validate({"program": about, "ladder": ladder})


def told(folder, *customers, rules=None, more=None, tables=None, provides=PROVIDES, names=None):
    """Loyalty features of customers, in the order given.

    Args:
        more: what a second part knows of the first few of them, in the same order.
    """
    ids = [f"c{n:03}" for n in range(len(customers))]
    parts = [folder / "ledger.parquet", folder / "journal.parquet"]
    for path, rows in zip(parts, (customers, more or ()), strict=True):
        named = [{"customer_id": who} | row for who, row in zip(ids, rows, strict=False)]
        columns = {name for row in named for name in row}
        pq.write_table(pa.Table.from_pylist([dict.fromkeys(columns) | row for row in named]), path)
    given = parts if more else parts[:1]
    out = loyalty(
        given,
        tables or {},
        rules or program(),
        day=DAY,
        provides=provides,
        out=folder / "out.parquet",
        names=names,
    )
    return pq.read_table(out).to_pylist()


RUNGS = [
    ("prospect", {"order_count": 0, "order_count_365d": 0}),
    ("customer", {"order_count": 1, "order_count_365d": 1, "days_since_last_purchase": 1}),
    ("client", REGULAR),
    ("customer", REGULAR | {"days_since_last_purchase": 181}),
    ("customer", REGULAR | {"order_count_365d": 2}),
    ("client", {"order_count": 0, "order_count_365d": 0, "plan_status": "active"}),
    ("prospect", {"order_count": 0, "order_count_365d": 0, "plan_status": "trial"}),
    # one sign of liking makes a client a supporter, each at its limit; a promoter who is no client is none
    ("supporter", REGULAR | {"last_nps": 9}),
    ("client", REGULAR | {"last_nps": 8}),
    ("customer", REGULAR | {"order_count_365d": 1, "last_nps": 10}),
    ("supporter", REGULAR | {"mean_rating": 4.0, "rating_count": 2}),
    ("client", REGULAR | {"mean_rating": 5.0, "rating_count": 1}),
    ("client", REGULAR | {"mean_rating": 3.9, "rating_count": 9}),
    ("supporter", REGULAR | {"social_points_365d": 6}),
    ("client", REGULAR | {"social_points_365d": 5}),
    ("supporter", REGULAR | {"order_count_365d": 4, "full_price_share_365d": 0.8}),
    ("client", REGULAR | {"full_price_share_365d": 1.0}),
    # an advocate needs an act, and an order within a year
    ("advocate", {"order_count": 1, "days_since_last_purchase": 365, "referrals_converted_365d": 1}),
    ("customer", {"order_count": 1, "days_since_last_purchase": 366, "referrals_converted_365d": 1}),
    ("prospect", {"order_count": 0, "referrals_converted_365d": 1}),
    ("advocate", REGULAR | {"last_nps": 9, "good_review_count_365d": 2}),
    ("supporter", REGULAR | {"last_nps": 9, "good_review_count_365d": 1}),
    ("client", REGULAR | {"last_nps": 8, "good_review_count_365d": 2}),
]


def test_rungs_from_the_top_down(tmp_path):
    """First match from advocate down; limits are inclusive, and what is not known proves nothing."""
    found = told(tmp_path, *(facts for _, facts in RUNGS))

    assert [row["rung"] for row in found] == [rung for rung, _ in RUNGS]


def test_clicks_are_the_journals_and_make_a_supporter(tmp_path):
    """Three mails clicked in 90 days, from a part that knows only one of the customers."""
    found = told(tmp_path, REGULAR, REGULAR, more=[{"human_clicks_90d": 3}])

    assert [row["rung"] for row in found] == ["supporter", "client"]


def test_with_orders_alone_a_client_is_the_highest_that_is_proven(tmp_path):
    """No attitude is known, so there is no supporter, and its score is unknown, not 0."""
    [found] = told(tmp_path, REGULAR, provides={"orders"})

    assert found["rung"] == "client"
    assert found["loyalty_psychological"] is None
    assert "loyalty_social" not in found


PROMOTER = REGULAR | {"last_nps": 9}
RATED = REGULAR | {"mean_rating": 4.0, "rating_count": 2}
FULL_PRICE = REGULAR | {"order_count_365d": 4, "full_price_share_365d": 0.8}
FRIEND_WON = {"order_count": 1, "days_since_last_purchase": 365, "referrals_converted_365d": 1}
LIMITS = {
    "client_orders": (4, REGULAR, "client", "customer"),
    "active_days": (179, REGULAR, "client", "customer"),
    "supporter_signals": (2, PROMOTER, "supporter", "client"),
    "promoter": (10, PROMOTER, "supporter", "client"),
    "good_rating": (4.1, RATED, "supporter", "client"),
    "ratings": (3, RATED, "supporter", "client"),
    "clicks": (4, REGULAR | {"human_clicks_90d": 3}, "supporter", "client"),
    "social_points": (7, REGULAR | {"social_points_365d": 6}, "supporter", "client"),
    "full_price": (0.81, FULL_PRICE, "supporter", "client"),
    "full_price_orders": (5, FULL_PRICE, "supporter", "client"),
    "advocate_days": (364, FRIEND_WON, "advocate", "customer"),
    "referrals": (2, FRIEND_WON, "advocate", "customer"),
    "reviews": (3, PROMOTER | {"good_review_count_365d": 2}, "advocate", "supporter"),
}


def test_every_threshold_is_the_programmes(tmp_path):
    """By the limits of a programme without any, and with one of them set a little higher."""
    everyone = [facts for _, facts, _, _ in LIMITS.values()]
    plain = [row["rung"] for row in told(tmp_path, *everyone)]

    assert plain == [rung for _, _, rung, _ in LIMITS.values()]
    for name, (limit, facts, _, rung) in LIMITS.items():
        [found] = told(tmp_path, facts, rules=program(**{name: limit}))
        assert found["rung"] == rung, name
    assert set(LIMITS) == set(type(program().ladder).model_fields) - {"preset", "settle", "types"}


@pytest.mark.parametrize("kind", ["grocery", "fashion", "cafe", "subscription"])
def test_a_preset_changes_lengths_alone_and_what_is_written_goes_before_it(kind):
    """How long a customer is active, and an advocate; all else as without."""
    plain, usual = program().ladder, program(preset=kind).ladder
    told = {name for name in type(plain).model_fields if getattr(plain, name) != getattr(usual, name)}

    assert {"preset", "active_days"} <= told <= {"preset", "active_days", "advocate_days"}
    assert program(preset=kind, active_days=30).ladder.active_days == 30
    assert program(preset=kind, active_days=30).ladder.advocate_days == usual.advocate_days


SCORES = [
    ("psychological", {"last_nps": 9, "mean_rating": 4.5, "full_price_share_365d": 0.6}, 79.1667),
    ("psychological", {"last_nps": 9}, 90),
    ("psychological", {"last_nps": 0, "mean_rating": 1.0}, 0),
    ("psychological", {"full_price_share_365d": 0.6}, None),
    ("behavioural", {"order_count_365d": 3, "days_since_last_purchase": 45, "gap_cv": 0.25}, 57.5),
    ("behavioural", {"order_count_365d": 60, "days_since_last_purchase": 0, "gap_cv": 0.0}, 90),
    ("behavioural", {"order_count_365d": 2, "days_since_last_purchase": 400}, 13.3333),
    ("behavioural", {"order_count_365d": 0, "referrals_converted_365d": 4}, 10),
    ("behavioural", {"order_count_365d": 3, "days_since_last_purchase": 90, "gap_cv": 1.7}, 35),
    ("marketing", {"offer_order_share_365d": 0.8, "redemption_rate": 0.5, "is_member": True}, 75),
    ("marketing", {"offer_order_share_365d": 1.0, "redemption_rate": 1.2, "is_member": True}, 100),
    ("marketing", {"redemption_rate": 0.5}, 15),
    ("marketing", {"is_member": True}, None),
    ("social", {"social_points_365d": 14}, 70),
    ("social", {"social_points_365d": 21}, 100),
    ("social", {"social_points_365d": 0}, 0),
]


def test_each_kind_of_loyalty_is_scored_as_by_hand(tmp_path):
    """(90 + 87.5 + 60)/3, 20 + 22.5 + 15 + 0, 40 + 15 + 20, 14 of 20; without its facts a score is unknown."""
    found = told(tmp_path, *(facts for _, facts, _ in SCORES))

    assert [row[f"loyalty_{kind}"] for row, (kind, _, _) in zip(found, SCORES, strict=True)] == [
        score for _, _, score in SCORES
    ]


WEIGHTS = {
    ("psychological", "nps"): (0, SCORES[0][1], (87.5 + 60) / 2),
    ("psychological", "rating"): (0, SCORES[0][1], (90 + 60) / 2),
    ("psychological", "full_price"): (0, SCORES[0][1], (90 + 87.5) / 2),
    ("behavioural", "orders"): (20, SCORES[4][1], 10 + 22.5 + 15),
    ("behavioural", "full_orders"): (3, SCORES[4][1], 40 + 22.5 + 15),
    ("behavioural", "recency"): (60, SCORES[4][1], 20 + 45 + 15),
    ("behavioural", "regularity"): (40, SCORES[4][1], 20 + 22.5 + 30),
    ("behavioural", "referral"): (30, SCORES[4][1] | {"referrals_converted_365d": 1}, 57.5 + 30),
    ("marketing", "offers"): (0, SCORES[9][1], 15 + 20),
    ("marketing", "redeemed"): (0, SCORES[9][1], 40 + 20),
    ("marketing", "member"): (0, SCORES[9][1], 40 + 15),
    ("social", "social_full"): (14, SCORES[13][1], 100),
    ("type", "dominant"): (51, {"social_points_365d": 10}, "none"),
    ("type", "ahead"): (11, {"social_points_365d": 20, "last_nps": 9}, "mixed"),
}


def test_every_weight_is_the_programmes(tmp_path):
    """Each other than it is by itself, as by hand."""
    types = program().ladder.types.model_dump()
    of_kinds = {(kind, name) for kind, own in types.items() if isinstance(own, dict) for name in own}

    for (kind, name), (weight, facts, expected) in WEIGHTS.items():
        written = {kind: {name: weight}} if kind in types else {name: weight}
        [found] = told(tmp_path, facts, rules=program(types=written))
        assert found[f"loyalty_{kind}"] == expected, name
    assert set(WEIGHTS) == of_kinds | {("social", "social_full"), ("type", "dominant"), ("type", "ahead")}


TYPES = [
    ("social", {"social_points_365d": 10}),
    ("none", {"social_points_365d": 9}),
    ("social", {"social_points_365d": 20, "last_nps": 9}),
    ("mixed", {"social_points_365d": 19, "last_nps": 9}),
    ("psychological", {"last_nps": 9, "social_points_365d": 16}),
    ("marketing", {"offer_order_share_365d": 0.8, "redemption_rate": 0.5, "is_member": True}),
    ("behavioural", {"order_count_365d": 6, "days_since_last_purchase": 0}),
    ("none", {}),
]


def test_a_kind_dominates_by_its_height_and_its_lead(tmp_path):
    """At 50 and 10 ahead of the next, both inclusive; unknown scores are no rivals."""
    found = told(tmp_path, *(facts for _, facts in TYPES))

    assert [row["loyalty_type"] for row in found] == [kind for kind, _ in TYPES]


def test_the_last_sign_of_life_is_the_latest_of_three(tmp_path):
    """An order 40 days ago, a click 9 days ago, a login 3 days ago; who did nothing is unknown."""
    logins = [
        {"customer_id": who, "type": kind, "occurred_on": DAY - dt.timedelta(days)}
        for who, kind, days in (
            ("c002", "Login", 3),
            ("c002", "login", 8),
            ("c003", "login", 0),
            ("c003", "like", 1),
        )
    ]
    pq.write_table(pa.Table.from_pylist(logins), tmp_path / "activities.parquet")
    seen = {"days_since_last_purchase": 40}
    more = [{}, {"days_since_last_click": 9}, {"days_since_last_click": 9}, {"days_since_last_click": None}]
    found = told(
        tmp_path, seen, seen, seen, {}, more=more, tables={"activities": tmp_path / "activities.parquet"}
    )

    assert [row["days_since_last_engagement"] for row in found] == [40, 9, 3, None]


def test_columns_are_as_specified_and_only_what_is_asked_for_is_made(tmp_path):
    """Types, closed lists and null rules hold; one feature alone is the same, and nothing is nobody's work."""
    table = told(tmp_path, *({"social_points_365d": 0} | facts for _, facts in RUNGS))
    schema = pq.read_schema(tmp_path / "out.parquet")
    kinds = {FeatureType.TEXT: "string", FeatureType.NUMBER: "double", FeatureType.INTEGER: "int32"}

    assert {name: str(schema.field(name).type) for name in schema.names[1:]} == {
        name: kinds[spec.type] for name, spec in SPECS.items()
    }
    for name, spec in SPECS.items():
        values = [row[name] for row in table]
        assert spec.nullable or None not in values
        assert not spec.values or set(values) <= set(spec.values)
        assert {"en", "th"} == set(spec.label.root) == set(spec.meaning.root)
    alone = told(
        tmp_path, *({"social_points_365d": 0} | facts for _, facts in RUNGS), names={"rung", "order_count"}
    )
    assert alone == [{"customer_id": row["customer_id"], "rung": row["rung"]} for row in table]
    assert told(tmp_path, {}, names=set()) == [{"customer_id": "c000"}]


def test_what_a_feature_is_made_from_is_told_through_and_through():
    """The kind of loyalty reads what its scores read."""
    assert read_by_loyalty({"loyalty_social", "order_count"}) == {"social_points_365d"}
    assert read_by_loyalty({"loyalty_type"}) >= {
        "gap_cv",
        "redemption_rate",
        "last_nps",
        "social_points_365d",
    }
    assert not read_by_loyalty({"order_count", "tier"})


@pytest.mark.parametrize("wrong", [{"preset": "bakery"}, {"promoter": 11}, {"types": {"magical": {}}}])
def test_a_ladder_that_cannot_be_is_refused(wrong):
    """An unknown preset, an answer beyond the scale, a fifth kind."""
    with pytest.raises(ValueError, match="ladder"):
        program(**wrong)


def test_a_customer_takes_three_times_the_memory_that_the_engine_allows_for(tmp_path, monkeypatch):
    """Who stood higher before is asked in spans of days, each laid out: so ranges are a third as long."""
    customers = [REGULAR | {"order_count": number} for number in range(6 * 64)]
    whole = told(tmp_path, *customers)
    monkeypatch.setattr(ranges, "BYTES_OF_ROW", 128_000_000 // (3 * 64))

    assert told(tmp_path, *customers) == whole
    assert pq.read_metadata(tmp_path / "out.parquet").num_row_groups == 6
