"""How near somebody comes to a condition: its parts are counted by what the database makes of them."""

from pakdee.domain.condition import Condition
from pakdee.ledger import parts_met


def a_condition(*clauses, lists=()):
    features = frozenset(name for name in ("tier", "visits", "joined_on") if any(name in c for c in clauses))
    told = tuple((clause, clause) for clause in clauses)
    return Condition("segment:a", " and ".join(clauses), "", features, frozenset(lists), told)


def test_parts_are_counted_for_each_customer():
    """Unknown is no, and so is a part of which only half holds."""
    people = [{"tier": "gold", "visits": 3}, {"tier": None, "visits": 9}, {"tier": "silver", "visits": None}]
    condition = a_condition("tier = 'gold'", "visits > 2", "(tier = 'silver' OR visits > 8)")

    assert parts_met([condition], people) == {"segment:a": (2, 2, 1)}


def test_what_cannot_be_told_is_left_out():
    """A list of ids, and a feature that somebody has no value for, not even none."""
    people = [{"tier": "gold", "visits": 1}, {"tier": "gold"}]

    assert parts_met([a_condition("visits > 0"), a_condition("tier = 'gold'", lists=["vip"])], people) == {}
    assert parts_met([], people) == {}
