"""An example of every feature: what one customer did, and what a person reckons from it.

Each is a customer of their own, called `me` in the rows; several features share one where the same facts tell
them. All are asked as of 22 November 2026. `docs/features.md` shows the words and the values.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tiny_ledger import Row, act, ago, answer, at, invitation, line, order, parcel, refund, ticket

D = dt.date


@dataclass(frozen=True)
class Example:
    """What one customer did, in words and in rows, and what features make of it.

    Args:
        gives: a value by feature, or a value and how it is reckoned.
        about: what the table customers says of them.
        mail: what they did with a mail of ten days ago, by the provider's events.
        rows: of other tables.
    """

    told: str
    gives: Mapping[str, Any]
    about: Row = field(default_factory=dict)
    mail: Sequence[str] = ()
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)

    def value(self, feature: str) -> Any:
        """What the feature is."""
        given = self.gives[feature]
        return given[0] if isinstance(given, tuple) else given

    def why(self, feature: str) -> str:
        """How it is reckoned; empty where the words say it."""
        given = self.gives[feature]
        return given[1] if isinstance(given, tuple) else ""


def bought(*days: int, each: float = 100, **more: Any) -> list[Row]:
    """Orders of so many days ago."""
    return [order("me", ago(n), each, order_id=f"me-{n}", **more) for n in days]


PROGRAMME = {
    "program": {"name": {"en": "Club"}, "currency": "THB", "unit": {"name": {"en": "point"}}},
    "earn": [{"when": "order", "per": "100 THB", "give": 1, "reverse": True}],
    "tiers": {
        "metric": "net_spend",
        "window": "calendar_year",
        "keep": "end_of_next_year",
        "levels": [
            {"id": name, "title": {"en": name}, "at": f"{amount} THB"}
            for name, amount in (("member", 0), ("silver", 1000), ("gold", 5000))
        ],
    },
    "grants": [
        {"id": "coffee", "title": {"en": "Coffee"}, "kind": "product", "when": "redeem", "cost": 50},
        {
            "id": "three_workouts",
            "title": {"en": "Three workouts"},
            "kind": "badge",
            "when": "milestone",
            "at": {"activity": "workout", "count": 3},
        },
    ],
    "expiry": {"rule": "age", "after": "12 months"},
    "membership": {
        "plans": [{"id": "club", "title": {"en": "Club"}, "price": "100 THB", "per": "1 year"}],
        "renew": "auto",
        "remind": ["30 days"],
        "lapse_grace": "10 days",
        "refund": "unused",
    },
}
"""1 point per 100 THB, usable for 12 months, 50 for a coffee; silver from 1,000 THB in a calendar year, gold from
5,000; a badge for the third workout; a paid plan with ten days of grace and a reminder thirty days before its end."""


PEOPLE = [
    Example(
        "Agreed to marketing a year ago; the address is one, and nothing came back from it.",
        {"is_contactable": True},
        about={"marketing_consent": True, "consent_at": at(365)},
    ),
    Example(
        "Born on 29 November 1990, told 30 days ago.",
        {
            "days_to_birthday": 7,
            "days_since_birthday": (358, "365 - 7"),
            "days_to_half_birthday": (188, "to 29 May 2027"),
            "days_since_birthday_recorded": 30,
            "is_birthday_new": (False, "30 days ago is not less than 30"),
            "age": (35, "36 only in a week"),
            "is_minor": False,
        },
        about={"birth_year": 1990, "birth_month": 11, "birth_day": 29, "birth_recorded_on": ago(30)},
    ),
    Example(
        "Joined on 12 December 2023.",
        {
            "days_since_joined": (1076, "366 + 365 + 345"),
            "days_to_join_anniversary": 20,
            "days_since_join_anniversary": (345, "365 - 20"),
            "years_a_member": 2,
            "is_member": True,
        },
        about={"joined_on": D(2023, 12, 12)},
    ),
    Example(
        "Named no channel; bought online yesterday, and twice in the shop before.",
        {"preferred_channel": "store", "online_share_365d": 1 / 3, "channel_count_365d": 2},
        rows={"orders": [*bought(1, channel="online"), *bought(2, 3, channel="store")]},
    ),
]

BUYING = [
    Example(
        "Orders of 100 THB today and 1, 30, 31, 90, 91, 365 and 366 days ago.",
        {
            "order_count": (7, "what is of today is known tomorrow"),
            "order_count_365d": 6,
            "order_count_90d": 4,
            "order_count_30d": 2,
            "days_since_last_purchase": 1,
            "days_since_first_purchase": 366,
            "net_spend": Decimal(700),
            "net_spend_365d": Decimal(600),
            "average_order_value_365d": (Decimal(100), "600 / 6"),
        },
        rows={"orders": bought(0, 1, 30, 31, 90, 91, 365, 366)},
    ),
    Example(
        "700 THB on 1 January 2026, of which 40 came back this week; 300 on the day before.",
        {"net_spend_this_year": (Decimal(660), "700 − 40")},
        rows={
            "orders": [order("me", D(2026, 1, 1), 700, order_id="me-a"), order("me", D(2025, 12, 31), 300)],
            "refunds": [refund("me-a", 40, ago(3))],
        },
    ),
    Example(
        "Orders 100, 90, 70 and 10 days ago.",
        {
            "median_gap_days": (20.0, "of the gaps 10, 20 and 60"),
            "gap_cv": (0.881917, "26.458 / 30: their standard deviation by their mean"),
            "overdue_ratio": (0.5, "10 / 20"),
        },
        rows={"orders": bought(100, 90, 70, 10)},
    ),
    Example(
        "Four orders of 100 THB: one with a discount, one with an offer; of a third 50 came back.",
        {
            "offer_order_share_365d": (0.5, "2 / 4"),
            "full_price_share_365d": 0.5,
            "return_rate_365d": (0.125, "50 / 400"),
        },
        rows={
            "orders": [
                *bought(9, discount_amount=Decimal(5), status="delivered"),
                *bought(8, offer_id="spring", discount_amount=Decimal(0)),
                *bought(6, 7, discount_amount=Decimal(0)),
            ],
            "refunds": [refund("me-6", 50, ago(3))],
        },
    ),
    Example(
        "Ten days ago tea for 100 THB, which lasts 30 days, and a cup for 300, which went back; twenty days ago "
        "cake for 90 and pie for 20.",
        {
            "category_count_365d": (2, "drinks and food"),
            "top_category": ("food", "110 against 100"),
            "last_product_id": "tea",
            "days_to_replenishment": (20, "30 − 10"),
        },
        rows={
            "orders": bought(10, 20, each=500),
            "order_lines": [
                line("me-10", 1, "tea", 100, category="drinks"),
                line("me-10", 2, "cup", 300, category="home"),
                line("me-20", 1, "cake", 90, category="food"),
                line("me-20", 2, "pie", 20, category="food"),
            ],
            "refunds": [refund("me-10", 300, ago(5), line_no=2)],
            "products": [{"product_id": "tea", "cycle_days": 30}],
        },
    ),
    Example(
        "Bought a fern, of category plants; others bought moss there.",
        {
            "favourites": (
                [
                    {"title": "Moss", "price": Decimal(40), "category": "plants"},
                    {"title": "Fern", "price": Decimal(60), "category": "plants"},
                ],
                "moss is new to them, the fern they buy",
            )
        },
        rows={
            "orders": [*bought(12, each=60), order("me-friend", ago(5), 40, order_id="me-friend-1")],
            "order_lines": [
                line("me-12", 1, "fern", 60, category="plants"),
                line("me-friend-1", 1, "moss", 40, category="plants"),
            ],
            "products": [
                {"product_id": name, "name": name.title(), "category": "plants", "is_listed": True}
                for name in ("fern", "moss")
            ],
        },
    ),
    Example(
        "Ordered 272, 150 and 59 days ago, 35 THB each time; the model was learned as in the paper "
        "(r 0.243, α 4.414, a 0.793, b 2.426), the margin is 30 %, the discount 10 % a year.",
        {
            "p_alive": (0.7266, "x 2, last after 30.4 of 38.9 weeks"),
            "expected_orders_365d": (1.5623, "in 52.1 weeks; 1.226 in 39, as in the paper"),
            "clv_365d": (Decimal("15.6680"), "the orders of 52 weeks, each discounted, × 35.04 × 30 %"),
        },
        rows={"orders": bought(272, 150, 59, each=35)},
    ),
]

BEYOND = [
    Example(
        "The NPS question asked 32 and 5 days ago, answered 6 and 9 two days later.",
        {
            "last_nps": 9,
            "days_since_detractor_answer": 30,
            "days_since_last_survey": 5,
            "days_since_answered_question": 5,
            "days_since_last_answer": 3,
        },
        rows={"survey_responses": [answer("me", 30, 6), answer("me", 3, 9)]},
    ),
    Example(
        "Reviews with 5 and 4 stars 200 and 100 days ago, 3 stars for a visit yesterday.",
        {
            "mean_rating": (4.0, "12 / 3"),
            "rating_count": 3,
            "good_review_count_365d": 2,
            "activity_count_365d": 3,
        },
        rows={
            "activities": [act("me", 200, "review", 5), act("me", 100, "review", 4), act("me", 1, "visit", 3)]
        },
    ),
    Example(
        "A like, a comment and a share ten days ago, a like the day after.",
        {"social_points_365d": (6, "1 + 2 + 3, of which 5 of one day count, + 1")},
        rows={
            "activities": [
                *(act("me", 10, kind) for kind in ("like", "comment", "share")),
                act("me", 9, "like"),
            ]
        },
    ),
    Example(
        "Tea and a cup came 20 days ago, on time; the tea is reviewed.",
        {"reviews_missing": 1, "days_since_delivery": 20},
        rows={
            "orders": [parcel("me", 20, 20)],
            "order_lines": [line("me-20", 1, "tea", 60), line("me-20", 2, "cup", 40)],
            "activities": [act("me", 15, "review", 5, "tea")],
        },
    ),
    Example(
        "A parcel promised for ten days ago came seven days ago.",
        {"late_delivery_days": 3},
        rows={"orders": [parcel("me", 7, 10)]},
    ),
    Example(
        "A ticket of noon three days ago is open; one of nine days ago, our fault, was closed seven days ago.",
        {
            "open_ticket_hours": (60.0, "to midnight"),
            "days_since_ticket_closed": 7,
            "days_since_our_fault": 7,
        },
        rows={"tickets": [ticket("me", 3, None), ticket("me", 9, 7, "us")]},
    ),
    Example(
        "Invited friends 91, 90 and 60 days ago; the last one bought 10 days ago.",
        {"referrals_sent_90d": 2, "referrals_converted_365d": 1, "days_since_referral_converted": 10},
        rows={
            "referrals": [invitation("me", 91), invitation("me", 90), invitation("me", 60, "me-friend", 10)]
        },
    ),
    Example(
        "The shop gave a gift 40 days ago and one 12 days ago.",
        {"days_since_grant": 12},
        rows={"grants_issued": [{"customer_id": "me", "issued_at": at(n)} for n in (40, 12)]},
    ),
    Example(
        "Asked ten days ago to hear of the lamp, which is on sale again; lives in Ari.",
        {
            "wishes_in_stock": 1,
            "wished_goods": [{"title": "Lamp"}],
            "wishes_told": "lamp@2026-11-12",
            "stated_place": "Ari",
        },
        rows={
            "activities": [act("me", 10, "stock_alert", None, "lamp")],
            "products": [{"product_id": "lamp", "name": "Lamp", "is_listed": True}],
            "preferences": [{"customer_id": "me", "key": "place", "value": "Ari", "stated_at": at(90)}],
        },
    ),
    Example(
        "Got a marketing mail with an offer ten days ago and followed a link in it; ordered 40 days ago.",
        {
            "days_since_offer": 10,
            "human_clicks_90d": 1,
            "emails_delivered_30d": 1,
            "days_since_last_click": 10,
            "days_since_last_engagement": (10, "the click came after the order"),
        },
        mail=("delivered", "clicked"),
        rows={"orders": bought(40)},
    ),
]

MEMBERS = [
    Example(
        "2,500 THB on 17 December 2025 gave 25 points, 1,500 five days ago 15; 10 were redeemed 60 days ago.",
        {
            "points_balance": (30, "25 + 15 − 10"),
            "points_expiring_30d": (15, "25 − 10, to be used until 17 December"),
            "days_to_next_expiry": 25,
            "points_expire_on": D(2026, 12, 17),
            "points_earned_365d": 40,
            "points_used_365d": 10,
            "days_since_last_redemption": 60,
            "redemption_rate": (0.25, "10 / 40"),
            "units_to_next_reward": (20, "50 − 30"),
        },
        rows={
            "orders": [*bought(340, each=2500), *bought(5, each=1500)],
            "point_entries": [
                {"entry_id": "me-1", "customer_id": "me", "kind": "redeem", "units": Decimal(-10)}
                | {"occurred_at": at(60), "occurred_on": ago(60)}
            ],
        },
    ),
    Example(
        "Spent 1,200 THB on 1 June 2025 and 400 on 1 March 2026; silver is from 1,000 in a calendar year.",
        {
            "tier": "silver",
            "next_tier": "gold",
            "to_next_tier": (Decimal(4600), "5,000 − 400"),
            "days_to_tier_end": (39, "to 31 December 2026"),
            "days_to_tier_window_end": (39, "to 31 December 2026"),
            "to_keep_tier": (Decimal(600), "1,000 − 400"),
        },
        rows={"orders": [order("me", D(2025, 6, 1), 1200), order("me", D(2026, 3, 1), 400)]},
    ),
    Example(
        "Spent 3,000 THB three days ago.",
        {
            "tier_progress": (0.5, "(3,000 − 1,000) / (5,000 − 1,000)"),
            "tier_moved_7d": "up",
            "days_since_tier_change": 3,
        },
        rows={"orders": bought(3, each=3000)},
    ),
    Example(
        "The plan club runs for another 30 days, when a reminder is due.",
        {
            "plan": "club",
            "plan_status": "active",
            "plan_ends_on": D(2026, 12, 22),
            "days_to_plan_end": 30,
            "plan_renews": True,
            "plan_reminder_due": True,
            "days_since_plan_reminder": 0,
        },
        rows={
            "memberships": [
                {"membership_id": "me-1", "customer_id": "me", "plan_id": "club", "status": "active"}
                | {"started_on": ago(335), "ends_on": ago(-30), "price": Decimal(100)}
            ]
        },
    ),
    Example(
        "The plan ended 20 days ago, ten days of grace are over, and nothing was done while it ran.",
        {"plan_refund_due": True},
        rows={
            "memberships": [
                {"membership_id": "me-1", "customer_id": "me", "plan_id": "club", "status": "active"}
                | {"started_on": ago(385), "ends_on": ago(20), "price": Decimal(100)}
            ]
        },
    ),
    Example(
        "Worked out 400, 3 and 1 days ago: 5.5 km, 2 km, and once without telling how far.",
        {
            "activity_count_workout": 3,
            "activity_sum_workout": (8.5, "5.5 + 2 + 1"),
            "days_since_milestone": (1, "the third workout"),
            "last_milestone": "three_workouts",
        },
        rows={
            "activities": [
                act("me", days, "workout") | {"amount": amount}
                for days, amount in ((400, Decimal("5.5")), (3, Decimal(2)), (1, None))
            ]
        },
    ),
    Example(
        "Donated 80 THB ten days ago, and 50 over a year ago.",
        {"donated_365d": Decimal(80)},
        rows={
            "donations": [
                {"donation_id": f"me-{n}", "customer_id": "me", "amount": Decimal(given), "paid_on": ago(n)}
                for n, given in ((10, 80), (366, 50))
            ]
        },
    ),
]

LOYALTY = [
    Example(
        "Orders 180 and 360 days ago; a customer is active for 180 days.",
        {"is_lapsed": False, "is_retained": (True, "active today and 180 days ago")},
        rows={"orders": bought(180, 360)},
    ),
    Example(
        "Five orders in the year, three of them at full price; answered 9, and gave 4 and 5 stars.",
        {
            "loyalty_psychological": (79.1667, "(90 + 87.5 + 60) / 3"),
            "rung": ("advocate", "two good reviews and a promoter's answer"),
            "rung_best": "advocate",
            "rung_31d_ago": ("customer", "two orders then, one ten days before and one twenty"),
        },
        rows={
            "orders": [
                *bought(10, 20, 30, discount_amount=Decimal(0)),
                *bought(40, 50, discount_amount=Decimal(5)),
            ],
            "survey_responses": [answer("me", 3, 9)],
            "activities": [act("me", 9, "review", 4), act("me", 8, "review", 5)],
        },
    ),
    Example(
        "Orders 105, 75 and 45 days ago.",
        {"loyalty_behavioural": (62.5, "40 × 3/6 + 30 × (1 − 45/180) + 20 × (1 − 0)")},
        rows={"orders": bought(105, 75, 45)},
    ),
    Example(
        "A member with five orders of 200 THB 300 to 260 days ago, four of them on offer; 5 of 10 points redeemed.",
        {
            "loyalty_marketing": (75.0, "50 × 0.8 + 30 × 0.5 + 20"),
            "loyalty_type": ("marketing", "by habit it is 53.3, which is more than 10 less"),
        },
        about={"joined_on": ago(300)},
        rows={
            "orders": [
                *bought(300, 290, 280, 270, each=200, offer_id="spring"),
                *bought(260, each=200),
            ],
            "point_entries": [
                {"entry_id": "me-1", "customer_id": "me", "kind": "redeem", "units": Decimal(-5)}
                | {"occurred_at": at(60), "occurred_on": ago(60)}
            ],
        },
    ),
    Example(
        "Four likes, two shares and a review, on seven days.",
        {"loyalty_social": (70.0, "4 × 1 + 2 × 3 + 4 = 14 of 20")},
        rows={
            "activities": [
                act("me", day, kind) for day, kind in enumerate(["like"] * 4 + ["share"] * 2 + ["review"], 1)
            ]
        },
    ),
]

RANKED = Example(
    "Seven orders that come to 940 THB, the last 12 days ago: the most money of five customers, but for one of the "
    "staff.",
    {
        "spend_fifth": (5, "the most of five"),
        "rfm": ("545", "12 ≤ 30 days, 5 ≤ 7 < 8 orders, the top fifth"),
    },
    rows={"orders": [order("me", ago(12 + n), "134.2857", order_id=f"me-{n}") for n in range(7)]},
)
"""Measured by the other customers, so they are a shop of their own."""

EXAMPLES = [*PEOPLE, *BUYING, *BEYOND, *MEMBERS, *LOYALTY]
