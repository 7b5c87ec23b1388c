"""YAML as people write it: plain data with lines, or one finding in plain words.

YAML 1.2, so `on` and `yes` are words. No aliases, tags or directives: a file means what it shows. Numbers
with a decimal point stay text, so that no amount passes through a float.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from pakdee.catalog.lines import LineFinder, Steps
from pakdee.domain.errors import CatalogError, Problem

MOST_BYTES = 256 * 1024
_REMEMBERED = 256
"""Texts that are not taken apart again in the same process: about as many as a large project has files."""
_TAG = "tag:yaml.org,2002:"
_PLAIN = {f"{_TAG}{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp")}
_DIRECTIVE = re.compile(r"^%", re.MULTILINE)
_HASHED = re.compile(r"(\w+)[\"']?:[ \t]+(#[^\s,{}\[\]\"']+)")
_ALIAS = "&, * and << are not used here"
_WORDS: tuple[tuple[str, str, str], ...] = (
    ("'\\t'", "a tab stands here, where only blanks may indent", "replace the tab by blanks"),
    ("mapping values", "a colon stands where none may", "put the whole text in double quotes"),
    ("'@'", "a text may not begin with @", "put the text in double quotes"),
    ("'`'", "a text may not begin with `", "put the text in double quotes"),
    ("'%'", "a text may not begin with %", "put the text in double quotes"),
    ("undefined alias", _ALIAS, "write the value out, or put it in double quotes"),
    ("another document", "a second '---' begins another document", "keep one document per file"),
    ("'<block mapping start>'", "the indentation does not match the lines above", "align it with them"),
    ("'<block sequence start>'", "the indentation does not match the lines above", "align it with them"),
    ("'<scalar>'", "something follows after a closing quote", "put the whole text in double quotes"),
    ("end of stream", "a quote is opened and never closed", "close it"),
    ("expected ',' or", "a bracket { or [ is opened and not closed, or a comma is missing", "close it"),
    ("'<stream end>'", "a bracket { or [ is opened and never closed", "close it"),
    ("could not find expected ':'", "this line has no colon", "write it as  key: value"),
)


def parse_yaml(raw: bytes, file: str) -> tuple[dict[str, Any], LineFinder]:
    """The mapping in `raw` and where its parts stand.

    Raises:
        CatalogError: the text is no YAML mapping, is too long, or uses what is not used here.
    """
    text = _decode(raw, file)
    root = _compose(text, file)
    if not isinstance(root, MappingNode):
        raise _refused(
            file, 1, "the file holds no 'key: value' lines", "write at least one, or remove the file"
        )
    reader = _Reader(file, text.splitlines())
    data = reader.mapping(root, ())
    if reader.problems:
        raise CatalogError(reader.problems)
    return data, LineFinder(file, reader.lines, reader.texts)


def _refused(file: str, line: int, what: str, next_step: str) -> CatalogError:
    return CatalogError([Problem(file, line, what, next_step)])


def _decode(raw: bytes, file: str) -> str:
    if len(raw) > MOST_BYTES:
        raise _refused(file, 1, f"the file is larger than {MOST_BYTES // 1024} KB", "is it the right file?")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _refused(file, line, "the file is not saved as UTF-8", "save it again as UTF-8") from error
    directive = _DIRECTIVE.search(text)
    if directive:
        line = text[: directive.start()].count("\n") + 1
        raise _refused(file, line, "a line may not begin with %", "remove the line")
    return text


def _compose(text: str, file: str) -> Node | None:
    try:
        return _nodes(text)
    except RecursionError as error:
        raise _refused(file, 1, "the file is nested too deeply", "remove the surplus brackets") from error
    except MarkedYAMLError as error:
        raise _in_plain_words(error, file, text) from error
    except (YAMLError, ValueError) as error:
        what = "the file holds characters that no text has"
        raise _refused(file, 1, what, "open it in a text editor and save it as UTF-8") from error


@lru_cache(maxsize=_REMEMBERED)
def _nodes(text: str) -> Node | None:
    """The tree of a text, to be looked at only: whoever opens a project again gets the same one."""
    found: Node | None = YAML(typ="safe", pure=True).compose(text)
    return found


def _in_plain_words(error: MarkedYAMLError, file: str, text: str) -> CatalogError:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    complaint = str(error.problem)
    for sign, what, next_step in _WORDS:
        if sign in complaint:
            begun = error.context_mark.line + 1 if error.context_mark and "closed" in what else line
            return _refused(file, *(_first_cut_off(text, line) or (begun, what, next_step)))
    return _refused(file, line, f"this cannot be read: {complaint}", "compare with a file that works")


def _first_cut_off(text: str, until: int) -> tuple[int, str, str] | None:
    """Line, what and next step for the first line from which a # took the rest of a value."""
    lines = enumerate(text.splitlines()[:until], 1)
    return next(((at, *cut) for at, line in lines if (cut := _cut_off(line))), None)


def _cut_off(line: str) -> tuple[str, str] | None:
    """What and next step where a value such as a colour is written without quotes."""
    found = _HASHED.search(line)
    if found is None:
        return None
    what = "a # outside quotes begins a comment, so nothing after it is read"
    return what, f'put the value in double quotes: {found[1]}: "{found[2]}"'


class _Reader:
    """Turns composed nodes into plain data; collects lines and findings on the way."""

    def __init__(self, file: str, source: list[str]) -> None:
        self.file, self.source = file, source
        self.lines: dict[Steps, int] = {}
        self.texts: dict[Steps, tuple[int, tuple[str, ...]]] = {}
        self.problems: list[Problem] = []
        self._seen: set[int] = set()

    def mapping(self, node: MappingNode, steps: Steps) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value if isinstance(key_node, ScalarNode) else None
            if key is None or key_node.tag == f"{_TAG}merge":
                self._note(line, _ALIAS if key else "a key must be a single word", "write it out")
            elif key in found:
                first = self.lines[(*steps, key)]
                self._note(line, f"'{key}' stands here a second time (first in line {first})", "remove one")
            else:
                self.lines[(*steps, key)] = line
                found[key] = self._value(value_node, (*steps, key))
        return found

    def _value(self, node: Node, steps: Steps) -> Any:
        line = node.start_mark.line + 1
        if id(node) in self._seen:
            # The node stands where it was anchored; the slip is where it is used again.
            self._note(self.lines.get(steps, line), _ALIAS, "write the value out")
            return ""
        self._seen.add(id(node))
        if isinstance(node, MappingNode) and node.tag == f"{_TAG}map":
            return self.mapping(node, steps)
        if isinstance(node, SequenceNode) and node.tag == f"{_TAG}seq":
            return [self._entry(child, (*steps, number)) for number, child in enumerate(node.value)]
        if isinstance(node, ScalarNode) and node.tag in _PLAIN:
            return self._scalar(node, steps)
        self._note(line, f"the tag '{str(node.tag).removeprefix(_TAG)}' is not used here", "remove it")
        return ""

    def _entry(self, node: Node, steps: Steps) -> Any:
        self.lines[steps] = node.start_mark.line + 1
        return self._value(node, steps)

    def _scalar(self, node: ScalarNode, steps: Steps) -> Any:
        text, kind = str(node.value), str(node.tag).removeprefix(_TAG)
        if kind == "null":
            line = self.lines.get(steps, node.start_mark.line + 1)
            nothing = f"nothing stands after '{steps[-1]}:'", "write a value or remove the line"
            self._note(line, *(_cut_off(self.source[line - 1]) or nothing))
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind == "int" and re.fullmatch(r"[+-]?\d{1,18}", text):
            return int(text)
        self._remember(node, steps)
        return text

    def _remember(self, node: ScalarNode, steps: Steps) -> None:
        # A block text begins on the line after its | or >; any other where its first character stands.
        first = node.start_mark.line + (1 if node.style in {"|", ">"} else 0)
        lines = self.source[first : node.end_mark.line + 1]
        if lines and node.style not in {"|", ">"}:
            lines = [lines[0][node.start_mark.column :].lstrip("'\""), *lines[1:]]
            lines[-1] = lines[-1] if len(lines) == 1 else lines[-1][: node.end_mark.column].rstrip("'\"")
        self.texts[steps] = (first + 1, tuple(lines))

    def _note(self, line: int, what: str, next_step: str) -> None:
        self.problems.append(Problem(self.file, line, what, next_step))
