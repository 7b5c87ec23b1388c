"""Rewards that wait to be chosen: what is missing to the next one, and since when there was enough."""

import datetime as dt
import random
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from accounting_making import of, order, program, refund, spent
from shops import customers_of, write
from test_points_by_hand import DAY, EACH_DOLLAR, GIFT, TIERS, Made
from tiny_ledger import ZONE, ago, buyers, by_customer, shop

from pakdee.domain.condition import Condition
from pakdee.ledger import ledger_features
from pakdee.programme import derive, stands_in

D = dt.date
ONE = dt.timedelta(days=1)
CUP = {"id": "cup", "when": "redeem", "cost": 100, **GIFT}
SPENT, MISSING = "days_since_last_redemption", "units_to_next_reward"


def made_of(*rows):
    """A shop of ada and ben with these orders (day, amount), refunds and bookings of ada's."""
    made, first = Made(), next((row for row in rows if row[0] == "order"), None)
    for who in ("ada", "ben"):
        made.add("customers", customer_id=who)
    for kind, day, units in rows:
        if kind == "order":
            made.order(day, units)
        elif kind == "refund":
            made.refund(first[1], units, day)
        else:
            made.redeem(day, units, kind)
    return made


def by_hand(rules, *rows):
    """The account of the same rows, day after day."""
    first = next((order(day, units) for kind, day, units in rows if kind == "order"), None)
    facts = [
        order(day, units)
        if kind == "order"
        else refund(first, day, units)
        if kind == "refund"
        else spent(day, units, kind)
        for kind, day, units in rows
    ]
    return of(rules, DAY, *facts)


def told(made, rules, folder):
    """The two features of ada and ben."""
    tables = write(made, folder)
    asked = {"day": DAY, "zone": ZONE, "names": {SPENT, MISSING}}
    return by_customer(derive(tables, customers_of(tables, folder), rules, out=folder / "f.parquet", **asked))


MARCH, APRIL = D(2026, 3, 1), D(2026, 4, 5)


@pytest.mark.parametrize(
    ("rows", "since"),
    [
        ([("order", MARCH, 60), ("order", D(2026, 3, 10), 60)], D(2026, 3, 10)),
        # 50 were given away that day; 40 more are 110 in the end.
        (
            [
                ("order", MARCH, 60),
                ("order", APRIL, 60),
                ("donate", APRIL, -50),
                ("order", D(2026, 4, 9), 40),
            ],
            D(2026, 4, 9),
        ),
        # The first 60 can be used to 1 June, and are not there with the next.
        ([("order", MARCH, 60), ("order", D(2026, 6, 2), 60), ("order", D(2026, 6, 9), 40)], D(2026, 6, 9)),
        ([("order", MARCH, 60), ("order", D(2026, 6, 1), 60)], D(2026, 6, 1)),
        # Of 60 that ran out 50 were used before, so that nothing of the next 90 is gone.
        ([("order", MARCH, 60), ("donate", APRIL, -50), ("order", D(2026, 6, 20), 100)], D(2026, 6, 20)),
        # What came back on the day itself was never there in the evening; what came back later was.
        ([("order", MARCH, 100), ("refund", MARCH, 1)], None),
        ([("order", MARCH, 100), ("refund", D(2026, 3, 2), 1)], MARCH),
        # Whoever chose once, however little, waits since then.
        ([("order", MARCH, 100), ("redeem", APRIL, -10)], APRIL),
        ([("order", MARCH, 99)], None),
    ],
)
def test_since_when_a_reward_could_have_been_chosen(tmp_path, rows, since):
    """A cup costs 100 points, one for each dollar, which last three months; ben has none."""
    rules = program([EACH_DOLLAR], expiry={"rule": "age", "after": "3 months"}, grants=[CUP])
    found, mine = told(made_of(*rows), rules, tmp_path), by_hand(rules, *rows)

    assert found["ada"][SPENT] == (since and (DAY - since).days)
    assert found["ben"][SPENT] is None
    assert found["ada"][MISSING] == max(0, 100 - mine.balance)
    assert mine.reward == 100
    assert mine.reward_since == since or any(kind == "redeem" for kind, *_ in rows)


def test_units_that_can_be_used_from_today_are_enough_today(tmp_path):
    """Earned yesterday, usable after a day."""
    rules = program([EACH_DOLLAR | {"pending": "1 day"}], grants=[CUP])
    found = told(made_of(("order", DAY - ONE, 100)), rules, tmp_path)["ada"]

    assert (found[SPENT], found[MISSING]) == (0, 0)


def test_only_rewards_to_choose_can_wait(tmp_path):
    """Without one, nobody waits, and nothing is missing."""
    found = told(made_of(("order", MARCH, 100)), program([EACH_DOLLAR]), tmp_path)["ada"]

    assert found[SPENT] is None
    assert MISSING not in found


def asking(text, *names):
    return Condition("grant:tea", text, text, frozenset(names))


@pytest.mark.parametrize(
    ("where", "missing", "since"),
    [
        ("tier = 'gold'", (0, 90), (MARCH, None)),
        ("tier = 'basic'", (0, 10), (APRIL, None)),
        ("order_count >= 2", (0, 90), (MARCH, None)),
        ("order_count = 1", (0, 10), (APRIL, None)),
        ("unheard_of = 1", (0, 90), (APRIL, None)),
    ],
)
def test_a_reward_for_some_is_the_next_one_of_theirs(tmp_path, where, missing, since):
    """Tea for 20 points, for some alone, cups for 100: ada, who is Gold, has 110 by two orders, ben 10 by one."""
    made = made_of(("order", MARCH, 60), ("order", APRIL, 50))
    made.order(MARCH, 10, "ben")
    tables, part = write(made, tmp_path), tmp_path / "part.parquet"
    pq.write_table(pa.table({"customer_id": ["ada", "ben"], "order_count": [2, 1]}), part)
    rules = program(
        [EACH_DOLLAR], tiers=TIERS, grants=[CUP, {**CUP, "id": "tea", "cost": 20, "where": where}]
    )
    asked = {"day": DAY, "zone": ZONE, "grant_conditions": {"tea": asking(where, where.split()[0])}}
    for names in (None, {SPENT, MISSING}):
        out = derive(tables, part, rules, out=tmp_path / "f.parquet", names=names, **asked)
        found = by_customer(out)

        assert tuple(found[who][MISSING] for who in ("ada", "ben")) == missing
        days = tuple(day and (DAY - day).days for day in since)
        assert tuple(found[who][SPENT] for who in ("ada", "ben")) == days


def test_who_is_no_member_may_choose_nothing(tmp_path):
    """Ada gave her address, ben did not."""
    made = made_of(("order", MARCH, 100))
    for who, email in (("ada", "ada@example.com"), ("ben", None)):
        made.add("persons", customer_id=who, email=email)
    rules = program([EACH_DOLLAR], about={"needs": ["email"]}, grants=[CUP])
    found = told(made, rules, tmp_path)

    assert [found[who][MISSING] for who in ("ada", "ben")] == [0, None]


# ── where the shop keeps the points ──────────────────────────────────────────────────────────────
KEEPING = program([EACH_DOLLAR], grants=[CUP])


def entry(who, units, on, until=None, kind=None, **more):
    """One entry of the shop's; `until` is the last day of these points."""
    row = {"entry_id": f"{who}-{on}-{units}", "customer_id": who, "units": Decimal(units), "occurred_on": on}
    return row | {"kind": kind or ("earn" if units > 0 else "donate"), "expires_on": until} | more


def kept(folder, entries, rules=KEEPING, *people):
    """(days since points were spent or could be, missing to the next reward) of each customer."""
    made = shop(folder, customers=buyers("ada", *people), point_entries=entries)
    asked = {"day": DAY, "zone": ZONE, "leap_birthday": "02-28"}
    instead = stands_in(made.tables, rules, {SPENT})
    names = {SPENT, MISSING, "points_balance"}
    base = ledger_features(made, out=folder / "base.parquet", names=names - instead, **asked)
    out = derive(made.tables, base, rules, out=folder / "programme.parquet", names=names, **asked)
    found = by_customer(base), by_customer(out)
    return {
        who: tuple((found[0][who] | found[1][who])[name] for name in (SPENT, MISSING)) for who in found[0]
    }


def test_the_shops_own_points_wait_as_well(tmp_path):
    """Ada had 100 for a day before 30 ran out, ben gave 20 away before; cat chose; dan's come today; eve has 60."""
    entries = [
        entry("ada", 30, ago(60), ago(40)),
        entry("ada", 70, ago(40)),
        entry("ben", 60, ago(60)),
        entry("ben", -20, ago(50)),
        entry("ben", 60, ago(20)),
        entry("cat", 500, ago(90)),
        entry("cat", -10, ago(7), kind="redeem"),
        entry("dan", 100, ago(3), available_on=DAY),
        entry("eve", 60, ago(60), ago(31)),
        entry("eve", 60, ago(30)),
    ]
    assert kept(tmp_path, entries, KEEPING, "ben", "cat", "dan", "eve") == {
        "ada": (40, 30),
        "ben": (20, 0),
        "cat": (7, 0),
        "dan": (0, 0),
        "eve": (None, 40),
    }


def test_without_a_reward_the_ledger_alone_tells_when_points_were_spent(tmp_path):
    """A shop that keeps its points and has no reward to choose has no other word for it."""
    entries = [entry("ada", 100, ago(9)), entry("ada", -5, ago(7), kind="redeem")]
    rules = program([EACH_DOLLAR])
    made = shop(tmp_path, customers=buyers("ada"), point_entries=entries)

    assert stands_in(made.tables, rules, {SPENT}) == frozenset()
    assert stands_in(made.tables, KEEPING, {SPENT, "points_balance"}) == {SPENT}


def first_with_enough(entries, enough=100):
    """The first day, counted day by day, in whose evening there were so many points."""
    lots, day = [], min(row["occurred_on"] for row in entries)
    while day <= DAY:
        lots = [lot for lot in lots if lot[0] >= day]
        of_day = [row for row in entries if row["occurred_on"] == day < DAY and row["kind"] != "expire"]
        lots += [[row["expires_on"] or D.max, row["units"]] for row in of_day if row["units"] > 0]
        for taken in (-row["units"] for row in of_day if row["units"] < 0):
            left = taken
            for lot in sorted(lots):
                used = min(left, lot[1])
                lot[1], left = lot[1] - used, left - used
        if sum(units for _, units in lots) >= enough:
            return day
        day += ONE
    return None


def test_the_shops_own_points_are_walked_through_day_by_day(tmp_path):
    """Sixty customers whose points come and run out, in the order in which they came or not.

    Every other one gives some away; of the others the shop books what ran out, which says nothing new.
    """
    chance, entries = random.Random(5), []
    people = [f"c{number:02}" for number in range(60)]
    for number, who in enumerate(people):
        kind, lives = ("donate", [20, 60, 120, None]) if number % 2 else ("expire", [20, 60, 120])
        for days in sorted(chance.sample(range(1, 200), 12), reverse=True):
            life = chance.choice(lives)
            units = chance.choice([-30, 10, 20, 30, 40])
            until = ago(days - life) if life and units > 0 else None
            entries.append(entry(who, units, ago(days), until, kind="earn" if units > 0 else kind))
    told = kept(tmp_path, entries, KEEPING, *people)
    expected = {who: first_with_enough([e for e in entries if e["customer_id"] == who]) for who in people}

    assert {who: told[who][0] for who in people} == {
        who: day and (DAY - day).days for who, day in expected.items()
    }
    assert 10 < sum(day is not None for day in expected.values()) < 50
    assert all(told[who][0] is not None for who in people if told[who][1] == 0)
