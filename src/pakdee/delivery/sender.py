"""Sends one claimed request, once, and says what became of it."""

from __future__ import annotations

import hashlib
import http.client
import re
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

from pakdee.delivery.body import with_attempt
from pakdee.delivery.outcomes import Answer, judge, unknown
from pakdee.delivery.transport import SENDGRID, NoConnection, connect
from pakdee.domain.errors import DeliveryDelayed, NotReached, SettingsError
from pakdee.domain.message import ClaimedBatch, Receipt

_FIRST_WAIT, _LONGEST_WAIT = 5.0, 300.0  # seconds after a 429 that does not say how long


class Sender:
    """SendGrid's Mail Send, or the twin's. Used by several threads at once; each gets its own client.

    Args:
        api_key: without it nothing is sent: SettingsError.
        url: the host, e.g. http://127.0.0.1:8026 for the twin; None is SendGrid itself.
        timeout: seconds for connecting and for each wait for an answer; a claim's lease must be longer.
    """

    def __init__(self, *, api_key: str, url: str | None, timeout: float) -> None:
        self._api_key = _checked_key(api_key)
        self._url = _checked_url(url or SENDGRID)
        self._timeout = timeout
        self._local = threading.local()
        self._lock = threading.Lock()
        self._delays = 0

    def send(self, claimed: ClaimedBatch) -> Receipt:
        """POSTs the batch once; never retries.

        Raises:
            NotReached: nothing left this machine.
            DeliveryDelayed, DeliveryRefused, TooLarge, KeyRefused: SendGrid did not take it.
            DeliveryUnknown: it may have been taken.
        """
        where = f"batch {claimed.batch_id}"
        answer = self._post(with_attempt(claimed.body, claimed.attempt_id), where)
        try:
            receipt = judge(answer, where=where, backoff=self._backoff(claimed.attempt_id))
        except DeliveryDelayed:
            self._count_delay()
            raise
        self._delays = 0
        return receipt

    def _post(self, body: bytes, where: str) -> Answer:
        try:
            return self._client()(body)
        except NoConnection as error:
            raise NotReached(
                f"{self._url} cannot be reached: {error}",
                where=where,
                next_step="check the network, or start the twin: pakdee twin; nothing was sent",
            ) from error
        except (OSError, http.client.HTTPException) as error:
            # A reset or timeout: the request may be complete on the other side.
            raise unknown(
                f"no answer from {self._url} ({error or type(error).__name__})", where=where
            ) from error

    def _client(self) -> Callable[[bytes], Answer]:
        if not hasattr(self._local, "post"):
            self._local.post = connect(api_key=self._api_key, url=self._url, timeout=self._timeout)
        post: Callable[[bytes], Answer] = self._local.post
        return post

    def _count_delay(self) -> None:
        with self._lock:
            self._delays += 1

    def _backoff(self, attempt_id: str) -> float:
        """Doubles with every 429 in a row; the attempt's hash keeps workers out of step."""
        spread = hashlib.blake2b(attempt_id.encode(), digest_size=1).digest()[0] / 255
        longest: float = min(_FIRST_WAIT * 2.0 ** min(self._delays, 10), _LONGEST_WAIT)
        return longest * (0.5 + spread / 2)


def _checked_key(api_key: str) -> str:
    if not re.fullmatch(r"[\x21-\x7e]+", api_key.strip()):
        raise SettingsError(
            "there is no usable API key" if not api_key.strip() else "the API key has characters no key has",
            where="SENDGRID_API_KEY",
            next_step="set it to a SendGrid key with the permission Mail Send. Nothing was sent.",
        )
    return api_key.strip()


def _checked_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise SettingsError(
            f"{url!r} is not the address of a host",
            where="PAKDEE_SENDGRID_URL",
            next_step="write for example http://127.0.0.1:8026. Nothing was sent.",
        )
    return url.rstrip("/")
