"""Calls to SendGrid: a client for each thread, a key that can change, and what went wrong told apart."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from pakdee.delivery.connection import NoConnection, TooLate, never
from pakdee.delivery.outcomes import Answer, unknown
from pakdee.delivery.transport import SENDGRID, Line
from pakdee.domain.errors import KeyRefused, NotReached, SettingsError

_FIRST_WAIT, _LONGEST_WAIT = 5.0, 300.0  # seconds after a 429 that does not say how long


class Caller:
    """Used by several threads at once; each gets its own client.

    Args:
        api_key: the key, or how to ask for it; asked now, and again when SendGrid answers 401.
        url: the host, e.g. http://127.0.0.1:8026 for the twin; None is SendGrid itself.
        timeout: seconds for a whole request; a claim's lease must be longer.

    Raises:
        SettingsError: no key can look like this, or no host.
    """

    def __init__(self, *, api_key: str | Callable[[], str], url: str | None, timeout: float) -> None:
        self._ask_key = api_key if callable(api_key) else lambda: api_key
        self._key = _checked_key(self._ask_key())
        self.url = _checked_url(url or SENDGRID)
        self._timeout = timeout
        self._local = threading.local()
        self._lock = threading.Lock()
        self._delays = 0

    def call(
        self,
        method: str,
        path: str,
        *,
        where: str,
        body: bytes | None = None,
        query: Mapping[str, Any] | None = None,
        is_late: Callable[[], bool] = never,
    ) -> Answer:
        """One request and its answer, whatever that is; with a new key once more, since 401 took nothing.

        Args:
            is_late: asked right before bytes leave; True ends the request.

        Raises:
            NotReached: nothing left this machine, or no whole request.
            DeliveryUnknown: no answer, or none that can be read: the request may have been taken.
            KeyRefused: the key was refused, and asking for another one failed.
        """
        key = self._key

        def ask(line: Line) -> Answer:
            return line.ask(method, path, body=body, query=query, is_late=is_late)

        answer = self._call(key, ask, where)
        if answer.status == 401 and (fresh := self._renewed(key, where)) is not None:
            return self._call(fresh, ask, where)
        return answer

    def _call(self, key: str, ask: Callable[[Line], Answer], where: str) -> Answer:
        try:
            return ask(self._line(key))
        except TooLate as error:
            raise NotReached(
                "the claim was over before the request had left",
                where=where,
                next_step="nothing: it is claimed and sent again; nothing was sent",
            ) from error
        except NoConnection as error:
            raise NotReached(
                f"{self.url} cannot be reached: {error}",
                where=where,
                next_step="check the network, or start the twin: pakdee twin; nothing was sent",
            ) from error
        except Exception as error:
            # Reset, timeout, nonsense or whatever else the client makes of it: the request may be complete
            # on the other side.
            raise unknown(
                f"no answer from {self.url} ({error or type(error).__name__})", where=where
            ) from error

    def backoff(self, spread_by: str) -> float:
        """Seconds to wait after a 429 that does not say how long.

        Doubles with every 429 in a row; a hash of `spread_by` keeps workers out of step.
        """
        spread = hashlib.blake2b(spread_by.encode(), digest_size=1).digest()[0] / 255
        longest: float = min(_FIRST_WAIT * 2.0 ** min(self._delays, 10), _LONGEST_WAIT)
        return longest * (0.5 + spread / 2)

    def count_delay(self) -> None:
        """One more 429 in a row."""
        with self._lock:
            self._delays += 1

    def end_delays(self) -> None:
        """Something else than a 429."""
        with self._lock:
            self._delays = 0

    def _line(self, key: str) -> Line:
        if getattr(self._local, "key", None) != key:
            self._local.line = Line(api_key=key, url=self.url, timeout=self._timeout)
            self._local.key = key
        line: Line = self._local.line
        return line

    def _renewed(self, refused: str, where: str) -> str | None:
        """Another key than the one that was refused; None where there is no other."""
        with self._lock:
            if self._key == refused:
                self._key = self._asked(where)
            return self._key if self._key != refused else None

    def _asked(self, where: str) -> str:
        try:
            return _checked_key(self._ask_key())
        except Exception as error:
            raise KeyRefused(
                f"SendGrid answered 401, and asking for the key again failed ({type(error).__name__})",
                where=where,
                next_step="check SENDGRID_API_KEY, or the Secret block that holds it; then run again",
                status=401,
            ) from error


def _checked_key(api_key: str) -> str:
    if not re.fullmatch(r"[\x21-\x7e]+", api_key.strip()):
        raise SettingsError(
            "there is no usable API key" if not api_key.strip() else "the API key has characters no key has",
            where="SENDGRID_API_KEY",
            next_step="set it to a SendGrid key with the permission Mail Send. Nothing was sent.",
        )
    return api_key.strip()


def _checked_url(url: str) -> str:
    if not _is_host(url):
        raise SettingsError(
            f"{url!r} is not the address of a host",
            where="PAKDEE_SENDGRID_URL",
            next_step="write for example http://127.0.0.1:8026. Nothing was sent.",
        )
    return url.rstrip("/")


def _is_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that is not closed
        return False
    is_plain = url.isascii() and not parts.query and not parts.fragment
    return parts.scheme in {"http", "https"} and has_host and is_plain
