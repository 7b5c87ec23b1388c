"""What the pages behind mails' links share: whose link it is, and the answer as HTML."""

from __future__ import annotations

import re
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from pakdee.domain.answer import AnswerKind
from pakdee.web.actions import Actions, Owner
from pakdee.web.pages import Pages

FORM_LIMIT = 16 * 1024
LOOKING = ["GET", "HEAD"]
_TOKEN = re.compile(r"[A-Za-z0-9._~-]{1,200}")
_QUESTIONS = tuple(f"/{kind}/" for kind in AnswerKind)


async def owner_of(house: Any, do: Actions, token: str) -> Owner | None:
    """Whose mail the token stands for; None for one that is not ours."""
    known = _TOKEN.fullmatch(token)
    return await run_in_threadpool(do.link_owner, house, token) if known else None


def pages_of(request: Request) -> Pages:
    """The pages of the application that was asked."""
    found: Pages = request.app.state.pages
    return found


def spoken(request: Request, owner: Owner | None) -> str:
    """The language of a page."""
    return pages_of(request).language_of(
        owner.language if owner else None, request.headers.get("accept-language")
    )


def shown(
    name: str,
    request: Request,
    *,
    owner: Owner | None = None,
    action: str | None = None,
    link: str | None = None,
    status: int = 200,
) -> Response:
    """A page of `Pages` as the answer to a request."""
    found = pages_of(request).page(
        name,
        spoken(request, owner),
        brand=owner.brand if owner else "",
        action=action,
        link=link,
        of_answer=request.url.path.startswith(_QUESTIONS),
    )
    return HTMLResponse(found, status_code=status)


def unknown(request: Request) -> Response:
    """For a link that is not ours."""
    return shown("unknown", request, status=404)


def allowed() -> Response:
    """To who asks what may be done with a link."""
    return Response(status_code=204, headers={"Allow": "GET, HEAD, OPTIONS, POST"})
