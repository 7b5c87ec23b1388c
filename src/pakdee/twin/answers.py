"""How SendGrid says no, and who may ask."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from pakdee.twin.validation import BAD_REQUEST, Problem

NOT_ALLOWED = Problem("The provided authorization grant is invalid, expired, or revoked")


class Refusal(Exception):
    """The answer is no."""

    def __init__(self, status: int, *problems: Problem) -> None:
        self.status, self.problems = status, problems
        super().__init__(status, *problems)

    def response(self) -> Response:
        """As SendGrid writes it."""
        return refusal(self.status, list(self.problems))


def refusal(status: int, found: list[Problem]) -> Response:
    """`{"errors": [{"message", "field"}]}`; the help that SendGrid may add is left out."""
    body = orjson.dumps({"errors": [problem._asdict() for problem in found]})
    return Response(body, status_code=status, media_type="application/json")


def answer_as_sendgrid(app: FastAPI) -> None:
    """Everything under /v3 says no in this manner, also where the framework does."""

    @app.exception_handler(Refusal)
    def refuse(_: Request, error: Refusal) -> Response:
        return error.response()

    @app.exception_handler(RequestValidationError)
    async def wrong(request: Request, error: RequestValidationError) -> Response:
        if not request.url.path.startswith("/v3/"):
            return await request_validation_exception_handler(request, error)
        return refusal(400, [Problem(one["msg"], str(one["loc"][-1])) for one in error.errors()])

    @app.exception_handler(HTTPException)
    async def not_found(request: Request, error: HTTPException) -> Response:
        if not request.url.path.startswith("/v3/"):
            return await http_exception_handler(request, error)
        return refusal(error.status_code, [Problem(error.detail.lower())])


def key_checker(api_key: str) -> Callable[[Request], bool]:
    """Whether a request carries the key."""
    expected = f"Bearer {api_key}".encode()

    def has_key(request: Request) -> bool:
        return hmac.compare_digest(request.headers.get("authorization", "").encode(), expected)

    return has_key


def require_key(api_key: str) -> Callable[[Request], Awaitable[None]]:
    """A dependency that answers 401 to everybody else."""
    has_key = key_checker(api_key)

    async def check(request: Request) -> None:
        if not has_key(request):
            raise Refusal(401, NOT_ALLOWED)

    return check


async def json_object(request: Request) -> dict[str, Any]:
    """A dependency: the body, which must be a JSON object; none counts as empty."""
    try:
        found = orjson.loads(await request.body() or b"{}")
    except ValueError as error:
        raise Refusal(400, BAD_REQUEST) from error
    if not isinstance(found, dict):
        raise Refusal(400, BAD_REQUEST)
    return found
