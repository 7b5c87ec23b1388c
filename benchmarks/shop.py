"""A project of any size within seconds: the starter's files, and a snapshot written straight as Parquet.

Everybody has an address, has agreed and has a birthday, so that everybody gets the birthday mail: 9 KB of HTML,
11 KB for the half of the customers who also get a list of three, which are fixed entries with personal values.
Its templates are tried and found good once, as `pakdee check` does; a run then takes that as read.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import duckdb

DAY = dt.date(2026, 6, 15)
ORDERS_EACH = 5

_HALF = {
    "en": """
{% if customer.order_count_365d and customer.order_count_365d >= 3 and customer.top_category and customer.days_since_last_purchase %}
  {% call ui.section(tone="soft") %}
    {{ ui.h2("Three things we noticed about your year") }}
    {% call ui.card("What you like best", tag=customer.top_category, symbol="🍵") %}
      Most of what you took home came from this shelf. Ask for the new ones when you come by.
    {% endcall %}
    {% call ui.card("How often you came", tag=customer.order_count_365d|plural("visit", "visits"), symbol="🚪") %}
      The last time was {{ customer.days_since_last_purchase|plural("day", "days") }} ago. The kettle is on.
    {% endcall %}
    {% call ui.card("What you earned", tag=customer.points_earned_365d|plural("point", "points"), symbol="✨") %}
      You spent {{ customer.net_spend_365d|money }} with us, and every bit of it counts.
    {% endcall %}
  {% endcall %}
{% endif %}
""",
    "th": """
{% if customer.order_count_365d and customer.order_count_365d >= 3 and customer.top_category and customer.days_since_last_purchase %}
  {% call ui.section(tone="soft") %}
    {{ ui.h2("สามเรื่องของคุณในปีนี้") }}
    {% call ui.card("สิ่งที่คุณชอบที่สุด", tag=customer.top_category, symbol="🍵") %}
      ของส่วนใหญ่ที่คุณเลือกมาจากชั้นนี้ แวะมาถามหาของใหม่ได้เสมอ
    {% endcall %}
    {% call ui.card("คุณแวะมา", tag=customer.order_count_365d|plural("ครั้ง"), symbol="🚪") %}
      ครั้งล่าสุดเมื่อ {{ customer.days_since_last_purchase|plural("วัน") }}ก่อน กาน้ำตั้งรอไว้แล้ว
    {% endcall %}
    {% call ui.card("แต้มที่คุณได้", tag=customer.points_earned_365d|plural("แต้ม"), symbol="✨") %}
      คุณใช้จ่ายกับเรา {{ customer.net_spend_365d|money }} ทุกบาทมีความหมาย
    {% endcall %}
  {% endcall %}
{% endif %}
""",
}

_TABLES = {
    "customers": """
SELECT format('M{{:07d}}', i) AS customer_id,
       TIMESTAMPTZ '2019-01-01 05:00+00' + to_days(drawn(i, 2700)::INTEGER) AS joined_at,
       joined_at::DATE AS joined_on,
       CASE WHEN drawn(i * 2, 5) = 0 THEN 'en' ELSE 'th' END AS locale,
       true AS marketing_consent, joined_at AS consent_at, 'website' AS consent_source,
       1950 + drawn(i * 3, 55)::INTEGER AS birth_year, 1 + drawn(i * 5, 12)::INTEGER AS birth_month,
       1 + drawn(i * 7, 28)::INTEGER AS birth_day, joined_on AS birth_recorded_on
FROM range({customers}) t(i) ORDER BY customer_id
""",
    "persons": """
SELECT format('M{{:07d}}', i) AS customer_id, format('customer.{{}}@example.com', i) AS email,
       CASE WHEN drawn(i * 2, 5) = 0 THEN ['Ada', 'Ben', 'Chloe', 'Dan', 'Emma & Finn'][1 + drawn(i, 5)]
            ELSE ['สมหญิง', 'ชัย', 'ดาว', 'มะลิ', 'ณัฐพล'][1 + drawn(i, 5)] END AS first_name,
       format('Family {{}}', drawn(i * 11, 5000)) AS last_name
FROM range({customers}) t(i) ORDER BY customer_id
""",
    "orders": """
SELECT format('o{{:09d}}', i) AS order_id, format('M{{:07d}}', i // {each}) AS customer_id,
       TIMESTAMPTZ '2026-06-14 03:00+00' - to_days(drawn(i * 3, 730)::INTEGER) AS ordered_at,
       ordered_at::DATE AS ordered_on, (50 + drawn(i * 13, 150000) / 100)::DECIMAL(18, 4) AS net_amount,
       CASE drawn(i * 17, 3) WHEN 0 THEN 'online' ELSE 'store' END AS channel, 'delivered' AS status,
       'THB' AS currency, 0::DECIMAL(18, 4) AS discount_amount
FROM range({customers} * {each}) t(i) ORDER BY customer_id, ordered_at, order_id
""",
    "order_lines": """
SELECT format('o{{:09d}}', i) AS order_id, 1 AS line_no, format('P{{:02d}}', drawn(i * 19, 20)) AS product_id,
       ['tea', 'cake', 'home', 'bakery'][1 + drawn(i * 19, 4)] AS category,
       1::DECIMAL(18, 4) AS quantity, (50 + drawn(i * 13, 150000) / 100)::DECIMAL(18, 4) AS net_amount
FROM range({customers} * {each}) t(i) ORDER BY order_id
""",
}


def make_project(folder: Path, customers: int) -> None:
    """The starter project with one live campaign, the birthday cake, and `customers` who all get it."""
    from pakdee import jobs
    from pakdee.house import open_house
    from pakdee.house.proving import template_problems

    jobs.new_project(folder)
    for path in (folder / "campaigns").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        if path.stem != "birthday":
            text = text.replace("status: live", "status: paused")
        for old, new in (
            ("birthday_this_week", "everyone"),
            ("holdout: 5%\n", ""),
            ("goal: {order: 30 days}\n", ""),
        ):
            text = text.replace(old, new) if path.stem == "birthday" else text
        path.write_text(text, encoding="utf-8")
    for locale, words in _HALF.items():
        path = folder / "templates" / "birthday" / f"{locale}.j2"
        path.write_text(path.read_text(encoding="utf-8") + words, encoding="utf-8")
    template_problems(open_house(folder, environment={}))  # once per edit, so no part of a day's work
    _write_snapshot(folder / "var" / "ledger" / "20260615T000000-bench", customers)


def _write_snapshot(folder: Path, customers: int) -> None:
    folder.mkdir(parents=True)
    provides = list(_TABLES)
    spill = {"memory_limit": "2GB", "temp_directory": str(folder / "spill")}
    with duckdb.connect(config=spill) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("CREATE MACRO drawn(seed, below) AS (hash(seed) % below)::BIGINT")
        for table, text in _TABLES.items():
            file = folder / f"{table}.parquet"
            rows = text.format(customers=customers, each=ORDERS_EACH)
            connection.execute(f"COPY ({rows}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
            columns = connection.execute(f"DESCRIBE SELECT * FROM '{file}'").fetchall()
            provides += [f"{table}.{column[0]}" for column in columns]
    manifest = {
        "tables": list(_TABLES),
        "provides": provides,
        "facts_until": "2026-06-14T03:00:00+00:00",
        "zone": "Asia/Bangkok",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
