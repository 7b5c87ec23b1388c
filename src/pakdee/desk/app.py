"""`create_app(house, names)`: the marketers' pages. Looking changes nothing; only sealed forms do."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from pakdee import jobs
from pakdee.desk.board import Board, Desk
from pakdee.desk.guards import MAIL_POLICY, Guard, Names, Seals
from pakdee.desk.mails import Choice, Shown, in_frame
from pakdee.desk.pages import ASSETS, View, content, page, trouble
from pakdee.desk.tongue import tongue_for, tongues
from pakdee.domain.errors import PakdeeError
from pakdee.house import House
from pakdee.web.body import read_body, tell_bodies

FORM_LIMIT = 16 * 1024
MOST_FIELDS = 20
LONGEST_NAME, LONGEST_REASON = 60, 300
AT_ONCE = 50
A_YEAR = 365 * 24 * 3600
COOKIE = "pakdee_language"
DONE = ("stopped", "resumed", "sent", "counting")
_LOG = logging.getLogger(__name__)
Form = Mapping[str, str]


def run(house: House, host: str, port: int, names: Sequence[str] = ()) -> None:
    """Serve until stopped. There is no access log, and nothing of a form is written to any.

    Args:
        names: further host names under which it is reached, for example behind a proxy that knows who asks.
    """
    import uvicorn

    uvicorn.run(
        create_app(house, Names.of(port, names)),
        host=host,
        port=port,
        access_log=False,
        log_level="warning",
        server_header=False,
        limit_concurrency=AT_ONCE,
    )


def create_app(house: House, names: Names) -> FastAPI:
    """The desk over `house`, answering under `names` only."""
    desk, seals = Desk(house), Seals(house.clock)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        desk.close()

    app = FastAPI(title="Pakdee", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    app.add_middleware(Guard, names=names)
    _tell_trouble(app, seals)
    _serve_assets(app)
    _serve_pages(app, desk, seals)
    _serve_forms(app, desk, seals)
    return app


def _view(request: Request, seals: Seals) -> View:
    wanted, kept = request.query_params.get("lang"), request.cookies.get(COOKIE)
    tongue = tongue_for(wanted, kept, request.headers.get("accept-language"))
    path = request.url.path
    if request.method == "POST":  # the page that the form stands on
        path = path.rpartition("/")[0] if path.startswith("/campaigns/") else "/"
    query = {name: value for name, value in request.query_params.items() if name in {*Choice.NAMES}}
    return View(tongue, seals.new(), path, query)


def _remembering(request: Request, view: View, response: Response) -> Response:
    """With the language kept, where it was asked for."""
    if request.query_params.get("lang") in tongues():
        response.set_cookie(COOKIE, view.tongue.code, max_age=A_YEAR, httponly=True, samesite="strict")
    return response


# ── looking ───────────────────────────────────────────────────────────────────────────────────────
def _serve_pages(app: FastAPI, desk: Desk, seals: Seals) -> None:
    @app.api_route("/", methods=["GET", "HEAD"])
    def overview(request: Request) -> Response:
        """All campaigns, and what was found in files."""
        view = _view(request, seals)
        return _remembering(request, view, _overview(view, desk.board(), done=_done(request)))

    @app.api_route("/campaigns/{name}", methods=["GET", "HEAD"])
    def campaign(name: str, request: Request) -> Response:
        """One campaign: who gets it, what it says, what came of it."""
        view = _view(request, seals)
        shown = _campaign(desk, view, name, Choice.of(request.query_params), done=_done(request))
        return _remembering(request, view, shown)

    @app.api_route("/campaigns/{name}/mail", methods=["GET", "HEAD"])
    def mail(name: str, request: Request) -> Response:
        """The HTML of a mail, for its frame: it can do nothing but be seen."""
        board, choice = desk.board(), Choice.of(request.query_params)
        shown = Shown.of(board, _known(board, name), choice)
        if shown.mail is None:
            raise HTTPException(404)
        policy = {"Content-Security-Policy": MAIL_POLICY}
        return HTMLResponse(in_frame(shown.mail.mail.html, choice.look), headers=policy)


def _overview(view: View, board: Board, *, status: int = 200, **more: Any) -> HTMLResponse:
    shown = {"done": None, "error": None, **more}
    return page("board", view, status=status, board=board, **shown)


def _campaign(
    desk: Desk, view: View, name: str, choice: Choice, *, status: int = 200, **more: Any
) -> HTMLResponse:
    board = desk.board()
    standing = board.standing(_known(board, name))
    shown = {"done": None, "error": None, "given": {}, **more}
    return page(
        "campaign",
        view,
        status=status,
        board=board,
        standing=standing,
        counted=desk.counted(board, name),
        shown=Shown.of(board, name, choice),
        choice=choice,
        addresses=board.house.settings.test.addresses,
        **shown,
    )


def _known(board: Board, name: str) -> str:
    if board.standing(name) is None:
        raise HTTPException(404)
    return name


def _done(request: Request) -> str | None:
    told = request.query_params.get("done")
    return told if told in DONE else None


def _serve_assets(app: FastAPI) -> None:
    def serving(name: str, kind: str) -> Callable[[], Response]:
        def serve() -> Response:
            return Response(content(name), media_type=kind, headers={"Cache-Control": "max-age=86400"})

        return serve

    for name, kind in ASSETS.items():
        app.get(f"/{name}")(serving(name, kind))


# ── changing ──────────────────────────────────────────────────────────────────────────────────────
def _serve_forms(app: FastAPI, desk: Desk, seals: Seals) -> None:
    def brake(done: str, pull: Callable[..., object]) -> Callable[[Request, str], Any]:
        def act(form: Form, name: str | None) -> None:
            pull(desk.office.now().house, name, _text(form, "because"), by=_text(form, "by"))

        return _acting(desk, seals, done, act)

    def test(form: Form, name: str | None) -> None:
        board = _tried(desk)
        choice, to = Choice.of(form).settled(board, name or ""), _text(form, "to")
        jobs.send_sample(
            board.house, choice.mail(name or ""), to, choice.sample, choice.locale, board.day, choice.variant
        )

    def count(_form: Form, name: str | None) -> None:
        _tried(desk)
        desk.count(name or "")

    for done, pull in (("stopped", jobs.stop), ("resumed", jobs.resume)):
        verb = {"stopped": "stop", "resumed": "resume"}[done]
        app.post(f"/campaigns/{{name}}/{verb}")(brake(done, pull))
        app.post(f"/everything/{verb}")(_of_everything(brake(done, pull)))
    app.post("/campaigns/{name}/test")(_acting(desk, seals, "sent", test))
    app.post("/campaigns/{name}/count")(_acting(desk, seals, "counting", count))


def _tried(desk: Desk) -> Board:
    """The board, if its files were tried: what could bring this very process down is not rendered in it."""
    board = desk.board()
    if not board.is_tried:
        raise PakdeeError(
            "the files have errors, or are still being checked",
            where="the desk",
            next_step="mend what is listed, or wait a moment; then press again",
        )
    return board


def _acting(
    desk: Desk, seals: Seals, done: str, act: Callable[[Form, str | None], None]
) -> Callable[[Request, str], Any]:
    """An endpoint that reads a form, acts, and leads back to the page, which says what was done."""

    async def endpoint(request: Request, name: str = "") -> Response:
        form = await _form(request)
        view = _view(request, seals)
        if not seals.is_good(form.get("seal", "")):
            return page("stale", view, status=403, board=None)
        if name and name not in (await run_in_threadpool(desk.office.now)).names:
            raise HTTPException(404)
        try:
            await run_in_threadpool(act, form, name or None)
        except PakdeeError as error:
            return await run_in_threadpool(_not_done, desk, view, name, form, error)
        query = {**Choice.of(form).query, "done": done}
        place = f"/campaigns/{name}" if name else "/"
        return RedirectResponse(f"{place}?{urlencode(query)}", status_code=303)

    return endpoint


def _of_everything(endpoint: Callable[[Request, str], Any]) -> Callable[[Request], Any]:
    async def everything(request: Request) -> Response:
        found: Response = await endpoint(request, "")
        return found

    return everything


def _not_done(desk: Desk, view: View, name: str, form: Form, error: PakdeeError) -> Response:
    if name:
        return _campaign(desk, view, name, Choice.of(form), status=409, error=error, given=form)
    return _overview(view, desk.board(), status=409, error=error)


async def _form(request: Request) -> Form:
    body = await read_body(request.receive, FORM_LIMIT)
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:
        raise HTTPException(400) from error


def _text(form: Form, name: str) -> str:
    """One line somebody wrote. Raises PakdeeError for nothing."""
    longest = LONGEST_NAME if name == "by" else LONGEST_REASON
    text = " ".join(form.get(name, "").split())[:longest]
    if not text:
        next_step = "fill it in and press again"
        raise PakdeeError("something was left empty", where="the form", next_step=next_step)
    return text


# ── trouble ───────────────────────────────────────────────────────────────────────────────────────
def _tell_trouble(app: FastAPI, seals: Seals) -> None:
    tell_bodies(app)

    @app.exception_handler(HTTPException)
    async def missing(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return page("missing", _view(request, seals), status=status, board=None)

    @app.exception_handler(PakdeeError)
    async def known(request: Request, error: Exception) -> Response:
        _LOG.error("%s", type(error).__name__)
        assert isinstance(error, PakdeeError)  # noqa: S101 - what this handler is for
        return trouble(_view(request, seals), error, 503)
