"""The command that tells what the programme means."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pakdee.cli import show
from pakdee.cli.options import Json, Language, Project, house_of


def program(
    file: Annotated[Path | None, typer.Option(help="Another file than the project's program.yaml.")] = None,
    language: Language = None,
    project: Project = None,
    json: Json = False,
) -> None:
    """Check program.yaml and say in sentences what it means, with worked examples."""
    from pakdee import jobs

    house = house_of(project)
    told = jobs.tell_program(house, file, language or show.reader.language)
    if json:
        show.as_json(told)
        return
    for section in told.sections:
        show.verbatim(section.title, *(f"  {sentence}" for sentence in section.sentences), "")
    show.problems(told.warnings)


COMMANDS = {"program": program}
