"""The official client, with what it lacks for sending campaigns.

Its quirks (sendgrid 6.12, python-http-client 3.3) and what is done about each:
- no timeout by default, and none for a whole request: our connections have a deadline (`connection`);
- it follows redirects, turning POST into GET, and reports success: our opener follows none;
- a failed connection and one lost after sending are the same exception: our connections tell them apart;
- it formats the whole body for its debug log on every request, even when DEBUG is off, and with DEBUG on
  writes addresses and the API key there: the body does not print itself, and its logger is kept above DEBUG;
- headers given to one call stay in a dict shared by all its parts: they are set once, and each thread has
  a client of its own;
- it takes proxies from the environment: never for this machine itself, where the twin lives.
"""

from __future__ import annotations

import http.client
import logging
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from pakdee.delivery.connection import Connection, TlsConnection, never, tls
from pakdee.delivery.outcomes import Answer

SENDGRID = "https://api.sendgrid.com"
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
# Not exactly "application/json": for that the client would serialise the body itself, as text.
_CONTENT_TYPE = "application/json; charset=utf-8"


class _Quiet(bytes):
    """Bytes that do not print themselves."""

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"

    __str__ = __repr__


class _Payload:
    """What the client takes for text: it calls `encode` on a body it does not serialise."""

    def __init__(self, body: bytes) -> None:
        self._body = _Quiet(body)

    def encode(self, _encoding: str) -> bytes:
        """The body as it is."""
        return self._body


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The redirect itself becomes the answer; where it points to is not even read."""

    def _stay(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> None:
        """None: nobody has dealt with it."""

    http_error_301 = http_error_302 = http_error_303 = http_error_307 = http_error_308 = _stay


class _Gate:
    """Whether the request under way may still leave; one for each line."""

    is_late: Callable[[], bool] = staticmethod(never)


class _Http(urllib.request.HTTPHandler):
    def __init__(self, gate: _Gate) -> None:
        super().__init__()
        self._gate = gate

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        """Opens through our connection."""
        return self.do_open(Connection, request, is_late=self._gate.is_late)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, gate: _Gate) -> None:
        super().__init__(context=tls())
        self._gate = gate

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        """Opens through our connection, certificates checked."""
        return self.do_open(TlsConnection, request, context=tls(), is_late=self._gate.is_late)


class Line:
    """The official client for one thread, one key and one host.

    Args:
        timeout: seconds from connecting to the last byte of the answer; looking up the name comes on top.
    """

    def __init__(self, *, api_key: str, url: str, timeout: float) -> None:
        logging.getLogger("python_http_client").setLevel(logging.INFO)
        self._client = SendGridAPIClient(api_key=api_key, host=url).client
        self._client.request_headers["Content-Type"] = _CONTENT_TYPE
        self._gate = _Gate()
        self._opener = _opener(url, self._gate)
        self._timeout = timeout

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        query: Mapping[str, Any] | None = None,
        is_late: Callable[[], bool] = never,
    ) -> Answer:
        """One request, e.g. "post" to "mail/send", and whatever answer came.

        Args:
            is_late: asked right before bytes leave; True ends the request.

        Raises:
            NoConnection: before all of it was sent. OSError, HTTPException and what else the client may
                come up with: once something may have been.
        """
        endpoint = self._client._(path)
        request_with = endpoint._make_request  # noqa: SLF001 - the client's own seam
        endpoint._make_request = lambda _, request, timeout: request_with(self._opener, request, timeout)  # noqa: SLF001
        payload = None if body is None else _Payload(body)
        self._gate.is_late = is_late
        try:
            response = getattr(endpoint, method)(
                request_body=payload, query_params=query, timeout=self._timeout
            )
        except HTTPError as error:  # every status that is not 2xx
            return _answer(error.status_code, error.headers, error.body)
        return _answer(response.status_code, response.headers, response.body)


def _answer(status: int, headers: Any, body: bytes) -> Answer:
    return Answer(status, {name.lower(): value for name, value in headers.items()}, body)


def _opener(url: str, gate: _Gate) -> urllib.request.OpenerDirector:
    # An empty ProxyHandler means none; the default one reads the environment.
    proxies = [urllib.request.ProxyHandler({})] if urlsplit(url).hostname in _THIS_MACHINE else []
    return urllib.request.build_opener(_NoRedirect, _Http(gate), _Https(gate), *proxies)
