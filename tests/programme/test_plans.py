"""Paid plans: a trial, terms, an end; each state as a shopkeeper would tell it, and by chance as terms one by one."""

import datetime as dt
import shutil
import tempfile
from decimal import Decimal
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
from accounting_draws import ZONE, Shop
from accounting_making import program
from hypothesis import given, settings
from hypothesis import strategies as st
from import_desk import ROOT
from shops import customers_of, write

from pakdee.catalog import load_program
from pakdee.domain.accounting import Term, plan_on, plan_standing
from pakdee.domain.condition import Condition
from pakdee.house.composing import feature_catalog
from pakdee.programme import account, derive

D = dt.date
NAMES = [name for name in feature_catalog() if "plan" in name]
PLANS = [
    {"id": "club", "title": {"en": "Club"}, "price": "99 USD", "per": "30 days", "trial": "30 days"},
    {"id": "year", "title": {"en": "Year"}, "price": "900 USD", "per": "1 year"},
]
RULES = {"plans": PLANS, "renew": "auto", "remind": ["1 month", "7 days"], "lapse_grace": "7 days"}
TRIAL = {"status": "trial", "price": 0}
IN_THE_CLUB = Condition("", "plan = 'club'", "plan = 'club'", frozenset({"plan"}))
EARN = [{"when": "order", "give": 1, "where": IN_THE_CLUB.text}]


def term(started_on, ends_on, status="active", plan="club", price=99, auto_renew=None, who="ada"):
    """A term of ada's as the shop wrote it down."""
    row = {"membership_id": f"{who}-{plan}-{started_on}-{ends_on}", "customer_id": who, "plan_id": plan}
    row |= {"status": status, "started_on": started_on, "ends_on": ends_on, "auto_renew": auto_renew}
    return row | {"price": None if price is None else Decimal(price)}


def bought(*days, who="ada"):
    """An order of each of these days."""
    return [
        {"order_id": f"{who}-{day}", "customer_id": who, "ordered_on": day, "net_amount": Decimal(50)}
        | {"ordered_at": dt.datetime.combine(day, dt.time(12), ZONE)}
        for day in days
    ]


def told(rules, days, names=NAMES, customers=("ada",), **tables):
    """For each of these days, by customer: the features, from tables that know the future."""
    folder, shop = Path(tempfile.mkdtemp()), Shop()
    shop.tables |= {"customers": [{"customer_id": who} for who in customers], **tables}
    try:
        paths = write(shop, folder)
        facts = (paths, customers_of(paths, folder), rules)
        asked = {"zone": ZONE, "names": names, "out": folder / "told.parquet"}
        asked["earn_conditions"] = {"order": IN_THE_CLUB}
        found = [pq.read_table(derive(*facts, day=day, **asked)).to_pylist() for day in days]
    finally:
        shutil.rmtree(folder)
    return [{row["customer_id"]: row for row in rows} for rows in found]


PRIME = [
    term(D(2026, 1, 1), D(2026, 1, 30), plan="monthly", **TRIAL),
    term(D(2026, 1, 31), D(2026, 2, 27), plan="monthly", price="14.99"),
    term(D(2026, 2, 28), D(2026, 3, 27), plan="monthly", price="14.99"),
    term(D(2026, 4, 10), D(2027, 4, 9), plan="annual", price=139),
]
STORY = [
    # day, plan, status, renews, reminder, refund
    (D(2026, 1, 1), "none", "none", False, False, False),
    (D(2026, 1, 2), "monthly", "trial", True, False, False),
    (D(2026, 1, 23), "monthly", "trial", True, True, False),
    (D(2026, 1, 24), "monthly", "trial", True, False, False),
    (D(2026, 1, 31), "monthly", "trial", True, False, False),
    (D(2026, 2, 1), "monthly", "active", True, False, False),
    (D(2026, 2, 20), "monthly", "active", True, True, False),
    (D(2026, 3, 2), "monthly", "active", True, False, False),  # February's order used the first paid month
    (D(2026, 3, 28), "monthly", "active", True, False, True),  # the second went by unused
    (D(2026, 3, 29), "none", "lapsed", False, False, True),
    (D(2026, 4, 11), "annual", "active", True, False, True),
    (D(2027, 4, 2), "annual", "active", True, True, True),
    (D(2027, 4, 11), "none", "lapsed", False, False, False),  # the annual one was used
]


def test_from_a_trial_to_a_lapse():
    """Thirty days free, two months paid, a fortnight without, a year: as on each morning it could be known."""
    prime = load_program(ROOT / "examples/programs/prime.yaml", ROOT, feature_catalog()).program
    orders = bought(D(2026, 1, 5), D(2026, 2, 10), D(2026, 6, 1))
    days = [day for day, *_ in STORY]
    found = [row["ada"] for row in told(prime, days, memberships=PRIME, orders=orders)]

    names = ("plan", "plan_status", "plan_renews", "plan_reminder_due", "plan_refund_due")
    assert [(day, *(row[name] for name in names)) for day, row in zip(days, found, strict=True)] == STORY
    assert [row["days_to_plan_end"] for row in found[:5]] == [None, 28, 7, 6, -1]
    assert found[3]["days_since_plan_reminder"] == 1
    assert found[5]["plan_ends_on"] == D(2026, 2, 27)


DAY = D(2026, 6, 15)


def ago(days):
    """A day so many days before."""
    return DAY - dt.timedelta(days)


TERMS = [
    (term(ago(40), ago(1)), "active"),  # what was renewed today is known tomorrow
    (term(ago(40), ago(2)), "grace"),
    (term(ago(40), ago(7)), "grace"),
    (term(ago(40), ago(8)), "lapsed"),
    (term(ago(40), ago(2), "cancelled"), "cancelled"),
    (term(ago(40), ago(-3), "cancelled"), "active"),
    (term(ago(5), ago(-25), "cancelled", price=0), "trial"),  # who ends the trial early keeps it
    (term(ago(29), ago(-60), price=None), "trial"),  # nobody wrote that it was paid for
    (term(ago(30), ago(-60), price=None), "active"),  # its thirty days are over
    (term(ago(5), ago(-25)), "active"),  # paid for from the first day
    (term(ago(5), None, "lapsed"), "lapsed"),
    (term(ago(500), None), "active"),
    (term(ago(5), ago(-25), plan="year", price=0), "active"),  # this plan has no trial
    (term(ago(0), ago(-30)), "none"),
]


def test_terms_one_by_one():
    """A term's days decide; what the shop wrote of its state decides only what days cannot."""
    rows = [{**one, "customer_id": f"{number:02}"} for number, (one, _) in enumerate(TERMS)]
    names = [row["customer_id"] for row in rows]
    [found] = told(program(membership=RULES), [DAY], customers=names, memberships=rows)

    assert [found[name]["plan_status"] for name in names] == [status for _, status in TERMS]
    has = {"trial", "active", "grace"}
    plans = [one["plan_id"] if status in has else "none" for one, status in TERMS]
    assert [found[name]["plan"] for name in names] == plans


def test_without_membership_the_terms_speak_for_themselves():
    """No grace and no trial but those that the shop wrote down; what renews is what it says renews."""
    rules = program()
    running = term(ago(5), ago(-25), "trial", auto_renew=True)
    terms = [running, term(ago(40), ago(30), "grace", who="ben"), term(ago(5), ago(-25), who="cat")]
    [found] = told(rules, [DAY], customers=("ada", "ben", "cat"), memberships=terms)

    assert [row["plan_status"] for row in found.values()] == ["trial", "grace", "active"]
    assert [row["plan_renews"] for row in found.values()] == [True, False, False]


def test_who_switched_renewal_off_is_reminded_of_an_end():
    """A month and a week before the end: by the calendar, and told for as long as it is the latest one."""
    last = term(ago(200), D(2026, 7, 15), plan="year", auto_renew=False)
    names = ("plan_renews", "plan_reminder_due", "days_since_plan_reminder")

    days = [DAY, DAY + dt.timedelta(7), D(2026, 7, 9), D(2026, 7, 16)]
    found = [row["ada"] for row in told(program(membership=RULES), days, memberships=[last])]

    assert [found[0][name] for name in names] == [False, True, 0]
    assert [row[names[2]] for row in found[1:]] == [7, 1, None]


def test_a_paid_term_that_nobody_used():
    """An order on its first or last day uses it; one on the day before or after does not."""
    cases = [([], True), ([ago(41)], True), ([ago(40)], False), ([ago(11)], False), ([ago(10)], True)]
    names = [f"{number}" for number, _ in enumerate(cases)]
    terms = [
        row
        for who in names
        for row in (term(ago(70), ago(41), **TRIAL, who=who), term(ago(40), ago(11), who=who))
    ]
    facts = {
        "customers": [*names, "tried"],
        "memberships": [*terms, term(ago(70), ago(41), **TRIAL, who="tried")],
    }
    facts["orders"] = [
        row for who, (days, _) in zip(names, cases, strict=True) for row in bought(*days, who=who)
    ]

    due = {}
    for refund in ("unused", None):
        [found] = told(program(membership={**RULES, "refund": refund}), [DAY], **facts)
        due[refund] = [found[who]["plan_refund_due"] for who in (*names, "tried")]
    assert due == {"unused": [*(is_due for _, is_due in cases), False], None: [False] * 6}


def test_benefits_are_of_the_day(tmp_path):
    """Rules and grants that ask the plan look at that of the day, its grace included; later ones change nothing."""
    rules = program(
        EARN,
        membership=RULES,
        grants=[
            {"id": "book", "when": "schedule", "every": "1 month", "kind": "product", "title": {"en": "Book"}}
            | {"where": "plan = 'club'"}
        ],
    )
    shop, days = Shop(), [D(2026, 1, 31), D(2026, 2, 1), D(2026, 3, 9), D(2026, 3, 10), D(2026, 5, 2)]
    shop.tables |= {"customers": [{"customer_id": "ada"}], "orders": bought(*days)}
    shop.tables["memberships"] = [
        term(D(2026, 2, 1), D(2026, 3, 2), price=0),
        term(D(2026, 5, 2), None, plan="year"),
    ]
    paths = write(shop, tmp_path)
    files = account(
        paths,
        customers_of(paths, tmp_path),
        rules,
        day=DAY,
        zone=ZONE,
        out=tmp_path,
        earn_conditions={"order": IN_THE_CLUB},
        grant_conditions={"book": IN_THE_CLUB},
    )

    assert [row["day"] for row in pq.read_table(files.entries).to_pylist()] == [D(2026, 2, 1), D(2026, 3, 9)]
    assert [row["day"] for row in pq.read_table(files.grants).to_pylist()] == [D(2026, 2, 1), D(2026, 3, 1)]


# ── by chance ────────────────────────────────────────────────────────────────────────────────────
LENGTHS = st.sampled_from(["1 day", "7 days", "30 days", "1 month"])


@st.composite
def memberships(draw):
    """What the programme says of paid plans; sometimes nothing."""
    trial = draw(st.one_of(st.none(), LENGTHS))
    made = {
        "plans": [{**PLANS[0], "trial": trial}, PLANS[1]],
        "renew": draw(st.sampled_from(["auto", "manual"])),
        "remind": draw(st.lists(LENGTHS, max_size=2)),
        "lapse_grace": draw(st.one_of(st.none(), LENGTHS)),
        "refund": draw(st.sampled_from([None, "unused"])),
    }
    return program(EARN, membership=draw(st.sampled_from([made, made, made, None])))


def random_terms(chance, who):
    """A few terms, one after the other, with gaps, or at once, and days of orders."""
    rows, day = [], ago(chance.randrange(60, 120))
    for _ in range(chance.choice([0, 1, 2, 3])):
        length = chance.choice([None, 0, 6, 29, 29, 29, 30, 60])
        ends = None if length is None else day + dt.timedelta(length)
        status = chance.choice(["trial", "active", "active", "grace", "lapsed", "cancelled"])
        more = {"plan": chance.choice(["club", "year", "old"]), "price": chance.choice([None, 0, 99])}
        rows.append(term(day, ends, status, auto_renew=chance.choice([None, True, False]), who=who, **more))
        day = (ends or day) + dt.timedelta(chance.choice([0, 1, 1, 1, 5, 8]))
    orders = [ago(chance.randrange(-5, 120)) for _ in range(chance.choice([0, 0, 1, 3]))]
    return rows, orders


def oracle(row):
    """A row of the table as the reference takes it."""
    names = ("membership_id", "plan_id", "status", "started_on", "ends_on", "auto_renew", "price")
    return Term(*(row[name] for name in names))


@given(rules=memberships(), seed=st.integers(0, 2**32), days=st.integers(-10, 90))
@settings(max_examples=8, deadline=None)
def test_the_set_of_all_is_each_by_itself(rules, seed, days):
    """For all customers at once the same as term by term; and what comes later is not known."""
    chance, day = Random(seed), ago(days)
    lives = {f"c{number:02}": random_terms(chance, f"c{number:02}") for number in range(40)}
    rows = [row for terms, _ in lives.values() for row in terms]
    chance.shuffle(rows)
    orders = [row for who, (_, of) in lives.items() for row in bought(*set(of), who=who)]
    facts = {"customers": sorted(lives), "memberships": rows, "orders": orders}
    [found] = told(rules, [day], [*NAMES, "points_balance"], **facts) if rows and orders else [{}]

    for who, row in found.items():
        terms, uses = lives[who]
        mine = plan_standing(map(oracle, terms), {use for use in uses if use < day}, rules.membership, day)
        reminded = mine.reminded_on and (day - mine.reminded_on).days
        assert (row["plan"], row["plan_status"], row["plan_ends_on"]) == (
            mine.plan,
            mine.status,
            mine.ends_on,
        )
        assert (row["plan_renews"], row["plan_refund_due"]) == (mine.renews, mine.refund_due), who
        assert (row["days_since_plan_reminder"], row["plan_reminder_due"]) == (reminded, reminded == 0), who
        in_the_club = [
            use
            for use in set(uses)
            if plan_on(map(oracle, terms), rules.membership, use) == "club" and use < day
        ]
        assert row["points_balance"] == len(in_the_club), who
