"""Random programmes, and random small shops for them: the rows, and the facts of each customer.

Few amounts, few days and short lengths, so that limits are met exactly, and often several on one day.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from accounting_making import levels, program
from hypothesis import strategies as st

from pakdee.domain.accounting import (
    Activity,
    Conversion,
    Facts,
    Line,
    Order,
    Person,
    Refund,
    ShopEntry,
    SurveyAnswer,
    Term,
    first_of_their_proof,
)
from pakdee.domain.program import Program

ZONE = ZoneInfo("Asia/Bangkok")
FIRST = dt.date(2024, 1, 1)
LAST = dt.date(2025, 8, 31)
LEAP_BIRTHDAY = "02-28"

# ── programmes ───────────────────────────────────────────────────────────────────────────────────
WHERE = {
    "channel = 'online'": lambda row: row["channel"] == "online",
    "net_amount >= 50": lambda row: row["net_amount"] >= 50,
    "weekday = 'monday'": lambda row: row["ordered_on"].weekday() == 0,
}
"""Conditions of order rules, and what they say of a row."""

SPANS = st.sampled_from(["1 day", "7 days", "30 days", "1 month", "3 months", "1 year"])
LONG = st.sampled_from(["30 days", "1 month", "3 months", "6 months", "1 year"])
CAPS = st.one_of(
    st.fixed_dictionaries({"times": st.integers(1, 3), "per": st.one_of(SPANS, st.just("ever"))}),
    st.fixed_dictionaries({"units": st.sampled_from([7, 50, 500]), "per": st.one_of(SPANS, st.just("ever"))}),
)
TIER_IDS = ("basic", "silver", "gold")
NUMBERS = {
    "net_spend": (0, 60, 250),
    "units_earned": (0, 20, 300),
    "order_count": (0, 1, 3),
    "activity_sum": (0, 1, 4),
}


def seldom(strategy):
    """Three times in four nothing."""
    return st.one_of(st.none(), st.none(), st.none(), strategy)


@st.composite
def earn_rules(draw, number, by_tier):
    """One earn rule."""
    when = draw(
        st.sampled_from(["order"] * 5 + ["join", "birthday", "referral", "survey", "review", "ticket"])
    )
    rule = {"id": f"{when}_{number}", "when": when, "give": draw(st.sampled_from(["1", "10", "0.5", "2.5"]))}
    if when == "order":
        rule["per"] = draw(st.sampled_from([None, "1 USD", "1 USD", "10 USD", "0.7 USD"]))
        rule["where"] = draw(seldom(st.sampled_from(sorted(WHERE))))
        rule["reverse"] = draw(st.sampled_from([True, True, True, False]))
    if when == "ticket":
        rule["proof"] = draw(st.sampled_from([None, "ticket_id"]))
    rule["cap"] = draw(seldom(CAPS))
    rule["pending"] = draw(seldom(st.sampled_from(["1 day", "14 days", "1 month"])))
    rule["counts_for_tier"] = draw(st.booleans())
    if by_tier and draw(st.booleans()):
        rule["by_tier"] = draw(
            st.sampled_from([{"gold": "2"}, {"basic": "0.5", "silver": "1.25", "gold": "1.5"}])
        )
    return {key: value for key, value in rule.items() if value is not None}


@st.composite
def tier_rules(draw):
    """Two or three levels, sometimes one more by invitation."""
    metric = draw(st.sampled_from(sorted(NUMBERS)))
    window = draw(st.one_of(LONG, st.sampled_from(["calendar_year", "lifetime"])))
    money = "USD" if metric == "net_spend" else ""
    starts = list(zip(TIER_IDS, NUMBERS[metric], strict=True))
    keep_at = {"keep_at": f"{starts[1][1] // 2} {money}".strip()} if draw(st.booleans()) else {}
    made = levels(*starts, money=money, silver=keep_at)
    if draw(st.sampled_from([False, False, True])):
        made += levels(("icon", starts[2][1] * 2), money=money, icon={"invite": True})
    return {
        "metric": metric,
        **({"activity": "review"} if metric == "activity_sum" else {}),
        "window": window,
        "keep": "forever" if window == "lifetime" else draw(st.one_of(LONG, st.just("end_of_next_year"))),
        **({"grace": draw(st.sampled_from(["1 day", "1 month"]))} if draw(st.booleans()) else {}),
        "drop": draw(st.sampled_from(["requalify", "one_down", "never"])),
        "on_return": draw(st.sampled_from(["recompute", "ignore"])),
        "levels": made,
    }


@st.composite
def expiries(draw, by_tier):
    """How units run out."""
    rule = draw(st.sampled_from(["never", "age", "inactivity"]))
    if rule == "never":
        return {"rule": rule}
    alive = st.lists(st.sampled_from(["order", "redeem", "login"]), min_size=1, max_size=2, unique=True)
    made = {"rule": rule, "after": draw(LONG)}
    if rule == "inactivity" or draw(st.booleans()):
        made["keep_alive"] = draw(alive)
    if draw(st.booleans()):
        made["round"] = "month_end"
    if by_tier and draw(st.booleans()):
        made["by_tier"] = draw(st.sampled_from([{"gold": "never"}, {"basic": "never"}]))
    return made


GRANTS = (
    {"when": "balance", "cost": 50},
    {"when": "balance", "cost": 20, "cap": {"times": 2, "per": "1 month"}},
    {"when": "schedule", "cost": 30, "dates": ["06-15", "02-28"]},
    {"when": "milestone", "at": {"activity": "review", "count": 3}},
    {"when": "milestone", "at": {"activity": "review", "sum": 5}},
    {"when": "order", "cap": {"times": 1, "per": "1 month"}},
    {"when": "order", "min_order": "50 USD"},
    {"when": "order", "kind": "donation", "share": "1.5%"},
    {"when": "review"},
    {"when": "review", "at": {"activity": "review", "count": 2}},
    {"when": "login", "at": {"activity": "login", "sum": "2.5"}},
    {"when": "review", "kind": "units", "units": 15, "cap": {"times": 1, "per": "1 month"}},
    {"when": "order", "kind": "units", "units": 5, "where": "tier = 'basic'"},
    {"when": "balance", "cost": 20, "where": "tier in ('basic', 'silver')"},
    {"when": "balance", "cost": 7, "where": "tier = 'silver'"},
    {"when": "balance", "cost": 9, "where": "plan = 'club'"},
    {"when": "schedule", "every": "1 month", "where": "plan = 'none'"},
    {"when": "review", "kind": "units", "units": 4, "where": "plan = 'club'"},
    {"when": "milestone", "at": {"activity": "review", "count": 2}, "where": "tier = 'silver'"},
    {"when": "redeem", "cost": 40},
    {"when": "redeem", "cost": 20, "where": "tier in ('basic', 'silver')"},
)
ONLY_AS = {
    "tier = 'basic'": frozenset({"basic"}),
    "tier = 'silver'": frozenset({"silver"}),
    "tier in ('basic', 'silver')": frozenset({"basic", "silver"}),
}
"""Conditions of grants, and the tiers in which they hold."""
ONLY_IN = {"plan = 'club'": frozenset({"club"}), "plan = 'none'": frozenset({"none"})}
"""Likewise the plans."""
CLUB = {"id": "club", "title": {"en": "Club"}, "price": "9 USD", "per": "1 month"}


def _occasion(grant):
    return grant["when"]


@st.composite
def programs(draw, grants=GRANTS) -> Program:
    """A programme that the schema allows."""
    tiers = draw(st.one_of(tier_rules(), tier_rules(), tier_rules(), st.none()))
    about = {}
    if draw(st.sampled_from([False, False, False, True])):
        about = draw(st.sampled_from([{"min_age": 18}, {"needs": ["email"]}, {"needs": ["birth_date"]}]))
    chosen = draw(st.lists(st.sampled_from(grants), max_size=2, unique_by=_occasion)) if grants else []
    grace = {"lapse_grace": "7 days"} if draw(st.booleans()) else {}
    return program(
        [draw(earn_rules(number, tiers is not None)) for number in range(draw(st.integers(1, 4)))],
        {
            "round": draw(st.sampled_from(["floor", "nearest"])),
            "scope": draw(st.sampled_from(["order", "order", "line"])),
        },
        about=about,
        tiers=tiers,
        expiry=draw(st.one_of(st.none(), expiries(tiers is not None))),
        membership={"plans": [CLUB], "renew": "manual", **grace},
        grants=[
            {"id": f"grant_{number}", "title": {"en": "Gift"}, "kind": "product", **grant}
            for number, grant in enumerate(chosen)
        ],
    )


# ── shops ────────────────────────────────────────────────────────────────────────────────────────
AMOUNTS = tuple(map(Decimal, ("5", "10", "19.90", "42.90", "49.9999", "50", "80", "100", "350", "0", "-40")))
PARTS = (Decimal("0.1"), Decimal("0.5"), Decimal(1), Decimal("1.2"))


@dataclass
class Shop:
    """Rows of the canonical tables, by table; days are those of the shop."""

    tables: dict[str, list[dict]] = field(default_factory=lambda: defaultdict(list))

    def add(self, table: str, **row) -> dict:
        """One more row."""
        self.tables[table].append(row)
        return row


def random_shop(chance: Random, customers: int) -> Shop:
    """Customers with a few weeks or months of life each."""
    shop = Shop()
    for number in range(customers):
        _live(shop, chance, f"c{number:03}")
    return shop


def _live(shop: Shop, chance: Random, who: str) -> None:
    joined = chance.choice([None, FIRST, dt.date(2024, 2, 29), FIRST + dt.timedelta(chance.randrange(60))])
    birth = chance.choice([(2, 29), (1, 31), (6, 15), (chance.randint(1, 12), 5), (None, None)])
    person = {"joined_on": joined, "birth_month": birth[0], "birth_day": birth[1]}
    person["birth_year"] = chance.choice([None, 1980, 2006, 2007])
    person["birth_recorded_on"] = chance.choice([None, None, dt.date(2024, 6, 15), dt.date(2025, 1, 31)])
    shop.add("customers", customer_id=who, **person)
    shop.add(
        "persons", customer_id=who, email=chance.choice([f"{who}@example.com", f"{who}@example.com", None])
    )
    days = _days(chance, joined or FIRST)
    for number in range(chance.choice([0, 3, 6, 10])):
        _buy(shop, chance, who, number, days)
    for number in range(chance.choice([0, 1, 3, 6])):
        _act(shop, chance, who, number, days)
    for number in range(chance.choice([0, 0, 1, 4])):
        _book(shop, chance, who, number, chance.choice(days))
    for number in range(chance.choice([0, 0, 2])):
        _recommend(shop, chance, who, number, chance.choice(days))
    for number in range(chance.choice([0, 0, 1, 3])):
        _subscribe(shop, chance, who, number, chance.choice(days))


def _days(chance: Random, start: dt.date) -> list[dt.date]:
    """Days on which things happen, many of them a limit's distance from another."""
    days = [start, dt.date(2024, 12, 31), dt.date(2025, 1, 1)]
    for _ in range(9):
        step = chance.choice([0, 1, 1, 7, 14, 29, 30, 31, 61, 92, 366, chance.randrange(200)])
        days.append(min(chance.choice(days[-3:]) + dt.timedelta(step), LAST))
    return days


def _instant(chance: Random, day: dt.date) -> dt.datetime:
    """Few hours, so that some instants are the same; one of them is of another day in UTC."""
    return dt.datetime.combine(day, dt.time(chance.choice([1, 12, 12, 23])), ZONE)


def _buy(shop: Shop, chance: Random, who: str, number: int, days: list[dt.date]) -> None:
    day = chance.choice(days)
    order_id, amount = f"{who}-o{chance.randrange(1000)}-{number}", chance.choice(AMOUNTS)
    late = chance.choice([None] * 9 + [_instant(chance, day + dt.timedelta(3))])
    shop.add(
        "orders",
        order_id=order_id,
        customer_id=who,
        ordered_at=_instant(chance, day),
        ordered_on=day,
        net_amount=amount,
        channel=chance.choice(["online", "store", None]),
        status="returned" if amount < 0 else chance.choice([None, "delivered", "delivered", "cancelled"]),
        recorded_at=late,
    )
    parts = chance.choice([[], [1], [Decimal("0.5"), Decimal("0.5")], [Decimal("0.3"), Decimal("0.7")]])
    lines = [(line, (amount * part).quantize(Decimal("0.0001"))) for line, part in enumerate(parts, 1)]
    for line, worth in lines:
        shop.add("order_lines", order_id=order_id, line_no=line, net_amount=worth)
    for _ in range(chance.choice([0, 0, 1, 2])):
        later = min(day + dt.timedelta(chance.choice([0, 1, 1, 10, 31, 92])), LAST)
        line, of = chance.choice([*lines, (None, amount)]) if lines else (None, amount)
        worth = (of * chance.choice(PARTS if line is None else PARTS[:2])).quantize(Decimal("0.0001"))
        if worth > 0:
            refund_id = f"{order_id}-r{len(shop.tables['refunds'])}"
            shop.add(
                "refunds",
                refund_id=refund_id,
                order_id=order_id,
                line_no=line,
                amount=worth,
                refunded_on=later,
            )


def _act(shop: Shop, chance: Random, who: str, number: int, days: list[dt.date]) -> None:
    day = chance.choice(days)
    shop.add(
        "activities",
        activity_id=f"{who}-a{chance.randrange(1000)}-{number}",
        customer_id=who,
        type=chance.choice(["review", "review", "ticket", "login"]),
        occurred_at=_instant(chance, day),
        occurred_on=day,
        amount=chance.choice([None, Decimal(1), Decimal("2.5")]),
        proof_key=chance.choice([None, "T1", "T2", f"T-{who}"]),
    )


def _book(shop: Shop, chance: Random, who: str, number: int, day: dt.date) -> None:
    kind, units = chance.choice(
        [("redeem", -7), ("redeem", -40), ("donate", -20), ("adjust", -5), ("adjust", 30)]
    )
    shop.add(
        "point_entries",
        entry_id=f"{who}-e{number}",
        customer_id=who,
        kind=kind,
        units=Decimal(units),
        occurred_at=_instant(chance, day),
        occurred_on=day,
    )


def _recommend(shop: Shop, chance: Random, who: str, number: int, day: dt.date) -> None:
    at, friend = _instant(chance, day), f"c{chance.randrange(60):03}"
    shop.add(
        "referrals",
        referral_id=f"{who}-f{number}",
        referrer_id=who,
        invited_at=at,
        converted_customer_id=friend,
        converted_at=at,
    )
    shop.add(
        "survey_responses",
        response_id=f"{who}-s{number}",
        survey_id=chance.choice(["nps", "taste"]),
        customer_id=who,
        answered_at=at,
    )


def _subscribe(shop: Shop, chance: Random, who: str, number: int, day: dt.date) -> None:
    shop.add(
        "memberships",
        membership_id=f"{who}-m{number}",
        customer_id=who,
        plan_id=chance.choice(["club", "club", "old"]),
        status=chance.choice(["active", "active", "grace", "lapsed", "cancelled"]),
        started_on=day,
        ends_on=chance.choice([None, day, day + dt.timedelta(29), day + dt.timedelta(90)]),
    )


# ── facts ────────────────────────────────────────────────────────────────────────────────────────
def facts_of(shop: Shop, rules: Program) -> dict[str, Facts]:
    """The facts of each customer, by id."""
    rows = {name: _by_customer(table) for name, table in shop.tables.items()}
    acts = {row["activity_id"]: _activity(row) for row in shop.tables["activities"]}
    proven = first_of_their_proof(rules, acts.values())
    friends = _first_to_bring(shop)
    return {
        who: Facts(
            person=_person(person, rows["persons"][who][0]),
            orders=tuple(_order(row, shop, rules) for row in rows.get("orders", {}).get(who, [])),
            refunds=tuple(_refund(row) for row in shop.tables["refunds"] if _is_of(row, who)),
            activities=tuple(acts[row["activity_id"]] for row in rows.get("activities", {}).get(who, [])),
            entries=tuple(_entry(row) for row in rows.get("point_entries", {}).get(who, [])),
            conversions=tuple(_conversion(row) for row in friends if row["referrer_id"] == who),
            answers=tuple(_answer(row) for row in rows.get("survey_responses", {}).get(who, [])),
            proven=proven,
            terms=tuple(_term(row) for row in rows.get("memberships", {}).get(who, [])),
            only_as={grant.id: ONLY_AS[grant.where] for grant in rules.grants if grant.where in ONLY_AS},
            only_in={grant.id: ONLY_IN[grant.where] for grant in rules.grants if grant.where in ONLY_IN},
        )
        for who, [person] in rows["customers"].items()
    }


def _is_of(refund: dict, who: str) -> bool:
    return refund["order_id"].startswith(f"{who}-")


def _by_customer(table: list[dict]) -> dict[str, list[dict]]:
    found = defaultdict(list)
    for row in table:
        found[row.get("customer_id")].append(row)
    return found


def _local(instant: dt.datetime) -> dt.date:
    return instant.astimezone(ZONE).date()


def _person(row: dict, reach: dict) -> Person:
    told = {name: value for name, value in row.items() if name != "customer_id"}
    return Person(**told, has_email=reach["email"] is not None)


def _order(row: dict, shop: Shop, rules: Program) -> Order:
    fitting = [r for r in rules.earn if r.when == "order" and (r.where is None or WHERE[r.where](row))]
    lines = [line for line in shop.tables["order_lines"] if line["order_id"] == row["order_id"]]
    return Order(
        row["order_id"],
        row["ordered_on"],
        row["ordered_at"],
        row["net_amount"],
        row["status"],
        tuple(Line(line["line_no"], line["net_amount"]) for line in lines),
        frozenset(rule.name for rule in fitting),
        _local(row["recorded_at"]) if row["recorded_at"] else None,
    )


def _refund(row: dict) -> Refund:
    return Refund(row["refund_id"], row["order_id"], row["refunded_on"], row["amount"], row["line_no"])


def _activity(row: dict) -> Activity:
    return Activity(
        row["activity_id"],
        row["type"],
        row["occurred_on"],
        row["occurred_at"],
        row["amount"],
        row["proof_key"],
    )


def _entry(row: dict) -> ShopEntry:
    return ShopEntry(row["entry_id"], row["kind"], row["occurred_on"], int(row["units"]))


def _term(row: dict) -> Term:
    names = ("membership_id", "plan_id", "status", "started_on", "ends_on")
    return Term(*(row[name] for name in names))


def _first_to_bring(shop: Shop) -> list[dict]:
    """Of each friend, the first referral that is not of themselves."""
    first = {}
    for row in sorted(shop.tables["referrals"], key=lambda row: (row["converted_at"], row["referral_id"])):
        if row["converted_customer_id"] != row["referrer_id"]:
            first.setdefault(row["converted_customer_id"], row)
    return list(first.values())


def _conversion(row: dict) -> Conversion:
    at = row["converted_at"]
    return Conversion(row["referral_id"], _local(at), at, row["converted_customer_id"])


def _answer(row: dict) -> SurveyAnswer:
    at = row["answered_at"]
    return SurveyAnswer(row["response_id"], row["survey_id"], _local(at), at)
