"""Ports of this machine: whether one can be listened on, and what to do where it can't."""

from __future__ import annotations

import errno
import socket

from pakdee.domain.errors import PakdeeError

LAST = 65_535
"""No port has a higher number."""


def try_port(host: str, port: int) -> None:
    """Take a port as a server would, and let go of it. Raises OSError where that can't be."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


def require_port(command: str, host: str, port: int) -> None:
    """Raise PakdeeError, with what to write instead, where `command` could not listen."""
    if not 0 <= port <= LAST:
        told = f"there is no port {port}"
        raise PakdeeError(told, where=f"pakdee {command}", next_step=f"choose one from 1024 to {LAST}")
    try:
        try_port(host, port)
    except OSError as error:
        what, next_step = _told(error, command, host, port)
        raise PakdeeError(what, where=f"pakdee {command}", next_step=next_step) from error


def _told(error: OSError, command: str, host: str, port: int) -> tuple[str, str]:
    another = f"choose another port: pakdee {command} --port {port + 1}"
    if error.errno == errno.EADDRINUSE:
        return f"another program listens on port {port} already", f"end it, or {another}"
    if error.errno == errno.EACCES:
        return f"only an administrator may listen on port {port}", "choose one above 1023, such as 8035"
    return f"{host} is no address of this machine", "leave --host away, or give one that it has"
