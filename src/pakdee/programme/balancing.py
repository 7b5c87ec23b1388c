"""Grants that are paid for by the balance, by themselves or on their dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from pakdee.domain.program import Grant, Program
from pakdee.programme.connecting import statement, text
from pakdee.programme.limiting import begins, fitting, is_due, most_of, period, told
from pakdee.programme.paying import Offered, payments


@dataclass(frozen=True)
class Balancing:
    """What customers' balances pay for at the end of a day, in the programme's order.

    Args:
        fits: whom grants with a condition are for, see `whom.fitting`.
    """

    program: Program
    fits: Mapping[str, str]

    @property
    def grants(self) -> list[Grant]:
        """Those that are paid for with units without anybody's choosing."""
        return [grant for grant in self.program.grants if grant.is_bought_by_balance]

    def pay(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Lay out `bought` and add its costs to `used`; `lots` and `reversals` must be there."""
        if not self.grants:
            connection.execute(statement("nothing_bought"))
            return
        cheapest = min(grant.cost or 0 for grant in self.grants)
        connection.execute(statement("savers").format(whom="", cheapest=cheapest))
        moves = connection.sql(self._moves()).to_arrow_table()
        offered = [_offered(number, grant, moves) for number, grant in enumerate(self.grants)]
        connection.register("payments", payments(moves, offered))
        connection.execute(
            statement("bought").format(
                names=", ".join(text(grant.id) for grant in self.grants),
                costs=", ".join(str(grant.cost) for grant in self.grants),
            )
        )
        connection.unregister("payments")

    def _moves(self) -> str:
        """The SQL of what moved balances, and of what they may pay for."""
        columns = [self._column(number, grant) for number, grant in enumerate(self.grants)]
        return statement("moves").format(
            dates=" OR ".join(self._dates()) or "false",
            turns=statement("turns") if self._asks_whom else "",
            before="getvariable('day')",
            grants=", ".join(columns),
        )

    @property
    def _asks_whom(self) -> bool:
        """Whether a day may bring somebody a grant by what they are from then on."""
        return "birth_date" in self.program.program.needs or any(grant.where for grant in self.grants)

    def _column(self, number: int, grant: Grant) -> str:
        member = f"has_contact AND {told(self.program.program, 'day')}"
        due = f"{member} AND {fitting(grant, self.fits)} AND {is_due(grant, 'day')}"
        column = f"coalesce({due}, false)::BIGINT AS due_{number}"
        if grant.cap is None:
            return column
        return f"{column}, ({period('day', grant.cap.per)})::BIGINT AS period_{number}"

    def _dates(self) -> list[str]:
        """The SQL of the days on which something can be bought though nothing was earned."""
        dates = [is_due(grant, "day") for grant in self.grants if grant.when == "schedule"]
        return dates + [begins("day", grant.cap.per) for grant in self.grants if grant.cap]


def _offered(number: int, grant: Grant, moves: pa.Table) -> Offered:
    due = moves[f"due_{number}"].to_numpy()
    if grant.cap is None:
        return Offered(grant.cost or 0, due)
    return Offered(grant.cost or 0, due, moves[f"period_{number}"].to_numpy(), most_of(grant, grant.cap))
