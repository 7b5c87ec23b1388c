"""What is foretold and owed stands among the metrics, with a value or with what it needs."""

import datetime as dt
from decimal import Decimal

import pytest

from pakdee import jobs

END = dt.date(2026, 6, 16)
EARN = "when: order, per: 25 THB, give: 1"


def by_metric(house):
    return {figure.metric: figure for figure in jobs.measure(house, end=END).figures}


def test_points_of_a_value_are_owed(house):
    """500 and 300 THB at a point for 25: 20 + 12 points of 0.5 THB, so 800 × 16/816 THB; nobody redeemed."""
    program = house.directory / "program.yaml"
    text = program.read_text("utf-8")
    program.write_text(text.replace("th: แต้ม}}", "th: แต้ม}, value: 0.5 THB}"), "utf-8")
    assert EARN in text
    found = by_metric(house)

    assert found["units_owed"].value == pytest.approx(Decimal(800) * 16 / 816)
    assert (found["redemption_rate"].k, found["redemption_rate"].n) == (0, 32)
    assert (found["redeeming_members"].k, found["redeeming_members"].n) == (0, 2)
    assert found["breakage"].why_not.startswith("not defined")
    assert not list(house.var.glob("tmp*"))  # entries name customers, and are gone


def test_what_cannot_be_told_says_why(house):
    """Two buyers are no model, and points without a value are no debt."""
    found = by_metric(house)

    assert "0 customers came again, and 200 are needed" in found["expected_orders"].why_not
    assert "0 customers came again" in found["orders_forecast_error"].why_not
    assert found["units_owed"].why_not == "cannot be measured: needs program.unit.value"
