"""What SendGrid keeps for us besides mail: requests until their time, and addresses it will not mail."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from pakdee.delivery.calling import Caller
from pakdee.delivery.outcomes import Answer, problem, unknown
from pakdee.delivery.paging import PAGE, without_gaps
from pakdee.domain.errors import DeliveryDelayed, DeliveryRefused
from pakdee.domain.identity import address_hash
from pakdee.domain.message import Hold
from pakdee.domain.vocabulary import SuppressionReason

MOST_CANCELLED = 10
"""Batches paused or cancelled at one time. Twilio docs, "Cancel Scheduled Sends"; older pages say 100."""

_PERMISSIONS = "Mail Send, Scheduled Sends and Suppressions"
_SCHEDULED = "user/scheduled_sends"
_BATCH_ID = re.compile(r"[A-Za-z0-9_.=-]{1,100}")
_PATIENCE = 10  # times in a row that a list may ask us to wait
_REASONS = {
    "bounces": SuppressionReason.BOUNCED,
    "spam_reports": SuppressionReason.COMPLAINED,
    "invalid_emails": SuppressionReason.INVALID,
    "unsubscribes": SuppressionReason.UNSUBSCRIBED,
}


class SuppressedAddress(NamedTuple):
    """An entry of one of SendGrid's lists; the address itself goes no further than this room."""

    address_hash: str
    reason: SuppressionReason
    at: dt.datetime


class Account:
    """SendGrid's scheduled sends and suppression lists, or the twin's. Used by several threads at once.

    All methods raise the DeliveryError family. Asking again is harmless with each of them: what was done by a
    call whose answer was lost, the next call finds done.

    Args:
        api_key, url, timeout: as for `Sender`.
        pause: waits for so many seconds.
    """

    def __init__(
        self,
        *,
        api_key: str | Callable[[], str],
        url: str | None,
        timeout: float,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._caller = Caller(api_key=api_key, url=url, timeout=timeout)
        self._pause = pause

    # ── requests kept for later ───────────────────────────────────────────────────────────────────
    def new_hold(self, send_at: dt.datetime) -> Hold:
        """A new name under which SendGrid keeps a request until `send_at`, in whole seconds."""
        answer = self._ask("post", "mail/batch", expected={201})
        batch_id = next((found.get("batch_id") for found in _objects(answer, "mail/batch")), None)
        if not isinstance(batch_id, str) or not _BATCH_ID.fullmatch(batch_id):
            raise unknown("SendGrid made no batch id that can be used", where="mail/batch", status=201)
        return Hold(batch_id, send_at.replace(microsecond=0))

    def cancel(self, hold: Hold) -> bool:
        """Have SendGrid throw away at `send_at` what it keeps; it promises to until ten minutes before.

        Returns:
            True once it has confirmed, now or earlier; False when there is no room among the ten that can be
            cancelled at one time.
        """
        told = {"batch_id": hold.provider_batch_id, "status": "cancel"}
        try:
            self._ask("post", _SCHEDULED, expected={201}, told=told)
        except DeliveryRefused as refused:
            # The words of a refusal are free and may change; what is set at SendGrid tells why.
            return self._was_cancelled(hold, refused)
        return True

    def release(self, hold: Hold) -> None:
        """Give a cancellation's place back; only after `send_at`, since before it the mail would go out."""
        # 404: it was given back before.
        self._ask("delete", f"{_SCHEDULED}/{hold.provider_batch_id}", expected={204, 404})

    def _was_cancelled(self, hold: Hold, refused: DeliveryRefused) -> bool:
        path = f"{_SCHEDULED}/{hold.provider_batch_id}"
        status = self._statuses(path).get(hold.provider_batch_id)
        if status == "pause":
            self._ask("patch", path, expected={204}, told={"status": "cancel"})
        if status in {"cancel", "pause"}:
            return True
        if len(self._statuses(_SCHEDULED)) >= MOST_CANCELLED:
            return False
        raise refused

    def _statuses(self, path: str) -> dict[str, str]:
        """What is set, by batch id; a batch for which nothing is set is not there."""
        answer = self._ask("get", path, expected={200, 404})
        found = _objects(answer, path) if answer.status == 200 else []
        return {
            str(one["batch_id"]): str(one["status"]) for one in found if {"batch_id", "status"} <= one.keys()
        }

    # ── addresses it will not mail ────────────────────────────────────────────────────────────────
    def suppressed(self, list_name: str, since: dt.datetime) -> Iterator[SuppressedAddress]:
        """Who is on one of SendGrid's lists since then; some come twice. Where SendGrid asks to wait, we do.

        Args:
            list_name: bounces, spam_reports, invalid_emails or unsubscribes. There are blocks too, but these
                keep nobody from being mailed again.

        Raises:
            ValueError: another list. DeliveryError: reading ended early; what came before is good.
        """
        reason = _REASONS.get(list_name)
        if reason is None:
            raise ValueError(f"{list_name} is not a list that suppresses")
        path, start = f"suppression/{list_name}", int(since.timestamp())

        def page(offset: int) -> list[SuppressedAddress]:
            found = self._patiently(path, {"start_time": start, "limit": PAGE, "offset": offset})
            return [_suppressed(entry, reason, path) for entry in _objects(found, path)]

        return without_gaps(page, path)

    def _patiently(self, path: str, query: Mapping[str, Any]) -> Answer:
        for _ in range(_PATIENCE):
            try:
                return self._ask("get", path, expected={200}, query=query)
            except DeliveryDelayed as error:
                self._pause(error.retry_after)
        return self._ask("get", path, expected={200}, query=query)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        expected: Collection[int],
        told: Mapping[str, str] | None = None,
        query: Mapping[str, Any] | None = None,
    ) -> Answer:
        body = None if told is None else orjson.dumps(told)
        answer = self._caller.call(method, path, body=body, query=query, where=path)
        if answer.status in expected:
            self._caller.end_delays()
            return answer
        error = problem(answer, where=path, backoff=self._caller.backoff(path), permission=_PERMISSIONS)
        if isinstance(error, DeliveryDelayed):
            self._caller.count_delay()
        raise error


def _objects(answer: Answer, path: str) -> list[dict[str, Any]]:
    """An answer's body: a list of objects, or one of them."""
    try:
        found = orjson.loads(answer.body)
    except ValueError:
        found = None
    found = [found] if isinstance(found, dict) else found
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise unknown("SendGrid's answer cannot be read", where=path, status=answer.status)
    return found


def _suppressed(entry: Mapping[str, Any], reason: SuppressionReason, path: str) -> SuppressedAddress:
    try:
        at = dt.datetime.fromtimestamp(int(entry["created"]), dt.UTC)
        return SuppressedAddress(address_hash(entry["email"]), reason, at)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
        # From nothing of it: the entry, and so the error, may hold an address.
        raise unknown("an entry of SendGrid's list cannot be read", where=path, status=200) from None
