"""Each feature is what a person would compute by hand from a few rows."""

import datetime as dt
from decimal import Decimal

import pytest
from tiny_ledger import DAY, ago, buyers, features, line, order, refund, shop

D = dt.date


def one(tmp_path, day=DAY, leap_birthday="02-28", **facts):
    """Features of the only customer, ada."""
    customer = {"customer_id": "ada", **facts.pop("about", {})}
    return features(shop(tmp_path, customers=[customer], **facts), day, leap_birthday)["ada"]


# ── birthdays and joining ────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("day", "month", "on", "leap", "to", "since"),
    [
        (D(2026, 11, 22), 11, 22, "02-28", 0, 0),
        (D(2026, 11, 22), 11, 29, "02-28", 7, 358),
        (D(2026, 11, 22), 11, 21, "02-28", 364, 1),
        (D(2026, 2, 20), 2, 29, "02-28", 8, 357),
        (D(2026, 2, 20), 2, 29, "03-01", 9, 356),
        (D(2026, 3, 1), 2, 29, "02-28", 364, 1),
        (D(2026, 3, 1), 2, 29, "03-01", 0, 0),
        (D(2028, 2, 20), 2, 29, "02-28", 9, 357),
        (D(2028, 2, 20), 2, 29, "03-01", 9, 356),
        (D(2028, 3, 7), 2, 29, "02-28", 358, 7),  # from one 29 February to 28 February
        (D(2028, 3, 7), 2, 29, "03-01", 359, 7),  # and to 1 March
        (D(2027, 12, 31), 1, 1, "02-28", 1, 364),
    ],
)
def test_days_to_birthday_and_since(tmp_path, day, month, on, leap, to, since):
    """29 February has the operator's day in common years and its own in leap years; so have its anniversaries."""
    born, joined = {"birth_month": month, "birth_day": on}, {"joined_on": D(2024, month, on)}
    found = one(tmp_path, day, leap, about=born | joined)

    assert (found["days_to_birthday"], found["days_since_birthday"]) == (to, since)
    assert (found["days_to_join_anniversary"], found["days_since_join_anniversary"]) == (to, since)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (D(2026, 2, 1), {(8, 28): 27, (8, 29): 27, (8, 31): 27, (2, 28): 208, (10, 31): 88}),
        (D(2028, 2, 1), {(8, 28): 27, (8, 29): 28, (8, 31): 28, (2, 29): 210}),
        (D(2026, 11, 22), {(5, 22): 0, (5, 21): 364, (5, 31): 8}),
    ],
)
def test_days_to_half_birthday_is_cut_to_the_months_end(tmp_path, day, expected):
    """Six months after 29 to 31 August is the last of February, whatever day birthdays of 29 February have."""
    people = [
        {"customer_id": f"{month}-{on}", "birth_month": month, "birth_day": on} for month, on in expected
    ]
    found = features(shop(tmp_path, customers=people), day, "03-01")

    assert {name: known["days_to_half_birthday"] for name, known in found.items()} == {
        f"{month}-{on}": days for (month, on), days in expected.items()
    }


@pytest.mark.parametrize(
    ("day", "leap", "expected"),
    [
        (D(2026, 2, 27), "02-28", 25),
        (D(2026, 2, 28), "02-28", 26),
        (D(2026, 2, 28), "03-01", 25),
        (D(2026, 3, 1), "03-01", 26),
    ],
)
def test_age_in_whole_years(tmp_path, day, leap, expected):
    """A person born on 29 February 2000 turns on the day the operator set."""
    born = {"birth_year": 2000, "birth_month": 2, "birth_day": 29}

    assert one(tmp_path, day, leap, about=born)["age"] == expected


def test_an_unknown_birthday_is_null_not_a_guess(tmp_path):
    """With the columns there but empty for one customer, everything about birthdays is unknown for them."""
    born = {"birth_year": 2000, "birth_month": 2, "birth_day": 29, "birth_recorded_on": ago(30)}
    people = [{"customer_id": "ada"}, {"customer_id": "ben", **born, "birth_year": None}]
    found = features(shop(tmp_path, customers=[*people, {"customer_id": "cat", **born}]))

    unknown = ["days_to_birthday", "days_to_half_birthday", "age", "days_since_birthday_recorded"]
    assert [found["ada"][name] for name in unknown] == [None] * 4
    assert found["ben"]["age"] is None
    assert found["ben"]["days_to_birthday"] == 98
    assert found["cat"]["days_since_birthday_recorded"] == 30


def test_a_birthday_told_lately_and_who_is_under_age(tmp_path):
    """Up to the 29th day and to the day before the 20th birthday; what nobody knows stands in no one's way."""
    born = {"birth_month": 11, "birth_day": 22}
    people = [
        {"customer_id": "ada", **born, "birth_year": 2006, "birth_recorded_on": ago(30)},
        {"customer_id": "ben", **born, "birth_year": 2007, "birth_recorded_on": ago(29)},
        {"customer_id": "cat", **born},
    ]
    found = features(shop(tmp_path, customers=people))
    without = features(shop(tmp_path / "without", customers=[{"customer_id": "dan", **born}]))["dan"]

    assert [found[name]["is_birthday_new"] for name in ("ada", "ben", "cat")] == [False, True, False]
    assert [found[name]["is_minor"] for name in ("ada", "ben", "cat")] == [False, True, False]
    assert (without["is_birthday_new"], without["is_minor"]) == (False, False)


def test_joining(tmp_path):
    """Who joins today has been a member for 0 days; who joins tomorrow is not one yet."""
    joined = {
        D(2026, 11, 22): (0, 0, 0, True),
        D(2026, 11, 12): (10, 355, 0, True),
        D(2024, 11, 22): (730, 0, 2, True),
        D(2024, 11, 23): (729, 1, 1, True),
        D(2024, 2, 29): (997, 98, 2, True),
        D(2026, 11, 23): (None, None, None, False),
        None: (None, None, None, False),
    }
    found = features(shop(tmp_path, customers=[{"customer_id": f"{on}", "joined_on": on} for on in joined]))

    names = ("days_since_joined", "days_to_join_anniversary", "years_a_member", "is_member")
    assert {on: tuple(found[f"{on}"][name] for name in names) for on in joined} == joined


# ── orders ───────────────────────────────────────────────────────────────────────────────────────
def test_money_is_exact(tmp_path):
    """Ten dimes are a unit, and an average is rounded to the fourth decimal."""
    dimes = [order("ada", ago(n), "0.1", order_id=f"o{n}") for n in range(1, 11)]
    found = one(tmp_path, orders=[*dimes, order("ada", ago(20), "0.0001")])

    assert found["net_spend"] == Decimal("1.0001")
    assert found["average_order_value_365d"] == Decimal("0.0909")


def test_a_refund_lowers_its_order_whenever_it_was_paid_back(tmp_path):
    """A refund of this week on an order of two years ago lowers lifetime spend, not this year's."""
    sold = [order("ada", ago(700), 100, order_id="old"), order("ada", ago(10), 50, order_id="new")]
    back = [refund("old", 40, ago(3)), refund("new", 10, ago(1)), refund("new", 5, DAY)]
    found = one(tmp_path, orders=sold, refunds=back)

    assert found["net_spend"] == Decimal(100)
    assert found["net_spend_365d"] == Decimal(40)
    assert found["order_count"] == 2


def test_who_returned_everything_has_bought_nothing(tmp_path):
    """Fully refunded, returned, cancelled and free orders are no orders, in whatever way the shop says so."""
    sold = [
        order("ada", ago(5), 100, order_id="refunded", status="delivered"),
        order("ada", ago(6), 100, order_id="returned", status="returned"),
        order("ada", ago(7), 100, order_id="cancelled", status="cancelled"),
        order("ada", ago(8), 0, order_id="free", status="delivered"),
    ]
    back = [refund("refunded", 60, ago(4)), refund("refunded", 40, ago(3)), refund("cancelled", 100, ago(6))]
    found = one(tmp_path, orders=sold, refunds=back)

    assert found["order_count"] == 0
    assert found["net_spend"] == Decimal(0)
    assert found["days_since_last_purchase"] is None
    assert found["rfm"] is None
    assert found["return_rate_365d"] == 1.0


def test_a_return_that_is_a_row_of_its_own_is_taken_off(tmp_path):
    """A credit note names no order: it lowers spend, may take it below 0, and is no order."""
    people = buyers("ada", "ben")
    sold = [
        order("ada", ago(20), 100, status="delivered"),
        order("ada", ago(10), -30, status="returned"),
        order("ben", ago(10), -30, status="returned"),
    ]
    found = features(shop(tmp_path, customers=people, orders=sold))

    assert (found["ada"]["net_spend"], found["ada"]["order_count"]) == (Decimal(70), 1)
    assert found["ada"]["return_rate_365d"] == pytest.approx(0.3)
    assert (found["ben"]["net_spend"], found["ben"]["order_count"]) == (Decimal(-30), 0)
    assert found["ben"]["return_rate_365d"] is None


def test_guests_belong_to_nobody(tmp_path):
    """An order without a customer changes no customer's features."""
    sold = [order("ada", ago(5), 100), order(None, ago(4), 900, order_id="guest")]
    found = features(shop(tmp_path, customers=buyers("ada", "ben"), orders=sold))

    assert set(found) == {"ada", "ben"}
    assert found["ada"]["net_spend"] == Decimal(100)
    assert found["ben"]["order_count"] == 0


def test_who_never_bought_has_nought_and_unknown(tmp_path):
    """Counts and sums are 0; days since, averages, shares and names are unknown."""
    sold = [order("ben", ago(5), 100, channel="online", status="delivered", discount_amount=Decimal(0))]
    lines = [line(sold[0]["order_id"], 1, "tea", 100, category="drinks")]
    made = shop(
        tmp_path,
        customers=buyers("ada", "ben"),
        orders=sold,
        order_lines=lines,
        products=[{"product_id": "tea", "cycle_days": 30}],
    )
    found = features(made)["ada"]

    known = {name: value for name, value in found.items() if value is not None}
    counts = ("order_count", "order_count_365d", "order_count_90d", "order_count_30d", "channel_count_365d")
    sums = ("net_spend", "net_spend_365d", "net_spend_this_year", "category_count_365d")
    told_of_all = {"preferred_channel": "email", "days_since_last_survey": 9999}
    assert known == told_of_all | dict.fromkeys((*counts, *sums), 0)


# ── rhythm ───────────────────────────────────────────────────────────────────────────────────────
def test_a_customer_like_clockwork(tmp_path):
    """Gaps 30, 30, 30: median 30, irregularity 0, and after 45 days half a gap overdue."""
    found = one(tmp_path, orders=[order("ada", ago(45 + 30 * n), 100) for n in range(4)])

    assert found["median_gap_days"] == 30
    assert found["gap_cv"] == 0
    assert found["overdue_ratio"] == 1.5


def test_orders_of_one_day_are_one_visit(tmp_path):
    """Three orders on one day and one 20 days later leave one gap, and no irregularity to speak of."""
    same = [order("ada", ago(30), 10, order_id=f"o{n}") for n in range(3)]
    found = one(tmp_path, orders=[*same, order("ada", ago(10), 10)])

    assert (found["median_gap_days"], found["gap_cv"], found["order_count"]) == (20, None, 4)


def test_who_bought_once_is_measured_by_the_shop(tmp_path):
    """The shop's rhythm is the median of its customers' own: of 10, 20 and 40 it is 20; staff is left out."""
    sold = [order("ada", ago(50), 100)]
    for name, gap in (("ben", 10), ("cat", 20), ("dan", 40), ("eve", 1), ("fay", 1)):
        sold += [order(name, ago(5), 100), order(name, ago(5 + gap), 100)]
    staff = [{"customer_id": name, "is_staff": True} for name in ("eve", "fay")]
    found = features(shop(tmp_path, customers=[*buyers("ada", "ben", "cat", "dan"), *staff], orders=sold))

    assert found["ada"]["median_gap_days"] is None
    assert found["ada"]["overdue_ratio"] == 2.5
    assert found["ben"]["overdue_ratio"] == 0.5


# ── habits ───────────────────────────────────────────────────────────────────────────────────────
def test_shares_of_channels_and_offers(tmp_path):
    """Of four orders in the year two were online or in the app, one had a discount and one an offer."""
    rows = [
        ("Online", Decimal(5), None),
        ("app", Decimal(0), "spring"),
        ("store", Decimal(0), None),
        ("store", None, None),
    ]
    sold = [
        order("ada", ago(n), 100, channel=channel, discount_amount=discount, offer_id=offer)
        for n, (channel, discount, offer) in enumerate(rows, 1)
    ]
    old = order("ada", ago(400), 100, channel="line", discount_amount=Decimal(9))
    found = one(tmp_path, orders=[*sold, old])

    assert found["online_share_365d"] == 0.5
    assert found["channel_count_365d"] == 3
    assert found["offer_order_share_365d"] == 0.5
    assert found["full_price_share_365d"] == 0.5


def test_preferred_channel(tmp_path):
    """What was declared, else the channel of most orders, the latest in a tie, else email."""
    told = {
        "ada": ("line", ["store", "store"], "line"),
        "ben": (None, ["store", "online", "store"], "store"),
        "cat": (None, ["online", "store"], "online"),
        "dan": (None, [], "email"),
        "eve": (None, [None, None], "email"),
    }
    people = [{"customer_id": name, "declared_channel": declared} for name, (declared, _, _) in told.items()]
    sold = [
        order(name, ago(n), 100, channel=channel)
        for name, (_, channels, _) in told.items()
        for n, channel in enumerate(channels, 1)
    ]
    found = features(shop(tmp_path, customers=people, orders=sold))

    assert {name: known["preferred_channel"] for name, known in found.items()} == {
        name: expected for name, (_, _, expected) in told.items()
    }


def test_return_rate(tmp_path):
    """200 bought and 50 refunded in the year are a quarter; older orders and their returns stay out."""
    sold = [order("ada", ago(n), 100, order_id=f"o{n}", status="delivered") for n in (10, 20, 400)]
    found = one(tmp_path, orders=sold, refunds=[refund("o10", 50, ago(5)), refund("o400", 100, ago(5))])

    assert found["return_rate_365d"] == 0.25


# ── value ────────────────────────────────────────────────────────────────────────────────────────
def test_recency_and_frequency_have_fixed_limits(tmp_path):
    """R 30/90/180/365 days and F 2/3/5/8 orders, limits included."""
    bought = {
        (30, 1): "51",
        (31, 2): "42",
        (90, 3): "43",
        (91, 5): "34",
        (180, 8): "35",
        (181, 4): "23",
        (365, 7): "24",
    }
    sold = [
        order(f"{days}", ago(days), 100, order_id=f"{days}-{n}")
        for days, orders in bought
        for n in range(orders)
    ]
    found = features(shop(tmp_path, customers=buyers(*(f"{days}" for days, _ in bought)), orders=sold))

    assert {key: found[f"{key[0]}"]["rfm"][:2] for key in bought} == bought


def test_money_is_ranked_in_fifths(tmp_path):
    """Ten spenders fill the fifths by twos; equals share the mean rank."""
    names = [f"c{n}" for n in range(10)]
    sold = [order(name, ago(5), 10 * n + 10) for n, name in enumerate(names)]
    found = features(shop(tmp_path / "ten", customers=buyers(*names), orders=sold))
    assert [found[name]["rfm"][2] for name in names] == list("1122334455")

    tied = [order(name, ago(5), amount) for name, amount in zip(names, [1] * 8 + [5, 9], strict=True)]
    found = features(shop(tmp_path / "tied", customers=buyers(*names), orders=tied))
    assert [found[name]["rfm"][2] for name in names] == ["2"] * 8 + ["5", "5"]


# ── what is bought ───────────────────────────────────────────────────────────────────────────────
def test_categories_of_lines_that_were_kept(tmp_path):
    """Returned lines, gifts and older orders tell nothing of taste."""
    sold = [order("ada", ago(n), 500, order_id=f"o{n}") for n in (10, 20, 400)]
    lines = [
        line("o10", 1, "tea", 100, category="drinks"),
        line("o10", 2, "cup", 300, category="home"),
        line("o10", 3, "sample", 0, category="gifts"),
        line("o20", 1, "cake", 90, category="food"),
        line("o20", 2, "pie", 20, category="food"),
        line("o20", 3, "rebate", -10, category="discounts"),
        line("o400", 1, "sofa", 500, category="furniture"),
    ]
    found = one(tmp_path, orders=sold, order_lines=lines, refunds=[refund("o10", 300, ago(5), line_no=2)])

    assert found["category_count_365d"] == 2
    assert found["top_category"] == "food"
    assert found["last_product_id"] == "tea"


def test_ties_of_categories_go_to_the_later_then_to_the_name(tmp_path):
    """Equal spend: the one bought last; equal day: the first by name."""
    sold = [order(name, ago(n), 500, order_id=f"{name}{n}") for name in ("ada", "ben") for n in (10, 20)]
    lines = [
        line("ada10", 1, "p", 100, category="tea"),
        line("ada20", 1, "p", 100, category="art"),
        line("ben10", 1, "p", 100, category="tea"),
        line("ben10", 2, "p", 100, category="art"),
    ]
    found = features(shop(tmp_path, customers=buyers("ada", "ben"), orders=sold, order_lines=lines))

    assert (found["ada"]["top_category"], found["ben"]["top_category"]) == ("tea", "art")


def test_the_last_product_is_of_the_last_order_however_old(tmp_path):
    """An order of two years ago is still the last one; of its lines the dearest kept one is told."""
    sold = [order("ada", ago(700), 80, order_id="a"), order("ada", ago(800), 900, order_id="b")]
    lines = [line("a", 1, "soap", 20), line("a", 2, "towel", 60), line("b", 1, "sofa", 900)]
    found = one(tmp_path, orders=sold, order_lines=lines)

    assert found["last_product_id"] == "towel"
    assert "top_category" not in found


def test_days_to_running_out(tmp_path):
    """Coffee of 20 days ago lasts 30 days; soap bought again counts from the last time; a cup lasts for ever."""
    sold = [order("ada", ago(n), 100, order_id=f"o{n}") for n in (100, 20)]
    lines = [
        line("o100", 1, "soap", 10),
        line("o20", 1, "soap", 10),
        line("o20", 2, "coffee", 50),
        line("o20", 3, "cup", 40),
    ]
    stock = [
        {"product_id": "soap", "cycle_days": 60},
        {"product_id": "coffee", "cycle_days": 30},
        {"product_id": "cup", "cycle_days": None},
    ]
    assert (
        one(tmp_path / "all", orders=sold, order_lines=lines, products=stock)["days_to_replenishment"] == 10
    )

    back = [refund("o20", 50, ago(2), line_no=2)]
    kept = one(tmp_path / "less", orders=sold, order_lines=lines, products=stock, refunds=back)
    assert kept["days_to_replenishment"] == 40
