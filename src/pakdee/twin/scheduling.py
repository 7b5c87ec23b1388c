"""Mail batches and scheduled sends: /v3/mail/batch and /v3/user/scheduled_sends."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from pakdee.twin.answers import Refusal, json_object
from pakdee.twin.batches import Batches
from pakdee.twin.clock import Clock
from pakdee.twin.schedule import Status
from pakdee.twin.validation import BAD_REQUEST, Problem

_INVALID = Problem("invalid batch id")
_NOT_FOUND = Problem("batch id not found")

_Json = Annotated[dict[str, Any], Depends(json_object)]


def scheduling(batches: Batches, clock: Clock) -> APIRouter:
    """Batch ids are made and checked, paused, cancelled and released."""
    router = APIRouter()

    @router.post("/v3/mail/batch", status_code=201)
    def create() -> dict[str, str]:
        return {"batch_id": batches.new(clock())}

    @router.get("/v3/mail/batch/{batch_id}")
    def validate(batch_id: str) -> dict[str, str]:
        if not batches.exists(batch_id):
            raise Refusal(400, _INVALID)
        return {"batch_id": batch_id}

    router.include_router(_marking(batches, clock), prefix="/v3/user/scheduled_sends")
    return router


def _marking(batches: Batches, clock: Clock) -> APIRouter:
    router = APIRouter()

    @router.post("", status_code=201)
    def mark(asked: _Json) -> dict[str, str]:
        batch_id, status = asked.get("batch_id"), _status(asked)
        if not isinstance(batch_id, str) or not batches.exists(batch_id):
            raise Refusal(400, _INVALID)
        if problem := batches.mark(batch_id, status, clock()):
            raise Refusal(400, Problem(problem))
        return {"batch_id": batch_id, "status": status}

    @router.get("")
    def listed() -> list[dict[str, str]]:
        return _as_list(batches.marked())

    @router.get("/{batch_id}")
    def one(batch_id: str) -> list[dict[str, str]]:
        _found(batches.exists(batch_id))
        return _as_list(batches.marked(batch_id))

    @router.patch("/{batch_id}", status_code=204)
    def change(batch_id: str, asked: _Json) -> Response:
        _found(batches.change(batch_id, _status(asked), clock()))
        return Response(status_code=204)

    @router.delete("/{batch_id}", status_code=204)
    def release(batch_id: str) -> Response:
        _found(batches.release(batch_id, clock()))
        return Response(status_code=204)

    return router


def _found(is_there: bool) -> None:
    if not is_there:
        raise Refusal(404, _NOT_FOUND)


def _status(asked: dict[str, Any]) -> Status:
    try:
        return Status(str(asked.get("status")))
    except ValueError as error:
        raise Refusal(400, BAD_REQUEST) from error


def _as_list(marked: dict[str, Status]) -> list[dict[str, str]]:
    return [{"batch_id": batch_id, "status": status} for batch_id, status in marked.items()]
