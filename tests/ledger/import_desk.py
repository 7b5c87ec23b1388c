"""A desk at which tests lay files down and import them, the way the shop does."""

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pakdee.catalog.sources import load_source
from pakdee.ledger import ImportReport, Snapshot, connect, import_

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
NOW = dt.datetime(2026, 11, 22, 6, 30, tzinfo=dt.UTC)

CUSTOMERS = """\
customer_id,email,first_name,birth_month,birth_day,marketing_consent,joined_at
C1,anna@example.com,Anna,11,25,true,2024-03-01
C2,ben@example.com,Ben,2,29,false,2025-01-15
C3,,ชบา,,,,2026-11-20
"""
ORDERS = """\
order_id,customer_id,ordered_at,net_amount,channel
O1,C1,2026-11-01 10:00,120.50,store
O2,C1,2026-11-20 23:30,80,online
O3,C2,2026-10-01,0.1,store
O4,,2026-11-21T01:00:00+07:00,40,store
"""


class Desk:
    """A folder of files to import, and a ledger of its own."""

    def __init__(self, folder: Path) -> None:
        self.files, self.location = folder / "export", folder / "ledger"
        self.files.mkdir()

    def put(self, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = self.files / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def put_minimal(self, customers: str = CUSTOMERS, orders: str = ORDERS) -> None:
        self.put("customers.csv", customers)
        self.put("orders.csv", orders)

    def bring(self, path: Path | None = None, **wishes) -> ImportReport:
        given = {"zone": ZoneInfo("Asia/Bangkok"), "currency": "THB", "now": NOW} | wishes
        return import_(path or self.files, location=self.location, **given)

    def bring_by(self, source: str, **wishes) -> ImportReport:
        return self.bring(source=load_source(ROOT / "sources" / f"{source}.yaml"), **wishes)


def rows(snapshot: Snapshot, sql: str) -> list[tuple]:
    """All rows of `sql` over the snapshot."""
    with connect(snapshot) as connection:
        return connection.execute(sql).fetchall()


def reasons(report: ImportReport) -> list[tuple[str, int, str, str]]:
    """(table, row, column, reason) of every reject."""
    return [(r.table, r.row, r.column, r.reason) for r in report.rejects]


def public_data(name: str) -> Path:
    """A file of the public data sets; the test is skipped where they are not at hand."""
    if not (DATA / name).is_file():
        pytest.skip(f"needs the public data sets in {DATA}")
    return DATA
