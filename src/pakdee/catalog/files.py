"""Which files a project consists of; what lies beside them is told, never read by chance."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from pakdee.catalog.reading import name_of
from pakdee.domain.errors import Problem
from pakdee.domain.segment import NAME

ROOMS = ("campaigns", "languages", "lists", "segments", "sources", "templates")
SINGLE = ("brand.yaml", "program.yaml")
_IGNORED = re.compile(r"^\.|^README|^Thumbs\.db$|\.md$", re.IGNORECASE)


def yaml_files(root: Path, room: str) -> tuple[list[Path], list[Problem]]:
    """The `.yaml` files of a room, by name, and a finding for every other thing that lies there."""
    folder, found, problems = root / room, [], []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if _IGNORED.search(path.name):
            continue
        odd = _oddity(path, root, name_of(path, root))
        if odd:
            problems.append(odd)
        else:
            found.append(path)
    return found, problems


def _oddity(path: Path, root: Path, file: str) -> Problem | None:
    stem = path.name.split(".")[0]
    if not stays_inside(path, root):
        return outside(file)
    if path.is_dir():
        return Problem(file, 1, "folders are not looked into here", "move its files one level up", "warning")
    if path.suffix.lower() in {".yml", ".yaml"} and path.suffix != ".yaml":
        return Problem(file, 1, f"files end in .yaml here, not in {path.suffix}", f"rename it to {stem}.yaml")
    if path.suffix != ".yaml":
        what = "this file does not end in .yaml, so it does nothing"
        return Problem(file, 1, what, "rename or remove it", "warning")
    if not re.fullmatch(NAME, path.stem):
        what = f"'{path.stem}' is no name for a file here"
        return Problem(
            file, 1, what, "use small letters a-z, digits and _, beginning with a letter, at most 48"
        )
    return None


def stays_inside(path: Path, root: Path) -> bool:
    """Whether `path`, links followed, lies in the project."""
    return path.resolve().is_relative_to(root.resolve())


def outside(file: str) -> Problem:
    """The finding about a link that leads out of the project."""
    return Problem(file, 1, "this is a link to something outside the project", "put a copy of the file here")


def content_version(root: Path) -> str:
    """Sha256 (hex) over names and bytes of all marketers' files, the same on any machine."""
    digest = hashlib.sha256()
    for path in _all_files(root):
        name, content = name_of(path, root).encode(), path.read_bytes()
        digest.update(len(name).to_bytes(8) + name + len(content).to_bytes(8) + content)
    return digest.hexdigest()


def _all_files(root: Path) -> Iterator[Path]:
    found = [root / name for name in SINGLE if (root / name).is_file()]
    for room in ROOMS:
        for folder, _, names in os.walk(root / room):
            found += [Path(folder) / name for name in names if not name.startswith(".") and name[-1] != "~"]
    return (path for path in sorted(found, key=lambda path: name_of(path, root)) if path.is_file())
