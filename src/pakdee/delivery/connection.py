"""Connections with one deadline from the first byte to the last, and failures that say whether any byte left.

A socket's timeout is for each single wait: a server that sends a byte now and then would outlast it for ever.
Here every wait gets no more than what is left of the whole, by a clock that nobody sets. Looking up a name is
the system's business and has its own limits.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable
from functools import lru_cache, partial
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:  # what the mixins below are mixed into
    _AnySocket: TypeAlias = socket.socket
    _AnyConnection: TypeAlias = http.client.HTTPConnection
else:
    _AnySocket = _AnyConnection = object

MOST_RECEIVED = 16 * 1024 * 1024
"""Bytes of an answer, its headers included; SendGrid's longest are pages of 500 addresses."""


class NoConnection(Exception):
    """No connection was made: name, route, refusal or TLS. Not one byte of the request has left."""


class TooLate(NoConnection):
    """The sender's own time was over before the last byte had left; half a request is none."""


def never() -> bool:
    """Nobody's time is ever over."""
    return False


class _Timed(_AnySocket):
    """What a socket and a TLS socket have in common here; each wait shortens the next."""

    deadline = float("inf")
    is_late: Callable[[], bool] = staticmethod(never)
    received = 0

    def recv_into(self, buffer: Any, *size: int) -> int:
        """Reads what is there, for as long as there is time."""
        self.settimeout(left(self.deadline))
        count = super().recv_into(buffer, *size)
        self.received += count
        if self.received > MOST_RECEIVED:
            raise OSError("the answer does not end")
        return count

    def send(self, data: Any, *flags: int) -> int:
        """Writes what fits."""
        self._may_leave()
        return super().send(data, *flags)

    def sendall(self, data: Any, *flags: int) -> None:
        """Writes all; a plain socket's own limit is for the whole, a TLS socket calls `send`."""
        self._may_leave()
        super().sendall(data, *flags)

    def _may_leave(self) -> None:
        """Asked right before bytes go: whatever was asked earlier, the machine may have slept since."""
        self.settimeout(left(self.deadline))
        if self.is_late():
            raise TooLate("its time is over")


class _Socket(_Timed, socket.socket):
    """A plain one."""


class _TlsSocket(_Timed, ssl.SSLSocket):  # type: ignore[misc] # nobody names the arguments
    """An encrypted one."""


class _Dialling(_AnyConnection):
    """The way a connection is made; a failure in here is known to have sent nothing of the request.

    Args:
        is_late: asked before each write of the request.
    """

    def __init__(self, *where: Any, is_late: Callable[[], bool] = never, **given: Any) -> None:
        super().__init__(*where, **given)
        self._is_late = is_late

    def connect(self) -> None:
        """Connects within the deadline, which then holds for request and answer too."""
        deadline = monotonic() + float(self.timeout or 0)
        self._create_connection = partial(_dialled, deadline)
        try:
            super().connect()
        except (OSError, ValueError, http.client.HTTPException) as error:  # ValueError: no name can look so
            raise NoConnection(str(error) or type(error).__name__) from error
        timed: Any = self.sock
        timed.deadline, timed.is_late = deadline, self._is_late


class Connection(_Dialling, http.client.HTTPConnection):
    """Plain HTTP."""


class TlsConnection(_Dialling, http.client.HTTPSConnection):
    """HTTPS; the handshake counts as connecting."""


@lru_cache
def tls() -> ssl.SSLContext:
    """Certificates are checked. Reading all roots takes a tenth of a second: once, not once per thread."""
    context = ssl.create_default_context()
    context.sslsocket_class = _TlsSocket
    return context


def left(deadline: float) -> float:
    """Seconds that are left. Raises TimeoutError when none are."""
    seconds = deadline - monotonic()
    if seconds <= 0:
        raise TimeoutError("timed out")
    return seconds


def _dialled(deadline: float, address: tuple[str, int], *_: object) -> socket.socket:
    """The first of a name's addresses that answers."""
    failed = OSError(f"{address[0]} has no address")
    for family, kind, protocol, _name, where in socket.getaddrinfo(*address, type=socket.SOCK_STREAM):
        found = _Socket(family, kind, protocol)
        found.deadline = deadline
        try:
            found.settimeout(left(deadline))
            found.connect(where)
            found.settimeout(left(deadline))  # a TLS handshake that follows takes its limit from here
        except OSError as error:
            found.close()
            failed = error
        else:
            return found
    raise failed
