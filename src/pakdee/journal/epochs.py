"""A number beside the journal, so that an older journal put in its place by hand is found out.

The journal's own counter moves with every run that is finished, at the first claim and then once a minute
while claims go on. After each commit it is copied to a small file beside. A journal whose counter is lower
than the file's has forgotten mails that were sent, so nothing is claimed from it and nothing planned.
"""

from __future__ import annotations

import json
import os
import threading
from datetime import timedelta

from sqlalchemy import Connection

from pakdee.domain.errors import JournalError, JournalUnfit
from pakdee.journal.instants import length
from pakdee.journal.store import Store, place, rows

_LOCK = threading.Lock()
_EVERY = length(timedelta(minutes=1))


class Epochs(Store):
    """Keeps the journal and the number beside it in step."""

    _stepped_at: int | None = None

    @property
    def generation(self) -> int:
        """1 for a journal that was never lost; one more with each restoration."""
        return int(self._rows("epoch")[0]["generation"])

    def check_in_step(self) -> None:
        """Raise JournalUnfit when this journal is older than what was sent."""
        if self._rows("epoch")[0]["epoch"] < self.told_beside():
            raise self._older()

    def keep_in_step(self) -> None:
        """Before a claim: move the counter on, at first and then once a minute; raises as above."""
        with _LOCK:
            now = self._now()
            # A clock that was put back must not keep the counter from moving.
            if self._stepped_at is not None and 0 <= now - self._stepped_at < _EVERY:
                return
            with self._writing() as connection:
                epoch = self.step(connection)
            self.tell(epoch)
            self._stepped_at = now

    def step(self, connection: Connection) -> int:
        """Move the counter on within a transaction; `tell` it after the commit."""
        found = rows(connection, "step", {"beside": self.told_beside()})
        if not found:
            raise self._older()
        return int(found[0]["epoch"])

    def told_beside(self) -> int:
        """The number beside the journal; 0 while there is none."""
        try:
            if self._beside is None or not self._beside.exists():
                return 0
            return int(json.loads(self._beside.read_text(encoding="utf-8"))["epoch"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise JournalUnfit(
                "the journal's number cannot be read",
                where=str(self._beside),
                next_step="see that the journal is the newest one; then remove this file, it is made again.",
            ) from error

    def tell(self, epoch: int) -> None:
        """Write the counter beside the journal, unless a higher one stands there."""
        if self._beside is None or epoch <= self.told_beside():
            return
        made = self._beside.with_name(f"{self._beside.name}.{os.getpid()}-{threading.get_ident()}")
        try:
            self._beside.parent.mkdir(parents=True, exist_ok=True)
            with made.open("w", encoding="utf-8") as file:
                json.dump({"epoch": epoch}, file)
                file.flush()
                os.fsync(file.fileno())
            made.replace(self._beside)
        except OSError as error:
            made.unlink(missing_ok=True)
            raise JournalError(
                f"the journal's number cannot be written: {error.strerror}",
                where=str(self._beside),
                next_step="make room, let the user who runs Pakdee write there, then run it again.",
            ) from error

    def _older(self) -> JournalUnfit:
        return JournalUnfit(
            "this journal is older than what was sent, so it has forgotten mails",
            where=f"journal {place(self._engine)}",
            next_step="put the newest journal in its place, or run: pakdee restore --in-place"
            " (mails that may have gone out since are then held, not repeated).",
        )
