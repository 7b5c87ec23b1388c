"""What the journal knows of each customer as of a day: features of stage "journal", and answers to mails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from pakdee.domain.answer import AnswerKind
from pakdee.domain.calendar import day_bounds
from pakdee.domain.feature import FeatureSpec
from pakdee.domain.feature_text import read_specs
from pakdee.journal.instants import length, stored
from pakdee.journal.measuring import Measuring
from pakdee.journal.schema import EVERYTHING

STAGE = "journal"
CLICKS = frozenset({"human_clicks_90d", "days_since_last_click"})
DELIVERED, OFFERED = "emails_delivered_30d", "days_since_offer"
_CLICKED_IN, _DUE_IN = dt.timedelta(days=90), dt.timedelta(days=30)
_NUMBER = pa.decimal128(18, 4)
_INSTANT = pa.timestamp("us", tz="UTC")
_ARRIVED = pa.schema([("customer_id", pa.string()), ("messages", pa.int32())])
_GIVEN = pa.schema([("customer_id", pa.string()), ("day", pa.date32())])
_CLICKED = _ARRIVED.append(pa.field("last_at", _INSTANT))
_ANSWERS = pa.schema(
    [
        ("response_id", pa.string()),
        ("survey_id", pa.string()),
        ("customer_id", pa.string()),
        ("question", pa.string()),
        ("score", pa.int32()),
        ("asked_at", _INSTANT),
        ("answered_at", _INSTANT),
    ]
)
_ASKED = pa.schema([("customer_id", pa.string()), ("asked_at", _INSTANT)])


@cache
def feature_specs() -> tuple[FeatureSpec, ...]:
    """The specification of every feature of stage "journal", in catalogue order."""
    folder = files("pakdee.journal") / "features"
    texts = ((folder / f"{name}.toml").read_text("utf-8") for name in ("contact", "engagement", "giving"))
    return tuple(spec for text in texts for spec in read_specs(text, stage=STAGE))


class Engaging(Measuring):
    """What was known before a day began, by event and by when it was learned: asked again it is the same."""

    def engagement_features(
        self,
        customers: pa.Array,
        names: Collection[str],
        *,
        day: dt.date,
        zone: ZoneInfo,
        seconds: float,
        burst: float,
        links: int,
    ) -> pa.Table:
        """`customer_id` and those of `names` that are of this stage, as of `day`, one row per customer.

        Args:
            zone: the shop's; `day` begins at its midnight.
            seconds, burst, links: what tells a machine's clicks, as in `metrics.MachineRule`.
        """
        before, columns = day_bounds(day, zone)[0], {"customer_id": customers}
        if CLICKS & set(names):
            clicked = self._table(
                "human_clicks",
                _CLICKED,
                since=stored(day_bounds(day - _CLICKED_IN, zone)[0]),
                before=stored(before),
                seconds=length(dt.timedelta(seconds=seconds)),
                burst=length(dt.timedelta(seconds=burst)),
                links=links,
            )
            columns |= {"human_clicks_90d": _counts(clicked, customers)}
            columns |= {
                "days_since_last_click": _days_since(clicked, day, zone).take(_places(clicked, customers))
            }
        if DELIVERED in names:
            days = {"start": (day - _DUE_IN).isoformat(), "end": day.isoformat()}
            arrived = self._table("mails_arrived", _ARRIVED, before=stored(before), **days)
            columns |= {DELIVERED: _counts(arrived, customers)}
        if OFFERED in names:
            offered = self.last_offers(day)
            columns |= {OFFERED: _days_to(day, offered["day"]).take(_places(offered, customers))}
        return pa.table({name: values for name, values in columns.items() if name in {"customer_id", *names}})

    def last_offers(self, before: dt.date, grant: str | None = None) -> pa.Table:
        """When campaigns last gave each customer something, or this grant, before a day: customer_id, day."""
        return self._table("last_offers", _GIVEN, before=before.isoformat(), grant=grant or EVERYTHING)

    def survey_answers(self, day: dt.date, zone: ZoneInfo) -> pa.Table:
        """Answers given before `day` in the columns of the ledger's table `survey_responses`."""
        found = self._table("survey_answers", _ANSWERS, before=stored(day_bounds(day, zone)[0]))
        scales = pa.array([AnswerKind(kind).scale[-1] for kind in found["question"].to_pylist()], pa.int32())
        found = found.set_column(found.schema.get_field_index("score"), "score", found["score"].cast(_NUMBER))
        return found.append_column("scale_max", scales.cast(_NUMBER))

    def survey_asked(self, day: dt.date, zone: ZoneInfo) -> pa.Table:
        """When mails of purpose survey last asked each customer before `day`: customer_id, asked_at (UTC)."""
        return self._table("survey_asked", _ASKED, before=stored(day_bounds(day, zone)[0]))


def _places(found: pa.Table, customers: pa.Array) -> pa.Array:
    """Where each of `customers` stands in `found`; null where nothing is known of them."""
    return pc.index_in(customers, value_set=found["customer_id"].combine_chunks())


def _counts(found: pa.Table, customers: pa.Array) -> pa.ChunkedArray:
    return pc.fill_null(found["messages"].take(_places(found, customers)), 0)


def _days_since(clicked: pa.Table, day: dt.date, zone: ZoneInfo) -> pa.ChunkedArray:
    """Days from the shop's day of the last click to `day`."""
    local = pc.local_timestamp(clicked["last_at"].cast(pa.timestamp("us", tz=zone.key))).cast(pa.date32())
    return _days_to(day, local)


def _days_to(day: dt.date, days: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.days_between(days, pa.scalar(day, pa.date32())).cast(pa.int32())
