"""The order in which a programme is applied to a range of customers; each step only where it is wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import duckdb

from pakdee.domain.condition import Condition
from pakdee.domain.program import Program
from pakdee.programme.balancing import Balancing
from pakdee.programme.connecting import statement
from pakdee.programme.earning import Earning
from pakdee.programme.expiring import Expiring
from pakdee.programme.granting import Granting

NOTHING_EARNED = """
SELECT customer_id, rule, source, lot, day, available_on, happened_at, units FROM added WHERE false
"""
NOTHING_REVERSED = """
SELECT customer_id, rule, source, lot, day AS earned_on, available_on, day, units FROM added WHERE false
"""


@dataclass(frozen=True)
class Applying:
    """A programme on its way through the customers, range by range.

    Args:
        conditions: of the earn rules, by name.
        climb: lays out `tier_history` for a range; without it, nobody has a tier.
        climbs_by_units: whether it reads `entries`.
        units: whether what was earned is wanted.
        balance: whether what is left of it is wanted, too.
        shop_keeps_points: the shop's own entries are what was earned; nothing is worked out beside them.
        fits: for each grant with a condition, whom it is for, see `whom.fitting`.
    """

    program: Program
    conditions: Mapping[str, Condition]
    climb: Callable[[duckdb.DuckDBPyConnection], None] | None = None
    climbs_by_units: bool = False
    units: bool = True
    balance: bool = True
    shop_keeps_points: bool = False
    fits: Mapping[str, str] = field(default_factory=dict)

    def begin(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Lay out what is the same for all ranges."""
        connection.execute(self._expiring.macro)
        connection.execute(statement("no_tiers"))
        if self.program.program.unit.scope == "line":
            connection.execute(statement("refund_steps"))
            connection.execute(statement("lines"))
        proofs = self._earning.proofs()
        if proofs and self._derives:
            connection.execute(f"CREATE TEMP TABLE proofs AS {proofs}")

    def of_range(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Lay out everything of the customers between the variables first and last."""
        if self._derives and self._earning.reversed():
            connection.execute(statement("refund_steps"))
        asks_tiers = self._derives and (self._earning.asks_tiers or self._expiring.asks_tiers)
        if asks_tiers and self.climbs_by_units:
            self._until_nothing_changes(connection)
        elif self.climbs_by_units:
            self._turn(connection)
        else:
            self._climb(connection)
            self._earn(connection)
        if self._derives and self.balance:
            self._count(connection)

    # ── steps ────────────────────────────────────────────────────────────────────────────────────
    def _earn(self, connection: duckdb.DuckDBPyConnection) -> None:
        """What was earned, and what refunds took back of it."""
        if not (self.units or self.balance or self.climbs_by_units):
            return
        connection.execute(statement("used"))
        if self.shop_keeps_points:
            connection.execute(statement("shop_earned"))
        else:
            self._derive(connection)
        connection.execute(statement("entries"))

    def _derive(self, connection: duckdb.DuckDBPyConnection) -> None:
        kind = "TABLE" if self._earning.is_costly else "VIEW"
        earned = self._earning.earned() or NOTHING_EARNED
        connection.execute(f"CREATE OR REPLACE TEMP {kind} earned AS {earned}")
        if self._expiring.sessions:
            connection.execute(self._expiring.sessions)
        reversals = statement("reversals").format(
            reversed=self._earning.reversed() or NOTHING_REVERSED, **self._expiring.lasting
        )
        connection.execute(reversals)

    def _climb(self, connection: duckdb.DuckDBPyConnection) -> None:
        if self.climb:
            self.climb(connection)

    def _until_nothing_changes(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Units depend on the tiers of the days before, and these on the units of theirs.

        So each turn settles at least one more day for good; the first few settle nearly everybody.
        """
        connection.execute(statement("no_tiers") + statement("nobody_settled"))
        self._turn(connection)
        while connection.execute(statement("settled")).fetchall() != [(0,)]:
            self._turn(connection)
            connection.execute(statement("keep_settled"))

    def _turn(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._earn(connection)
        self._climb(connection)

    def _count(self, connection: duckdb.DuckDBPyConnection) -> None:
        """What is left: lots, what balances pay for, and how far along their queue customers are."""
        connection.execute(self._granting.units)
        connection.execute(statement("lots").format(**self._expiring.lasting))
        self._balancing.pay(connection)
        connection.execute(statement("positions"))

    # ── the programme's parts ────────────────────────────────────────────────────────────────────
    @property
    def _derives(self) -> bool:
        return not self.shop_keeps_points and (self.units or self.balance or self.climbs_by_units)

    @cached_property
    def _earning(self) -> Earning:
        return Earning(self.program, self.conditions)

    @cached_property
    def _expiring(self) -> Expiring:
        return Expiring(self.program)

    @cached_property
    def _granting(self) -> Granting:
        return Granting(self.program, self.fits)

    @cached_property
    def _balancing(self) -> Balancing:
        return Balancing(self.program, self.fits)
