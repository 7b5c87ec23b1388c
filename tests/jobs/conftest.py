"""A project with a tiny ledger in a temporary folder, planned without any process running."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from pakdee import jobs
from pakdee.house import House, open_house
from tests.fewer import keep

CAMPAIGNS = (
    "birthday",
    "second_purchase",
    "service_apology",
    "tier_at_risk",
    "tier_near_miss",
    "welcome",
    "win_back",
    "win_back_2",
    "win_back_3",
)
DAY = dt.date(2026, 6, 15)
NOW = dt.datetime(2026, 6, 15, 4, 0, tzinfo=dt.UTC)

CUSTOMERS = """customer_id,email,first_name,locale,birth_month,birth_day,marketing_consent,joined_at
a1,ada@example.com,Ada,en,6,17,true,2024-01-01
b2,ben@example.com,Ben,en,6,16,true,2024-01-01
c3,chai@example.com,ชัย,th,6,18,true,2024-01-01
d4,dao@example.com,ดาว,th,6,19,false,2024-01-01
e5,not an address,Eve,en,6,19,true,2024-01-01
"""
ORDERS = """order_id,customer_id,ordered_at,net_amount
o1,a1,2026-06-13 12:00,500
o2,b2,2026-06-14 12:00,300
"""


@pytest.fixture(scope="session")
def pattern(tmp_path_factory) -> Path:
    """The shop with its facts imported, what a run of the day reads worked out, and its exports; to be copied."""
    made = tmp_path_factory.mktemp("pattern")
    exports, folder = made / "exports", made / "shop"
    exports.mkdir()
    for name, text in (("customers", CUSTOMERS), ("orders", ORDERS)):
        (exports / f"{name}.csv").write_text(text, encoding="utf-8")
    jobs.new_project(folder)
    keep(folder, CAMPAIGNS)
    birthday = folder / "campaigns" / "birthday.yaml"
    birthday.write_text(birthday.read_text(encoding="utf-8").replace("holdout: 5%\n", ""), encoding="utf-8")
    opened = _opened(folder)
    jobs.import_facts(opened, exports)
    jobs.plan_day(opened, DAY)
    opened.close()
    for left in opened.var.iterdir():
        if left.is_file():
            left.unlink()
    shutil.rmtree(opened.var / "runs")
    return made


@pytest.fixture
def house(pattern, tmp_path) -> Iterator[House]:
    """Five customers with a birthday this week: three of them can be mailed."""
    shutil.copytree(pattern, tmp_path, dirs_exist_ok=True)
    opened = _opened(tmp_path / "shop")
    yield opened
    opened.close()


def _opened(folder: Path) -> House:
    return open_house(folder, clock=partial(dt.datetime.fromisoformat, NOW.isoformat()), environment={})
