"""The official client, with what it lacks for sending campaigns.

Its quirks (sendgrid 6.12, python-http-client 3.3) and what is done about each:
- no timeout by default: one is given with every request;
- it follows redirects, turning POST into GET, and reports success: our opener follows none;
- a failed connection and a connection lost after sending are the same exception: ours tells them apart;
- it formats the whole body for its debug log on every request, even when DEBUG is off, and with DEBUG on
  writes addresses and the API key there: the body does not print itself, and its logger is kept above DEBUG;
- headers given to one call stay in a dict shared by all its parts: they are set once, and each thread has
  a client of its own;
- it takes proxies from the environment: never for this machine itself, where the twin lives.
"""

from __future__ import annotations

import http.client
import logging
import ssl
import urllib.request
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from pakdee.delivery.outcomes import Answer

SENDGRID = "https://api.sendgrid.com"
_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
# Not exactly "application/json": for that the client would serialise the body itself, as text.
_CONTENT_TYPE = "application/json; charset=utf-8"


class NoConnection(Exception):
    """No connection was made: name, route, refusal or TLS. Not one byte of the request has left."""


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
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """None: the redirect itself becomes the answer."""


class _Connection(http.client.HTTPConnection):
    def connect(self) -> None:
        """Connects; a failure in here is known to have sent nothing."""
        try:
            super().connect()
        except (OSError, http.client.HTTPException) as error:
            raise NoConnection(str(error)) from error


class _TlsConnection(http.client.HTTPSConnection):
    def connect(self) -> None:
        """Connects and shakes hands; a failure in here is known to have sent nothing of the request."""
        try:
            super().connect()
        except (OSError, http.client.HTTPException) as error:
            raise NoConnection(str(error)) from error


class _Http(urllib.request.HTTPHandler):
    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        """Opens through our connection."""
        return self.do_open(_Connection, request)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self) -> None:
        super().__init__(context=_tls())

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        """Opens through our connection, certificates checked."""
        return self.do_open(_TlsConnection, request, context=_tls())


@lru_cache
def _tls() -> ssl.SSLContext:
    # Reading all root certificates takes a tenth of a second: once, and not once per thread.
    return ssl.create_default_context()


def connect(*, api_key: str, url: str, timeout: float) -> Callable[[bytes], Answer]:
    """A function that POSTs one body to Mail Send at `url` and returns the answer; for one thread.

    `timeout` is in seconds, for connecting and for each wait for bytes. The function raises NoConnection
    before anything was sent, and OSError or HTTPException once something may have been.
    """
    logging.getLogger("python_http_client").setLevel(logging.INFO)
    endpoint = SendGridAPIClient(api_key=api_key, host=url).client.mail.send
    endpoint.request_headers["Content-Type"] = _CONTENT_TYPE
    opener, request_with = _opener(url), endpoint._make_request  # noqa: SLF001 - the client's own seam
    endpoint._make_request = lambda _, request, timeout: request_with(opener, request, timeout)  # noqa: SLF001

    def post(body: bytes) -> Answer:
        try:
            response = endpoint.post(request_body=_Payload(body), timeout=timeout)
        except HTTPError as error:  # every status that is not 2xx
            return _answer(error.status_code, error.headers, error.body)
        return _answer(response.status_code, response.headers, response.body)

    return post


def _answer(status: int, headers: Any, body: bytes) -> Answer:
    return Answer(status, {name.lower(): value for name, value in headers.items()}, body)


def _opener(url: str) -> urllib.request.OpenerDirector:
    # An empty ProxyHandler means none; the default one reads the environment.
    proxies = [urllib.request.ProxyHandler({})] if urlsplit(url).hostname in _THIS_MACHINE else []
    return urllib.request.build_opener(_NoRedirect, _Http, _Https, *proxies)
