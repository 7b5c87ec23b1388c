"""Where template files lie and what they are called: `<name>/<language>.j2`, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from pakdee.domain.errors import Problem
from pakdee.domain.segment import NAME
from pakdee.rendering.frontmatter import LARGEST_FILE

SUFFIX = ".j2"


def template_files(directory: Path) -> list[Path]:
    """Every file of `directory` that is taken for a template, in order."""
    return sorted(directory.glob(f"*/*{SUFFIX}"))


def misnamed(path: Path, languages: Collection[str]) -> list[Problem]:
    """What is wrong with a template before it is read: its name, its folder's, or what it is."""
    if not re.fullmatch(NAME.strip("^$"), path.parent.name):
        what = f"{path.parent.name!r} can't name a template"
        return [Problem(told(path), 1, what, "use small letters, digits and _, e.g. birthday")]
    if path.stem not in languages:
        what = f"there are no footer words in {path.stem!r}"
        next_step = f"name the file {_names(languages)}; or add languages/{path.stem}.toml"
        return [Problem(told(path), 1, what, next_step)]
    if not path.is_file():
        return [Problem(told(path), 1, "this is not a file that can be read", "put the template itself here")]
    return []


def contents(path: Path) -> bytes:
    """A template file's bytes, and no more than show that it is too large."""
    with path.open("rb") as file:
        return file.read(LARGEST_FILE + 1)


def overlooked(directory: Path, languages: Collection[str]) -> Iterator[Problem]:
    """A warning for each file that somebody may take for a template, and that no mail is made of."""
    used = set(template_files(directory))
    for path in sorted(directory.rglob("*")):
        parts = path.relative_to(directory).parts
        if path.is_file() and path not in used and not any(part.startswith(".") for part in parts):
            where = "/".join((directory.name, *parts))
            next_step = f"name it {_names(languages)}, in a folder named as the template; or take it away"
            yield Problem(where, 1, "no mail is made of this file", next_step, "warning")


def told(path: Path) -> str:
    """A template file as messages name it: `templates/birthday/th.j2`."""
    return "/".join(path.parts[-3:])


def _names(languages: Collection[str]) -> str:
    return " or ".join(f"{language}{SUFFIX}" for language in sorted(languages))
