"""All loyalty figures of a period, in catalogue order M1 to M18."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TypeVar

import pandas as pd

from pakdee.domain.measures import (
    ChannelCounts,
    EngagementCounts,
    LoyaltyCounts,
    LtvAssumptions,
    Missing,
    OrderCounts,
    Takings,
    ValueCounts,
)
from pakdee.metrics import engagement, nps, orders, referral, retention, social, upsell, value
from pakdee.metrics.figure import Figure, undefined, unmeasured

Counts = TypeVar("Counts")
NO_TAKINGS = Takings(0, Decimal(0), Decimal(0))
NOT_GIVEN = LtvAssumptions()
NO_CONSENTS = Missing(("customers.marketing_consent",))


def loyalty_figures(
    counts: LoyaltyCounts,
    events: pd.DataFrame | Missing,
    *,
    channel: ChannelCounts | Missing = NO_CONSENTS,
    assumed: LtvAssumptions = NOT_GIVEN,
) -> list[Figure]:
    """Every figure of the catalogue, those without a value too: they say why.

    Args:
        counts: of the ledger, `ledger.loyalty_counts`.
        events: of the messages due in the period, with the columns of `engagement_counts`.
        channel: contactable and opted out, `ledger.channel_counts`.
    """
    active = {"active_days": counts.active_days}
    mail = events if isinstance(events, Missing) else engagement.engagement_counts(events)
    return [
        *_each(counts.retention, {"retention": lambda c: retention.retention(c, active)}),
        *_values(counts.value, assumed),
        *_each(counts.nps, {"nps": nps.nps, "nps_response": nps.nps_response}),
        *_each(counts.retention, {"customer_churn": lambda c: retention.customer_churn(c, active)}),
        *_each(channel, {"channel_churn": retention.channel_churn}),
        *_each(
            counts.social,
            {
                "social_share": lambda c: social.social_share(c, active),
                "social_per_head": lambda c: social.social_per_head(c, active),
            },
        ),
        *_each(
            counts.categories,
            {
                "multi_category_share": upsell.multi_category_share,
                "multi_category_ratio": upsell.multi_category_ratio,
            },
        ),
        *_each(counts.upsell, {"upsell_conversion": upsell.upsell_conversion}),
        *_each(
            counts.referrals,
            {
                "referral_share": referral.referral_share,
                "referral_conversion": referral.referral_conversion,
                "referral_k": referral.referral_k,
            },
        ),
        *_each(counts.repeat, {"repeat_rate": orders.repeat_rate, "repeat_rate_90d": orders.repeat_rate_90d}),
        *_order_figures(counts.orders, active),
        *engagement_figures(mail),
    ]


def engagement_figures(mail: EngagementCounts | Missing) -> list[Figure]:
    """M18 alone, for one campaign or all."""
    return _each(
        mail,
        {
            "delivered": engagement.delivered,
            "human_opens": engagement.human_opens,
            "human_clicks": engagement.human_clicks,
            "click_to_open": engagement.click_to_open,
            "unsubscribes": engagement.unsubscribes,
            "complaints": engagement.complaints,
            "bounces": engagement.bounces,
        },
    )


def _each(counts: Counts | Missing, by_metric: Mapping[str, Callable[[Counts], Figure]]) -> list[Figure]:
    if isinstance(counts, Missing):
        return [unmeasured(metric, counts) for metric in by_metric]
    return [figure(counts) for figure in by_metric.values()]


def _values(counts: Mapping[str, ValueCounts] | Missing, assumed: LtvAssumptions) -> list[Figure]:
    names = {
        "ltv_historic": value.ltv_historic,
        "ltv_simple": value.ltv_simple,
        "ltv_retention": value.ltv_retention,
    }
    if isinstance(counts, Missing):
        return [unmeasured(metric, counts) for metric in names]
    if not counts:
        return [undefined(metric, "nobody has bought yet") for metric in names]
    per_currency = sorted(counts.items())
    return [figure(found, money, assumed) for figure in names.values() for money, found in per_currency]


def _order_figures(counts: OrderCounts | Missing, active: Mapping[str, int]) -> list[Figure]:
    names = ("order_frequency", "average_order", "guest_share", "order_gap")
    if isinstance(counts, Missing):
        return [unmeasured(metric, counts) for metric in names]
    takings: list[tuple[str | None, Takings]] = [*sorted(counts.takings.items())] or [(None, NO_TAKINGS)]
    return [
        orders.order_frequency(counts, active),
        *(orders.average_order(found, money) for money, found in takings),
        *(orders.guest_share(found, money) for money, found in takings),
        orders.order_gap(counts),
    ]
