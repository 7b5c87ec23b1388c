"""Pages behind a mail's question: choose a score, add words or not, confirm. Only a POST is an answer."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from pakdee.domain.answer import LONGEST_COMMENT, AnswerKind, cleaned_comment
from pakdee.web.actions import Actions, Owner
from pakdee.web.body import read_body
from pakdee.web.links import FORM_LIMIT, LOOKING, allowed, owner_of, pages_of, shown, spoken, unknown
from pakdee.web.pages import Question

_HAPPY = 4  # and more, of 5 stars


def serve_answers(app: FastAPI, house: Any, do: Actions) -> None:
    """The pages of every question that a mail can ask."""
    for kind in AnswerKind:
        _serve(app, house, do, kind)


def _serve(app: FastAPI, house: Any, do: Actions, kind: AnswerKind) -> None:
    @app.api_route(f"/{kind}/{{token}}", methods=LOOKING)
    async def choose(token: str, request: Request) -> Response:
        """The scale alone."""
        owner = await owner_of(house, do, token)
        return _asked(request, owner, Question(kind, before=f"{token}/")) if owner else unknown(request)

    @app.api_route(f"/{kind}/{{token}}/{{score}}", methods=LOOKING)
    async def confirm(token: str, score: str, request: Request) -> Response:
        """The score that was tapped. Changes nothing: scanners open every link of a mail."""
        chosen, owner = kind.score(score), await owner_of(house, do, token)
        if chosen is None or owner is None:
            return unknown(request)
        return _asked(request, owner, Question(kind, chosen))

    @app.post(f"/{kind}/{{token}}/{{score}}")
    async def take(token: str, score: str, request: Request) -> Response:
        """The answer. The token is all the proof there is, so a page of another's can send nothing."""
        comment = _comment(await read_body(request.receive, FORM_LIMIT))
        chosen, owner = kind.score(score), await owner_of(house, do, token)
        if chosen is None or owner is None:
            return unknown(request)
        if comment and len(comment) > LONGEST_COMMENT:
            return _asked(request, owner, Question(kind, chosen, comment=comment), status=422)
        if not await run_in_threadpool(do.answer, house, token, kind, chosen, comment):
            return unknown(request)
        return _thanked(request, owner, kind, chosen)

    @app.options(f"/{kind}/{{token}}")
    @app.options(f"/{kind}/{{token}}/{{score}}")
    async def options() -> Response:
        return allowed()


def _comment(form: bytes) -> str | None:
    written = parse_qs(form.decode("utf-8", "replace")).get("comment", [""])
    return cleaned_comment(written[0])


def _asked(request: Request, owner: Owner, question: Question, status: int = 200) -> Response:
    found = pages_of(request).question(spoken(request, owner), owner.brand, question)
    return HTMLResponse(found, status_code=status)


def _thanked(request: Request, owner: Owner, kind: AnswerKind, score: int) -> Response:
    if kind is AnswerKind.NPS and score in kind.unhappy:
        return shown("thanks_unhappy", request, owner=owner, link=owner.help)
    if kind is AnswerKind.RATING and score >= _HAPPY and owner.review:
        return shown("thanks_happy", request, owner=owner, link=owner.review)
    return shown("thanks", request, owner=owner)
