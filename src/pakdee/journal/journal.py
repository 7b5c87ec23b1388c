"""The journal's door: one object, its parts in a file each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from pakdee.domain.vocabulary import Mode
from pakdee.journal.answering import Answering
from pakdee.journal.asking import Asking
from pakdee.journal.engagement_features import Engaging
from pakdee.journal.learning import Learning
from pakdee.journal.offers import Offers
from pakdee.journal.opening import opened
from pakdee.journal.overview import Overview
from pakdee.journal.planning import Planning
from pakdee.journal.restoring import Restoring
from pakdee.journal.settling import Settling
from pakdee.journal.standing import Standing


class Journal(
    Planning, Settling, Standing, Learning, Answering, Asking, Engaging, Offers, Overview, Restoring
):
    """Our memory in one database, SQLite or PostgreSQL; safe to use from several threads and processes."""

    @classmethod
    def open(
        cls,
        url: str,
        *,
        project: str,
        mode: Mode,
        clock: Callable[[], dt.datetime],
        beside: Path | None = None,
    ) -> Journal:
        """The journal at `url`, its schema made if it is new.

        Args:
            url: `sqlite:///path` or `postgresql://user@host/database`.
            project, mode: whose journal it must be; another one is refused.
            beside: a small file that tells when the journal has fallen behind what was sent.

        Raises:
            JournalError: it cannot be opened, read or written, or is not this project's.
        """
        engine, dialect = opened(url, project=project, mode=mode, clock=clock)
        return cls(engine, dialect, clock, beside)
