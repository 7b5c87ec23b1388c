"""How near customers who stand in no snapshot come to a condition, such as sample customers to a segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from pakdee.domain.condition import Condition


def parts_met(
    conditions: Sequence[Condition], customers: Sequence[Mapping[str, Any]]
) -> dict[str, tuple[int, ...]]:
    """By the name of each condition, how many of its parts joined by `and` hold for each of `customers`.

    Unknown is no, as in `compose`. Conditions are left out that read a list, or a feature somebody lacks.

    Args:
        customers: by feature; at least one.
    """
    known = frozenset.intersection(*(frozenset(one) for one in customers))
    told = [one for one in conditions if one.features <= known and not one.lists]
    names = frozenset[str]().union(*(condition.features for condition in told))
    if not names:
        return {}
    people = pa.table({name: [one[name] for one in customers] for name in sorted(names)})
    with duckdb.connect(config={"enable_external_access": False, "threads": 1}) as connection:
        connection.register("people", people)
        counts = connection.execute(f"SELECT {', '.join(map(_count, told))} FROM people").fetchall()
    return dict(zip((condition.name for condition in told), zip(*counts, strict=True), strict=True))


def _count(condition: Condition) -> str:
    return " + ".join(f"coalesce(({sql})::INTEGER, 0)" for _, sql in condition.clauses)
