"""One file into one model: `read_model` is the door for every YAML file of a project."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from pakdee.catalog.lines import LineFinder, Steps
from pakdee.catalog.wording import problems_of, python_names
from pakdee.catalog.yaml_text import parse_yaml
from pakdee.domain.errors import CatalogError, Problem

Model = TypeVar("Model", bound=BaseModel)


def read_model(
    path: Path, model: type[Model], *, root: Path | None = None, language: str | None = None, **given: Any
) -> tuple[Model, LineFinder]:
    """The YAML file at `path` as a `model`, and where its parts stand.

    Args:
        root: the project; findings name the file relative to it. Without it, the folder above the file's own.
        language: the shop's, of texts for readers whose own language is not there.
        given: fields that do not stand in the file, such as a name that is the file's.

    Raises:
        CatalogError: with every finding of the file, each with its line and a next step.
    """
    file = name_of(path, root or path.parent.parent)
    data, finder = parse_yaml(read_bytes(path, file), file)
    surplus = [_given_twice(finder, key) for key in sorted(given.keys() & data.keys())]
    surplus += [_python_name(finder, steps) for steps in python_names(data, model)]
    try:
        found = model.model_validate(data | given, context={"language": language})
    except ValidationError as error:
        raise CatalogError([*surplus, *problems_of(error, model, finder)]) from error
    if surplus:
        raise CatalogError(surplus)
    return found, finder


def line_of(path: Path, *steps: str | int) -> int:
    """The line of a key in a file that has been read; 1 where it does not stand there."""
    return parse_yaml(read_bytes(path, path.name), path.name)[1].line(*steps)


def _given_twice(finder: LineFinder, key: str) -> Problem:
    return finder.problem(key, what=f"'{key}' is given by the file's name", next_step="remove the line")


def _python_name(finder: LineFinder, steps: Steps) -> Problem:
    key = str(steps[-1])
    what = f"there is no key '{key}' here"
    return finder.problem(*steps, what=what, next_step=f"write '{key.rstrip('_')}'")


def name_of(path: Path, root: Path) -> str:
    """`path` relative to the project, with forward slashes."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def read_bytes(path: Path, file: str) -> bytes:
    """The file's bytes. Raises CatalogError where it is missing or unreadable."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise CatalogError(
            [Problem(file, 1, "there is no such file", "create it or correct the name")]
        ) from error
    except OSError as error:
        what = f"the file cannot be read ({error.strerror})"
        raise CatalogError([Problem(file, 1, what, "check that it is a file and its permissions")]) from error
