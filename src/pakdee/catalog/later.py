"""Keys and values of the design that do not act yet: refused with a word that says so, never ignored."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from pakdee.domain import program
from pakdee.domain.campaign import NOT_YET, Campaign
from pakdee.domain.settings import Delivery

KEYS: Mapping[type[BaseModel], frozenset[str]] = {
    Campaign: frozenset(NOT_YET),
    Delivery: frozenset({"personalization"}),
    program.Program: frozenset({"expiry", "membership", "causes"}),
    program.About: frozenset({"tz", "min_age", "needs"}),
    program.Unit: frozenset({"round", "scope", "value"}),
    program.EarnRule: frozenset(
        {"where", "by_tier", "cap", "pending", "counts_for_tier", "reverse", "proof"}
    ),
    program.Tiers: frozenset({"grace", "drop", "on_return"}),
    program.Level: frozenset({"keep_at", "invite"}),
    program.Grant: frozenset(
        [
            "cost",
            "who",
            "min_order",
            "window",
            "choose",
            "where",
            "cap",
            "every",
            "at",
            "dates",
            "partner",
            "causes",
        ],
    ),
}

VALUES: Mapping[tuple[str, str], frozenset[str]] = {
    ("Campaign", "once_per"): frozenset({"point_lot", "survey", "ticket"}),
    ("EarnRule", "when"): frozenset({"join", "birthday", "referral", "survey", "review", "social"}),
    ("Tiers", "metric"): frozenset({"units_earned", "order_count", "activity_sum"}),
    ("Grant", "when"): frozenset({"always", "redeem", "balance", "schedule", "anniversary", "milestone"}),
    ("Grant", "kind"): frozenset(
        {"units", "shipping", "access", "experience", "content", "badge", "service", "donation"}
    ),
}
