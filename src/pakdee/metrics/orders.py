"""M8 repeat purchase and M14 frequency, average order and gap."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from pakdee.domain.measures import OrderCounts, RepeatCounts, Takings
from pakdee.metrics.figure import NO_SETTINGS, Figure, known, quotient, share, undefined


def repeat_rate(counts: RepeatCounts) -> Figure:
    """Customers with two orders or more / with one or more: 120/400 = 30 %."""
    return share("repeat_rate", counts.repeat, counts.buyers, "nobody has bought yet")


def repeat_rate_90d(counts: RepeatCounts) -> Figure:
    """The same within 90 days of the first order, among those for whom 90 days have passed."""
    return share("repeat_rate_90d", counts.aged_repeat, counts.aged, "no first order is 90 days old yet")


def order_frequency(counts: OrderCounts, settings: Mapping[str, object] = NO_SETTINGS) -> Figure:
    """Orders per active customer: 1,260/900 = 1.4."""
    nobody = "nobody was active at the end"
    return quotient("order_frequency", counts.orders_of_active, counts.active, nobody, settings=settings)


def average_order(takings: Takings, currency: str | None) -> Figure:
    """Net revenue / net orders, with guests: 63,000/1,260 = 50."""
    if takings.orders == 0:
        return undefined("average_order", "there were no net orders", currency=currency)
    return known("average_order", takings.net / takings.orders, n=takings.orders, currency=currency)


def guest_share(takings: Takings, currency: str | None) -> Figure:
    """Guests' part of net revenue; shown because customer counts leave guests out."""
    if takings.net <= 0:
        return undefined("guest_share", "there was no net revenue", currency=currency)
    value = takings.guest_net / takings.net
    return known("guest_share", value, n=takings.orders, currency=currency)


def order_gap(counts: OrderCounts) -> Figure:
    """Median days between successive order days of a customer."""
    if counts.median_gap is None:
        return undefined("order_gap", "nobody ordered on a second day")
    return known("order_gap", Decimal(counts.median_gap), n=counts.gaps)
