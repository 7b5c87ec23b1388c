"""What customers say, do, ask for and are given: each feature as a person would compute it from a few rows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from tiny_ledger import (
    ZONE,
    act,
    ago,
    answer,
    at,
    buyers,
    features,
    invitation,
    line,
    order,
    parcel,
    refund,
    shop,
    ticket,
)

MIDNIGHT = at(0, 0)
SECOND = dt.timedelta(seconds=1)

Row = dict[str, Any]


ANSWERS = [
    answer("ann", 400, 3),
    answer("ann", 30, 6),
    answer("ann", 3, 9),
    answer("ben", 366, 10, asked_at=None),
    answer("cat", 365, 0),
    answer("cat", 1, 4, question="taste", scale_max=Decimal(5)),
    answer("dan", 0, 2),
    answer("eve", 5, 8, question=None),
    answer("fay", 5, 4, question=None, scale_max=Decimal(5)),
    answer("gil", 5, 7, answered_at=MIDNIGHT - SECOND, asked_at=None),
]
ACTS = [
    act("ann", 365, "review", 5, "tea"),
    act("ann", 100, "review", 4, "cup"),
    act("ann", 1, "visit", 3),
    act("ann", 366, "review", 1),
    act("ann", 0, "review", 1),
    act("ben", 10, "like"),
    act("ben", 10, "Share"),
    act("ben", 10, "comment"),
    act("ben", 9, "like"),
    act("ben", 8, "referral_sent"),
    act("ben", 7, "login"),
    act("cat", 20, "review", None, "tea"),
    act("dan", 95, "review", None, "tea"),
    act("hal", 3, "visit", 5),
]
TICKETS = [
    ticket("ann", 3, None),
    ticket("ann", 2, None),
    ticket("ann", 9, 7, "us"),
    ticket("ben", 5, 1, "carrier"),
    ticket("ben", 8, 4, "Us"),
    ticket("cat", 2, 0),
    ticket("dan", 0, None),
]
INVITATIONS = [
    invitation("ann", 90),
    invitation("ann", 91),
    invitation("ann", 0),
    invitation("ann", 80, "ann", 20),
    invitation("ann", 70, "ben", 30),
    invitation("ann", 60, "ben", 10),
    invitation("ann", 400, "cat", 365),
    invitation("ben", 500, "dan", 366),
    invitation("ben", 50, "eve", 40, converted_order_id="back"),
    invitation("cat", 50, None, 3),
    invitation("dan", 50, "eve", 0),
]
GRANTS = [
    {"customer_id": "ann", "issued_at": at(40)},
    {"customer_id": "ann", "issued_at": at(12)},
    {"customer_id": "ben", "issued_at": MIDNIGHT},
]
ORDERS = [
    parcel("ann", 9, 13),
    parcel("ann", 7, 10),
    parcel("ann", 2, 3),
    parcel("ben", 8, 20),
    parcel("cat", 1, 4),
    parcel("cat", 10, 12),
    parcel("cat", 90, 90),
    parcel("cat", 91, 91),
    parcel("dan", 5, None),
    parcel("dan", 12, 12),
    parcel("eve", 4, 9, status="returned"),
    parcel("fay", 0, 3),
    parcel("gil", 20, 20),
    order("eve", ago(45), 50, order_id="back", status="returned"),
]
LINES = [
    line("cat-1", 1, "pie", 100),
    line("cat-10", 1, "tea", 40),
    line("cat-10", 2, "cup", 40),
    line("cat-90", 1, "pot", 40),
    line("cat-90", 2, "cup", 40),
    line("cat-91", 1, "jar", 40),
    line("dan-12", 1, "tea", 40),
    line("gil-20", 1, "tea", 40),
    line("gil-20", 2, "cup", 40),
]
NAMES = ("ann", "ben", "cat", "dan", "eve", "fay", "gil", "hal", "ida")


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    """Features by customer of a shop in which each of these things happens to somebody."""
    facts = {"survey_responses": ANSWERS, "activities": ACTS, "tickets": TICKETS, "referrals": INVITATIONS}
    facts |= {"grants_issued": GRANTS, "orders": ORDERS, "order_lines": LINES}
    facts |= {"refunds": [refund("gil-20", 40, ago(4), line_no=2)]}
    return features(shop(tmp_path_factory.mktemp("shop"), customers=buyers(*NAMES), **facts))


@pytest.mark.parametrize(
    ("feature", "expected"),
    [
        # The latest of 365 days; one on another scale, of today or of another question is none.
        ("last_nps", {"ann": 9, "cat": 0, "eve": 8, "gil": 7}),
        ("days_since_detractor_answer", {"ann": 30, "cat": 365}),
        ("days_since_last_survey", {"ann": 5, "ben": 366, "cat": 3, "eve": 7, "fay": 7, "gil": 1}),
        ("days_since_answered_question", {"ann": 5, "ben": 366, "cat": 3, "eve": 7, "fay": 7, "gil": 1}),
        ("days_since_last_answer", {"ann": 3, "ben": 366, "cat": 1, "eve": 5, "fay": 5, "gil": 1}),
        ("mean_rating", {"ann": 4.0, "hal": 5.0}),
        ("rating_count", {"ann": 3, "hal": 1}),
        # Five stars for a visit are no review.
        ("good_review_count_365d", {"ann": 2}),
        ("activity_count_365d", {"ann": 3, "ben": 6, "cat": 1, "dan": 1, "hal": 1}),
        # ann 4 + 4; ben on one day 1 + 3 + 2, of which 5 count, then 1 and 4; a login is nothing social.
        ("social_points_365d", {"ann": 8, "ben": 10, "cat": 4, "dan": 4}),
        # cat: cup and pot; the tea is reviewed, the pie came yesterday, the jar too long ago.
        # dan reviewed tea too long ago; gil sent the cup back.
        ("reviews_missing", {"cat": 2, "dan": 1, "gil": 1}),
        # From noon three and two days ago to midnight; what was closed today was open in the morning.
        ("open_ticket_hours", {"ann": 60.0, "cat": 36.0}),
        ("days_since_ticket_closed", {"ann": 7, "ben": 1}),
        ("days_since_our_fault", {"ann": 7, "ben": 4}),
        ("days_since_delivery", {"ann": 2, "ben": 8, "cat": 1, "dan": 5, "gil": 20}),
        # Delivered seven days ago, promised ten days ago; what came eight days ago is history.
        ("late_delivery_days", {"ann": 3, "cat": 3}),
        # ann: of 90 days; not today, not before, not herself.
        ("referrals_sent_90d", {"ann": 3, "ben": 1, "cat": 1, "dan": 1}),
        # ann: ben once, and cat on the first day that counts; ben: dan too long ago, eve brought all back.
        ("referrals_converted_365d", {"ann": 2, "cat": 1}),
        ("days_since_referral_converted", {"ann": 30, "ben": 366, "cat": 3}),
        ("days_since_grant", {"ann": 12}),
    ],
)
def test_each_is_what_counting_by_hand_gives(
    known: dict[str, Row], feature: str, expected: dict[str, Any]
) -> None:
    """Those named have these values, all others what stands for nothing."""
    nothing = {
        "days_since_last_survey": 9999,
        "rating_count": 0,
        "good_review_count_365d": 0,
        "activity_count_365d": 0,
        "social_points_365d": 0,
        "reviews_missing": 0,
        "open_ticket_hours": 0.0,
        "referrals_sent_90d": 0,
        "referrals_converted_365d": 0,
    }
    told = {name: known[name][feature] for name in NAMES}

    assert told == {name: expected.get(name, nothing.get(feature)) for name in NAMES}


def test_later_facts_change_nothing(tmp_path: Any, known: dict[str, Row]) -> None:
    """The same shop as exported the evening before gives the same features."""
    cut = {
        "survey_responses": [row for row in ANSWERS if row["answered_at"] < MIDNIGHT],
        "activities": [row for row in ACTS if row["occurred_at"] < MIDNIGHT],
        "referrals": [
            row | _known(row, "converted_at") for row in INVITATIONS if row["invited_at"] < MIDNIGHT
        ],
        "tickets": [row | _known(row, "closed_at") for row in TICKETS if row["opened_at"] < MIDNIGHT],
        "grants_issued": [row for row in GRANTS if row["issued_at"] < MIDNIGHT],
        "orders": [row | _known(row, "delivered_at") for row in ORDERS],
        "order_lines": LINES,
        "refunds": [refund("gil-20", 40, ago(4), line_no=2)],
    }

    assert features(shop(tmp_path, customers=buyers(*NAMES), **cut)) == known


def _known(row: Row, instant: str) -> Row:
    at_ = row.get(instant)
    return {instant: at_ if at_ and at_ < MIDNIGHT else None}


def test_midnight_is_the_shops(tmp_path: Any) -> None:
    """One second before midnight in Bangkok is yesterday there, though UTC still has seven hours to go."""
    late = (MIDNIGHT - SECOND).astimezone(dt.UTC)
    given = [{"customer_id": "ann", "issued_at": late}, {"customer_id": "ben", "issued_at": late + SECOND}]
    found = features(shop(tmp_path, customers=buyers("ann", "ben"), grants_issued=given))

    assert late.date() == ago(1) == late.astimezone(ZONE).date()
    assert [found[name]["days_since_grant"] for name in ("ann", "ben")] == [1, None]
