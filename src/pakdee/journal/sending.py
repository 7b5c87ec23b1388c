"""Outcomes: each is written down once, by whoever holds the claim, and ends the attempt's row."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pakdee.domain.message import ClaimedBatch, Hold, Receipt
from pakdee.journal.claiming import Claiming
from pakdee.journal.evidence import settle_by_evidence
from pakdee.journal.instants import BEYOND, LONGEST, length, stored
from pakdee.journal.store import changed


class Sending(Claiming):
    """What a worker tells about its claim. False: the claim was lost to a newer one, and nothing changed."""

    def held(self, claimed: ClaimedBatch, hold: Hold) -> bool:
        """Record where SendGrid will keep the request, before it is sent. False: it must not be sent."""
        values = _claim(claimed) | {"provider_batch": hold.provider_batch_id, "send_at": stored(hold.send_at)}
        with self._writing() as connection:
            return changed(connection, "hold_attempt", values) == 1

    def accepted(self, claimed: ClaimedBatch, receipt: Receipt) -> bool:
        """Record that the provider took the batch; an answer that came late tells the truth as well."""
        return self._record(claimed, "accepted", provider=receipt.provider_id)

    def refused(self, claimed: ClaimedBatch, reason: str) -> bool:
        """Record that the provider said no for good; its messages take no place in caps."""
        return self._record(claimed, "refused", reason=reason)

    def delayed(self, claimed: ClaimedBatch, *, until: dt.datetime, reason: str) -> bool:
        """Record that the provider asked to wait: the batch is queued again, and all workers wait `until`.

        An hour at most; then one request asks again.
        """
        wait = self._at_most_an_hour(until)
        return self._record(claimed, "delayed", pace_until=wait, reason=reason, retry_at=wait)

    def not_reached(self, claimed: ClaimedBatch, reason: str, *, until: dt.datetime) -> bool:
        """Record that no byte left: the batch is queued again, not to be tried before `until`."""
        return self._record(claimed, "not_reached", reason=reason, retry_at=self._at_most_an_hour(until))

    def unknown(self, claimed: ClaimedBatch, reason: str) -> bool:
        """Record that nobody can say; accepted at once when an event of this mail has already arrived."""
        return self._record(claimed, "unknown", reason=reason)

    def _at_most_an_hour(self, until: dt.datetime) -> int:
        return min(stored(until), self._now() + length(LONGEST))

    def _record(
        self, claimed: ClaimedBatch, outcome: str, *, pace_until: int | None = None, **values: Any
    ) -> bool:
        now = self._now()
        with self._writing_soon() if outcome == "accepted" else self._writing() as connection:
            is_unclear = outcome not in {"accepted", "refused"}
            if is_unclear:
                # In turn with events: one that is being stored now must see this outcome, or be seen by it.
                self._dialect.lock_logs(connection)
            if pace_until is not None:
                changed(connection, "pace", {"until": pace_until, "beyond": now + BEYOND})
            is_recorded = (
                changed(connection, _STATEMENT[outcome], _claim(claimed) | values | {"now": now}) == 1
            )
            if is_recorded:
                ended = {"attempt": claimed.attempt_id, "outcome": outcome, "now": now}
                changed(connection, "end_attempt", ended)
            if is_recorded and outcome == "refused":
                changed(connection, "uncount_messages", {"batch": claimed.batch_id})
            if is_unclear:
                settle_by_evidence(connection, [claimed.batch_id], now)
        return is_recorded


_STATEMENT = {
    "accepted": "record_accepted",
    "refused": "record_refused",
    "delayed": "record_queued",
    "not_reached": "record_queued",
    "unknown": "record_unknown",
}


def _claim(claimed: ClaimedBatch) -> dict[str, Any]:
    return {"batch": claimed.batch_id, "attempt": claimed.attempt_id, "fence": claimed.fence}
