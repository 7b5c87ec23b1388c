"""The ladder of earlier days: up at once, down with the month, and the best rung ever."""

import datetime as dt
import random
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
from tiny_ledger import ZONE, buyers, order, refund, shop

from pakdee.domain.program import Program
from pakdee.domain.project import Project
from pakdee.domain.settings import Settings
from pakdee.house.composing import Composer
from pakdee.house.forecasting import Forecaster

D = dt.date
RUNGS = ("prospect", "customer", "client", "supporter", "advocate")
SEED = 2  # in it, some are best on the morning on which something old no longer counts
BEFORE = "rung_31d_ago"


class NoMails:
    """A journal that knows of nothing."""

    def survey_answers(self, day, zone):
        """No answers."""
        import pyarrow as pa

        return pa.table({})

    def engagement_features(self, customers, names, **_):
        """No clicks."""
        import pyarrow as pa

        return pa.table({"customer_id": customers})


def rungs(folder: Path, made, day, **ladder):
    """(rung, best rung) of each customer as of a day."""
    return told(folder, made, day, ("rung", "rung_best"), **ladder)


def told(folder: Path, made, day, names, **ladder):
    """These features of each customer as of a day, in the order of `names`."""
    about = {"name": {"en": "Club"}, "currency": "THB"}
    program = Program.model_validate({"program": about, "ladder": ladder})
    files = Project(program, None, {}, {}, {}, {}, f"{ladder}")
    settings = Settings()
    composer = Composer(
        made, files, ZONE, "02-28", "128 MB", folder / "features", NoMails, Forecaster(made, settings, folder)
    )
    rows = pq.read_table(
        composer.as_of(day, frozenset(names)).path, columns=["customer_id", *names]
    ).to_pylist()
    return {row["customer_id"]: tuple(row[name] for name in names) for row in rows}


def bought(who, *days, **more):
    return [order(who, day, 100, order_id=f"{who} {day}", **more) for day in days]


def test_who_falls_does_so_when_the_month_is_over(tmp_path):
    """Ada's first of three orders turns a year old on 10 June; she is a client to the end of the month."""
    first = D(2025, 6, 9)
    sold = bought("ada", first, D(2026, 2, 1), D(2026, 5, 1))
    made = shop(tmp_path / "s", customers=buyers("ada"), orders=sold)

    assert rungs(tmp_path, made, D(2026, 6, 10), settle="at_once")["ada"] == ("customer", "client")
    assert rungs(tmp_path, made, D(2026, 6, 30))["ada"] == ("client", "client")
    assert rungs(tmp_path, made, D(2026, 7, 1))["ada"] == ("customer", "client")


def test_who_rises_and_falls_within_a_month_falls_at_its_end(tmp_path):
    """The third order of 3 June makes a client, the first leaves the year on the 10th; who gave it back never was."""
    sold = [row for who in ("ada", "ben") for row in bought(who, D(2025, 6, 9), D(2026, 2, 1), D(2026, 6, 3))]
    back = refund("ben 2026-06-03", 100, D(2026, 6, 5))
    made = shop(tmp_path / "s", customers=buyers("ada", "ben"), orders=sold, refunds=[back])

    assert rungs(tmp_path, made, D(2026, 6, 20)) == {"ada": ("client",) * 2, "ben": ("customer",) * 2}
    assert rungs(tmp_path, made, D(2026, 7, 1)) == {"ada": ("customer", "client"), "ben": ("customer",) * 2}


def test_who_knows_of_no_offers_proves_no_liking(tmp_path):
    """Five orders make a client; that all were at full price is proven only where discounts or offers are told."""
    days = [D(2026, month, 3) for month in range(1, 6)]
    for name, more in (("silent", {}), ("telling", {"discount_amount": Decimal(0)})):
        made = shop(tmp_path / name, customers=buyers("ada"), orders=bought("ada", *days, **more))
        rung = "supporter" if more else "client"
        assert rungs(tmp_path / name, made, D(2026, 6, 20))["ada"] == (rung, rung)


def test_a_plan_that_is_over_was_one(tmp_path):
    """Paid until 10 June 2026 and lapsed since, with hardly an order: a client until June is over, and once at best."""
    plan = {"membership_id": "m", "customer_id": "ada", "plan_id": "club", "status": "lapsed"}
    plan |= {"started_on": D(2024, 6, 11), "ends_on": D(2026, 6, 10)}
    trial = plan | {"membership_id": "n", "customer_id": "ben", "status": "trial"}
    sold = [*bought("ada", D(2025, 1, 1)), *bought("ben", D(2025, 1, 1))]
    made = shop(tmp_path / "s", customers=buyers("ada", "ben"), orders=sold, memberships=[plan, trial])

    assert rungs(tmp_path, made, D(2026, 6, 20)) == {"ada": ("client",) * 2, "ben": ("customer",) * 2}
    assert rungs(tmp_path, made, D(2026, 7, 1))["ada"] == ("customer", "client")


def by_hand(day, facts, active_days=60):
    """The rung that one customer's facts of earlier days prove, from 0 to 4, by plain counting."""

    def lately(table, when):
        return [row for row in facts[table] if day - dt.timedelta(365) <= row[when] < day]

    ever = [row["ordered_on"] for row in facts["orders"] if row["ordered_on"] < day]
    orders, acts = lately("orders", "ordered_on"), lately("activities", "occurred_on")
    since = (day - max(ever)).days if ever else None
    answers = sorted((r["answered_at"], r["score"]) for r in lately("survey_responses", "answered_on"))
    promotes = bool(answers) and answers[-1][1] >= 9
    stars, weights = [r["rating"] for r in acts], {"like": 1, "review": 4}
    days = {r["occurred_on"] for r in acts}
    social = sum(min(5, sum(weights[r["type"]] for r in acts if r["occurred_on"] == d)) for d in days)
    whole = sum(not r["discount_amount"] for r in orders)
    signs = [
        promotes,
        len(stars) >= 2 and sum(stars) >= 4 * len(stars),
        social >= 6,
        len(orders) >= 4 and whole >= Decimal("0.8") * len(orders),
    ]
    good = [r for r in acts if r["type"] == "review" and r["rating"] >= 4]
    brought = lately("referrals", "won_on") or (promotes and len(good) >= 2)
    if since is not None and since <= 365 and brought:
        return 4
    if len(orders) >= 3 and since <= active_days:
        return 3 if any(signs) else 2
    return int(bool(ever))


def random_facts(chance, who, end):
    """Orders, most of them at full price; ratings and likes; answers; now and then a friend won."""
    facts = {"orders": [], "activities": [], "survey_responses": [], "referrals": []}
    for n in chance.sample(range(1, 500), chance.choice((1, 2, 5, 9))):
        cut = Decimal(chance.choice((0, 0, 0, 5)))
        facts["orders"] += bought(who, end - dt.timedelta(n), discount_amount=cut)
    for n in chance.sample(range(1, 500), chance.choice((0, 1, 3))):
        day = end - dt.timedelta(n)
        at, own = dt.datetime.combine(day, dt.time(5), dt.UTC), {"customer_id": who}
        kind, stars = chance.choice(("review", "like")), Decimal(chance.choice((2, 4, 5)))
        facts["activities"].append(own | {"type": kind, "occurred_on": day, "rating": stars})
        answer = {"response_id": f"{who}{n}", "question": "nps", "answered_at": at, "answered_on": day}
        answer |= {"score": Decimal(chance.choice((5, 9, 10))), "scale_max": Decimal(10)}
        facts["survey_responses"].append(own | answer)
        if chance.random() < 0.1:
            won = {"converted_customer_id": f"new {who}", "converted_at": at, "won_on": day}
            facts["referrals"].append({"referral_id": f"{who}{n}", "referrer_id": who} | won)
    return facts


def test_the_best_is_the_highest_of_all_mornings(tmp_path):
    """And the present one the highest since the month began, whatever came and went."""
    end, people = D(2026, 6, 20), [f"c{n:02}" for n in range(60)]
    chance = random.Random(SEED)
    facts = {who: random_facts(chance, who, end) for who in people}
    whole = {table: [row for own in facts.values() for row in own[table]] for table in facts[people[0]]}
    made = shop(tmp_path / "s", customers=buyers(*people), **whole)
    found = rungs(tmp_path, made, end, active_days=60)
    mornings = {who: [by_hand(end - dt.timedelta(n), facts[who]) for n in range(500)] for who in people}

    assert {who: best for who, (_, best) in found.items()} == {
        who: RUNGS[max(numbers)] for who, numbers in mornings.items()
    }
    assert {who: rung for who, (rung, _) in found.items()} == {
        who: RUNGS[max(numbers[:20])] for who, numbers in mornings.items()
    }
    assert len({best for _, best in found.values()}) == 4

    # 20 May is 31 days before; settled by the month, all mornings since 1 May count.
    for settle, days in (("month", slice(31, 51)), ("at_once", slice(31, 32))):
        before = told(tmp_path, made, end, (BEFORE,), active_days=60, settle=settle)
        assert before == {who: (RUNGS[max(numbers[days])],) for who, numbers in mornings.items()}
