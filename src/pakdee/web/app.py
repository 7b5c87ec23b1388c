"""`create_app(house)`: SendGrid's webhook, one-click unsubscribing, the pages behind mails' links, health."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pakdee.domain.errors import PakdeeError, WebhookRejected
from pakdee.domain.language import Language
from pakdee.rendering.languages import packaged
from pakdee.web.actions import Actions, jobs_actions
from pakdee.web.answering import serve_answers
from pakdee.web.body import read_body, tell_bodies
from pakdee.web.events import Events
from pakdee.web.links import FORM_LIMIT, LOOKING, allowed, owner_of, shown, unknown
from pakdee.web.pages import Pages, content_security

AT_ONCE = 100
"""Requests served at once; more are told to come back, so that memory is bounded."""

_SAFETY = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_LOG = logging.getLogger(__name__)


def run(house: Any, host: str, port: int) -> None:
    """Serve until stopped. There is no access log: a link's token is a key and belongs in no file."""
    import uvicorn

    uvicorn.run(
        create_app(house),
        host=host,
        port=port,
        access_log=False,
        log_level="warning",
        server_header=False,
        limit_concurrency=AT_ONCE,
    )


def create_app(house: Any, actions: Actions | None = None) -> FastAPI:
    """The web application over `house`; `actions` are the jobs unless others are given."""
    app = FastAPI(title="Pakdee", docs_url=None, redoc_url=None, openapi_url=None)
    do = actions or jobs_actions()
    app.state.pages = Pages(_languages(house, do))
    app.add_middleware(_Safe)
    _tell_trouble(app)
    app.router.routes.append(Route("/sendgrid/events", Events(house, do.receive_webhook), methods=["POST"]))
    _serve_unsubscribing(app, house, do)
    serve_answers(app, house, do)
    _serve_health(app, house, do)
    return app


def _languages(house: Any, do: Actions) -> Mapping[str, Language]:
    """A slip in a file of the project must not keep anybody from unsubscribing."""
    try:
        return do.languages(house)
    except PakdeeError as error:
        _LOG.error("%s", error)
        return packaged()


class _Safe:
    """Puts the headers of safety on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        told = {**_SAFETY, "Content-Security-Policy": content_security()}
        self._headers = [(name.lower().encode(), value.encode()) for name, value in told.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self._headers]
            await send(message)

        await self._app(scope, receive, safely)


def _tell_trouble(app: FastAPI) -> None:
    tell_bodies(app)

    @app.exception_handler(WebhookRejected)
    async def rejected(_request: Request, _error: Exception) -> Response:
        # No reason: whoever forges a callback need not learn what was wrong with it.
        return PlainTextResponse("not accepted", status_code=403)

    @app.exception_handler(PakdeeError)
    async def trouble(request: Request, error: Exception) -> Response:
        _LOG.error("%s", error)
        if request.url.path.startswith("/sendgrid/"):
            return PlainTextResponse("not stored, send it again", status_code=503)
        return shown("trouble", request, status=503)

    @app.exception_handler(Exception)
    async def surprise(request: Request, _error: Exception) -> Response:
        return shown("trouble", request, status=500)


def _serve_unsubscribing(app: FastAPI, house: Any, do: Actions) -> None:
    @app.post("/u/{token}")
    async def unsubscribe(token: str, request: Request) -> Response:
        """One click (RFC 8058) or the page's button: both withdraw at once, whatever the body says."""
        await read_body(request.receive, FORM_LIMIT)
        owner = await owner_of(house, do, token)
        if owner is None or not await run_in_threadpool(do.unsubscribe, house, token):
            return unknown(request)
        return shown("done", request, owner=owner)

    @app.api_route("/u/{token}", methods=LOOKING)
    async def ask(token: str, request: Request) -> Response:
        """Changes nothing: scanners open every link of a mail."""
        owner = await owner_of(house, do, token)
        return shown("ask", request, owner=owner, action="") if owner else unknown(request)

    @app.api_route("/preferences/{token}", methods=LOOKING)
    async def preferences(token: str, request: Request) -> Response:
        """What this reader gets, and the way to stop it."""
        owner = await owner_of(house, do, token)
        if owner is None:
            return unknown(request)
        return shown("preferences", request, owner=owner, action=f"../u/{token}")

    @app.options("/u/{token}")
    @app.options("/preferences/{token}")
    async def options(token: str) -> Response:  # noqa: ARG001 - the route has it, the answer does not depend on it
        return allowed()


def _serve_health(app: FastAPI, house: Any, do: Actions) -> None:
    @app.api_route("/health", methods=["GET", "HEAD"])
    async def health() -> Response:
        """JSON for those who watch: 200 where all is well, 503 where not."""
        try:
            found = dict(await run_in_threadpool(do.health, house))
        except PakdeeError as error:
            _LOG.error("%s", error)
            found = {"ok": False, "because": type(error).__name__}
        status = 200 if found.get("ok", True) else 503
        return Response(orjson.dumps(found), status_code=status, media_type="application/json")
