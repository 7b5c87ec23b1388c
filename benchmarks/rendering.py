"""Every mail of the starter project, written directly and by slots: microseconds each, and how many shapes.

Customers are those of the generated shop, all of them, whatever segment they are in. Both ways get the same
finished contexts; what a context costs, with its ids and signed links, is told beside it. Times are the
processor's, of the best of some rounds, since other work on the machine only ever adds to them.

    python -m benchmarks.rendering [--customers 4000] [--rounds 5] [--json]
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from pakdee import jobs
from pakdee.domain.campaign import Campaign
from pakdee.domain.errors import RenderError
from pakdee.domain.message import Draft, MessageKey
from pakdee.house import House, open_house
from pakdee.jobs.drafting import Drafter
from pakdee.ledger.generator import generate_shop

DAY = dt.date(2026, 6, 15)
NOW = dt.datetime(2026, 6, 15, 2, tzinfo=dt.UTC)
RENDERED_DIRECTLY = 300
HEAD = (
    "template",
    "locale",
    "direct",
    "by slots",
    "ratio",
    "context",
    "shapes of 1,000",
    "values",
    "rendered directly",
)


def main() -> None:
    """Print a table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=4_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        house = a_house(Path(folder), given.customers)
        rows = measured(house, given.rounds)
        house.close()
    print(json.dumps(rows, indent=2) if given.json else table(rows))


def a_house(folder: Path, customers: int) -> House:
    """The starter project over a generated shop."""
    jobs.new_project(folder / "project")
    generate_shop(folder / "exports", customers=customers, until=DAY - dt.timedelta(days=1), seed=7)
    house = open_house(folder / "project", clock=lambda: NOW, environment={})
    jobs.import_facts(house, folder / "exports")
    return house


def measured(house: House, rounds: int) -> list[dict[str, Any]]:
    """A row per template and language."""
    people = pa.concat_tables(house.features(DAY).shards())
    return [
        row(house, campaign, people, locale, rounds)
        for campaign in sorted(house.project.campaigns.values(), key=lambda campaign: campaign.template)
        for locale in house.templates.locales(campaign.template)
    ]


def row(house: House, campaign: Campaign, people: pa.Table, locale: str, rounds: int) -> dict[str, Any]:
    """One template in one language."""
    at = people.column_names.index("locale")
    people = people.set_column(at, "locale", pa.array([locale] * len(people)))
    keys = [MessageKey(campaign.name, "1", id_, "2026") for id_ in people["customer_id"].to_pylist()]
    drafter = Drafter(house, campaign, DAY, real_codes=True)
    offers = [0 if campaign.brings else -1] * len(keys)
    drafting = best(rounds, lambda: list(drafter.drafts(people, keys, offers))) / len(keys)
    drafts = renderable(house, campaign.template, list(drafter.drafts(people, keys, offers)))
    templates, name = house.templates, campaign.template
    some = drafts[:: max(1, len(drafts) // RENDERED_DIRECTLY)]
    direct = best(rounds, lambda: [templates.render(name, locale, d.context) for d in some]) / len(some)
    writer = templates.writer(name, locale)
    slots = best(rounds, lambda: [writer.write(draft) for draft in drafts]) / len(drafts)
    fresh = templates.writer(name, locale)
    written = [fresh.write(draft) for draft in drafts]
    shapes = {id(mail.skeleton) for mail in written[:1_000]}
    return {
        "template": name,
        "locale": locale,
        "direct_us": round(direct * 1e6, 1),
        "slots_us": round(slots * 1e6, 2),
        "ratio": round(direct / slots, 1),
        "context_us": round(drafting * 1e6, 1),
        "shapes_of_1000": len(shapes),
        "values": max(len(mail.values) for mail in written),
        "rendered_directly": sum(not mail.skeleton.tags for mail in written),
    }


def renderable(house: House, template: str, drafts: Sequence[Draft]) -> list[Draft]:
    """Drafts without those who lack what the template needs."""
    found = []
    for draft in drafts:
        try:
            house.templates.render(template, draft.locale, draft.context)
        except RenderError:
            continue
        found.append(draft)
    return found


def best(rounds: int, work: Callable[[], object]) -> float:
    """Seconds of processor time of the quickest round."""
    found = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        found.append(time.process_time() - started)
    return min(found)


def table(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as text; times in microseconds."""
    texts = [HEAD, *(tuple(map(str, row.values())) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return "\n".join("  ".join(cell.rjust(w) for cell, w in zip(row, widths, strict=True)) for row in texts)


if __name__ == "__main__":
    main()
