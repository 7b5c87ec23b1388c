"""Tiers of customers worked out by hand: reached, kept, lost, taken back."""

import datetime as dt

import pytest
from tier_making import D, Shop, did, entry, moved, program, tiers_of
from tiny_ledger import ago, order, refund

ONE_DAY = dt.timedelta(days=1)
LATER = D(2030, 1, 1)


def spent(*days_and_amounts, who="ada"):
    """Orders of one customer."""
    return [order(who, on, amount) for on, amount in days_and_amounts]


def history(rules, day=LATER, **facts):
    """Ada's tiers as they were known on each day."""
    return tiers_of(rules, day, **facts).history["ada"]


# ── reached, kept, lost ──────────────────────────────────────────────────────────────────────────
def test_a_tier_of_the_calendar_year():
    """VIB reached in March 2025 and kept to the end of 2026; nothing bought in 2026, so lost with its last day."""
    bought = spent((D(2025, 1, 5), 200), (D(2025, 3, 9), 150))

    assert history(program(), orders=bought) == [
        (D(2025, 3, 9), 2, D(2026, 12, 31), "qualify"),
        (D(2026, 12, 31), 1, None, "downgrade"),
    ]
    on_the_last_day = tiers_of(program(), D(2026, 12, 31), orders=bought).features["ada"]
    on_the_next = tiers_of(program(), D(2027, 1, 1), orders=bought).features["ada"]
    assert (on_the_last_day["tier"], on_the_last_day["days_to_tier_end"]) == ("vib", 0)
    assert (on_the_next["tier"], on_the_next["tier_moved_7d"]) == ("insider", "down")


@pytest.mark.parametrize(
    ("window", "keep", "day", "left_over"),
    [
        ("calendar_year", "end_of_next_year", D(2026, 12, 31), 0),
        ("calendar_year", "end_of_next_year", D(2027, 1, 1), 364),
        ("12 months", "12 months", D(2026, 12, 31), None),
        ("lifetime", "forever", D(2026, 12, 31), None),
    ],
)
def test_only_a_calendar_year_ends_for_all_at_once(window, keep, day, left_over):
    """Its last day is none too late; a window that slides and all that was ever done begin nowhere anew."""
    told = tiers_of(program(window=window, keep=keep), day, orders=spent((D(2026, 3, 9), 100)))

    assert told.features["ada"]["days_to_tier_window_end"] == left_over


def test_a_tier_kept_and_one_climbed_to():
    """350 in 2026 keep VIB of 2025 for 2027; 1,000 in 2027 make it Rouge to the end of 2028, then VIB by 2028."""
    bought = spent((D(2025, 3, 9), 350), (D(2026, 7, 1), 350), (D(2027, 7, 1), 1000), (D(2028, 2, 29), 400))

    assert history(program(), orders=bought) == [
        (D(2025, 3, 9), 2, D(2026, 12, 31), "qualify"),
        (D(2026, 12, 31), 2, D(2027, 12, 31), "keep"),
        (D(2027, 7, 1), 3, D(2028, 12, 31), "qualify"),
        (D(2028, 12, 31), 2, D(2029, 12, 31), "downgrade"),
        (D(2029, 12, 31), 1, None, "downgrade"),
    ]


def test_twelve_months_of_units():
    """500 stars in twelve months make Gold for twelve; those of the first day count no more a year after it."""
    rules = program("units_earned", (0, 500, 2500), "12 months", "12 months")
    earned = [
        entry("ada", D(2026, 1, 10), 300),
        entry("ada", D(2027, 1, 9), 199),  # 499 on that day, 199 on the next
        entry("ada", D(2027, 6, 1), 301),  # 500
        entry("ada", D(2028, 5, 31), 10),  # in the window that ends with the term, alone with 301 less
    ]

    assert history(rules, entries=earned) == [
        (D(2027, 6, 1), 2, D(2028, 6, 1), "qualify"),
        (D(2028, 6, 1), 1, None, "downgrade"),
    ]
    told = tiers_of(rules, D(2027, 1, 10), entries=earned).features["ada"]
    assert (told["tier"], told["to_next_tier"]) == ("insider", 301)


@pytest.mark.parametrize(
    ("drop", "ranks"),
    [("requalify", [4, 1]), ("one_down", [4, 3, 2, 1]), ("never", [4, 4, 4, 4])],
)
def test_what_becomes_of_a_tier_that_is_not_kept(drop, ranks):
    """Where they belong, one down each term, or nothing at all."""
    rules = program(at=(0, 100, 200, 300), window="12 months", keep="12 months", drop=drop)
    found = history(rules, D(2027, 6, 1), orders=spent((D(2024, 1, 31), 300)))

    assert [rank for _, rank, _, _ in found] == ranks
    assert [on for on, _, _, _ in found] == [D(2024 + n, 1, 31) for n in range(len(ranks))]


def test_a_level_kept_for_less_than_it_is_reached_for():
    """VIB for 350, kept for 200: 200 do, 199 do not, and 200 alone never reach it."""
    rules = program(levels={"vib": {"keep_at": "200 USD"}})
    bought = [(D(2025, 3, 9), 350), (D(2026, 7, 1), 200), (D(2027, 7, 1), 199), (D(2028, 7, 1), 200)]

    assert [(on, rank) for on, rank, _, _ in history(rules, orders=spent(*bought))] == [
        (D(2025, 3, 9), 2),
        (D(2026, 12, 31), 2),
        (D(2027, 12, 31), 1),
    ]
    told = tiers_of(rules, D(2026, 6, 1), orders=spent(*bought)).features["ada"]
    assert (told["to_keep_tier"], told["to_next_tier"]) == (200, 1000)


@pytest.mark.parametrize(("bought_on", "rank"), [(D(2027, 1, 30), 2), (D(2027, 1, 31), 1)])
def test_grace(bought_on, rank):
    """30 days after 2026 a purchase saves VIB, together with those of 2026; a day later it is too late."""
    rules = program(grace="30 days")
    bought = spent((D(2025, 3, 9), 350), (D(2026, 12, 1), 300), (bought_on, 50))
    found = history(rules, D(2027, 6, 1), orders=bought)

    assert found[1][:2] == (D(2027, 1, 30), rank)
    assert found[1][2] == (D(2027, 12, 31) if rank == 2 else None)
    before = tiers_of(rules, D(2027, 1, 10), orders=bought).features["ada"]
    assert (before["tier"], before["days_to_tier_end"], before["to_keep_tier"]) == ("vib", 20, 50)


@pytest.mark.parametrize(
    ("reached", "ends"),
    [
        (D(2024, 2, 29), [D(2024, 3, 29), D(2024, 4, 29)]),
        (D(2024, 1, 31), [D(2024, 2, 29), D(2024, 3, 29)]),
        (D(2025, 1, 31), [D(2025, 2, 28), D(2025, 3, 28)]),
        (D(2025, 8, 31), [D(2025, 9, 30), D(2025, 10, 30)]),
    ],
)
def test_months_end_where_they_end(reached, ends):
    """A month after the 31st is the last of a shorter month, and stays that day of the months after."""
    rules = program(window="12 months", keep="1 month")
    found = history(rules, ends[-1], orders=spent((reached, 400)))

    assert [ends_on for _, _, ends_on, _ in found] == ends


def test_a_year_from_29_february():
    """Counts up to 27 February 2025 and not on the 28th."""
    rules = program(window="1 year", keep="1 year")
    bought = spent((D(2024, 2, 29), 300))
    for day, missing in ((D(2025, 2, 27), 50), (D(2025, 2, 28), 350)):
        assert tiers_of(rules, day, orders=bought).features["ada"]["to_next_tier"] == missing


def test_a_lifetime():
    """All that was ever bought; nothing ends, nothing need be kept."""
    rules = program(window="lifetime", keep="forever")
    bought = spent((D(2001, 2, 3), 300), (D(2025, 1, 1), 60), (D(2026, 2, 2), 700))
    told = tiers_of(rules, D(2026, 2, 9), orders=bought)

    assert told.history["ada"] == [(D(2025, 1, 1), 2, None, "qualify"), (D(2026, 2, 2), 3, None, "qualify")]
    assert (told.features["ada"]["days_to_tier_end"], told.features["ada"]["to_keep_tier"]) == (None, 0)
    assert (told.features["ada"]["tier_moved_7d"], told.features["ada"]["days_since_tier_change"]) == (
        "up",
        7,
    )


def test_orders_are_counted():
    """Three orders; one that is paid back whole is none, one in part is one, a cancelled one never was."""
    rules = program("order_count", (0, 3, 10))
    bought = [order("ada", D(2025, 1, n), 10, order_id=f"o{n}") for n in (1, 2, 3)]
    cancelled = order("ada", D(2025, 1, 4), 10, order_id="o4", status="cancelled")
    back = [refund("o1", 4, D(2025, 2, 1)), refund("o2", 4, D(2025, 2, 2)), refund("o2", 6, D(2025, 2, 9))]

    assert history(rules, D(2025, 6, 1), orders=[*bought, cancelled], refunds=back) == [
        (D(2025, 1, 3), 2, D(2026, 12, 31), "qualify"),
        (D(2025, 2, 9), 1, None, "return"),
    ]
    told = tiers_of(rules, D(2025, 6, 1), orders=[*bought, cancelled], refunds=back).features["ada"]
    assert (told["to_next_tier"], told["tier_progress"]) == (1, pytest.approx(2 / 3))


def test_activities_are_added_up():
    """Kilometres run; one of which no number is known counts as 1, other activities not at all."""
    rules = program("activity_sum", (0, 10, 100), activity="run")
    ran = [did("ada", D(2025, 1, n), "run", km) for n, km in ((1, "4.5"), (2, None), (3, "4.5"))]

    assert history(rules, D(2025, 6, 1), activities=[*ran, did("ada", D(2025, 1, 2), "swim", 90, 2)]) == [
        (D(2025, 1, 3), 2, D(2026, 12, 31), "qualify")
    ]
    told = tiers_of(rules, D(2025, 6, 1), activities=ran[:2]).features["ada"]
    assert told["to_next_tier"] == 4.5


# ── taken back ───────────────────────────────────────────────────────────────────────────────────
RETURNED = {
    "orders": [
        order("ada", D(2025, 3, 1), 400, order_id="o"),
        order("ada", D(2025, 5, 1), 100, order_id="p"),
    ],
    "refunds": [refund("o", 100, D(2025, 4, 10))],
}


def test_a_return_takes_the_tier_back_on_its_day():
    """VIB until the 100 come back on 10 April, not afterwards, and again with the next 100."""
    assert history(program(), D(2025, 6, 1), **RETURNED) == [
        (D(2025, 3, 1), 2, D(2026, 12, 31), "qualify"),
        (D(2025, 4, 10), 1, None, "return"),
        (D(2025, 5, 1), 2, D(2026, 12, 31), "qualify"),
    ]


def test_a_shop_that_ignores_returns():
    """Once reached, reached."""
    rules = program(on_return="ignore")

    assert history(rules, D(2025, 6, 1), **RETURNED) == [(D(2025, 3, 1), 2, D(2026, 12, 31), "qualify")]
    assert tiers_of(rules, D(2025, 6, 1), **RETURNED).features["ada"]["to_next_tier"] == 500


def test_a_return_after_the_term_was_judged():
    """Kept by 350 of 2026, of which 1 comes back in January: VIB is gone on the day of the refund."""
    bought = [order("ada", D(2025, 3, 1), 350), order("ada", D(2026, 3, 1), 350, order_id="o")]

    assert history(program(), D(2027, 6, 1), orders=bought, refunds=[refund("o", 1, D(2027, 1, 9))]) == [
        (D(2025, 3, 1), 2, D(2026, 12, 31), "qualify"),
        (D(2026, 12, 31), 2, D(2027, 12, 31), "keep"),
        (D(2027, 1, 9), 1, None, "return"),
    ]


def test_units_taken_back_take_their_tier():
    """A reversal counts on the day on which its units were earned, from the day on which it was made."""
    rules = program("units_earned", (0, 500), "12 months", "12 months")
    earned = [entry("ada", D(2026, 1, 1), 300, "a"), entry("ada", D(2026, 2, 1), 300, "b")]
    taken = entry("ada", D(2026, 3, 5), -200, "a:2026-03-05", "reverse", lot="order:a")

    assert [(on, rank) for on, rank, _, _ in history(rules, D(2026, 6, 1), entries=[*earned, taken])] == [
        (D(2026, 2, 1), 2),
        (D(2026, 3, 5), 1),
    ]
    kept = program("units_earned", (0, 500), "12 months", "12 months", on_return="ignore")
    assert len(history(kept, D(2026, 6, 1), entries=[*earned, taken])) == 1


def test_a_return_that_names_no_order():
    """It takes back what was bought last before it: first 500 of March's 600, then all, and 100 of January's."""
    bought = [(D(2025, 1, 10), 300), (D(2025, 3, 1), 600), (D(2025, 4, 1), -500), (D(2025, 5, 1), -200)]
    rows = [order("ada", on, amount, status="returned" if amount < 0 else None) for on, amount in bought]
    found = history(program(at=(0, 250, 350)), D(2025, 6, 1), orders=rows)

    assert [(on, rank) for on, rank, _, _ in found] == [
        (D(2025, 1, 10), 2),
        (D(2025, 3, 1), 3),
        (D(2025, 5, 1), 1),
    ]


# ── the shop's own word ──────────────────────────────────────────────────────────────────────────
def test_an_invitation_is_no_matter_of_money():
    """Whatever is spent, a level by invitation is neither reached nor the next one."""
    rules = program(levels={"vib": {"invite": True}})
    told = tiers_of(rules, D(2025, 6, 1), orders=spent((D(2025, 1, 1), 900)))

    assert told.history["ada"] == []
    assert (told.features["ada"]["next_tier"], told.features["ada"]["to_next_tier"]) == ("rouge", 100)


def test_the_shops_own_tiers_are_the_truth():
    """Invited in May, whatever was bought; the last change of a day counts; later ones are not known yet."""
    rules = program(levels={"noir": {"invite": True}}, at=(0, 350, 1000, 5000))
    changes = [
        moved("ada", D(2026, 5, 3), "rouge", hour=9),
        moved("ada", D(2026, 5, 3), "noir", D(2027, 5, 31), hour=18),
        moved("ada", D(2026, 9, 9), "insider"),
    ]
    facts = {"orders": spent((D(2026, 1, 1), 400)), "people": ("ada", "ben")}
    told = tiers_of(rules, D(2026, 5, 10), tier_changes=changes, **facts)

    assert told.history["ada"] == [(D(2026, 5, 3), 4, D(2027, 5, 31), "manual")]
    assert told.features["ada"] == {
        "tier": "noir",
        "next_tier": None,
        "tier_progress": 1.0,
        "to_next_tier": None,
        "tier_moved_7d": "up",
        "days_since_tier_change": 7,
        "days_to_tier_end": (D(2027, 5, 31) - D(2026, 5, 10)).days,
        "days_to_tier_window_end": (D(2026, 12, 31) - D(2026, 5, 10)).days,
        "to_keep_tier": 0,
    }
    assert told.features["ben"]["tier"] == "insider"
    below = tiers_of(rules, D(2026, 9, 10), tier_changes=changes, **facts).features["ada"]
    assert (below["tier"], below["tier_progress"], below["to_next_tier"]) == ("insider", 1.0, 0)


def test_who_is_no_member_stands_nowhere():
    """Ada gave no birth date, which this programme needs: whatever she buys, she neither rises nor gets nearer."""
    rules = program(window="12 months", keep="12 months")
    about = rules.program.model_copy(update={"needs": ("birth_date",)})
    people = [{"customer_id": "ada"}, {"customer_id": "ben", "birth_month": 1, "birth_day": 2}]
    bought = [row for who in ("ada", "ben") for row in spent((ago(3), 400), who=who)]
    rules = rules.model_copy(update={"program": about})
    told = tiers_of(rules, people=("ada", "ben"), customers=people, orders=bought).features

    assert (told["ben"]["tier"], told["ben"]["tier_moved_7d"], told["ben"]["to_next_tier"]) == (
        "vib",
        "up",
        600,
    )
    assert told["ada"] == {
        "tier": None,
        "next_tier": None,
        "tier_progress": 0.0,
        "to_next_tier": None,
        "tier_moved_7d": "none",
        "days_since_tier_change": None,
        "days_to_tier_end": None,
        "days_to_tier_window_end": None,
        "to_keep_tier": 0,
    }


# ── laws ─────────────────────────────────────────────────────────────────────────────────────────
def test_order_of_rows_and_other_customers_change_nothing():
    """Nor do customers on whom nothing is spent."""
    once = tiers_of(program(), D(2026, 6, 1), **RETURNED)
    rows = {name: rows[::-1] for name, rows in RETURNED.items()}
    again = tiers_of(program(), D(2026, 6, 1), people=("ada", "ben"), **rows)

    assert (again.history["ada"], again.features["ada"]) == (once.history["ada"], once.features["ada"])
    assert again.history["ben"] == []


def test_every_day_tells_what_its_snapshot_would():
    """A day's answer from all facts is that from the facts of before; and the history never rewrites itself."""
    rules = program(window="2 months", keep="1 month", on_return="recompute")
    orders = [order("ada", D(2025, 1, 28) + dt.timedelta(days=9 * n), 90, order_id=f"o{n}") for n in range(9)]
    refunds = [refund("o2", 90, D(2025, 3, 20)), refund("o5", 10, D(2025, 3, 22))]
    whole = history(rules, D(2025, 7, 1), orders=orders, refunds=refunds)
    assert len(whole) > 4
    with (
        Shop(rules, orders=orders, refunds=refunds) as shop,
        Shop(rules, orders=orders[:5], refunds=[]) as cut,
    ):
        for day in (D(2025, 3, 14) + dt.timedelta(days=n) for n in range(12)):
            cut.add("orders", [row for row in orders[5:] if row["ordered_on"] == day - ONE_DAY])
            cut.add("refunds", [row for row in refunds if row["refunded_on"] == day - ONE_DAY])
            told = shop.told(day)

            assert told == cut.told(day)
            assert told.features == shop.told(day, whole_history=False).features
            assert told.history["ada"] == [step for step in whole if step[0] < day]
