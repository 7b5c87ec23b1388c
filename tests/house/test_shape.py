"""The shape of the code is kept: short functions, short files, documented doors, no traces of a machine."""

import ast
import importlib
import inspect
import re
import statistics
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = sorted([*(ROOT / "src").rglob("*.py"), *(ROOT / "flows").rglob("*.py")])
ROOMS = sorted(path.parent.name for path in (ROOT / "src/pakdee").glob("*/__init__.py"))
LONGEST_FILE = 320  # about 300
LONGEST_FUNCTION = 40
# Folders that are made, not written.
MADE = {".git", ".venv", ".hypothesis", "var", "demo", "build", "dist", "__pycache__"}
TEXT = {".py", ".md", ".toml", ".yaml", ".yml", ".sql", ".j2", ".txt", ".html", ".css", ""}
# Pieces, so that this file does not find itself.
MACHINE_PATH = re.compile(
    r"(?<![\w.}<])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers"]) + r")/\w"
)


def functions():
    """(place, lines of the body without its docstring) of every function."""
    for file in CODE:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
                lines = node.end_lineno - body[0].lineno + 1 if body else 0
                yield f"{file.relative_to(ROOT)}:{node.lineno} {node.name}", lines


def test_functions_are_short():
    """Bodies: median at most 5 lines, nine in ten at most 20, none over 40."""
    lines = dict(functions())
    lengths = sorted(lines.values())

    assert statistics.median(lengths) <= 5
    assert lengths[int(len(lengths) * 0.9)] <= 20
    assert not {place: n for place, n in lines.items() if n > LONGEST_FUNCTION}


def test_files_are_short():
    """No file of code has much more than 300 lines."""
    long = {
        str(file.relative_to(ROOT)): n
        for file in CODE
        if (n := len(file.read_text().splitlines())) > LONGEST_FILE
    }

    assert not long


@pytest.mark.parametrize("room", ROOMS)
def test_every_door_is_documented(room):
    """A room says what it is for, and everything it offers says what it does."""
    door = importlib.import_module(f"pakdee.{room}")
    # Constants and type aliases can carry no docstring; everything that is called or made can.
    offered = {name: getattr(door, name) for name in getattr(door, "__all__", [])}
    made = {name: what for name, what in offered.items() if inspect.isclass(what) or inspect.isfunction(what)}
    silent = [name for name, what in made.items() if not what.__doc__]

    assert door.__doc__ is not None
    assert len(door.__doc__) > 20
    assert not silent


def test_no_file_mentions_a_machine():
    """Paths of a particular machine stand nowhere: the project speaks of itself alone."""
    found = [
        f"{file.relative_to(ROOT)}:{number}"
        for file in written_files()
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if MACHINE_PATH.search(line)
    ]

    assert not found


def written_files():
    """Every text file a person wrote."""
    for path in sorted(ROOT.iterdir()):
        if path.name in MADE or (path.is_dir() and path.name.startswith(".") and path.name != ".ci"):
            continue
        inside = path.rglob("*") if path.is_dir() else [path]
        yield from (file for file in inside if file.is_file() and is_text(file))


def is_text(file):
    return file.suffix in TEXT and not MADE & set(file.relative_to(ROOT).parts)
