"""Sends one claimed request, once, and says what became of it."""

from __future__ import annotations

from collections.abc import Callable

from pakdee.delivery.body import with_attempt
from pakdee.delivery.calling import Caller
from pakdee.delivery.connection import never
from pakdee.delivery.outcomes import judge
from pakdee.domain.errors import DeliveryDelayed
from pakdee.domain.message import ClaimedBatch, Hold, Receipt


class Sender:
    """SendGrid's Mail Send, or the twin's. Used by several threads at once.

    Args:
        api_key: the key, or how to ask for it; without one nothing is sent: SettingsError.
        url: the host, e.g. http://127.0.0.1:8026 for the twin; None is SendGrid itself.
        timeout: seconds for a whole request; a claim's lease must be longer.
    """

    def __init__(self, *, api_key: str | Callable[[], str], url: str | None, timeout: float) -> None:
        self._caller = Caller(api_key=api_key, url=url, timeout=timeout)

    def send(
        self, claimed: ClaimedBatch, hold: Hold | None = None, *, is_late: Callable[[], bool] = never
    ) -> Receipt:
        """POSTs the batch once; never retries but with a new key, after a 401.

        Args:
            hold: where SendGrid is to keep the request until its time.
            is_late: whether the claim is over; asked right before bytes leave, however long ago it was begun.

        Raises:
            NotReached: nothing left this machine, or it was late.
            DeliveryDelayed, DeliveryRefused, TooLarge, KeyRefused: SendGrid did not take it.
            DeliveryUnknown: it may have been taken.
        """
        where, caller = f"batch {claimed.batch_id}", self._caller
        body = with_attempt(claimed.body, claimed.attempt_id, hold)
        answer = caller.call("post", "mail/send", body=body, where=where, is_late=is_late)
        try:
            receipt = judge(answer, where=where, backoff=caller.backoff(claimed.attempt_id))
        except DeliveryDelayed:
            caller.count_delay()
            raise
        caller.end_delays()
        return receipt
