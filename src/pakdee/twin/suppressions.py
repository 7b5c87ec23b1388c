"""SendGrid's suppression lists: /v3/suppression/* and /v3/asm/suppressions/global."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from pakdee.twin.answers import Refusal, json_object
from pakdee.twin.clock import Clock
from pakdee.twin.database import Database, statement
from pakdee.twin.store import literal
from pakdee.twin.validation import BAD_REQUEST

_IP = "203.0.113.5"  # where our mails come from, as spam reports say
_Json = Annotated[dict[str, Any], Depends(json_object)]
_MOST = 500  # per page


class SuppressionList(StrEnum):
    """The five lists."""

    BOUNCES = "bounces"
    BLOCKS = "blocks"
    SPAM_REPORTS = "spam_reports"
    INVALID_EMAILS = "invalid_emails"
    UNSUBSCRIBES = "unsubscribes"


class Wanted(BaseModel):
    """Which entries, and which page of them; times in unix seconds, both inclusive."""

    start_time: int | None = None
    end_time: int | None = None
    limit: int = Field(_MOST, ge=1, le=_MOST)
    offset: int = Field(0, ge=0)
    email: str | None = Field(None, description="How the address begins.")


class Suppressions:
    """The lists on disk."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, which: SuppressionList, wanted: Wanted, address: str | None = None) -> list[sqlite3.Row]:
        """Entries, newest first; with `address` at most that one."""
        return self._database.read(
            "suppressed",
            list=which,
            since=wanted.start_time,
            until=wanted.end_time,
            start=f"{literal(wanted.email.lower())}%" if wanted.email else None,
            address=address and address.lower(),
            limit=wanted.limit,
            offset=wanted.offset,
        )

    def add(self, which: SuppressionList, addresses: Collection[str], now: float) -> None:
        """Lists these addresses; the first entry of an address stays."""
        rows = [(which, address.lower(), int(now), "", "") for address in addresses]
        with self._database.writing() as connection:
            connection.executemany(statement("add_suppression"), rows)

    def lift(self, which: SuppressionList, addresses: Collection[str] | None) -> None:
        """Takes these addresses off the list; None takes all."""
        lower = None if addresses is None else json.dumps([address.lower() for address in addresses])
        self._database.write("lift", list=which, addresses=lower)


class _Entry(NamedTuple):
    """How an entry of each list is written."""

    row: sqlite3.Row

    def of(self, which: SuppressionList) -> dict[str, Any]:
        row = self.row
        found: dict[str, Any] = {"created": row["created"], "email": row["address"]}
        if which in {SuppressionList.BOUNCES, SuppressionList.BLOCKS}:
            return {**found, "reason": row["reason"], "status": row["status"]}
        if which is SuppressionList.INVALID_EMAILS:
            return {**found, "reason": row["reason"]}
        return {**found, "ip": _IP} if which is SuppressionList.SPAM_REPORTS else found


def suppression_lists(suppressions: Suppressions, clock: Clock) -> APIRouter:
    """The lists by page and by address; addresses can be taken off, and put on the global list."""
    router = APIRouter()

    @router.get("/v3/suppression/{which}")
    def page(which: SuppressionList, wanted: Annotated[Wanted, Query()]) -> list[dict[str, Any]]:
        return [_Entry(row).of(which) for row in suppressions.page(which, wanted)]

    @router.delete("/v3/suppression/{which}", status_code=204)
    def lift(which: SuppressionList, asked: _Json) -> Response:
        emails = asked.get("emails")
        if asked.get("delete_all") is not True and not _is_addresses(emails):
            raise Refusal(400, BAD_REQUEST)
        suppressions.lift(which, None if asked.get("delete_all") is True else emails)
        return Response(status_code=204)

    @router.get("/v3/suppression/{which}/{email}")
    def one(which: SuppressionList, email: str) -> list[dict[str, Any]]:
        return [_Entry(row).of(which) for row in suppressions.page(which, Wanted(), email)]

    @router.delete("/v3/suppression/{which}/{email}", status_code=204)
    def lift_one(which: SuppressionList, email: str) -> Response:
        suppressions.lift(which, [email])
        return Response(status_code=204)

    router.include_router(_global(suppressions, clock), prefix="/v3/asm/suppressions/global")
    return router


def _global(suppressions: Suppressions, clock: Clock) -> APIRouter:
    """Global unsubscribes one by one; as a list they are /v3/suppression/unsubscribes."""
    router = APIRouter()

    @router.post("", status_code=201)
    def add(asked: _Json) -> dict[str, list[str]]:
        emails = asked.get("recipient_emails")
        if not _is_addresses(emails):
            raise Refusal(400, BAD_REQUEST)
        suppressions.add(SuppressionList.UNSUBSCRIBES, emails or [], clock())
        return {"recipient_emails": emails or []}

    @router.get("/{email}")
    def one(email: str) -> dict[str, str]:
        rows = suppressions.page(SuppressionList.UNSUBSCRIBES, Wanted(), email)
        return {"recipient_email": rows[0]["address"]} if rows else {}

    @router.delete("/{email}", status_code=204)
    def lift(email: str) -> Response:
        suppressions.lift(SuppressionList.UNSUBSCRIBES, [email])
        return Response(status_code=204)

    return router


def _is_addresses(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(one, str) for one in found)
