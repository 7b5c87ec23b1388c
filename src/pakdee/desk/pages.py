"""The desk's pages: words, days and numbers of one language in templates; nothing inline."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FunctionLoader, StrictUndefined

from pakdee.desk.board import Board
from pakdee.desk.funnel import bars
from pakdee.desk.tongue import Tongue, tongues
from pakdee.domain.errors import PakdeeError
from pakdee.jobs import CampaignResult, SubjectTest
from pakdee.metrics import figures_as_rows

ASSETS = {
    "desk.css": "text/css; charset=utf-8",
    "desk.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


@dataclass(frozen=True)
class View:
    """What every page knows of its request.

    Args:
        seal: goes into each form.
        query: parameters of the address, kept when the language is switched.
    """

    tongue: Tongue
    seal: str
    path: str = "/"
    query: Mapping[str, str] = field(default_factory=dict)

    def switch(self, code: str) -> str:
        """This page in another language."""
        return f"{self.path}?{urlencode({**self.query, 'lang': code})}"


def page(name: str, view: View, *, status: int = 200, **shown: Any) -> HTMLResponse:
    """One page of `pages/`."""
    tongue = view.tongue
    html = (
        _environment()
        .get_template(f"{name}.html")
        .render(
            view=view,
            t=tongue.words,
            say=tongue,
            fill=tongue.fill,
            n=tongue.number,
            said=tongue.said,
            asset=asset,
            **shown,
        )
    )
    return HTMLResponse(html, status_code=status)


def trouble(view: View, error: PakdeeError, status: int) -> HTMLResponse:
    """A page that says what is wrong and what to do."""
    return page("trouble", view, status=status, error=error, board=None)


@cache
def asset(name: str) -> str:
    """The address of a file that pages load; it changes with the file."""
    return f"/{name}?{hashlib.sha256(content(name)).hexdigest()[:10]}"


@cache
def content(name: str) -> bytes:
    """A file that pages load."""
    return (files("pakdee.desk") / "static" / name).read_bytes()


@cache
def _environment() -> Environment:
    folder = files("pakdee.desk") / "pages"

    def source(name: str) -> str:
        return (folder / name).read_text(encoding="utf-8")

    found = Environment(
        loader=FunctionLoader(source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals |= {
        "tongues": tongues(),
        "bars": bars,
        "figures": figures,
        "effect": effect,
        "subject_rows": subject_rows,
        "subject_lead": subject_lead,
        "moment": moment,
    }
    return found


def figures(result: CampaignResult, names: tuple[str, ...], tongue: Tongue) -> list[dict[str, str]]:
    """Some figures of a campaign as text, in the order of `names`."""
    known = {figure.metric: figure for figure in result.figures}
    return figures_as_rows([known[name] for name in names if name in known], tongue.code)


def effect(result: CampaignResult) -> str:
    """What the lift says: more, less, open (its interval holds 0), or unknown (there is none)."""
    found = next((figure for figure in result.figures if figure.metric == "lift"), None)
    if found is None or found.low is None or found.high is None:
        return "unknown"
    if found.low > 0:
        return "more"
    return "less" if found.high < 0 else "open"


def subject_rows(test: SubjectTest, tongue: Tongue) -> list[dict[str, Any]]:
    """Each subject of a test with how it did, as text."""
    return [
        {"variant": one.variant, "sent": one.sent}
        | dict(
            zip(("opened", "clicked"), figures_as_rows([one.opened, one.clicked], tongue.code), strict=True)
        )
        for one in test.variants
    ]


def subject_lead(test: SubjectTest, tongue: Tongue) -> str:
    """Which subject is clicked more often than chance explains, if one is."""
    words, lead = tongue.words["results"], test.lead
    if lead is None:
        return str(words["subject_open"])
    figures = {name: f"{getattr(lead, name):.1f}" for name in ("points", "low", "high")}
    return tongue.fill(words["subject_lead"], variant=lead.variant, **figures)


def moment(board: Board, tongue: Tongue, instant: Any) -> str:
    """An instant in the shop's zone; in a rehearsal of another day nothing is "today"."""
    return tongue.moment(instant, board.house.zone, None if board.is_rehearsal else board.day)
