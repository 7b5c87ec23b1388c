"""What is owed for units: the published examples, and months by hand."""

import datetime as dt
from decimal import Decimal

import pytest

from pakdee.domain.measures import Missing
from pakdee.metrics.liability import (
    MEASURES,
    Standing,
    Vintage,
    deferred,
    expected_redemption,
    liability_figures,
    owed,
    released,
)

D = Decimal
MAY, JUNE = dt.date(2026, 5, 1), dt.date(2026, 6, 1)


def vintage(issued, redeemed, expired=0, sales=0, month=MAY):
    return Vintage(month, D(issued), D(redeemed), D(expired), D(sales))


def figures(*vintages, members=1200, redeeming=180, value="1"):
    found = liability_figures(Standing(vintages, members, redeeming), D(value), "THB")
    return {figure.metric: figure for figure in found}


def test_ten_thousand_points_for_a_sale_of_100_000():
    """At 97 % redemption 8,842 are deferred; 4,500 redeemed points release 4,102 of them."""
    amount = deferred(D(100_000), D(10_000), D(1), D("0.97"))

    assert round(amount) == 8842
    assert round(released(amount, D(4500), D(10_000), D("0.97"))) == 4102
    assert released(amount, D(9999), D(10_000), D("0.97")) == amount
    assert deferred(D(0), D(10_000), D("0.5"), D(1)) == 5000
    assert deferred(D(100), D(0), D(1), D(1)) == released(D(0), D(0), D(0), D(1)) == 0


def test_redemption_by_units_and_by_members():
    """9,000 of 45,000 units are 20 %, 180 of 1,200 members 15 %, with an interval for people only."""
    found = figures(vintage(45_000, 9_000))

    assert found["redemption_rate"].value == pytest.approx(0.20)
    assert (found["redemption_rate"].k, found["redemption_rate"].n) == (9_000, 45_000)
    assert found["redeeming_members"].value == pytest.approx(0.15)
    assert found["redeeming_members"].low < 0.15 < found["redeeming_members"].high
    assert found["redemption_rate"].low is None


def test_units_that_can_still_be_used_are_never_broken():
    """Of May nothing is left: 300 of 1,000 ran out. June's 900 units left are none of it."""
    found = figures(vintage(1000, 700, 300), vintage(1000, 50, 50, month=JUNE))

    assert (found["breakage"].k, found["breakage"].n) == (300, 1000)
    alone = figures(vintage(1000, 50, 50))["breakage"]
    assert alone.value is None
    assert "units are left" in alone.why_not


def test_what_is_owed_follows_what_is_known_of_redemption():
    """Without a month at its end all is expected to be redeemed; then 70 %, less what was redeemed already."""
    left = vintage(1000, 100, month=JUNE)

    assert owed([left], D("0.5")) == 450
    assert expected_redemption([vintage(1000, 700, 300), left]) == D("0.7")
    assert owed([vintage(1000, 700, 300), left], D("0.5")) == 300
    assert owed([vintage(10, 0, 10), vintage(1000, 100, 890, month=JUNE)], D(1)) == 0
    sold = vintage(10_000, 4_500, sales=100_000)
    assert round(owed([sold], D(1))) == round(D(100_000) * 10_000 / 110_000 * 5_500 / 10_000)


def test_a_debt_is_owed_to_nobody_and_nothing_issued_is_no_rate():
    """More redeemed than issued leaves nothing; an empty programme says why it has no figures."""
    assert vintage(100, 130).left == 0
    assert owed([vintage(100, 130), vintage(-5, 0)], D(1)) == 0
    empty = figures(members=0, redeeming=0)
    assert all(figure.value is None and figure.why_not.startswith("not defined") for figure in empty.values())


def test_a_programme_whose_units_have_no_value_says_so():
    """Four figures, each with what it needs."""
    found = liability_figures(Missing(("program.unit.value",)), D(0), "THB")

    assert [figure.metric for figure in found] == list(MEASURES)
    assert {figure.why_not for figure in found} == {"cannot be measured: needs program.unit.value"}


def test_the_definition_says_value_and_expectation():
    """Two liabilities are comparable only where both agree."""
    told = figures(vintage(1000, 700, 300), vintage(10, 1, month=JUNE), value="0.25")["units_owed"]

    assert told.definition.startswith("M12 v1, unit_value=0.25, expected=0.700: ")
    assert told.currency == "THB"
