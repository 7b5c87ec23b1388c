"""Serves the twin."""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import time
from pathlib import Path
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from pakdee.twin.app import create_app
from pakdee.twin.behaviour import Behaviour
from pakdee.twin.conduct import Conduct, kept_clock
from pakdee.twin.database import Database
from pakdee.twin.misbehaviour import Misbehaviour
from pakdee.twin.mishaps import TRANSPORT

_PATIENCE = 2  # seconds for requests under way when told to end; a silent one would never


class _Protocol(H11Protocol):
    """HTTP whose connections can be reset by the application."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Hands the connection to the application."""
        super().connection_made(transport)
        app: Any = self.app

        async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
            extensions = {**scope.get("extensions", {}), TRANSPORT: transport}
            await app({**scope, "extensions": extensions}, receive, send)

        self.app = with_transport


def server(app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> uvicorn.Server:
    """A server for the twin's application; `server(app).run(sockets=[…])` listens on a given socket."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=_Protocol,
            ws="none",
            loop="asyncio",
            log_level="warning",
            access_log=False,
            date_header=False,  # the application writes its own clock's
            timeout_graceful_shutdown=_PATIENCE,
        )
    )


def run(
    state: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    listening: socket.socket | None = None,
    webhook_url: str | None,
    signing_key: str,
    api_key: str,
    seed: int,
    behaviour: Behaviour | None = None,
    misbehaviour: Misbehaviour | None = None,
    scale: float | None = None,
    start: dt.datetime | None = None,
) -> None:
    """Serves the twin until it is told to end (SIGINT or SIGTERM).

    Args:
        listening: a socket that listens already, instead of `host` and `port`.
        misbehaviour: replaces what was set before; None leaves it.
        scale: how much faster than the wall its clock runs; None as before.
        start: what its clock shows now; None goes on from what it showed.
        others: as of `create_app`.
    """
    database = Database(state)
    try:
        clock = kept_clock(database, start=start.timestamp() if start else None, scale=scale)
        if misbehaviour is not None:
            Conduct(database, Behaviour(), Misbehaviour()).misbehave(misbehaviour)
    finally:
        database.close()
    app = create_app(
        state,
        webhook_url=webhook_url,
        signing_key=signing_key,
        api_key=api_key,
        seed=seed,
        behaviour=behaviour,
        clock=clock or time.time,
    )
    server(app, host=host, port=port).run(sockets=None if listening is None else [listening])
