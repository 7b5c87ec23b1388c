"""What balances pay for, of all customers at once, is what walking through each one's days gives."""

from random import Random

import numpy as np
import pyarrow as pa

from pakdee.programme.paying import Offered, payments

COSTS, MOST = (7, 3), 2


def lived(chance, number):
    """A customer's days: what came and was used, how far units ran out, two grants on offer, the second capped."""
    come, days = 0, sorted(chance.sample(range(300), chance.randint(1, 40)))
    for day in days:
        came = chance.choice([0, 0, 1, 5, 30, -4])
        come += came
        yield {
            "number": number,
            "day": day,
            "came": came,
            "used": chance.choice([0, 0, 0, 6]),
            "reach": chance.choice([0, 0, max(0, come - 5)]),
            "due": (chance.randint(0, 1), chance.randint(0, 1)),
            "period": day // 30,
        }


def walked(rows):
    """Day after day, grant after grant."""
    come, gone, given, paid = 0, 0, {}, []
    for row in rows:
        come += row["came"]
        gone = max(gone, row["reach"]) + row["used"]
        for number, cost in enumerate(COSTS):
            times = 0
            while (
                row["due"][number]
                and come - gone >= cost
                and (number == 0 or given.get(row["period"], 0) < MOST)
            ):
                gone, times = gone + cost, times + 1
                given[row["period"]] = given.get(row["period"], 0) + number
            if times:
                paid.append((row["number"], row["day"], number, times))
    return paid


def test_all_at_once_is_one_after_the_other():
    """Two hundred customers with one to forty days, units that run out, debts, a cap of two in a month."""
    chance = Random(7)
    lives = [list(lived(chance, number)) for number in range(200)]
    rows = [row for life in lives for row in life]
    moves = pa.Table.from_pylist(
        [{k: row[k] for k in ("number", "day", "came", "used", "reach")} for row in rows]
    )
    due = [np.array([row["due"][number] for row in rows], np.int64) for number in (0, 1)]
    period = np.array([row["period"] for row in rows], np.int64)

    found = payments(moves, [Offered(COSTS[0], due[0]), Offered(COSTS[1], due[1], period, MOST)])

    told = [tuple(row[k] for k in ("number", "day", "grant_number", "times")) for row in found.to_pylist()]
    by_hand = [payment for life in lives for payment in walked(life)]
    assert sorted(told) == sorted(by_hand)
    assert len(by_hand) > 500


def test_nobody_has_anything():
    """Without rows there are columns all the same."""
    whole = pa.array([], pa.int64())
    moves = pa.table(dict.fromkeys(("number", "day", "came", "used", "reach"), whole))

    found = payments(moves, [Offered(5, np.array([], np.int64))])

    assert found.num_rows == 0
    assert found.column_names == ["number", "day", "grant_number", "times"]
