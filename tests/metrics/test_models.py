"""Models of buying give the published numbers of the CDNOW customers, and foretell what made-up ones did."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from pakdee.domain.measures import LtvAssumptions, Missing
from pakdee.metrics.bgnbd import BgNbd, Purchases, fit_bgnbd
from pakdee.metrics.clv import value_of_a_year
from pakdee.metrics.features import feature_specs, model_features
from pakdee.metrics.forecast import Histories, Model, NoModel, check, learn
from pakdee.metrics.gamma_gamma import GammaGamma, fit_gamma_gamma
from pakdee.metrics.outlook import ORDER, outlook_figures

CDNOW = Path(__file__).resolve().parents[3] / "shared" / "data" / "cdnow_sample_summary.parquet"
ORDERS = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
AMOUNTS = GammaGamma(p=6.25, q=3.74, gamma=15.44)
ASSUMED = LtvAssumptions(margin=Decimal("0.3"), discount=Decimal("0.1"))
GIVEN = {"days": 182, "assumed": ASSUMED, "currency": "THB"}


def of(x, t_x, t):
    """One customer."""
    return Purchases(*(np.array([float(value)]) for value in (x, t_x, t)))


THE_FIRST = of(2, 30.43, 38.86)


def test_the_published_customer_is_alive_and_orders_as_published():
    """Two repeat orders, the last in week 30.43 of 38.86: P(alive) 0.727, 1.226 orders in 39 weeks."""
    assert ORDERS.p_alive(THE_FIRST)[0] == pytest.approx(0.727, abs=5e-4)
    assert ORDERS.expected(THE_FIRST, 39)[0] == pytest.approx(1.226, abs=5e-4)
    assert ORDERS.p_alive(of(0, 0, 38.86))[0] == 1
    assert ORDERS.log_likelihood(THE_FIRST)[0] == pytest.approx(-9.46, abs=5e-3)


@pytest.mark.parametrize(
    ("weeks", "orders"),
    [(0.1429, 0.0078), (1, 0.0532), (3, 0.1506), (31.8571, 1.0405), (32, 1.0437), (78, 1.8576)],
)
def test_orders_of_a_new_customer_are_as_published(weeks, orders):
    """E[X(t)] by the parameters of more digits."""
    exact = BgNbd(0.242595, 4.413605, 0.792920, 2.425888)

    assert exact.expected(of(0, 0, 0), weeks)[0] == pytest.approx(orders, abs=2e-3)


def test_the_chance_to_order_nothing_is_as_published_and_agrees_with_the_expectation():
    """0.574 for a new customer in 39 weeks; in a short time one less the orders to expect."""
    assert ORDERS.none_within(of(0, 0, 0), 39)[0] == pytest.approx(0.5737864, abs=1e-4)
    soon = 1e-3
    assert 1 - ORDERS.none_within(THE_FIRST, soon)[0] == pytest.approx(
        ORDERS.expected(THE_FIRST, soon)[0], rel=1e-3
    )


def test_extremes_stay_numbers():
    """Thousands of orders, a = 1, somebody of this morning: finite, and shares within 0 and 1."""
    many = Purchases(*map(np.array, ([5000.0, 900, 1, 0], [700.0, 50, 0.1, 0], [701.0, 900, 0.2, 0])))
    for model in (ORDERS, BgNbd(0.5, 8, 1, 2), BgNbd(0.5, 8, 2.5, 0.7), BgNbd(0.6, 8, 700, 1900)):
        expected, alive, none = model.expected(many, 52), model.p_alive(many), model.none_within(many, 52)
        assert np.isfinite(expected).all()
        assert (expected >= 0).all()
        assert ((alive >= 0) & (alive <= 1) & (none >= 0) & (none <= 1)).all()
    often = Purchases(*map(np.array, ([3.0, 40], [80.0, 80], [90.0, 90])))
    left, right = BgNbd(0.5, 8, 4.4999, 2).expected(often, 52), BgNbd(0.5, 8, 4.5001, 2).expected(often, 52)
    assert left == pytest.approx(right, rel=1e-3)  # on both sides of where the series changes
    near, at = (BgNbd(0.5, 8, a, 2).expected(THE_FIRST, 52)[0] for a in (1 + 1e-4, 1))
    assert near == pytest.approx(at, rel=1e-3)


def test_amounts_and_the_value_of_a_year_are_as_published():
    """Mean 35 of two orders → 35.04 to expect; at 30 % margin and 10 % a year the customer is worth 15.67."""
    mean = np.array([35.0])
    worth = value_of_a_year(ORDERS, AMOUNTS, THE_FIRST, mean, margin=0.3, discount=0.1)

    assert AMOUNTS.expected(THE_FIRST.x, mean)[0] == pytest.approx(35.04, abs=5e-3)
    assert worth[0] == pytest.approx(15.67, abs=5e-3)


@pytest.mark.skipif(not CDNOW.is_file(), reason="needs the data sets in ../shared")
def test_parameters_learned_from_cdnow_are_the_published_ones():
    """.243 4.414 .793 2.426 with -9582.4, and 6.25 3.74 15.44; amounts of the first ten customers."""
    table = pq.read_table(CDNOW)
    x, t_x, t, mean = (
        table[name].to_numpy().astype(float) for name in ("frequency", "recency", "T", "monetary_value")
    )
    orders, again = fit_bgnbd(Purchases(x, t_x, t)), x > 0
    amounts = fit_gamma_gamma(x[again], mean[again])

    found = (orders.r, orders.alpha, orders.a, orders.b)
    assert found == pytest.approx((0.2426, 4.4136, 0.7930, 2.4259), rel=2e-3)
    assert orders.log_likelihood(Purchases(x, t_x, t)).sum() == pytest.approx(-9582.43, abs=0.01)
    assert (amounts.p, amounts.q, amounts.gamma) == pytest.approx((6.25, 3.74, 15.44), rel=5e-3)
    assert amounts.log_likelihood(x[again], mean[again]).sum() == pytest.approx(-4055.92, abs=0.02)
    published = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    assert amounts.expected(x[:10], mean[:10]) == pytest.approx(published, abs=0.1)


@pytest.fixture(scope="module")
def shop():
    """3,000 customers drawn from the model, and the order days of the 26 weeks after."""
    chance, n = np.random.default_rng(5), 3000
    rate, leave = chance.gamma(0.7, 1 / 6, n), chance.beta(0.9, 2.5, n)
    age = chance.integers(20, 150, n).astype(float)
    now, alive = np.zeros(n), np.ones(n, dtype=bool)
    x, t_x, later = np.zeros(n), np.zeros(n), np.zeros(n)
    while alive.any():
        now = now + chance.exponential(1 / rate)
        alive &= now < age + 26
        before = alive & (now < age)
        x[before] += 1
        t_x[before] = now[before]
        later[alive & ~before] += 1
        alive &= chance.random(n) > leave
    mean = np.where(x > 0, chance.gamma(6, 40 / chance.gamma(4, 1, n)), np.nan)
    return Histories(Purchases(x, t_x, age), mean), later


def test_a_forecast_of_made_up_customers_comes_true(shop):
    """Within 10 % of the orders that came, calibrated within 4 points, better than a coin."""
    known, later = shop
    model = learn(known, 200)
    found = check(model, known, later, 26)

    assert found.expected / found.came == pytest.approx(1, abs=0.1)
    assert found.gap < 0.04
    assert found.brier < 0.25
    assert abs(model.correlation) < 0.1


def test_too_few_who_came_again_are_no_model(shop):
    """The reason counts them; nothing is invented."""
    known, _ = shop
    few = known.chosen(slice(0, 100))
    again = int((few.seen.x > 0).sum())

    assert learn(few, 200) == NoModel(f"{again} customers came again, and 200 are needed")
    figures = outlook_figures(learn(few, 200), few, NoModel("too short"), **GIVEN)
    assert [figure.metric for figure in figures] == list(ORDER)
    assert all(figure.why_not for figure in figures)


def test_customers_who_are_all_alike_have_no_law_of_amounts():
    """All came twice and paid the same: orders may be foretold, a value is not."""
    many = np.ones(300)
    found = learn(Histories(Purchases(many, many * 3, many * 9), many * 50), 200)

    assert isinstance(found, NoModel) or found.amounts is None


def test_features_are_those_asked_for_and_a_value_needs_a_margin(shop):
    """Names, order and limits; without a margin there is no value."""
    known, _ = shop
    model = Model(ORDERS, AMOUNTS, 0.0)
    names = [spec.name for spec in feature_specs()]
    found = model_features(model, known, names, ASSUMED)

    assert list(found) == names
    assert all(len(values) == len(known) and np.isfinite(values).all() for values in found.values())
    assert list(model_features(model, known, names, LtvAssumptions())) == names[:2]
    assert list(model_features(model, known, {"p_alive"}, ASSUMED)) == ["p_alive"]


def test_the_outlook_is_told_with_its_errors(shop):
    """Six figures with n; without a margin the value says what it needs, without orders all do."""
    known, later = shop
    model = learn(known, 200)
    figures = {f.metric: f for f in outlook_figures(model, known, check(model, known, later, 26), **GIVEN)}

    assert tuple(figures) == ORDER
    assert abs(figures["orders_forecast_error"].value) < 0.1
    assert figures["expected_value"].value > 0
    assert figures["expected_value"].currency == "THB"
    assert "correlation=" in figures["expected_value"].definition
    assert 0 < figures["churn_chance"].value < 1
    bare = GIVEN | {"assumed": LtvAssumptions()}
    lacking = outlook_figures(model, known, NoModel("x"), **bare)[ORDER.index("expected_value")]
    assert "margin" in lacking.why_not
    missing = outlook_figures(Missing(("orders",)), known, NoModel("x"), **GIVEN)
    assert {figure.why_not for figure in missing} == {"cannot be measured: needs orders"}
