"""Options that several commands share, with one help text each."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pakdee import saying
from pakdee.cli import show
from pakdee.domain.places import SETTINGS_FILE

if TYPE_CHECKING:
    from pakdee.house import House

Project = Annotated[Path | None, typer.Option("--project", help="The project's folder.", show_default="here")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Language = Annotated[str | None, typer.Option(help="th or en; left out, that of all messages.")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DAY", help="Business day, e.g. 2026-06-15.")]


def house_of(project: Path | None) -> House:
    """The house of the project in `project`; from now on its language is spoken."""
    from pakdee.house import open_house

    listen(project)
    return open_house(project)


def listen(project: Path | None) -> None:
    """Speak the language that the environment or the project's settings ask for, even if these are wrong."""
    directory = Path(project or os.environ.get("PAKDEE_PROJECT") or ".")
    show.reader.language = saying.chosen(directory, os.environ, SETTINGS_FILE)


def project_in(words: Sequence[str]) -> Path | None:
    """The folder that these words of a command line name, before anything is made of them."""
    named = [word.partition("=")[2] for word in words if word.startswith("--project=")]
    named += [after for word, after in pairwise(words) if word == "--project"]
    return Path(named[0]) if named else None


def day_of(text: str | None) -> dt.date | None:
    """A business day from an option. Raises a usage error with an example."""
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a day; write for example 2026-06-15") from error
