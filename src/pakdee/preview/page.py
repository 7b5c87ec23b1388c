"""The page as one HTML file, with style, script and data; its own policy keeps it off the network."""

from __future__ import annotations

import base64
import hashlib
import json
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template


def page(told: Mapping[str, Any]) -> str:
    """The page of what `telling.told` gives. Mails stand in frames that can run no script."""
    script = _file("page.js")
    return _template().render(
        language=told["language"],
        title="Pakdee",
        policy=policy(script, is_served=told["watching"]),
        style=_file("style.css"),
        script=script,
        data=_in_script(told),
    )


def policy(script: str, *, is_served: bool) -> str:
    """What the page may do: run its own script, and ask for news where it is served.

    Frames inherit it. Pictures of mails are let through here and stopped by each frame until someone asks
    for them; `frame-src` keeps a frame from leaving for another page.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    news = "'self'" if is_served else "'none'"
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src https: data:; "
        f"connect-src {news}; frame-src 'none'; form-action 'none'; base-uri 'none'"
    )


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """What the page says, by language."""
    return tomllib.loads(_file("words.toml"))


def _in_script(told: Mapping[str, Any]) -> str:
    """JSON that no mail can break out of: whatever could end or begin a tag is written as an escape."""
    return json.dumps(told, ensure_ascii=False).replace("</", "<\\/").replace("<!", "\\u003c!")


@cache
def _template() -> Template:
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(_file("page.html"))


@cache
def _file(name: str) -> str:
    return (files("pakdee.preview") / name).read_text(encoding="utf-8")
