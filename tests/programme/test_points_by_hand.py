"""Points of a few customers, worked out by hand from a programme's rules."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from accounting_draws import ZONE, Shop
from accounting_making import levels, program
from shops import customers_of, write
from tiny_ledger import by_customer

from pakdee.domain.condition import Condition
from pakdee.programme import account, derive

D = dt.date
DAY = D(2026, 11, 22)
EACH_DOLLAR = {"when": "order", "per": "1 USD", "give": 1}
BY_CHANNEL = [
    {"id": "online", "when": "order", "per": "1 USD", "give": 10, "where": "channel = 'online'"},
    {"id": "store", "when": "order", "per": "1 USD", "give": 5, "where": "channel = 'store'"},
]
TIERS = {
    "metric": "net_spend",
    "window": "calendar_year",
    "keep": "end_of_next_year",
    "levels": levels(("basic", 0), ("gold", 100), money="USD"),
}
GIFT = {"title": {"en": "Gift"}, "kind": "product"}


def at(day, hour=12):
    """An instant of a day, in the shop's zone."""
    return dt.datetime.combine(day, dt.time(hour), ZONE)


class Made(Shop):
    """A shop, row by row; everything is ada's unless said."""

    def order(self, day, amount, who="ada", **more):
        """An order, called by its day."""
        told = {"order_id": f"{who}-{day}", "customer_id": who, "ordered_at": at(day), "ordered_on": day}
        self.add("orders", **told, net_amount=Decimal(str(amount)), **more)

    def refund(self, ordered, amount, day):
        """Money back for the order of a day."""
        told = {"refund_id": f"r-{day}", "order_id": f"ada-{ordered}", "refunded_on": day}
        self.add("refunds", **told, amount=Decimal(str(amount)))

    def act(self, kind, day, who="ada", **more):
        """An activity, called by its type and day."""
        told = {"activity_id": f"{who}-{kind}-{day}", "customer_id": who, "type": kind}
        self.add("activities", **told, occurred_at=at(day), occurred_on=day, **more)

    def redeem(self, day, units, kind="redeem"):
        """Units that the shop booked; negative ones are taken."""
        told = {"entry_id": f"e-{day}-{units}", "customer_id": "ada", "kind": kind, "units": Decimal(units)}
        self.add("point_entries", **told, occurred_at=at(day), occurred_on=day)


@pytest.fixture
def made():
    """A shop that knows of ada and ben."""
    shop = Made()
    for who in ("ada", "ben"):
        shop.add("customers", customer_id=who)
    return shop


def applied(shop, rules, folder, day=DAY, leap="02-28", **more):
    """(entries, grants, features) of each customer, entries as (kind, rule, day, units)."""
    tables = write(shop, folder)
    facts = (tables, customers_of(tables, folder), rules)
    conditions = {
        rule.name: Condition(f"earn:{rule.name}", rule.where, rule.where, frozenset({rule.where.split()[0]}))
        for rule in rules.earn
        if rule.where
    }
    asked = {"day": day, "zone": ZONE, "earn_conditions": conditions, "leap_birthday": leap, **more}
    files = account(*facts, out=folder, **asked)
    entries, grants = ({"ada": [], "ben": []} for _ in range(2))
    for row in pq.read_table(files.entries).to_pylist():
        entries[row["customer_id"]].append((row["kind"], row["rule"], row["day"], row["units"]))
    for row in pq.read_table(files.grants).to_pylist():
        grants[row["customer_id"]].append((row["grant"], row["day"]))
    features = by_customer(derive(*facts, out=folder / "features.parquet", **asked))
    return {who: (sorted(entries[who], key=_in_time), sorted(grants[who]), features[who]) for who in entries}


def _in_time(entry):
    return entry[2], entry


def balance(shop, rules, folder, day=DAY):
    """Ada's points on the morning of a day."""
    return applied(shop, rules, folder, day)["ada"][2]["points_balance"]


def test_channels_earn_differently_and_rounding_is_the_programmes(made, tmp_path):
    """$80 online 800, in store 400; $42.90 at 10 a dollar is 420 where only whole dollars count, else 429."""
    made.order(D(2026, 5, 1), 80, channel="online")
    made.order(D(2026, 5, 1), 80, "ben", channel="store")
    made.order(D(2026, 5, 2), "42.90", channel="online")

    found = applied(made, program(BY_CHANNEL), tmp_path / "floor")
    assert found["ada"][0] == [("earn", "online", D(2026, 5, 1), 800), ("earn", "online", D(2026, 5, 2), 420)]
    assert found["ben"][0] == [("earn", "store", D(2026, 5, 1), 400)]
    assert balance(made, program(BY_CHANNEL, {"round": "nearest"}), tmp_path / "nearest") == 800 + 429


def test_lines_are_rounded_by_themselves_and_lowered_in_proportion(made, tmp_path):
    """Lines of 1.50 and 2.50: 1 + 2; 1 USD back of the order leaves 1.125 and 1.875: 1 + 1."""
    made.order(D(2026, 5, 1), 4)
    for number, amount in ((1, "1.50"), (2, "2.50")):
        made.add("order_lines", order_id="ada-2026-05-01", line_no=number, net_amount=Decimal(amount))
    made.refund(D(2026, 5, 1), 1, D(2026, 5, 9))

    entries = applied(made, program([EACH_DOLLAR], {"scope": "line"}), tmp_path)["ada"][0]
    assert entries == [("earn", "order", D(2026, 5, 1), 3), ("reverse", "order", D(2026, 5, 9), -1)]


def test_a_ticket_earns_once_whoever_brings_it(made, tmp_path):
    """Ben brings ada's ticket a day later; one without a number proves nothing."""
    for who, day, key in (("ada", 1, "T1"), ("ben", 2, "T1"), ("ben", 3, "T2"), ("ben", 4, None)):
        made.act("ticket", D(2026, 5, day), who, proof_key=key)
    found = applied(made, program([{"when": "ticket", "give": 100, "proof": "ticket_id"}]), tmp_path)

    assert found["ada"][0] == [("earn", "ticket", D(2026, 5, 1), 100)]
    assert found["ben"][0] == [("earn", "ticket", D(2026, 5, 3), 100)]


@pytest.mark.parametrize(
    ("cap", "units"),
    [
        ({"times": 2, "per": "1 month"}, [40, 40, 40]),
        ({"units": 50, "per": "1 month"}, [40, 10, 40]),
        ({"units": 50, "per": "ever"}, [40, 10]),
        ({"times": 1, "per": "7 days"}, [40, 40, 40]),
    ],
)
def test_caps_count_by_the_calendar(made, tmp_path, cap, units):
    """Reviews on Sunday 24 and Monday 25 May, on Friday 29 May, and on 1 June; 40 points each."""
    for day in (D(2026, 5, 24), D(2026, 5, 25), D(2026, 5, 29), D(2026, 6, 1)):
        made.act("review", day)
    entries = applied(made, program([{"when": "review", "give": 40, "cap": cap}]), tmp_path)["ada"][0]

    assert [entry[3] for entry in entries] == units


def test_units_wait_and_run_out_at_the_end_of_a_month(made, tmp_path):
    """Earned on 17 January, usable from the 31st, for a month and to its end: the last day is 28 February."""
    made.order(D(2026, 1, 17), 100)
    rules = program(
        [EACH_DOLLAR | {"pending": "14 days"}],
        expiry={"rule": "age", "after": "1 month", "round": "month_end"},
    )
    held = [balance(made, rules, tmp_path, D(2026, *day)) for day in ((1, 30), (1, 31), (2, 28), (3, 1))]
    assert held == [0, 100, 100, 0]

    entries, _, features = applied(made, rules, tmp_path, D(2026, 2, 20))["ada"]
    assert entries == [("earn", "order", D(2026, 1, 17), 100)]
    assert (features["points_expire_on"], features["days_to_next_expiry"]) == (D(2026, 2, 28), 8)
    assert features["points_expiring_30d"] == 100
    assert applied(made, rules, tmp_path, D(2026, 3, 1))["ada"][0][1:] == [
        ("expire", "expiry", D(2026, 3, 1), -100)
    ]


IDLE = {"rule": "inactivity", "after": "12 months", "keep_alive": ["order", "redeem"]}


@pytest.mark.parametrize(
    ("spent_on", "left"), [(None, 0), (D(2026, 3, 1), 70), (D(2026, 3, 2), -30), (D(2025, 9, 1), 70)]
)
def test_spending_on_the_last_day_keeps_points_alive(made, tmp_path, spent_on, left):
    """100 of 1 March 2025: used on 1 March 2026 the rest lives on; on the 2nd it is gone, and 30 are owed."""
    made.order(D(2025, 3, 1), 100)
    if spent_on:
        made.redeem(spent_on, -30)

    assert balance(made, program([EACH_DOLLAR], expiry=IDLE), tmp_path, D(2026, 3, 10)) == left


def test_a_return_takes_points_back_but_none_that_ran_out(made, tmp_path):
    """All back after 80 were spent: 80 are owed, which the next order pays; what ran out is not taken twice."""
    made.order(D(2025, 3, 1), 100)
    made.redeem(D(2025, 3, 5), -80)
    made.refund(D(2025, 3, 1), 100, D(2025, 3, 9))
    made.order(D(2025, 4, 1), 90)
    rules = program([EACH_DOLLAR], expiry={"rule": "age", "after": "12 months"})
    assert balance(made, rules, tmp_path / "a", D(2025, 3, 10)) == -80
    assert balance(made, rules, tmp_path / "a", D(2025, 4, 2)) == 10

    late = program([EACH_DOLLAR], expiry={"rule": "age", "after": "3 days"})
    entries = applied(made, late, tmp_path / "b")["ada"][0]
    assert not any(kind == "reverse" for kind, *_ in entries)
    assert sum(units for *_, units in entries) == 0 - 80 + 80  # what is owed was paid by the next order


def test_ten_stamps_buy_a_reward_by_themselves(made, tmp_path):
    """1 stamp for each 10 USD: 25 make two rewards at once and leave 5; 5 more make the third, a return none."""
    rules = program(
        [{"when": "order", "per": "10 USD", "give": 1}],
        grants=[{"id": "five_dollars", "when": "balance", "cost": 10, **GIFT}],
    )
    made.order(D(2026, 1, 10), 250)
    made.order(D(2026, 2, 10), 59)
    made.refund(D(2026, 2, 10), 59, D(2026, 2, 20))
    entries, grants, features = applied(made, rules, tmp_path)["ada"]

    assert grants == [("five_dollars", D(2026, 1, 10))] * 2 + [("five_dollars", D(2026, 2, 10))]
    assert [entry for entry in entries if entry[0] == "redeem"] == [
        ("redeem", "five_dollars", day, -10) for day in (D(2026, 1, 10), D(2026, 1, 10), D(2026, 2, 10))
    ]
    assert features["points_balance"] == 25 + 5 - 30 - 5
    assert features["days_since_last_redemption"] == (DAY - D(2026, 2, 10)).days


def test_rewards_on_dates_of_the_year(made, tmp_path):
    """On 15 June a reward for 100 points, once a year: as often as there were enough that evening."""
    rules = program(
        [EACH_DOLLAR],
        grants=[
            {"id": "summer", "when": "schedule", "cost": 100, "dates": ["06-15"], **GIFT}
            | {"cap": {"times": 1, "per": "1 year"}}
        ],
    )
    made.order(D(2024, 6, 15), 250)
    _, grants, features = applied(made, rules, tmp_path)["ada"]

    assert grants == [("summer", D(2024, 6, 15)), ("summer", D(2025, 6, 15))]
    assert features["points_balance"] == 50


@pytest.mark.parametrize(
    ("leap", "recorded", "days"),
    [
        ("02-28", None, [D(2025, 2, 28), D(2026, 2, 28)]),
        ("03-01", None, [D(2025, 3, 1), D(2026, 3, 1)]),
        ("02-28", D(2026, 2, 28), [D(2026, 2, 28)]),
        ("02-28", D(2026, 3, 1), []),
    ],
)
def test_birthdays_of_29_february(tmp_path, leap, recorded, days):
    """Who joined on 29 February 2024 waits for the next one; typed in too late, it counts a year later."""
    shop = Made()
    born = {"birth_month": 2, "birth_day": 29, "birth_recorded_on": recorded}
    shop.add("customers", customer_id="ada", joined_on=D(2024, 2, 29), **born)
    shop.add("customers", customer_id="ben")
    rules = program([{"when": "birthday", "give": 50}])

    entries = applied(shop, rules, tmp_path, leap=leap)["ada"][0]
    assert [entry[2] for entry in entries] == days


def test_milestones_donations_and_the_next_reward(made, tmp_path):
    """The tenth workout, once; 1% of what is kept of an order; 30 points missing to a reward of 100."""
    rules = program(
        [EACH_DOLLAR],
        grants=[
            {"id": "ten", "when": "milestone", "at": {"activity": "workout", "count": 10}, **GIFT},
            {"id": "trees", "when": "order", "title": {"en": "Trees"}, "kind": "donation", "share": "1%"},
            {"id": "cup", "when": "redeem", "cost": 100, **GIFT},
        ],
    )
    for day in range(1, 15):
        made.act("workout", D(2026, 5, day))
    made.order(D(2026, 5, 1), 90)
    made.refund(D(2026, 5, 1), 20, D(2026, 5, 3))
    made.redeem(D(2026, 5, 2), -7)
    _, grants, features = applied(made, rules, tmp_path)["ada"]

    assert grants == [("ten", D(2026, 5, 10)), ("trees", D(2026, 5, 1))]
    assert (features["last_milestone"], features["days_since_milestone"]) == (
        "ten",
        (DAY - D(2026, 5, 10)).days,
    )
    assert features["donated_365d"] == Decimal("0.70")
    assert (features["points_balance"], features["units_to_next_reward"]) == (63, 37)
    assert features["redemption_rate"] == pytest.approx(7 / 70)
    assert features["points_earned_365d"] == 70


def test_where_the_shop_keeps_points_they_are_not_worked_out_again(made, tmp_path):
    """Entries of its own are what was earned; what is left of them the ledger tells."""
    made.order(D(2026, 5, 1), 90)
    made.redeem(D(2026, 5, 1), 40, "earn")
    made.redeem(D(2026, 5, 9), -10)
    features = applied(made, program([EACH_DOLLAR]), tmp_path)["ada"][2]

    assert (features["points_earned_365d"], features["redemption_rate"]) == (40, 0.25)
    assert "points_balance" not in features


@pytest.mark.parametrize("kept_by_shop", [True, False])
def test_what_was_used_in_a_year(made, tmp_path, kept_by_shop):
    """10 redeemed, 5 given away, 2 more on the first day of the 365; 3 that were taken and 4 a day earlier are none."""
    if kept_by_shop:
        made.redeem(D(2025, 1, 1), 40, "earn")
    booked = (
        (1, -10, "redeem"),
        (2, -5, "donate"),
        (3, -3, "adjust"),
        (365, -2, "redeem"),
        (366, -4, "redeem"),
    )
    for days, units, kind in booked:
        made.redeem(DAY - dt.timedelta(days), units, kind)
    made.order(D(2025, 1, 1), 40)
    features = applied(made, program([EACH_DOLLAR]), tmp_path)["ada"][2]

    assert (features["points_used_365d"], features["redemption_rate"]) == (17, 0.4)


def test_each_so_many_give_again_and_again(made, tmp_path):
    """Every five empties brought back give a gift: 3, then 3 more, then 9 make 15, so one at 6 and one at 15."""
    for day, amount in ((1, 3), (2, 3), (3, 9)):
        made.act("empties", D(2026, 5, day), amount=Decimal(amount))
    rules = program(
        [EACH_DOLLAR],
        grants=[{"id": "g", "when": "empties", "at": {"activity": "empties", "sum": 5}, **GIFT}],
    )

    assert applied(made, rules, tmp_path)["ada"][1] == [("g", D(2026, 5, 2)), ("g", D(2026, 5, 3))]


def test_the_lowest_level_has_its_factor_from_the_first_day(made, tmp_path):
    """Half a point for each dollar as long as nothing lifts ada: 80 USD are 40."""
    made.order(D(2026, 5, 1), 80)
    rules = program([{**EACH_DOLLAR, "by_tier": {"basic": "0.5", "gold": 2}}], tiers=TIERS)

    assert balance(made, rules, tmp_path) == 40


def test_units_that_a_campaign_gave_are_in_the_balance(made, tmp_path):
    """80 earned and 25 given are 105; of the 25, what is given on the day itself is not known yet."""
    made.order(D(2026, 5, 1), 80)
    tables = write(made, tmp_path)
    days = (D(2026, 6, 1), DAY)
    rows = [
        {"customer_id": "ada", "grant": "thanks", "day": day, "units": 25, "source": f"m-{day}"}
        for day in days
    ]
    facts = (tables, customers_of(tables, tmp_path), program([EACH_DOLLAR]))
    asked = {"day": DAY, "zone": ZONE, "gifts": pa.Table.from_pylist(rows)}

    entries = pq.read_table(account(*facts, out=tmp_path, **asked).entries).to_pylist()

    assert by_customer(derive(*facts, out=tmp_path / "f.parquet", **asked))["ada"]["points_balance"] == 105
    assert sorted((row["kind"], row["units"]) for row in entries) == [("adjust", 25), ("earn", 80)]


def test_units_that_the_programme_gives_are_in_the_account(made, tmp_path):
    """Ten for each review, at most one in a month, and fifty for the second: gifts, not earnings; they run out, too."""
    made.order(D(2026, 5, 1), 80)
    for day in (D(2025, 6, 1), D(2026, 6, 3), D(2026, 6, 4)):
        made.act("review", day)
    units = {"title": {"en": "Thanks"}, "kind": "units"}
    rules = program(
        [EACH_DOLLAR],
        expiry={"rule": "age", "after": "12 months"},
        grants=[
            {"id": "thanks", "when": "review", "units": 10, "cap": {"times": 1, "per": "1 month"}, **units},
            {
                "id": "two",
                "when": "milestone",
                "at": {"activity": "review", "count": 2},
                "units": 50,
                **units,
            },
        ],
    )
    entries, grants, features = applied(made, rules, tmp_path)["ada"]

    assert entries == [
        ("adjust", "thanks", D(2025, 6, 1), 10),
        ("earn", "order", D(2026, 5, 1), 80),
        ("expire", "expiry", D(2026, 6, 2), -10),
        ("adjust", "thanks", D(2026, 6, 3), 10),
        ("adjust", "two", D(2026, 6, 3), 50),
    ]
    assert [grant for grant, _ in grants] == ["thanks", "thanks", "two"]
    assert (features["points_balance"], features["points_earned_365d"]) == (140, 80)


def test_a_grant_asks_the_tier_of_its_day(made, tmp_path):
    """What is for Gold is given from the morning after 100 USD were reached, and not taken back when Gold is lost."""
    for day in (D(2024, 3, 1), D(2024, 3, 2), D(2026, 3, 2)):
        made.act("visit", day)
    made.order(D(2024, 3, 1), 100)
    gold = Condition("grant:tea", "tier = 'gold'", "tier = 'gold'", frozenset({"tier"}))
    tea = {
        "id": "tea",
        "when": "visit",
        "where": gold.text,
        "kind": "units",
        "units": 7,
        "title": {"en": "Tea"},
    }
    rules = program([EACH_DOLLAR], tiers=TIERS, grants=[tea])

    entries, grants, features = applied(made, rules, tmp_path, grant_conditions={"tea": gold})["ada"]
    assert grants == [("tea", D(2024, 3, 2))]
    assert ("adjust", "tea", D(2024, 3, 2), 7) in entries
    assert (features["points_balance"], features["tier"]) == (107, "basic")
    assert applied(made, rules, tmp_path / "b")["ada"][1] == []  # nobody knows for whom it is


@pytest.mark.parametrize(("day", "left"), [(D(2026, 2, 1), 80), (D(2027, 1, 20), 80), (D(2027, 3, 2), 0)])
def test_units_of_the_lowest_level_last_as_long_as_it_does(made, tmp_path, day, left):
    """Whoever never was more than Basic keeps 80 points for years; as Gold they run out a month after Basic ended."""
    made.order(D(2024, 5, 1), 80)
    made.order(D(2027, 1, 31), 100)
    rules = program(
        [{**EACH_DOLLAR, "cap": {"times": 1, "per": "ever"}}],
        tiers=TIERS,
        expiry={"rule": "age", "after": "1 month", "by_tier": {"basic": "never"}},
    )
    features = applied(made, rules, tmp_path, day)["ada"][2]

    assert features["points_balance"] == left
    assert features["points_expire_on"] is None
