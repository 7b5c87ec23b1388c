"""What the shop could have told on the morning of a day: a snapshot cut out of that of the whole time."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from pakdee.domain.calendar import day_bounds
from pakdee.ledger.snapshot import MANIFEST, Snapshot
from pakdee.ledger.tables import Column, Kind, tables

SORTED = {"orders": "ORDER BY customer_id, ordered_at, order_id"}
"""As an import stores them; all others keep the order they have."""
KNOWN = {  # by a column: only rows of those that are there by now
    "order_id": "SELECT order_id FROM orders WHERE ordered_at < getvariable('cut')",
    "customer_id": "SELECT customer_id FROM customers WHERE coalesce(joined_at < getvariable('cut'), TRUE)",
}


@dataclass
class Cutter:
    """Cuts snapshots out of `whole`: no row that came later, and of earlier rows nothing that happened later.

    Args:
        location: where snapshots lie; each cut takes the place of the one before.
        zone: the shop's.
    """

    whole: Snapshot
    location: Path
    zone: ZoneInfo

    def __post_init__(self) -> None:
        """Everything is read once."""
        self._connection = duckdb.connect()
        self._connection.execute("SET TimeZone = 'UTC'")
        for name, path in self.whole.tables.items():
            self._connection.execute(f"CREATE TABLE {name} AS FROM read_parquet('{path}')")
        self._connection.execute("ALTER TABLE orders ADD COLUMN IF NOT EXISTS offer_id VARCHAR")
        self._selects = {name: self._select(name) for name in self.whole.tables}
        self._last: Path | None = None

    def cut(self, day: dt.date) -> None:
        """Make the snapshot of that morning; it is the newest there is from now on."""
        folder = self.location / f"{day:%Y%m%d}T000000-cut"
        folder.mkdir(parents=True)
        self._connection.execute("SET VARIABLE cut = ?", [day_bounds(day, self.zone)[0]])
        self._connection.execute("SET VARIABLE today = ?", [day])
        for name, select in self._selects.items():
            self._connection.execute(f"COPY ({select}) TO '{folder / name}.parquet' (FORMAT parquet)")
        (folder / MANIFEST).write_text(json.dumps(self._manifest(folder.name)), encoding="utf-8")
        if self._last:
            shutil.rmtree(self._last)
        self._last = folder

    def people(self) -> list[tuple[str, str | None, bool, dt.date | None]]:
        """Everybody there will have been: id, address, whether they agreed to marketing, the day they joined."""
        return self._connection.execute(
            "SELECT customer_id, email, coalesce(marketing_consent, FALSE), joined_on"
            " FROM customers JOIN persons USING (customer_id)"
        ).fetchall()

    def use(self, code: str, customer: str, after: dt.date, until: dt.date) -> tuple[str, dt.date] | None:
        """Have the customer's next order after the one day use `code`; order and day, None without one.

        Not an order that is cancelled later: it uses nothing.
        """
        found = self._connection.execute(
            "SELECT order_id, ordered_on FROM orders WHERE customer_id = ? AND offer_id IS NULL"
            " AND coalesce(status, '') <> 'cancelled' AND ordered_on > ? AND ordered_on <= ?"
            " ORDER BY ordered_at LIMIT 1",
            [customer, after, until],
        ).fetchone()
        if found:
            self._connection.execute("UPDATE orders SET offer_id = ? WHERE order_id = ?", [code, found[0]])
        return found

    def close(self) -> None:
        """Let go of all."""
        self._connection.close()

    def _select(self, name: str) -> str:
        """The query of a table's cut, which reads the variables `cut` and `today`."""
        stated = tables()[name].columns if name in tables() else {}
        columns = [row[0] for row in self._connection.execute(f"DESCRIBE {name}").fetchall()]
        born = _born([column for column in stated.values() if column.name in columns])
        told = ", ".join(_told(column, stated.get(column), born) for column in columns)
        where = [f"coalesce({_is_past(born)}, TRUE)"] if born else []
        where += [f"coalesce({key} IN ({rows}), TRUE)" for key, rows in KNOWN.items() if key in columns]
        return " ".join(filter(None, [
            f"SELECT {told} FROM {name}",
            f"WHERE {' AND '.join(where)}" if where else "",
            SORTED.get(name, ""),
        ]))  # fmt: skip

    def _manifest(self, name: str) -> dict[str, object]:
        newest = self._connection.execute(
            "SELECT max(ordered_at) FROM orders WHERE ordered_at < getvariable('cut')"
        ).fetchone()
        until = newest[0].isoformat() if newest and newest[0] else None
        provides = sorted({*self.whole.provides, "orders.offer_id"})
        return {**self.whole.manifest, "id": name, "provides": provides, "facts_until": until}


def _born(columns: list[Column]) -> Column | None:
    """The column that says when a row came to be; None where rows were always there."""
    dated = [column for column in columns if column.kind in (Kind.MOMENT, Kind.DAY)]
    return next((column for column in dated if column.needs_value), dated[0] if dated else None)


def _is_past(column: Column) -> str:
    return f"{column.name} < getvariable('{'today' if column.kind is Kind.DAY else 'cut'}')"


def _told(name: str, column: Column | None, born: Column | None) -> str:
    """A column as it was known: what had not happened is missing. Days and deadlines may lie ahead."""
    if column is None or column == born or column.kind is not Kind.MOMENT:
        return f'"{name}"'
    return f'CASE WHEN {_is_past(column)} THEN "{name}" END AS "{name}"'
