"""What customers did day by day, for what has to be known of earlier days, too."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from pakdee.domain.settings import MEMORY
from pakdee.ledger.compute import available, statement
from pakdee.ledger.gathering import gather
from pakdee.ledger.ranges import weighed_ranges, write_ranges
from pakdee.ledger.shapes import shaped
from pakdee.ledger.snapshot import Snapshot


def deeds(
    snapshot: Snapshot,
    *,
    day: dt.date,
    since: dt.date,
    zone: ZoneInfo,
    out: Path,
    memory_limit: str = MEMORY,
) -> Path:
    """Write `out`, a Parquet file of what the loyalty ladder goes by; returns `out`.

    One row per customer and day from `since` to before `day`, in the order of customer_id: `on_day`,
    `orders`, those of them at `full_price` (null where the shop tells of no offers), `nps`, `ratings` with
    their sum `stars` and the `good` ones, `social` points, friends `won`, and `plan_until`, the last day of a
    plan that began.

    Raises:
        LedgerError: the facts cannot be read.
    """
    tells_offers = any(spec.name == "full_price_share_365d" for spec in available(snapshot.provides))
    settings: dict[str, dt.date | str | bool] = {"day": day, "since": since, "zone": zone.key}
    settings["tells_offers"] = tells_offers
    with shaped(snapshot, memory_limit=memory_limit, also=[out.parent], settings=settings) as connection:
        for name in ("calendar", "word_of_mouth_sums"):
            gather(connection, statement(name), frozenset())
        connection.execute(statement("deeds"))
        histories = snapshot.files("orders", "activities")
        ranges = weighed_ranges(connection, "shop_customers", histories, memory_limit=memory_limit)
        write_ranges(connection, ["FROM deeds"], ranges, out)
    return out
