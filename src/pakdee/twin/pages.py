"""Pages to read the mails in a browser; without scripts and without anything from elsewhere."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, HTTPException
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FunctionLoader, StrictUndefined

from pakdee.twin.batches import Batches
from pakdee.twin.clock import Clock
from pakdee.twin.schedule import Fate, Outcome
from pakdee.twin.store import Filter, Store

_PAGE = 50
_VIEWS = {"html": "HTML", "text": "Text", "headers": "Headers", "events": "Events"}
# Pictures of a mail may come from its shop; scripts and everything else may not.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; form-action 'self'"


def pages(store: Store, batches: Batches, clock: Clock) -> APIRouter:
    """The list of mails at `/` and each mail at `/messages/{id}`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    def mails(q: str = "", category: str = "", page: int = 1) -> HTMLResponse:
        page = max(page, 1)
        wanted = Filter(q.strip() or None, category.strip() or None)
        found, rows = store.messages(wanted, limit=_PAGE, offset=(page - 1) * _PAGE)
        last = max(math.ceil(found / _PAGE), 1)
        shown = {"q": q, "category": category, "page": page, "last": last, "found": found}
        lines = [_line(dict(row), f, clock()) for row, f in zip(rows, batches.fates(rows), strict=True)]
        return _page("list.html", **shown, rows=lines, link=_link)

    @router.get("/messages/{message_id}")
    def mail(message_id: int, show: str = "html") -> HTMLResponse:
        found = store.mail(message_id)
        if found is None or show not in _VIEWS:
            raise HTTPException(404)
        row, content = found
        events = [_event(dict(event)) for event in store.events_of(message_id)] if show == "events" else []
        place = {"id": message_id, "at": _time(row["received_at"]), "request": row["provider_id"]}
        [fate] = batches.fates([row])
        told = _standing(fate, clock()) if row["batch_id"] or row["send_at"] else None
        return _page(
            "mail.html", mail=content, show=show, views=_VIEWS, events=events, standing=told, **place
        )

    return router


def _page(name: str, **shown: Any) -> HTMLResponse:
    html = _environment.get_template(name).render(**shown)
    return HTMLResponse(html, headers={"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"})


def _source(name: str) -> str:
    return files(__package__).joinpath(f"pages/{name}").read_text(encoding="utf-8")


_environment = Environment(loader=FunctionLoader(_source), autoescape=True, undefined=StrictUndefined)


def _line(row: dict[str, Any], fate: Fate, now: float) -> dict[str, Any]:
    categories = orjson.loads(row["categories"])
    return {**row, "at": _time(row["received_at"]), "categories": categories, "word": _word(fate, now)}


def _word(fate: Fate, now: float) -> str:
    """What there is to say of a mail in a word; nothing when it has simply gone out."""
    if fate.outcome is Outcome.CANCELLED:
        return "cancelled"
    if fate.outcome is Outcome.EXPIRED:
        return "paused" if fate.at > now else "expired"
    return "scheduled" if fate.at > now else ""


def _standing(fate: Fate, now: float) -> tuple[str, str]:
    """The word, and what it means, for a mail that had a time or a batch id."""
    word, at = _word(fate, now), _time(fate.at)
    told = {
        "cancelled": f"to be thrown away at {at}" if fate.at > now else f"thrown away at {at}",
        "paused": f"to be thrown away at {at} unless it is released",
        "expired": f"thrown away at {at}",
        "scheduled": f"to go out at {at}",
    }
    return (word, told[word]) if word else ("sent", f"went out at {at}")


def _event(event: dict[str, Any]) -> dict[str, Any]:
    fields: Mapping[str, Any] = orjson.loads(event["fields"])
    told = fields.get("reason") or fields.get("url") or fields.get("response") or ""
    if fields.get("sg_machine_open"):
        told = "by a machine"
    return {**event, "at": _time(event["occurred_at"]), "told": told}


def _time(seconds: float) -> str:
    return f"{dt.datetime.fromtimestamp(seconds, dt.UTC):%Y-%m-%d %H:%M:%S} UTC"


def _link(**query: Any) -> str:
    return "/?" + urlencode({name: value for name, value in query.items() if value})
