"""Whose step of a campaign is due on a day, worked out from the journal's file alone."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from pathlib import Path

from pakdee.domain.campaign import FIRST_STEP, LATE, Campaign

Turn = tuple[str, str]
"""A customer, and the occasion of the first mail."""

_FIRST = """
    SELECT m.customer_id, m.occasion, m.due_on FROM message m JOIN batch b ON b.id = m.batch_id
    WHERE m.campaign = ? AND m.step = ? AND NOT m.is_test AND b.state NOT IN ('cancelled', 'refused')
"""
_HAD = "SELECT customer_id, occasion FROM message WHERE campaign = ? AND step = ? AND due_on < ?"


def due(journal: Path, campaign: Campaign, day: dt.date) -> set[str]:
    """Customers one of whose steps may go on `day`, and had not been planned or called off before it."""
    with closing(sqlite3.connect(f"file:{journal}?mode=ro", uri=True)) as connection:
        first = connection.execute(_FIRST, (campaign.name, FIRST_STEP)).fetchall()
        ages = {(who, occasion): (day - dt.date.fromisoformat(on)).days for who, occasion, on in first}
        found: set[str] = set()
        for number, step in enumerate(campaign.steps):
            start = step.after.days
            following = campaign.steps[number + 1].after.days if number + 1 < len(campaign.steps) else 10**6
            turns = {turn for turn, ago in ages.items() if start <= ago < min(start + LATE, following)}
            had = connection.execute(_HAD, (campaign.name, step.id, day.isoformat())).fetchall()
            found |= {who for who, _ in turns - set(had)}
        return found
