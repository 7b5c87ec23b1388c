"""Every message in the code, as a pattern with `{}` for each value, and the place where it stands."""

import ast
import re
import tomllib
from pathlib import Path

from typer.main import get_command

from pakdee.cli import app

CODE = Path(__file__).resolve().parents[2] / "src/pakdee"
RULES = CODE / "rendering/lint/rules.toml"
# Not read as messages: logs, which stay English, and patterns.
SILENT_CALLS = {"compile", "debug", "info", "warning", "exception", "search", "sub", "match"}
SILENT_WORDS = {"help", "metavar", "description", "source"}
FIELD = re.compile(r"\{[a-z_]*\}")  # of str.format, filled in before anybody reads it


def templates(path):
    """(pattern, line) of every text in a file of code that is no docstring, log, help or regular expression."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = {id(child) for node in ast.walk(tree) for child in _silent(node)}
    pieces = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        pattern = _pattern(node)
        if pattern and id(node) not in silent | pieces:
            yield pattern, node.lineno


def rules():
    """(text, line) of what the lint's rules ask for and how they are mended; why is told in the docs alone."""
    text = RULES.read_text(encoding="utf-8")
    said = {line: number for number, line in reversed([*enumerate(text.splitlines(), 1)])}
    for line, number in said.items():
        if line.startswith(("what = ", "mend = ")):
            yield next(iter(tomllib.loads(line).values())), number


def descriptions():
    """(text, place) of what keys of files say; it is told without its full stop."""
    for path in sorted((CODE / "domain").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.keyword)
                and node.arg == "description"
                and isinstance(node.value, ast.Constant)
            ):
                yield node.value.value.rstrip("."), f"{path.relative_to(CODE)}:{node.value.lineno}"


def unknowns():
    """(text, place) of when a feature is unknown, which messages on templates tell."""
    for path in sorted(CODE.rglob("features/*.toml")):
        for entry in tomllib.loads(path.read_text(encoding="utf-8")).values():
            if isinstance(entry, dict) and entry.get("null_rule"):
                yield entry["null_rule"], str(path.relative_to(CODE))


def helps():
    """(text, place) of what `--help` says of each command and option."""
    whole = get_command(app)
    yield whole.help, "pakdee --help"
    for name, command in whole.commands.items():
        yield from ((one.help, f"pakdee {name} --help") for one in (command, *command.params) if one.help)


def is_prose(pattern):
    """Whether it is a sentence or part of one: a word of letters, a blank, and no machine's language."""
    if re.search(r"\\|\(\?|^[A-Z]{3,} |SELECT |default-src|[.*+]\)|<[a-z/]+[ >]", pattern):
        return False
    return bool(re.search(r"[a-z]{2,}[,:;']* [a-z{(]|[a-z}'] [a-z]{2,}", pattern))


def _pattern(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return FIELD.sub("{}", node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def _silent(node):
    if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
        yield from (child.value for child in node.body if isinstance(child, ast.Expr))
    elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in SILENT_CALLS:
        yield from node.args
    elif isinstance(node, ast.keyword) and node.arg in SILENT_WORDS:
        yield node.value
