"""Every feature of the catalogue has an example, reckoned by hand, and is what the example says.

`docs/features.md` shows them. After a change, write it anew with: python tests/house/test_feature_examples.py
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import neighbours
import pyarrow.parquet as pq
import pytest
from feature_examples import EXAMPLES, PROGRAMME, RANKED, Example
from journal_making import Clock, batch, event, opened, plan, send
from tiny_ledger import DAY, ZONE, Row, ago, at, buyers, order, shop

from pakdee.domain.feature import FeatureSpec
from pakdee.domain.program import Program
from pakdee.domain.program.features import features_in
from pakdee.domain.project import Project
from pakdee.domain.settings import Settings
from pakdee.domain.vocabulary import EventKind
from pakdee.house.composing import Composer, feature_catalog
from pakdee.house.forecasting import VERSION, Forecaster
from pakdee.ledger import Snapshot
from pakdee.metrics.bgnbd import BgNbd
from pakdee.metrics.forecast import Model
from pakdee.metrics.gamma_gamma import GammaGamma

PAGE = neighbours.ROOT / "docs" / "features.md"
PROGRAM = Program.model_validate(PROGRAMME)
MODEL = Model(BgNbd(0.243, 4.414, 0.793, 2.426), GammaGamma(6.25, 3.74, 15.44), None)
SETTINGS = Settings.model_validate({"value": {"margin": "30%", "discount": "10%"}})
NOBODY = "nobody"
ALL = [*EXAMPLES, RANKED]


# ── the shops ────────────────────────────────────────────────────────────────────────────────────
def named(example: Example) -> str:
    """The id of its customer."""
    return f"c{ALL.index(example):02}"


def own(row: Row, me: str) -> Row:
    """A row with `me` in place of the example's customer, in all ids."""
    return {
        name: me + value[2:] if name.endswith("_id") and str(value).startswith("me") else value
        for name, value in row.items()
    }


def shop_of(folder: Path, examples: Sequence[Example], **more: list[Row]) -> Snapshot:
    """A shop with the customers of these examples, and one of whom nothing is known."""
    tables = {name: list(rows) for name, rows in more.items()}
    people = [{"customer_id": named(one), **one.about} for one in examples]
    for one in examples:
        for table, rows in one.rows.items():
            tables.setdefault(table, []).extend(own(row, named(one)) for row in rows)
    tables["customers"] = [*people, *buyers(NOBODY), *tables.get("customers", [])]
    if "products" in tables:
        told = {row["product_id"]: row for row in tables["products"]}
        tables["products"] = list(told.values())
    return shop(folder, **tables)


def journal_of(folder: Path, examples: Sequence[Example]) -> Any:
    """A journal of a mail with an offer of ten days ago, and of what became of it."""
    clock, reached = Clock(), [one for one in examples if one.mail]
    clock.now = at(10, 9)
    journal = opened(f"sqlite:///{folder / 'journal.sqlite'}", clock)
    plan(journal, batch([named(one) for one in reached], not_before=clock.now, codes=True), day=ago(10))
    send(journal)
    past = int((at(10, 9) - at(0, 9)).total_seconds())
    events = [(EventKind(kind), one, number) for one in reached for number, kind in enumerate(one.mail)]
    journal.append_events(
        [event(kind, named(one), after=past + 900 * (number + 1)) for kind, one, number in events]
    )
    return journal


def asked(folder: Path, made: Snapshot, journal: Any, names: frozenset[str] | None) -> dict[str, Row]:
    """Features by customer, through all stages."""
    forecaster = Forecaster(made, SETTINGS, folder / "models")
    file = forecaster.folder / f"{made.id}-{DAY}-{SETTINGS.forecast.fewest_repeaters}-{VERSION}.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(asdict(MODEL)), "utf-8")
    files = Project(PROGRAM, None, {}, {}, {}, {}, "v1")
    composer = Composer(
        made, files, ZONE, "02-28", "128 MB", folder / "features", lambda: journal, forecaster
    )
    rows = pq.read_table(composer.as_of(DAY, names).path).to_pylist()
    return {row.pop("customer_id"): row for row in rows}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Row]]:
    """What the features are of all customers of the examples."""
    folder = tmp_path_factory.mktemp("examples")
    made = shop_of(folder / "shop", EXAMPLES)
    journal = journal_of(folder, EXAMPLES)
    told = asked(folder, made, journal, None)
    others = [*buyers(*(f"other {n}" for n in range(4))), {"customer_id": "staff", "is_staff": True}]
    sold = [order(row["customer_id"], ago(5), 5000 if "is_staff" in row else 10) for row in others]
    apart = folder / "apart"
    ranked = shop_of(apart / "shop", [RANKED], orders=sold, customers=others)
    yield told | {named(RANKED): asked(apart, ranked, None, frozenset(RANKED.gives))[named(RANKED)]}
    journal.close()


# ── what holds ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("example", ALL, ids=named)
def test_each_example_is_what_the_features_are(found: dict[str, Row], example: Example) -> None:
    """From the shop's rows through ledger, journal, programme, models and ladder."""
    known = found[named(example)]

    assert {name: known[name] for name in example.gives} == {
        name: pytest.approx(value, abs=1e-4) if isinstance(value := example.value(name), float) else value
        for name in example.gives
    }


def test_who_is_not_known_is_unknown_by_the_null_rules(found: dict[str, Row]) -> None:
    """Of whom nothing is known, exactly that is unknown which the catalogue says can be."""
    may_be = {name for name, spec in catalogue().items() if spec.nullable}
    # Unknown only where nothing is ahead.
    on_the_way = {"units_to_next_reward", "next_tier", "to_next_tier", "days_to_tier_window_end"}

    assert {name for name, value in found[NOBODY].items() if value is None} == may_be - on_the_way


def test_every_feature_has_one_example_and_every_number_a_feature() -> None:
    """Those without a number help others; a feature that is new brings its example here."""
    told = [name for example in ALL for name in example.gives]
    numbers = {spec.code[:3] for spec in catalogue().values() if spec.code}

    assert sorted(told) == sorted(catalogue())
    assert numbers == {f"F{number:02}" for number in range(1, 61)}


def test_the_page_is_true() -> None:
    """What marketers read is what the catalogue says and what the examples give."""
    assert PAGE.read_text("utf-8") == page(), "run: python tests/house/test_feature_examples.py"


# ── the page ─────────────────────────────────────────────────────────────────────────────────────
HEAD = """# Features

All that is known of a customer on a day, with its number, what it needs, when it is unknown, and an example. Facts count from the day after they happened: a window of 365 days ends yesterday. A condition on what is unknown is false. `pakdee features` shows the meanings, too, also in Thai (`--language th`), as your own `program.yaml` has them.

Each example is a customer of whom nothing else is known, on 22 November 2026, a Sunday. The programme gives 1 point for 100 THB, usable for 12 months, and a coffee for 50; silver begins at 1,000 THB in a calendar year, gold at 5,000; the third workout brings a badge; the paid plan has ten days of grace and a reminder thirty days before its end.

*Written by `python tests/house/test_feature_examples.py`; a test holds it true.*
"""
TABLE = (
    "| number | feature | what it is | unknown | needs | example | it is |\n|---|---|---|---|---|---|---|\n"
)
BESIDE = {"programme": ["`program.yaml`"], "journal": ["our mails"]}
"""What features of a stage need beside the shop's tables."""


def catalogue() -> dict[str, FeatureSpec]:
    """The features of the examples' programme."""
    return dict(features_in(PROGRAM, feature_catalog()))


def page() -> str:
    """The whole page."""
    specs = catalogue().values()
    numbered = sorted((spec for spec in specs if spec.code), key=lambda spec: spec.code)
    helping = [spec for spec in specs if not spec.code]
    parts = [TABLE + "".join(map(table_row, some)) for some in (numbered, helping)]
    return f"{HEAD}\n## Numbered\n\n{parts[0]}\n## Helping these\n\n{parts[1]}"


def table_row(spec: FeatureSpec) -> str:
    """One feature."""
    [example] = [one for one in ALL if spec.name in one.gives]
    why = example.why(spec.name)
    cells = [
        spec.code,
        f"`{spec.name}`",
        f"{spec.meaning.in_language('en')}<br>{spec.meaning.in_language('th')}",
        spec.null_rule or "never",
        ", ".join([*BESIDE.get(spec.stage, ()), *(f"`{need}`" for need in sorted(spec.needs))]),
        example.told,
        f"**{shown(example.value(spec.name))}**{f': {why}' if why else ''}",
    ]
    return f"| {' | '.join(cells)} |\n"


def shown(value: Any) -> str:
    """A value as people write it."""
    if isinstance(value, list):
        return ", ".join(entry["title"] for entry in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (float, Decimal)):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return f"{value:%-d %B %Y}" if isinstance(value, dt.date) else str(value)


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
