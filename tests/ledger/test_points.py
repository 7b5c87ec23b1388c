"""Points by the shop's own entries: what is left and what runs out is what counting day by day gives."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from import_desk import Desk, rows
from tiny_ledger import DAY, ago, buyers, features, shop

from pakdee.domain.feature import FeatureCatalog
from pakdee.ledger import feature_specs

ONE = dt.timedelta(days=1)
FEATURES = ("points_balance", "points_expiring_30d", "points_expire_on", "days_to_next_expiry")
Entry = dict[str, Any]


def entry(units: int, on: dt.date, until: dt.date | None = None, kind: str = "", **more: Any) -> Entry:
    """One entry of ada's; `until` is the last day of these points."""
    at = until and dt.datetime.combine(until + ONE, dt.time(), dt.UTC)
    row = {"customer_id": "ada", "kind": kind or ("earn" if units > 0 else "redeem"), "units": Decimal(units)}
    return row | {"occurred_on": on, "expires_at": at, "expires_on": until} | more


def found(folder: Path, entries: Sequence[Entry], *customers: str) -> dict[str, tuple[Any, ...]]:
    """Balance, what runs out, its day and the days to it, by customer."""
    made = shop(folder, customers=buyers("ada", *customers), point_entries=entries)
    return {name: tuple(known[feature] for feature in FEATURES) for name, known in features(made).items()}


def walked(entries: Sequence[Entry], until: dt.date) -> tuple[list[list[Any]], bool]:
    """Lots left on the morning of `until`, counted day by day, and whether there was enough for all spending."""
    lots: list[list[Any]] = []
    enough, day = True, min(entry["occurred_on"] for entry in entries)
    while day <= until:
        lots = [lot for lot in lots if lot[0] is None or lot[0] >= day]
        of_day = [entry for entry in entries if entry["occurred_on"] == day < until]
        lots += [[entry["expires_on"], entry["units"]] for entry in of_day if entry["units"] > 0]
        for spent in (-entry["units"] for entry in of_day if entry["units"] < 0):
            for lot in sorted(lots, key=lambda lot: lot[0] or dt.date.max):
                taken = min(spent, lot[1])
                lot[1], spent = lot[1] - taken, spent - taken  # noqa: PLW2901 -- what is still to be taken
            enough &= spent == 0
        day += ONE
    return lots, enough


def lived(chance: random.Random, customer: str, lives: Sequence[int | None], *, owing: bool) -> list[Entry]:
    """A customer's entries of some months; `owing`, more may be spent than there is."""
    entries, day = list[Entry](), ago(160)
    while day < DAY:
        life = chance.choice(lives)
        until = life and day + dt.timedelta(days=life)
        if chance.random() < 0.07:
            entries.append(entry(chance.randint(1, 100), day, until, customer_id=customer))
        if entries and chance.random() < 0.04:
            spent = entry(-chance.randint(1, 60), day, customer_id=customer)
            entries += [spent] if owing or walked([*entries, spent], day + ONE)[1] else []
        day += ONE
    return entries


@pytest.mark.parametrize(
    ("lives", "owing"), [([20, 60, 120, None], False), ([60], True), ([40, 40, None], True)]
)
def test_points_are_what_counting_day_by_day_gives(
    tmp_path: Path, lives: Sequence[int | None], owing: bool
) -> None:
    """Forty customers who earn, spend and let points run out, in the order in which they came or not."""
    chance = random.Random(7)
    everyone = {name: lived(chance, name, lives, owing=owing) for name in (f"c{n:02}" for n in range(40))}
    told = found(tmp_path, [entry for life in everyone.values() for entry in life], *everyone)

    for customer, life in everyone.items():
        lots = walked(life, DAY)[0] if life else []
        ends = [(on, units) for on, units in lots if on and units]
        first = min((on for on, _ in ends), default=None)
        soon = sum(units for on, units in ends if on < DAY + dt.timedelta(days=30))
        days = (first - DAY).days if first else None
        assert told[customer] == (sum(units for _, units in lots), soon, first, days), customer
    assert any(known[0] for known in told.values())


def test_the_worked_example(tmp_path: Path) -> None:
    """100 for long, spent; then 50 for a month, run out unspent; then 30 and 20, of which 25 are spent.

    The 50 were not there when the 100 were spent, so none of the 100 is left; of the 30 and the 20 those that run
    out first are spent first: all 20 and 5 of the 30. Ten more are booked today, and not known yet.
    """
    entries = [
        entry(100, ago(300), ago(-300)),
        entry(-100, ago(250)),
        entry(50, ago(200), ago(170)),
        entry(30, ago(20), ago(-40)),
        entry(20, ago(10), ago(-5)),
        entry(-25, ago(2)),
        entry(10, DAY, ago(-1)),
    ]
    assert found(tmp_path, entries)["ada"] == (25, 0, ago(-40), 40)


def test_points_without_a_last_day_end_by_the_shops_own_entries(tmp_path: Path) -> None:
    """As after a year without an order; what has a last day is not touched by them."""
    entries = [entry(70, ago(90)), entry(40, ago(80), ago(-9)), entry(-60, ago(3), kind="expire")]

    assert found(tmp_path, entries) == {"ada": (50, 40, ago(-9), 9)}


def test_nobody_owes_points(tmp_path: Path) -> None:
    """A return may take more than there is; what is earned later is whole."""
    entries = [entry(10, ago(9), DAY), entry(-40, ago(8), kind="reverse"), entry(5, ago(7), DAY)]

    assert found(tmp_path, entries)["ada"][0] == 5


def test_days_since_points_were_spent(tmp_path: Path) -> None:
    """Redeemed, not given away or taken back; unknown for who never did."""
    entries = [
        entry(90, ago(99)),
        entry(-10, ago(40)),
        entry(-10, ago(30), kind="Redeem"),
        entry(-10, ago(20), kind="donate"),
        entry(-10, ago(10), kind="reverse"),
    ]
    made = shop(tmp_path, customers=buyers("ada", "ben"), point_entries=entries)
    told = {name: known["days_since_last_redemption"] for name, known in features(made).items()}

    assert told == {"ada": 30, "ben": None}


def test_of_one_day_the_hour_decides(tmp_path: Path) -> None:
    """What is earned in the evening was not spent in the morning, though it runs out earlier."""
    morning, evening = (dt.datetime(2026, 11, 12, hour, tzinfo=dt.UTC) for hour in (2, 12))
    entries = [
        entry(50, ago(40), ago(-90)),
        entry(-20, ago(10), occurred_at=morning),
        entry(20, ago(10), ago(-3), occurred_at=evening),
    ]
    assert found(tmp_path, entries)["ada"] == (50, 20, ago(-3), 3)


def test_who_never_earned_has_none_and_nothing_runs_out(tmp_path: Path) -> None:
    """Zero and unknown, not left out."""
    assert found(tmp_path, [entry(50, ago(10), ago(-20))], "ben")["ben"] == (0, 0, None, None)


def test_the_shops_own_expiry_entries_are_not_counted_twice(tmp_path: Path) -> None:
    """What has run out is worked out here, whether the shop books it or not."""
    lot = entry(80, ago(100), ago(30))
    booked = entry(-80, ago(29), kind="EXPIRE")

    assert found(tmp_path / "a", [lot]) == found(tmp_path / "b", [lot, booked]) == {"ada": (0, 0, None, None)}


def test_points_on_their_last_day_and_points_not_available_yet(tmp_path: Path) -> None:
    """The last day counts in full; what comes tomorrow is not told of today."""
    entries = [entry(30, ago(9), DAY), entry(40, ago(1), None, available_on=DAY + ONE)]

    assert found(tmp_path, entries) == {"ada": (30, 30, DAY, 0)}


def test_without_entries_there_is_no_such_feature(tmp_path: Path) -> None:
    """A shop that keeps no points is told so, instead of everybody having none."""
    made = shop(tmp_path, customers=buyers("ada"))
    catalog = FeatureCatalog(list(feature_specs()))

    assert not set(FEATURES) & set(features(made)["ada"])
    assert catalog.missing(frozenset({"points_balance"}), made.provides) == {"point_entries"}


def test_midnight_ends_the_day_before(tmp_path: Path) -> None:
    """Points that end on 1 December at 0:00 can be used until 30 November, those that end at 23:59 on that day."""
    desk = Desk(tmp_path)
    desk.put_minimal()
    desk.put(
        "point_entries.csv",
        "entry_id,customer_id,kind,units,occurred_at,expires_at\n"
        "1,C1,earn,10,2026-01-05,2026-12-01\n2,C1,earn,10,2026-01-06 10:00,2026-12-31 23:59:59\n",
    )

    assert rows(
        desk.bring().snapshot, "SELECT occurred_on, expires_on FROM point_entries ORDER BY entry_id"
    ) == [
        (dt.date(2026, 1, 5), dt.date(2026, 11, 30)),
        (dt.date(2026, 1, 6), dt.date(2026, 12, 31)),
    ]
