"""A number that cannot be had says why; it is never 0 or 100 % by accident."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pytest

from pakdee.domain.measures import (
    CategoryCounts,
    ChannelCounts,
    LoyaltyCounts,
    LtvAssumptions,
    Missing,
    NpsCounts,
    OrderCounts,
    Period,
    ReferralCounts,
    RepeatCounts,
    RetentionCounts,
    SocialCounts,
    Takings,
    UpsellCounts,
    ValueCounts,
)
from pakdee.metrics import Figure, figures_as_rows, loyalty_figures, nps, row_in
from pakdee.metrics.definitions import DEFINITIONS, FURTHER_DEFINITIONS
from pakdee.metrics.engagement import EVENT_COLUMNS
from pakdee.metrics.table import COLUMNS, headings

NO_EVENTS = pd.DataFrame(columns=list(EVENT_COLUMNS))
NOTHING = LoyaltyCounts(
    period=Period(dt.date(2026, 11, 1), dt.date(2026, 12, 1)),
    active_days=180,
    retention=RetentionCounts(0, 0, 0),
    value={"THB": ValueCounts(0, Decimal(0), 0, 0, Decimal(0), 0, 0, 0)},
    nps=NpsCounts(0, 0, 0, asked=0),
    social=SocialCounts(0, 0, 0),
    categories=CategoryCounts(0, 0),
    referrals=ReferralCounts(0, 0, 0, 0, 0),
    repeat=RepeatCounts(0, 0, 0, 0),
    orders=OrderCounts(0, 0, 0, None, {"THB": Takings(0, Decimal(0), Decimal(0))}),
    upsell=UpsellCounts(0, 0),
)
ALL_ASSUMED = LtvAssumptions(Decimal("0.4"), Decimal(3), Decimal("0.1"))
SOME = replace(
    NOTHING,
    retention=RetentionCounts(150, 132, 162),
    nps=NpsCounts(70, 20, 10),
    orders=OrderCounts(900, 1260, 10, Decimal(31), {"THB": Takings(1260, Decimal(63000), Decimal(6300))}),
)


def test_an_empty_shop_has_no_figure_and_every_one_says_why():
    """All denominators are zero: no value anywhere, and each reason names what was nothing."""
    figures = loyalty_figures(NOTHING, NO_EVENTS, channel=ChannelCounts(0, 0), assumed=ALL_ASSUMED)

    assert [figure.value for figure in figures] == [None] * len(figures)
    assert all(figure.why_not.startswith("not defined: ") for figure in figures)


def test_every_metric_of_the_catalogue_is_reported_in_its_order():
    """No figure is missing and none stands elsewhere, whatever the shop has."""
    everything_missing = LoyaltyCounts(
        NOTHING.period, 180, *[Missing(("orders",))] * 3, *[Missing(("activities",))] * 5
    )
    for counts in (
        NOTHING,
        everything_missing,
        replace(NOTHING, value={}, orders=replace(NOTHING.orders, takings={})),
    ):
        names = [figure.metric for figure in loyalty_figures(counts, NO_EVENTS)]
        assert names == list(DEFINITIONS)


def test_a_missing_table_is_named():
    """Without surveys there is no NPS, and the figure says which table would bring it."""
    counts = replace(NOTHING, nps=Missing(("survey_responses",)))

    figure = next(f for f in loyalty_figures(counts, Missing(("engagement",))) if f.metric == "nps")

    assert figure.why_not == "cannot be measured: needs survey_responses"


def test_a_margin_is_never_invented():
    """Without assumptions the lifetime values that need them say so; history is shown before margin."""
    counts = replace(NOTHING, value={"THB": ValueCounts(2, Decimal(500), 2, 2, Decimal(500), 1, 1, 800)})
    by_name = {f.metric: f for f in loyalty_figures(counts, NO_EVENTS)}

    assert by_name["ltv_simple"].why_not == "cannot be measured: needs margin, years"
    assert by_name["ltv_retention"].why_not == "cannot be measured: needs margin, discount"
    assert by_name["ltv_historic"].value == Decimal(250)
    assert "margin=not given" in by_name["ltv_historic"].definition


def test_money_stands_apart_per_currency():
    """Two currencies are two figures; they are never added."""
    counts = replace(
        NOTHING,
        orders=OrderCounts(
            1,
            2,
            0,
            None,
            {"THB": Takings(1, Decimal(100), Decimal(0)), "EUR": Takings(1, Decimal(9), Decimal(0))},
        ),
    )
    averages = [f for f in loyalty_figures(counts, NO_EVENTS) if f.metric == "average_order"]

    assert [(f.currency, f.value) for f in averages] == [("EUR", Decimal(9)), ("THB", Decimal(100))]


def test_answers_all_alike_claim_no_certainty():
    """Three promoters out of three are a score of 100 with no interval and the mark of few observations."""
    figure = nps.nps(NpsCounts(3, 0, 0))

    assert (figure.value, figure.low, figure.high) == (100, None, None)
    assert figure.is_thin


def test_a_period_must_end_after_it_starts():
    """An empty or backward period is refused before anything is counted."""
    with pytest.raises(ValueError, match="ends after it starts"):
        Period(dt.date(2026, 1, 2), dt.date(2026, 1, 2))


def test_a_figure_without_value_or_reason_cannot_exist():
    """Neither, and both, are refused."""
    for value, why in ((None, None), (1.0, "not defined: x")):
        with pytest.raises(ValueError, match="either a value or a reason"):
            Figure("nps", value, "score", None, None, None, None, why, "M3 v1")


def test_definitions_carry_version_and_settings():
    """Two retention figures are comparable only where heading and settings agree."""
    figure = loyalty_figures(NOTHING, NO_EVENTS)[0]

    assert figure.definition.startswith("M1 v1, active_days=180: ")


@pytest.mark.parametrize("language", ["en", "th"])
def test_rows_are_text_in_the_readers_language(language):
    """Each row has every column, the label in Thai or English, and keeps the English reason readable."""
    rows = figures_as_rows(loyalty_figures(NOTHING, NO_EVENTS), language)

    assert all(tuple(row) == COLUMNS == tuple(headings(language)) for row in rows)
    assert rows[0]["metric"] == {"en": "Retention rate", "th": "อัตราการรักษาลูกค้า"}[language]
    assert "nobody was active at the start" in rows[0]["note"]


def test_values_are_printed_with_unit_n_and_interval():
    """Shares as per cent, money with its currency, scores with their sign."""
    rows = {row["code"] + row["metric"]: row for row in figures_as_rows(loyalty_figures(SOME, NO_EVENTS))}

    retained = rows["M1Retention rate"]
    assert (retained["value"], retained["n"]) == ("88.0 %", "132 / 150")
    assert retained["interval"] == "81.8 % … 92.3 %"
    assert rows["M3Net Promoter Score"]["value"] == "+60.0"
    assert rows["M3Net Promoter Score"]["interval"] == "+47.0 … +73.0"
    assert rows["M14Average order value (THB)"]["value"] == "50.00 THB"
    assert rows["M14Guests' part of revenue (THB)"]["value"] == "10.0 %"
    assert rows["M14Orders per active customer"]["value"] == "1.40 orders"
    assert rows["M14Days between orders"]["value"] == "31 days"
    assert rows["M14Days between orders"]["note"] == "few observations (n < 30)"


def test_every_metric_has_a_name_and_a_meaning_in_both_languages():
    """Thai and English, none empty, and the Thai is Thai."""
    for definition in (*DEFINITIONS.values(), *FURTHER_DEFINITIONS.values()):
        for words in (definition.label, definition.meaning):
            assert set(words.root) == {"en", "th"}
            assert any("\u0e00" <= letter <= "\u0e7f" for letter in words.root["th"])


def test_a_row_of_an_english_report_is_said_in_the_readers_language():
    """Its name with its currency, and the unit of its value; what is neither stays."""
    english, thai = (figures_as_rows(loyalty_figures(SOME, NO_EVENTS), code) for code in ("en", "th"))
    said = ("metric", "value", "n", "interval")

    for to, wanted in (("th", thai), ("en", english)):
        found = [row_in(row, to) for row in english]
        assert [[row[name] for name in said] for row in found] == [
            [row[name] for name in said] for row in wanted
        ]
    assert {"1.40 ครั้ง", "31 วัน"} <= {row["value"] for row in thai}
    assert row_in({"metric": "something else (x)", "value": "3 of them"}, "th") == {
        "metric": "something else (x)",
        "value": "3 of them",
    }
