"""Sufficient statistics of the loyalty metrics: counts and exact sums that the ledger takes.

Days are the shop's; a period is half-open, [start, end). Customers are identified ones, without staff;
guests appear in money only. An *order* is a net order: a positive amount, not cancelled or fully returned.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Missing:
    """What stands in place of counts that cannot be taken; `needs` are tables, columns or settings."""

    needs: tuple[str, ...]


@dataclass(frozen=True)
class Period:
    """The days from `start` up to, but not including, `end`."""

    start: dt.date
    end: dt.date

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ValueError(f"a period ends after it starts, not {self.start} to {self.end}")


@dataclass(frozen=True)
class RetentionCounts:
    """M1 and M4a. S = `at_start`, E = `at_end`, |S∩E| = `kept`; the new ones N are `at_end - kept`."""

    at_start: int
    kept: int
    at_end: int


@dataclass(frozen=True)
class ChannelCounts:
    """M4b. Customers contactable at the start, and those of them who opted out in the period."""

    contactable: int
    opted_out: int


@dataclass(frozen=True)
class ValueCounts:
    """M2, in one currency. The year is the 365 days before the period's end.

    Args:
        customers: with at least one order before the end; `net` is their spend, refunds dated to the order.
        year_buyers, year_orders, year_net: customers who ordered in the year, their orders and spend.
        earlier_buyers: customers who ordered in the year before that; `earlier_kept` of them in both.
        days_known: from the ledger's first order to the end.
    """

    customers: int
    net: Decimal
    year_buyers: int
    year_orders: int
    year_net: Decimal
    earlier_buyers: int
    earlier_kept: int
    days_known: int


@dataclass(frozen=True)
class NpsCounts:
    """M3. Latest answer per person and wave; `asked` is None where it is not known who was asked."""

    promoters: int
    passives: int
    detractors: int
    asked: int | None = None

    @property
    def answers(self) -> int:
        """How many answered."""
        return self.promoters + self.passives + self.detractors


@dataclass(frozen=True)
class SocialCounts:
    """M5. Customers active at the end, those of them with a social act, and their acts."""

    active: int
    engaged: int
    acts: int


@dataclass(frozen=True)
class CategoryCounts:
    """M6. Customers who bought in at least one category in the period, and in at least two."""

    one_or_more: int
    two_or_more: int


@dataclass(frozen=True)
class UpsellCounts:
    """M6. Customers who were offered something further, and those who took it."""

    offered: int
    accepted: int


@dataclass(frozen=True)
class ReferralCounts:
    """M7. New buyers of the period and those referred; its invitations, who sent them, which converted."""

    new_buyers: int
    referred: int
    invited: int
    inviters: int
    converted: int


@dataclass(frozen=True)
class RepeatCounts:
    """M8. Customers with at least one and two orders before the end.

    Args:
        aged: customers whose first order is so old that 90 days after it have passed by the end.
        aged_repeat: those of them with a second order in these 90 days.
    """

    buyers: int
    repeat: int
    aged: int
    aged_repeat: int


@dataclass(frozen=True)
class Takings:
    """M14, in one currency: net revenue of the period with guests, refunds dated to the refund."""

    orders: int
    net: Decimal
    guest_net: Decimal


@dataclass(frozen=True)
class OrderCounts:
    """M14. Customers active at the end, their orders in the period, and the gaps between order days.

    Args:
        gaps: pairs of successive order days of one customer, the later one in the period.
        median_gap: days; None where there is no pair.
    """

    active: int
    orders_of_active: int
    gaps: int
    median_gap: Decimal | None
    takings: Mapping[str, Takings]


@dataclass(frozen=True)
class EngagementCounts:
    """M18. Messages (never events), each counted once. `both` had a human open and a human click."""

    processed: int
    delivered: int
    human_opens: int
    machine_only_opens: int
    human_clicks: int
    both: int
    unsubscribed: int
    complained: int
    bounced: int


@dataclass(frozen=True)
class GoalCounts:
    """M16, of one campaign: everyone assigned an arm, and those of them who ordered in time.

    Args:
        treated, treated_ordered: to be mailed, whatever became of the mail.
        held_out, held_out_ordered: kept from it by chance.
        days: from the day the mail was due; an order in them counts.
        ended: of both arms, those whose days are over.
    """

    treated: int
    treated_ordered: int
    held_out: int
    held_out_ordered: int
    days: int
    ended: int


@dataclass(frozen=True)
class LoyaltyCounts:
    """All that one period of one snapshot says; `value` and takings by currency."""

    period: Period
    active_days: int
    retention: RetentionCounts | Missing
    value: Mapping[str, ValueCounts] | Missing
    nps: NpsCounts | Missing
    social: SocialCounts | Missing
    categories: CategoryCounts | Missing
    referrals: ReferralCounts | Missing
    repeat: RepeatCounts | Missing
    orders: OrderCounts | Missing
    upsell: UpsellCounts | Missing = field(default=Missing(("upsell_offers",)))


@dataclass(frozen=True)
class LtvAssumptions:
    """What no ledger knows about a customer's worth; None means not given, and nothing is invented.

    Args:
        margin: share of net revenue that is left, e.g. Decimal("0.4").
        years: how long a customer is expected to stay.
        discount: yearly discount rate, e.g. Decimal("0.1").
    """

    margin: Decimal | None = None
    years: Decimal | None = None
    discount: Decimal | None = None
