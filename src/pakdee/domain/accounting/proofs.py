"""What the same ticket, brought twice, earns: once."""

from __future__ import annotations

from collections.abc import Iterable

from pakdee.domain.accounting.facts import Activity
from pakdee.domain.program import EarnRule, Program


def first_of_their_proof(program: Program, activities: Iterable[Activity]) -> frozenset[tuple[str, str]]:
    """(rule, activity id) of the activities of all customers that may earn by a rule that asks for proof.

    Of those with one proof key that fit the rule, the first one, whoever brought it.
    """
    in_time = sorted(activities, key=lambda activity: (activity.instant, activity.id))
    return frozenset(
        (rule.name, activity_id)
        for rule in program.earn
        if rule.proof
        for activity_id in _firsts(rule, in_time)
    )


def _firsts(rule: EarnRule, activities: Iterable[Activity]) -> Iterable[str]:
    first: dict[str, str] = {}
    for activity in activities:
        fits = activity.type == rule.when and (activity.rules is None or rule.name in activity.rules)
        if fits and activity.proof_key is not None:
            first.setdefault(activity.proof_key, activity.id)
    return first.values()
