"""M2 lifetime value in three readings. Money is exact; assumptions are named and never invented."""

from __future__ import annotations

from decimal import Decimal

from pakdee.domain.measures import LtvAssumptions, Missing, ValueCounts
from pakdee.metrics.figure import Figure, known, undefined, unmeasured

TWO_YEARS = 730
"""Days of orders without which a yearly retention rate would compare a whole year with a part of one."""


def simple_value(
    average_order: Decimal, orders_per_year: Decimal, years: Decimal, margin: Decimal
) -> Decimal:
    """Average order × orders per year × years × margin: 50 × 4 × 3 × 0.4 = 240."""
    return average_order * orders_per_year * years * margin


def retention_value(margin_per_year: Decimal, retention: Decimal, discount: Decimal) -> Decimal | None:
    """m·r/(1+d−r), the first payment one year from now; None where r = 1 and d = 0, an endless sum.

    Source: Gupta & Lehmann (2003), Journal of Interactive Marketing 17(1), 9-24. 100, 0.8, 0.1 → 266.67.
    """
    remaining = 1 + discount - retention
    return margin_per_year * retention / remaining if remaining else None


def ltv_historic(counts: ValueCounts, currency: str, assumed: LtvAssumptions) -> Figure:
    """Net spend to date per customer, times the margin where one is given."""
    settings = {"margin": _said(assumed.margin)}
    if counts.customers == 0:
        return undefined("ltv_historic", "nobody has bought yet", currency=currency, settings=settings)
    worth = counts.net * (1 if assumed.margin is None else assumed.margin)
    value = worth / counts.customers
    return known("ltv_historic", value, n=counts.customers, currency=currency, settings=settings)


def ltv_simple(counts: ValueCounts, currency: str, assumed: LtvAssumptions) -> Figure:
    """Simple lifetime value from the year before the end; needs a margin and a number of years."""
    settings = {"margin": _said(assumed.margin), "years": _said(assumed.years)}
    if assumed.margin is None or assumed.years is None:
        return unmeasured(
            "ltv_simple", _needed(margin=assumed.margin, years=assumed.years), settings=settings
        )
    if counts.year_orders == 0:
        return undefined("ltv_simple", "nobody bought in the year", currency=currency, settings=settings)
    average = counts.year_net / counts.year_orders
    often = Decimal(counts.year_orders) / counts.year_buyers
    value = simple_value(average, often, assumed.years, assumed.margin)
    return known("ltv_simple", value, n=counts.year_buyers, currency=currency, settings=settings)


def ltv_retention(counts: ValueCounts, currency: str, assumed: LtvAssumptions) -> Figure:
    """Lifetime value by yearly retention; needs a margin, a discount rate and two years of orders."""
    settings = {"margin": _said(assumed.margin), "discount": _said(assumed.discount)}
    if assumed.margin is None or assumed.discount is None:
        needed = _needed(margin=assumed.margin, discount=assumed.discount)
        return unmeasured("ltv_retention", needed, settings=settings)
    if counts.days_known < TWO_YEARS:
        why = f"the orders go back {counts.days_known} days, and two years are needed"
        return undefined("ltv_retention", why, currency=currency, settings=settings)
    if counts.earlier_buyers == 0 or counts.year_buyers == 0:
        why = "nobody bought in the year before, so no yearly retention"
        return undefined("ltv_retention", why, currency=currency, settings=settings)
    stayed = Decimal(counts.earlier_kept) / counts.earlier_buyers
    value = retention_value(counts.year_net / counts.year_buyers * assumed.margin, stayed, assumed.discount)
    if value is None:
        why = "everyone stays and nothing is discounted, so the sum has no end"
        return undefined("ltv_retention", why, currency=currency, settings=settings)
    return known("ltv_retention", value, n=counts.earlier_buyers, currency=currency, settings=settings)


def _said(assumption: Decimal | None) -> str:
    return "not given" if assumption is None else str(assumption)


def _needed(**assumptions: Decimal | None) -> Missing:
    return Missing(tuple(name for name, given in assumptions.items() if given is None))
