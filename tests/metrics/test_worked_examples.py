"""The worked examples of the metric definitions come out as published."""

from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pytest

from pakdee.domain.measures import (
    CategoryCounts,
    ChannelCounts,
    EngagementCounts,
    LtvAssumptions,
    NpsCounts,
    OrderCounts,
    ReferralCounts,
    RepeatCounts,
    RetentionCounts,
    SocialCounts,
    Takings,
    UpsellCounts,
    ValueCounts,
)
from pakdee.metrics import engagement, nps, orders, referral, retention, social, upsell, value


def test_retention_of_162_with_30_new_over_150_is_88_percent():
    """M1: (162 − 30)/150, the share of the 150 who are still among the 162."""
    figure = retention.retention(RetentionCounts(at_start=150, kept=132, at_end=162))

    assert figure.value == pytest.approx(0.88)
    assert (figure.k, figure.n) == (132, 150)
    assert 0.81 < figure.low < 0.88 < figure.high < 0.93


@pytest.mark.parametrize(("at_start", "kept", "churn"), [(150, 132, 0.12), (600, 550, 0.0833)])
def test_churn_is_the_lost_of_those_there_at_the_start(at_start, kept, churn):
    """M4a: 18 of 150 lost is 12 %, 50 of 600 lost is 8.33 %."""
    figure = retention.customer_churn(RetentionCounts(at_start, kept, at_end=kept + 999))

    assert figure.value == pytest.approx(churn, abs=5e-5)


def test_channel_churn_is_those_who_opted_out_of_those_who_could_be_reached():
    """M4b: 50 of 600 subscribers leaving the list is 8.33 %."""
    assert retention.channel_churn(ChannelCounts(600, 50)).value == pytest.approx(0.0833, abs=5e-5)


def test_simple_value_is_order_times_frequency_times_years_times_margin():
    """M2: 50 × 4 × 3 = 600 of revenue, 240 at a margin of 40 %."""
    assert value.simple_value(Decimal(50), Decimal(4), Decimal(3), Decimal(1)) == 600
    assert value.simple_value(Decimal(50), Decimal(4), Decimal(3), Decimal("0.4")) == 240


def test_value_by_retention_is_an_endless_discounted_sum():
    """M2: m 100, r 0.8, d 0.1 is 266.67; r = 1 without discount has no end."""
    worth = value.retention_value(Decimal(100), Decimal("0.8"), Decimal("0.1"))

    assert round(worth, 2) == Decimal("266.67")
    assert value.retention_value(Decimal(100), Decimal(1), Decimal(0)) is None


def test_lifetime_values_are_exact_money_made_from_counts():
    """M2 from a ledger's sums: 100 buyers with 400 orders of 50 each; 80 of 100 came back."""
    counts = ValueCounts(
        customers=100,
        net=Decimal("30000.0000"),
        year_buyers=100,
        year_orders=400,
        year_net=Decimal(20000),
        earlier_buyers=100,
        earlier_kept=80,
        days_known=730,
    )
    assumed = LtvAssumptions(margin=Decimal("0.5"), years=Decimal(3), discount=Decimal("0.1"))

    assert value.ltv_historic(counts, "THB", LtvAssumptions()).value == Decimal(300)
    assert value.ltv_historic(counts, "THB", assumed).value == Decimal(150)
    assert value.ltv_simple(counts, "THB", assumed).value == Decimal(300)
    assert round(value.ltv_retention(counts, "THB", assumed).value, 2) == Decimal("266.67")
    young = value.ltv_retention(replace(counts, days_known=729), "THB", assumed)
    assert young.value is None
    assert "729 days" in young.why_not


def test_nps_of_70_promoters_and_10_detractors_is_60_with_its_interval():
    """M3: 70/20/10 gives 60, standard error 6.63, 95 % interval 47.0 to 73.0."""
    counts = NpsCounts(promoters=70, passives=20, detractors=10, asked=400)
    figure = nps.nps(counts)

    assert figure.value == 60
    assert nps.standard_error(counts) == pytest.approx(6.63, abs=0.005)
    assert (round(figure.low, 1), round(figure.high, 1)) == (47.0, 73.0)
    assert nps.nps_response(counts).value == 0.25


def test_nps_variance_agrees_with_the_published_one():
    """Shares 1/2, 1/3, 1/6 give NPS 33.3 and a variance of 5/9 per answer."""
    counts = NpsCounts(promoters=300, passives=200, detractors=100)

    assert nps.nps(counts).value == pytest.approx(33.33, abs=0.01)
    assert nps.standard_error(counts) ** 2 / 100**2 * 600 == pytest.approx(5 / 9)


def test_social_engagement_counts_customers_and_acts_per_head():
    """M5: 45 of 900 customers is 5 %, 120 acts by 900 are 0.13 each."""
    counts = SocialCounts(active=900, engaged=45, acts=120)

    assert social.social_share(counts).value == pytest.approx(0.05)
    assert round(social.social_per_head(counts).value, 2) == 0.13


def test_upselling_is_shown_in_all_three_readings():
    """M6: 150 of 500 is 30 %, 150 to 350 is 0.43, 45 of 300 offers is 15 %."""
    counts = CategoryCounts(one_or_more=500, two_or_more=150)

    assert upsell.multi_category_share(counts).value == pytest.approx(0.30)
    assert round(upsell.multi_category_ratio(counts).value, 2) == 0.43
    assert upsell.upsell_conversion(UpsellCounts(300, 45)).value == pytest.approx(0.15)


def test_referrals_bring_buyers_and_more_inviters():
    """M7: 24 of 120 new buyers is 20 %, 24 of 160 invitations is 15 %, 2 each × 15 % is 0.30."""
    counts = ReferralCounts(new_buyers=120, referred=24, invited=160, inviters=80, converted=24)

    assert referral.referral_share(counts).value == pytest.approx(0.20)
    assert referral.referral_conversion(counts).value == pytest.approx(0.15)
    assert referral.referral_k(counts).value == pytest.approx(0.30)


def test_repeat_purchase_is_those_with_a_second_order():
    """M8: 120 of 400 is 30 %; within 90 days only of those who have had 90 days."""
    counts = RepeatCounts(buyers=400, repeat=120, aged=300, aged_repeat=60)

    assert orders.repeat_rate(counts).value == pytest.approx(0.30)
    assert orders.repeat_rate_90d(counts).value == pytest.approx(0.20)


def test_frequency_and_average_order():
    """M14: 1,260 orders by 900 customers are 1.4 each, 63,000 in 1,260 orders is 50 each."""
    takings = Takings(orders=1260, net=Decimal(63000), guest_net=Decimal(6300))
    counts = OrderCounts(900, 1260, gaps=360, median_gap=Decimal("31.5"), takings={"THB": takings})

    assert orders.order_frequency(counts).value == pytest.approx(1.4)
    assert orders.average_order(takings, "THB").value == Decimal(50)
    assert orders.guest_share(takings, "THB").value == Decimal("0.1")
    assert orders.order_gap(counts).value == Decimal("31.5")


def test_email_engagement_from_ten_thousand_messages_event_by_event():
    """M18: 9,800 delivered, 5,100 opened, 2,900 by machines only: 2,200 = 22.4 %; 392 clicks = 4.0 %."""
    counts = engagement.engagement_counts(_ten_thousand_messages())

    assert counts == EngagementCounts(
        processed=10_000,
        delivered=9_800,
        human_opens=2_200,
        machine_only_opens=2_900,
        human_clicks=392,
        both=392,
        unsubscribed=20,
        complained=5,
        bounced=200,
    )
    assert engagement.delivered(counts).value == pytest.approx(0.98)
    assert engagement.bounces(counts).value == pytest.approx(0.02)
    assert round(engagement.human_opens(counts).value, 3) == 0.224
    assert round(engagement.human_clicks(counts).value, 3) == 0.040
    assert engagement.click_to_open(counts).value == pytest.approx(392 / 2200)
    assert engagement.unsubscribes(counts).value == pytest.approx(20 / 9800)
    assert engagement.complaints(counts).value == pytest.approx(5 / 9800)


def _ten_thousand_messages():
    base = pd.Timestamp("2026-11-22T02:00:00Z")

    def events(kind, first, last, after, *, machine=False, url=None):
        ids = [f"{number:032x}" for number in range(first, last)]
        at = base + pd.Timedelta(seconds=after)
        return pd.DataFrame(
            {"message_id": ids, "kind": kind, "occurred_at": at, "is_machine": machine, "url": url}
        )

    return pd.concat(
        [
            events("processed", 0, 10_000, 0),
            events("delivered", 0, 9_800, 5),
            events("bounced", 9_800, 10_000, 6),
            events("opened", 0, 2_200, 600),
            events("opened", 100, 600, 6, machine=True),
            events("opened", 2_200, 4_100, 900, machine=True),
            events("opened", 4_100, 5_100, 6),
            events("clicked", 0, 392, 700, url="https://shop.example/a"),
            events("unsubscribed", 30, 50, 900),
            events("complained", 60, 65, 900),
        ]
    )
