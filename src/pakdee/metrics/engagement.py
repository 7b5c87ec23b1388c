"""M18: what became of the mails, people told from machines; whatever the order and number of events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from pakdee.domain.measures import EngagementCounts
from pakdee.domain.vocabulary import EventKind
from pakdee.metrics.figure import Figure, share

EVENT_COLUMNS = ("message_id", "kind", "occurred_at", "is_machine", "url")
EPOCH = pd.Timestamp(0, tz="UTC")
_ARRIVED = (
    EventKind.DELIVERED,
    EventKind.OPENED,
    EventKind.CLICKED,
    EventKind.COMPLAINED,
    EventKind.UNSUBSCRIBED,
)
_TAKEN = (*_ARRIVED, EventKind.PROCESSED, EventKind.DEFERRED, EventKind.BOUNCED, EventKind.BLOCKED)


@dataclass(frozen=True)
class MachineRule:
    """A machine acts within `seconds` of delivery, or clicks `links` different links in `burst` seconds."""

    seconds: float = 2
    burst: float = 10
    links: int = 3


MACHINE = MachineRule()


def engagement_counts(events: pd.DataFrame, rule: MachineRule = MACHINE) -> EngagementCounts:
    """Messages by what happened to them; a set is counted, so order and repetition change nothing.

    Args: events: EVENT_COLUMNS of the messages in question (others are ignored); kinds as EventKind words,
        `occurred_at` UTC, `is_machine` the provider's own flag on opens (missing is false), `url` on clicks.
    """
    distinct = _distinct(events)
    opens = _of(distinct, EventKind.OPENED)
    clicks = _of(distinct, EventKind.CLICKED)
    delivered_at = _of(distinct, EventKind.DELIVERED).groupby("message_id")["at"].min()
    opened = set(opens.loc[~(opens["is_machine"] | _at_once(opens, delivered_at, rule)), "message_id"])
    by_machine = clicks["is_machine"] | _at_once(clicks, delivered_at, rule) | _bursts(clicks, rule)
    clicked = set(clicks.loc[~by_machine, "message_id"])
    return EngagementCounts(
        processed=_messages(distinct, *_TAKEN),
        delivered=_messages(distinct, *_ARRIVED),
        human_opens=len(opened),
        machine_only_opens=len(set(opens["message_id"]) - opened),
        human_clicks=len(clicked),
        both=len(opened & clicked),
        unsubscribed=_messages(distinct, EventKind.UNSUBSCRIBED),
        complained=_messages(distinct, EventKind.COMPLAINED),
        bounced=_messages(distinct, EventKind.BOUNCED, EventKind.BLOCKED),
    )


def _distinct(events: pd.DataFrame) -> pd.DataFrame:
    """One row per (message, kind, second, link), the flag set where any copy has it set."""
    known = events.loc[events["message_id"].notna(), list(EVENT_COLUMNS)].copy()
    known["kind"] = known["kind"].astype(str)
    known["url"] = known["url"].astype(object).where(known["url"].notna(), "").astype(str)
    known["at"] = (pd.to_datetime(known["occurred_at"], utc=True) - EPOCH).dt.total_seconds()
    known["is_machine"] = known["is_machine"].eq(True)
    keys = ["message_id", "kind", "at", "url"]
    return known.groupby(keys, sort=False)[["is_machine"]].max().reset_index()


def _of(events: pd.DataFrame, kind: EventKind) -> pd.DataFrame:
    return events[events["kind"] == kind.value]


def _messages(events: pd.DataFrame, *kinds: EventKind) -> int:
    return int(events.loc[events["kind"].isin([k.value for k in kinds]), "message_id"].nunique())


def _at_once(acts: pd.DataFrame, delivered_at: pd.Series, rule: MachineRule) -> pd.Series:
    """True for acts too near delivery for a person."""
    # On either side, as scanners act during delivery; longer before, the delivery was reported late.
    waited = acts["at"] - acts["message_id"].map(delivered_at).astype(float)
    return waited.abs() < rule.seconds


def _bursts(clicks: pd.DataFrame, rule: MachineRule) -> pd.Series:
    """True for clicks among `rule.links` different links of one message within `rule.burst` seconds."""
    marks = pd.Series(data=False, index=clicks.index)
    several = clicks.groupby("message_id")["url"].transform("nunique") >= rule.links
    for _, of_message in clicks[several].groupby("message_id"):
        marks.loc[of_message.index] = _burst(of_message, rule)
    return marks


def _burst(clicks: pd.DataFrame, rule: MachineRule) -> np.ndarray:
    at, urls = clicks["at"].to_numpy(), clicks["url"].to_numpy()
    within = (at[None, :] >= at[:, None]) & (at[None, :] <= at[:, None] + rule.burst)
    crowded = np.array([len(set(urls[row])) >= rule.links for row in within])
    return np.asarray(within[crowded].any(axis=0))


def delivered(counts: EngagementCounts) -> Figure:
    """Delivered / processed."""
    return share("delivered", counts.delivered, counts.processed, "nothing was processed")


def bounces(counts: EngagementCounts) -> Figure:
    """Bounced or blocked / processed: a bounced mail is no part of the delivered ones."""
    return share("bounces", counts.bounced, counts.processed, "nothing was processed")


def human_opens(counts: EngagementCounts) -> Figure:
    """Opened by people / delivered: 2,200/9,800 = 22.4 %."""
    return _of_delivered("human_opens", counts.human_opens, counts)


def human_clicks(counts: EngagementCounts) -> Figure:
    """Clicked by people / delivered: 392/9,800 = 4.0 %."""
    return _of_delivered("human_clicks", counts.human_clicks, counts)


def click_to_open(counts: EngagementCounts) -> Figure:
    """Clicked among opened, both by people; a click of a mail whose open was not seen is in neither part."""
    return share("click_to_open", counts.both, counts.human_opens, "no mail was opened by a person")


def unsubscribes(counts: EngagementCounts) -> Figure:
    """Unsubscribed / delivered."""
    return _of_delivered("unsubscribes", counts.unsubscribed, counts)


def complaints(counts: EngagementCounts) -> Figure:
    """Marked as spam / delivered. Mailbox providers want less than 0.1 % and never 0.3 %."""
    return _of_delivered("complaints", counts.complained, counts)


def _of_delivered(metric: str, k: int, counts: EngagementCounts) -> Figure:
    return share(metric, k, counts.delivered, "nothing was delivered")
