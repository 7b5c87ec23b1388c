"""Budgets, members' caps and pools of codes hold on both databases, whoever plans at the same time."""

import datetime as dt
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from journal_making import (
    DAY,
    NINE,
    batch,
    claim,
    event,
    held,
    in_order,
    key,
    message_id,
    opened,
    send,
    start,
)

from pakdee.domain.allowance import Terms
from pakdee.domain.identity import offer_code
from pakdee.domain.message import Redemption, ReservedOffer, Unsent
from pakdee.domain.vocabulary import EventKind, Verdict

TOMORROW = DAY + dt.timedelta(days=1)
OVER = dt.date(2027, 1, 1)  # the offers' last day is 31 December
BUDGET = {"cake": Terms(budget=3, budget_period="2026-01-01")}
CAP = {"cake": Terms(cap=1, cap_period="2026-01-01")}
POOL = {"cake": Terms(is_pool=True)}
TEA = ReservedOffer("cake", None, "A cake", dt.date(2026, 12, 31))


def left(journal, terms=BUDGET, codes=()):
    return journal.offers_left(terms, {"cake": codes})["cake"]


def given(journal, run, customers, campaign="birthday", terms=BUDGET, day=DAY):
    """Customers who got their offer; the request is made anew without those who cannot be in it."""
    refused = journal.enqueue(run, batch(customers, campaign, codes=True), due_on=day, terms=terms)
    rest = [customer for customer in customers if customer not in refused]
    if refused and rest:
        assert not journal.enqueue(run, batch(rest, campaign, codes=True), due_on=day, terms=terms)
    return rest, refused


def from_pool(customers):
    """A request whose mails hold codes that stand for those of a pool."""
    made = batch(customers)
    codes = {name: offer_code(b"key", name, name) for _, _, name, _ in made.messages}
    offers = [(name, "cake", code, "A cake", "2026-12-31", None) for name, code in codes.items()]
    return replace(made, body=json.dumps(codes).encode(), offers=offers)


def test_a_budget_is_given_to_the_first_and_then_nothing_is_left(journal):
    """Three of five get it, in the order of their ids; the others hear so, and nothing is half written."""
    journal.open_offers(BUDGET, {})
    run = start(journal)
    assert left(journal) == 3

    rest, refused = given(journal, run, list("abcde"))

    assert rest == ["a", "b", "c"]
    assert refused == dict.fromkeys("de", Verdict.NO_OFFER_LEFT)
    assert left(journal) == 0
    assert not journal.enqueue_all(run, [batch(["f"], codes=True)], due_on=DAY, terms=BUDGET)
    assert left(journal, {"cake": Terms(budget=3, budget_period="2027-01-01")}) == 3, "a period of its own"


def test_a_budget_is_exact_under_several_planners(journal, url):
    """Six planners at once give out no more than there is, and all of it; every code once."""
    terms = {"cake": Terms(budget=20, is_pool=True, cap=1)}
    pool = [f"POOL-{number}" for number in range(25)]
    journal.open_offers(terms, {"cake": pool})

    def planner(number):
        own = opened(url)
        try:
            run, rest = start(own), [f"c{number}-{n}" for n in range(8)]
            while rest:
                refused = own.enqueue(run, from_pool(rest), due_on=DAY, terms=terms)
                if not refused:
                    break
                assert set(refused.values()) == {Verdict.NO_OFFER_LEFT}
                rest = [customer for customer in rest if customer not in refused]
            own.finish_run(run)
            return rest
        finally:
            own.close()

    with ThreadPoolExecutor(6) as planners:
        served = [customer for rest in planners.map(planner, range(6)) for customer in rest]

    codes = [offer.code for _, offer in journal.reserved_offers("cake")]
    assert len(served) == len(codes) == len(set(codes)) == 20
    assert set(codes) == set(pool[:20])
    assert left(journal, terms, pool) == 0


def test_what_is_taken_back_comes_back_to_the_budget(journal):
    """Refused, bounced, or over and unused; a run that fails counts for nothing at all."""
    journal.open_offers(BUDGET, {})
    lost = start(journal)
    given(journal, lost, ["x", "y"])
    journal.fail_run(lost, "killed")
    assert left(journal) == 3
    for customers in ("a", "bc"):
        run = start(journal)
        for customer in customers:
            given(journal, run, [customer])
        journal.finish_run(run)
        if customers == "a":
            journal.refused(claim(journal), "no such address")
    send(journal)
    send(journal, "x-2")
    journal.append_events([event(EventKind.BOUNCED, "b")])

    assert journal.release_unused(DAY) == 2
    assert left(journal) == 2
    assert journal.release_unused(OVER) == 1, "the last one's time is over"
    assert left(journal) == 3
    assert journal.release_unused(OVER) == 0, "each comes back once"


def test_what_was_redeemed_stays_given(journal):
    """Told in time, or after its budget had come back: a redemption counts; told twice, it is one."""
    journal.open_offers(BUDGET, {})
    run = start(journal)
    given(journal, run, ["a", "b"])
    journal.finish_run(run)
    send(journal)
    assert sorted(journal.open_codes(DAY)) == ["CODE-birthday-a", "CODE-birthday-b"]
    first, late = (Redemption(f"CODE-birthday-{c}", TOMORROW, f"o-{c}") for c in "ab")

    assert journal.redeem([first, first]) == 1
    assert journal.release_unused(OVER) == 1
    assert left(journal) == 2
    assert journal.redeem([first, late]) == 1
    assert left(journal) == 1
    assert not journal.open_codes(DAY)
    assert journal.redemptions(DAY, TOMORROW) == {"birthday": (2, 2)}
    had = journal.memory("a", "b").offers
    assert [bool(redeemed) for redeemed in had["is_redeemed"]] == [True, True]


def test_before_its_first_day_an_offer_is_not_redeemed(journal):
    """In the mail or without one the journal says from when on; an order of the day before is none of it."""
    run, made = start(journal), batch(["a"], codes=True)
    offers = tuple((*offer, TOMORROW.isoformat()) for *offer, _ in made.offers)
    assert not journal.enqueue(run, replace(made, offers=offers), due_on=DAY)
    handed = TEA._replace(starts_on=TOMORROW)
    assert not journal.set_aside(run, [Unsent(key("b"), None, handed)], due_on=DAY)
    journal.finish_run(run)

    assert [offer.starts_on for _, offer in journal.reserved_offers()] == [TOMORROW]
    assert [offer.offer for offer in journal.history("a").messages] == [
        ReservedOffer("cake", "CODE-birthday-a", "A cake", TEA.expires_on, TOMORROW)
    ]
    assert [one.offer for one in journal.to_hand_over("birthday")] == [handed]
    assert journal.open_codes(DAY) == {"CODE-birthday-a": TOMORROW}
    assert journal.redeem([Redemption("CODE-birthday-a", DAY, "o-1")]) == 0
    assert journal.redeem([Redemption("CODE-birthday-a", TOMORROW, "o-2")]) == 1


def test_a_cap_holds_for_each_member_and_period(journal):
    """One a year: another campaign gives none; a new year, or a mail that never came, gives another."""
    journal.open_offers(CAP, {})
    run = start(journal)
    assert given(journal, run, ["a", "b"], terms=CAP)[0] == ["a", "b"]
    journal.finish_run(run)
    journal.refused(claim(journal), "no such address")
    again = start(journal, "winback", day=TOMORROW)

    assert given(journal, again, ["a"], "winback", CAP, TOMORROW)[1] == {"a": Verdict.OFFER_CAP}
    next_year = {"cake": Terms(cap=1, cap_period="2027-01-01")}
    assert given(journal, again, ["b"], "winback", next_year, TOMORROW)[0] == ["b"]
    assert journal.release_unused(TOMORROW) == 2
    assert given(journal, again, ["a"], "winback", CAP, TOMORROW)[0] == ["a"]
    assert list(journal.memory("a", "a").offers["cap_period"]) == ["2026-01-01"]


def test_codes_of_a_pool_stand_in_the_very_mails(journal):
    """In the order of the file, in the frozen body and the journal alike; the last goes, then nothing."""
    journal.open_offers(POOL, {"cake": ["THREE", "ONE", "TWO"]})
    run = start(journal)

    refused = journal.enqueue(run, from_pool(list("abcd")), due_on=DAY, terms=POOL)
    assert refused == {"d": Verdict.NO_OFFER_LEFT}
    assert not journal.enqueue(run, from_pool(list("abc")), due_on=DAY, terms=POOL)
    journal.finish_run(run)

    wanted = {"a": "THREE", "b": "ONE", "c": "TWO"}
    assert {customer: offer.code for customer, offer in journal.reserved_offers()} == wanted
    assert json.loads(claim(journal).body) == {message_id(c): code for c, code in wanted.items()}


def test_no_code_of_a_pool_is_handed_out_twice_whatever_becomes_of_its_file(journal):
    """Edited, moved to another grant, or its offer taken back: what was handed out is never free again."""
    journal.open_offers(POOL, {"cake": ["ONE", "TWO"]})
    lost = start(journal)
    journal.enqueue(lost, from_pool(["x"]), due_on=DAY, terms=POOL)
    journal.fail_run(lost, "killed")
    assert left(journal, POOL, ["ONE", "TWO"]) == 2, "nobody saw the code of a run that failed"
    run = start(journal)
    journal.enqueue(run, from_pool(["a"]), due_on=DAY, terms=POOL)
    journal.finish_run(run)
    journal.refused(claim(journal), "no such address")
    journal.release_unused(OVER)

    terms = POOL | {"tea": Terms(is_pool=True)}
    journal.open_offers(terms, {"cake": ["NEW", "ONE"], "tea": ["ONE"]})
    assert journal.offers_left(terms, {"cake": ["NEW", "ONE"], "tea": ["ONE"]}) == {"cake": 1, "tea": 0}
    again = start(journal, day=TOMORROW)
    assert not journal.enqueue(again, from_pool(["b"]), due_on=TOMORROW, terms=POOL)
    assert dict(journal.reserved_offers())["b"].code == "NEW"


def test_the_held_out_get_what_the_programme_promises_and_no_mail(journal):
    """Their offers stand in the journal, count in the budget, and are handed over once."""
    terms = {"cake": Terms(budget=2)}
    journal.open_offers(terms, {})
    run = start(journal)
    promised = [Unsent(key(c), None, TEA._replace(code=f"C-{c}")) for c in "abc"]

    refused = journal.set_aside(run, promised, due_on=DAY, terms=terms)

    assert refused == {key("c"): Verdict.NO_OFFER_LEFT}
    assert journal.to_hand_over("birthday") == [], "not before the run is whole"
    journal.finish_run(run)
    found = journal.to_hand_over("birthday")
    assert [(one.key, one.is_held_out, one.offer.code) for one in found] == [
        (key("a"), True, "C-a"),
        (key("b"), True, "C-b"),
    ]
    assert len(journal.history("a").not_mailed) == 1
    assert left(journal, terms) == 0


def test_whom_another_channel_tells_is_handed_over_once(journal):
    """Contacted like anybody mailed, held out in no figure; a second export has only what is new."""
    run = start(journal)
    told = Unsent(key("ada"), message_id("ada"))
    assert not journal.set_aside(run, [told, held("ben")], due_on=DAY)
    journal.finish_run(run)

    (found,) = journal.to_hand_over("birthday")
    assert (found.key, found.is_held_out, found.offer) == (key("ada"), False, None)
    journal.handed_over([found.key])
    journal.handed_over([found.key])
    assert journal.to_hand_over("birthday") == []
    assert journal.to_hand_over("birthday", again=True) == [found]
    later = start(journal, day=TOMORROW)
    assert journal.set_aside(later, [told], due_on=TOMORROW) == {key("ada"): Verdict.ALREADY_SENT}
    assert Counter(
        row["is_held_out"] for row in journal.assigned(DAY, TOMORROW, ["birthday"]).to_pylist()
    ) == {True: 1}
    assert journal.day_status(DAY).held_out == {"birthday": 1}


def test_units_given_by_campaigns_are_told_by_day(journal):
    """Of whole runs and mails that were not taken back; one source each, whoever they went to."""
    terms = {"cake": Terms(units=50)}
    run = start(journal)
    for made in in_order(batch(["a"], codes=True), batch(["b"], codes=True)):
        journal.enqueue(run, made, due_on=DAY, terms=terms)
    journal.set_aside(run, [Unsent(key("c"), None, TEA)], due_on=DAY, terms=terms)
    assert len(journal.gifts(TOMORROW)) == 0
    journal.finish_run(run)
    journal.refused(claim(journal, due=NINE), "no such address")

    found = journal.gifts(TOMORROW).to_pylist()
    assert [(row["customer_id"], row["grant"], row["day"], row["units"]) for row in found] == [
        ("b", "cake", DAY, 50),
        ("c", "cake", DAY, 50),
    ]
    assert len({row["source"] for row in found}) == 2
    assert len(journal.gifts(DAY)) == 0


@pytest.mark.parametrize("terms", [{}, CAP])
def test_who_is_taken_is_told_before_what_is_left(journal, terms):
    """A customer whom another run was quicker with is `already_sent`, and gets no second offer."""
    journal.open_offers(terms, {})
    run = start(journal)
    assert not journal.enqueue(run, batch(["a"]), due_on=DAY, terms=terms)
    assert given(journal, run, ["a", "b"], "winback", terms) == (["b"], {"a": Verdict.ALREADY_SENT})


def test_when_something_was_last_given_is_known_the_day_after(journal):
    """By mail or to the held-out; not what was cancelled or bounced, and what ran out unused was given."""
    terms = {"cake": Terms(budget=9)}
    journal.open_offers(terms, {})
    run = start(journal)
    given(journal, run, ["ada", "ben"], terms=terms)
    given(journal, run, ["cat"], "news", terms=terms)
    assert not journal.set_aside(
        run, [Unsent(key("dan"), None, TEA._replace(code="C-dan"))], due_on=DAY, terms=terms
    )
    assert last(journal, TOMORROW) == {}, "not before the run is whole"
    journal.finish_run(run)
    assert last(journal, DAY) == {}
    assert last(journal, TOMORROW) == dict.fromkeys(["ada", "ben", "cat", "dan"], DAY)

    journal.append_events([event(EventKind.BOUNCED, "ben")])
    journal.release_unused(TOMORROW)
    assert set(last(journal, TOMORROW)) == {"ada", "cat", "dan"}
    journal.release_unused(OVER)
    later = start(journal, day=TOMORROW)
    given(journal, later, ["ada"], "news", terms=terms, day=TOMORROW)
    journal.finish_run(later)

    assert last(journal, OVER) == {"ada": TOMORROW, "cat": DAY, "dan": DAY}
    assert last(journal, OVER, "cake") == last(journal, OVER)
    assert last(journal, OVER, "tea") == {}


def last(journal, day, grant=None):
    """Customers to whom something was given before a day, and when."""
    found = journal.last_offers(day, grant).to_pylist()
    return {row["customer_id"]: row["day"] for row in found}
