"""Settle requests of which nobody knows whether they were taken: by evidence, call-back or a person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from pakdee.domain.errors import DeliveryError
from pakdee.domain.message import Hold
from pakdee.domain.settlement import Decision, Unclear, cancel_by, settle
from pakdee.house import House


@dataclass(frozen=True)
class SettleReport:
    """What was looked at, in requests.

    Args:
        died: found with a dead worker, or waiting past their time.
        decided: by decision; `wait` and `cancel` are still open.
        problems: why requests could not be called back at SendGrid, in words.
    """

    died: int = 0
    decided: dict[Decision, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def open(self) -> int:
        """Requests that are still unclear."""
        return self.decided.get(Decision.WAIT, 0) + self.decided.get(Decision.CANCEL, 0)

    @property
    def resent(self) -> int:
        """Requests that were queued again, since they certainly do not go out otherwise."""
        return self.decided.get(Decision.RESEND, 0)


def settle_unknown(house: House) -> SettleReport:
    """Look at every unclear request, and decide what can be decided; asking again is always safe.

    Raises:
        JournalError: what was decided before stays decided.
    """
    died = house.journal.bury_dead()
    return _Settling(house).all(died)


def settle_batch(house: House, batch_id: str, *, accepted: bool, by: str) -> bool:
    """Settle one unclear request as a person knows it to be: taken, or not, and then it is sent again.

    Args:
        by: who says so; written beside it.

    Raises:
        JournalUnfit: there is no such request, or it is not unclear; says where it stands.
    """
    return house.journal.settle_by_hand(batch_id, accepted=accepted, by=by)


class _Settling:
    """One look at all that is unclear."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._problems: list[str] = []
        self._has_room = True

    def all(self, died: int) -> SettleReport:
        delivery, journal = self._house.settings.delivery, self._house.journal
        self._release()
        unclear = journal.unclear(delivery.quiet)
        # Read after them: evidence that came in between is either unread here or seen by `decide`.
        unread = journal.unread() if unclear else 0
        decided = Counter(self._settled(found, unread) for found in unclear)
        return SettleReport(died, dict(decided), tuple(dict.fromkeys(self._problems)))

    def _settled(self, unclear: Unclear, unread: int) -> Decision:
        decision = self._decision(unclear, unread)
        if decision is Decision.CANCEL and self._is_called_back(unclear):
            unclear = replace(unclear, is_cancelled=True)
            decision = self._decision(unclear, unread)
        if decision in {Decision.WAIT, Decision.CANCEL}:
            return decision
        return decision if self._house.journal.decide(unclear, decision) else Decision.WAIT

    def _decision(self, unclear: Unclear, unread: int) -> Decision:
        delivery, now = self._house.settings.delivery, self._house.clock()
        return settle(unclear, policy=delivery.unknown, quiet=delivery.quiet, unread=unread, now=now)

    def _is_called_back(self, unclear: Unclear) -> bool:
        """Whether SendGrid has confirmed in time that it will throw the request away."""
        if unclear.hold is None or not self._has_room:
            return False
        try:
            self._has_room = self._house.account.cancel(unclear.hold)
        except DeliveryError as error:
            self._problems.append(error.what)
            return False
        # Once more by the clock: an answer that took long may have come too late to be a promise.
        if not self._has_room or self._house.clock() >= cancel_by(unclear.hold):
            return False
        return self._house.journal.cancelled_at_provider(unclear)

    def _release(self) -> None:
        """Give places for cancellations back once what they were for has been thrown away."""
        for attempt_id, hold in self._house.journal.releasable(self._house.clock()):
            if self._is_released(hold):
                self._house.journal.released(attempt_id)

    def _is_released(self, hold: Hold) -> bool:
        try:
            self._house.account.release(hold)
        except DeliveryError as error:
            self._problems.append(error.what)
            return False
        return True
