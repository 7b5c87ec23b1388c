"""A small API to look inside the twin and to tell it what to do; SendGrid has none of this."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, HTTPException, Query, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError

from pakdee.twin.batches import Batches
from pakdee.twin.behaviour import Behaviour
from pakdee.twin.conduct import Conduct
from pakdee.twin.faults import Fault, Faults
from pakdee.twin.misbehaviour import Misbehaviour
from pakdee.twin.mishaps import Mishaps
from pakdee.twin.postman import Postman
from pakdee.twin.store import Filter, Store

_MOST = 1000


class _Wanted(BaseModel):
    """Which messages, and which page of them."""

    q: str | None = None
    category: str | None = None
    message: str | None = Field(None, description="The custom argument pakdee_message.")
    request: str | None = Field(None, description="X-Message-Id.")
    limit: int = Field(50, ge=1, le=_MOST)
    offset: int = Field(0, ge=0)

    def filter(self) -> Filter:
        return Filter(self.q, self.category, self.message, self.request)


def looking_inside(store: Store, batches: Batches) -> APIRouter:
    """`/health` and what the twin holds."""
    router = APIRouter()

    @router.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/twin/counts")
    def counts() -> dict[str, Any]:
        return store.counts()

    @router.get("/twin/messages")
    def messages(wanted: Annotated[_Wanted, Query()]) -> dict[str, Any]:
        found, rows = store.messages(wanted.filter(), limit=wanted.limit, offset=wanted.offset)
        return {"found": found, "messages": [_summary(row) for row in rows]}

    @router.get("/twin/messages/{message_id}")
    def message(message_id: int) -> dict[str, Any]:
        return _full(store, batches, message_id)

    @router.get("/twin/messages/{message_id}/request")
    def request(message_id: int) -> Response:
        found = store.mail(message_id)
        if found is None:
            raise HTTPException(404)
        return Response(store.raw(found[0]["request_id"]), media_type="application/json")

    return router


def commanding(postman: Postman, faults: Faults, conduct: Conduct, mishaps: Mishaps) -> APIRouter:
    """What the twin can be told to do."""
    router = APIRouter()

    @router.post("/twin/deliver-events")
    def deliver_events() -> dict[str, Any]:
        return asdict(postman.round(everything=True))

    @router.post("/twin/faults")
    def set_fault(fault: Fault) -> Fault:
        faults.set(fault)
        return fault

    @router.get("/twin/behave")
    def behaviour() -> Behaviour:
        return conduct.behaviour

    @router.post("/twin/behave")
    def behave(changes: dict[str, Any]) -> Behaviour:
        try:
            return conduct.behave(changes)
        except ValidationError as error:
            raise RequestValidationError(error.errors()) from error

    @router.get("/twin/misbehave")
    def misbehaviour() -> dict[str, Any]:
        return {"in_force": conduct.misbehaviour, "happened": dict(mishaps.happened)}

    @router.post("/twin/misbehave")
    def misbehave(wanted: Misbehaviour) -> Misbehaviour:
        return conduct.misbehave(wanted)

    return router


def _summary(row: sqlite3.Row) -> dict[str, Any]:
    """A message as lists show it; `message` is its custom argument, `request` the X-Message-Id."""
    return {
        "id": row["id"],
        "to": row["address"],
        "subject": row["subject"],
        "message": row["reference"],
        "request": row["provider_id"],
        "received_at": row["received_at"],
        "categories": orjson.loads(row["categories"]),
    }


def _full(store: Store, batches: Batches, message_id: int) -> dict[str, Any]:
    """A message as its reader gets it, and its story."""
    found = store.mail(message_id)
    if found is None:
        raise HTTPException(404)
    row, mail = found
    events = [
        {**dict(event), "fields": orjson.loads(event["fields"])} for event in store.events_of(message_id)
    ]
    [fate] = batches.fates([row])
    place = {
        "id": row["id"],
        "request": row["provider_id"],
        "received_at": row["received_at"],
        "batch_id": row["batch_id"],
        "outcome": fate.outcome,
        "at": fate.at,
    }
    return {**place, **asdict(mail), "events": events}
