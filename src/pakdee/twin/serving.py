"""Serves the twin."""

from __future__ import annotations

from pathlib import Path

import uvicorn

from pakdee.twin.app import create_app
from pakdee.twin.behaviour import Behaviour


def run(
    state: Path,
    *,
    host: str = "127.0.0.1",
    port: int,
    webhook_url: str | None,
    signing_key: str,
    api_key: str,
    seed: int,
    behaviour: Behaviour | None = None,
) -> None:
    """Serves the twin until it is told to end (SIGINT or SIGTERM); arguments as of `create_app`."""
    app = create_app(
        state,
        webhook_url=webhook_url,
        signing_key=signing_key,
        api_key=api_key,
        seed=seed,
        behaviour=behaviour,
    )
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, ws="none")
