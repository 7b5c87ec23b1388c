"""Why a template can't be read at all, and where the slip is: often lines before it is noticed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import TemplateSyntaxError
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError

from pakdee.rendering.findings import did_you_mean

Told = tuple[int, str, str]
"""A line, what is wrong there, and the next step."""
_MARKS = re.compile(r"\{\{|\{%|\{#|#\}|%\}|\}\}")
_CLOSES = {"{{": "}}", "{%": "%}", "{#": "#}"}
_TEXTS = re.compile(r'"[^"]*"|\'[^\']*\'')
_CURLY = re.compile("[“”„‟‘’‚‛«»″′＂＇]")
_LONE_EQUALS = re.compile(r"(?<![=!<>])=(?!=)")
_BRACKETS = re.compile(r"\([^()]*\)")
_WORD = re.compile(r"[-+]?\s*(\w*)")
_CALLED = re.compile(r"[-+]?\s*call\s+([\w.]+)")
_ENDS = {"if": "endif", "for": "endfor", "call": "endcall"}
_OURS = (*_ENDS, *_ENDS.values(), "elif", "else")
_BLOCKS = ("set", "block", "macro", "filter", "with", "autoescape", "raw")
_JINJAS = frozenset(
    [*_BLOCKS, *(f"end{name}" for name in _BLOCKS), "include", "import", "from", "extends", "print"]
)
"""Tags that can be read, and are refused in words of their own."""
_MISSING = ("Expected an expression", "unexpected 'end of", "unexpected ')'", "expected name")
_OPERATORS = {"&": "and", "|": "or", "!": "not, or != between two values", "?": "… if … else …"}


def unreadable(text: str, error: TemplateSyntaxError) -> Told:
    """What is wrong with a part of a template that Jinja can't read, in a marketer's words."""
    found = next(_slips(text), None) or next(_unclosed(text), None)
    return found or (error.lineno, *_in_words(error.message or "", _line_of(text, error.lineno)))


def unreadable_front_matter(text: str, error: MarkedYAMLError) -> Told:
    """What is wrong with front matter that YAML can't read; `text` begins as the file does, but for `---`."""
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if line.count('"') - line.count('\\"') == 1:
            return number, "a quotation mark is missing in the front matter", 'write it as subject: "…"'
    number = error.problem_mark.line + 1 if error.problem_mark else 1
    if "\t" in lines[number - 1][:2] or "'\\t'" in (error.problem or ""):
        return number, "a tab stands at the beginning of this line", "delete the tab"
    if isinstance(error, DuplicateKeyError):
        return (
            number,
            f"{lines[number - 1].partition(':')[0].strip()} stands here twice",
            "leave one of them out",
        )
    return number, "the front matter can't be read", 'put the text in quotes: subject: "…"'


@dataclass(frozen=True)
class _Tag:
    """What stands between two marks, such as `{{` and `}}`."""

    mark: str
    inside: str
    at: int
    text: str

    @property
    def line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    @property
    def indent(self) -> int | None:
        """Blanks before it, None where anything else stands there on its line."""
        before = self.text[self.text.rfind("\n", 0, self.at) + 1 : self.at]
        return None if before.strip() else len(before)

    @property
    def word(self) -> str:
        """`if` of `{% if … %}`."""
        found = _WORD.match(self.inside) if self.mark == "{%" else None
        return found[1] if found else ""

    @property
    def called(self) -> str:
        """`ui.p` of `{% call ui.p() %}`."""
        found = _CALLED.match(self.inside)
        return found[1] if found else ""

    @property
    def told(self) -> str:
        """As a message names it."""
        return f"{{% call {self.called}() %}}" if self.called else f"{{% {self.word} %}}"


def _tags(text: str) -> Iterator[_Tag | Told]:
    """Every tag in order; one without an end, as a message, is the last."""
    opening: re.Match[str] | None = None
    for mark in _MARKS.finditer(text):
        if opening is None:
            opening = mark if mark[0] in _CLOSES else None
        elif mark[0] == _CLOSES[opening[0]]:
            yield _Tag(opening[0], text[opening.end() : mark.start()], opening.start(), text)
            opening = None
        elif opening[0] != "{#":
            yield _without_end(opening, text, mark[0])
            return
    if opening is not None:
        yield _without_end(opening, text)


def _without_end(opening: re.Match[str], text: str, instead: str = "") -> Told:
    line, end = text.count("\n", 0, opening.start()) + 1, _CLOSES[opening[0]]
    if instead in _CLOSES.values():
        return line, f"what begins with {opening[0]} ends with {instead}", f"end it with {end}"
    return line, f"{opening[0]} is never closed", f"write {end} behind what belongs to it"


def _slips(text: str) -> Iterator[Told]:
    """What is wrong inside a single tag."""
    for tag in _tags(text):
        if isinstance(tag, tuple):
            yield tag
        elif tag.mark != "{#":
            yield from ((tag.line, *slip) for slip in _inside(tag))


def _inside(tag: _Tag) -> Iterator[tuple[str, str]]:
    bare = _TEXTS.sub("''", tag.inside)
    curly, quotes = _CURLY.search(bare), bare.replace("''", "")
    if curly:
        yield f"the quotation mark {curly[0]} is only for words", 'write straight quotes here: "…"'
    elif '"' in quotes or "'" in quotes:
        yield "a text in quotes is not closed", "write the same quotation mark at both ends"
    if bare.count("(") != bare.count(")"):
        more = "opened and not closed" if bare.count("(") > bare.count(")") else "closed and not opened"
        yield f"a bracket is {more}", "write as many ( as )"
    if tag.word in {"if", "elif"} and _LONE_EQUALS.search(_without_brackets(bare)):
        yield "= compares nothing", "write =="
    if re.match(r"[-+]?\s*else\s+if\b", bare) and tag.mark == "{%":
        yield "{% else if … %} is written as one word", "write {% elif … %}"
    if tag.word and tag.word not in _OURS and tag.word not in _JINJAS:
        yield f"there is no {{% {tag.word} %}}", did_you_mean(tag.word, _OURS)
    if tag.called and "(" not in bare:
        yield f"brackets are missing after {tag.called}", f"write {tag.told}"


def _without_brackets(text: str) -> str:
    inner = _BRACKETS.sub("", text)
    return inner if inner == text else _without_brackets(inner)


def _unclosed(text: str) -> Iterator[Told]:
    """The first `{% if %}`, `{% for %}` or `{% call %}` without its end, or an end without its beginning."""
    opened: list[_Tag] = []
    for tag in _tags(text):
        if isinstance(tag, tuple) or tag.word not in _OURS:
            continue
        if tag.word in _ENDS:
            opened.append(tag)
        elif tag.word in {"elif", "else"}:
            if not opened or opened[-1].word == "call":
                yield _misplaced(tag, opened, "if")
        else:
            begins = tag.word.removeprefix("end")
            if not opened or opened[-1].word != begins or _belongs_further_out(tag, opened):
                yield _misplaced(tag, opened, begins)
            opened.pop()
    yield from (_open(tag, "at the end of what belongs to it") for tag in reversed(opened))


def _belongs_further_out(end: _Tag, opened: list[_Tag]) -> bool:
    """Whether an end is set below another tag than the innermost, as people who forgot one write it."""
    inner, same = opened[-1].indent, [tag.indent for tag in opened[:-1] if tag.word == opened[-1].word]
    return None not in {end.indent, inner} and end.indent != inner and end.indent in same


def _misplaced(tag: _Tag, opened: list[_Tag], begins: str) -> Told:
    if begins in [other.word for other in opened]:
        return _open(opened[-1], f"before line {tag.line}")
    return (
        tag.line,
        f"{tag.told} stands here without a {{% {begins} %}}",
        "take it out, or write the beginning",
    )


def _open(tag: _Tag, where: str) -> Told:
    return tag.line, f"{tag.told} is never closed", f"write {{% {_ENDS[tag.word]} %}} {where}"


def _in_words(message: str, line: str) -> tuple[str, str]:
    """Jinja's message, where nothing better is known."""
    character = re.match(r"unexpected char '(.)'", message)
    if character:
        word = _OPERATORS.get(character[1])
        next_step = f"write {word}" if word else "take it out, or put the words in quotes"
        return f"{character[1]} has no meaning here", next_step
    if message.startswith(
        ("Expected an expression", "unexpected 'end of", "unexpected ')'", "expected name")
    ):
        return "something is missing here", "write the value or text that was meant"
    unexpected = re.search(r"got '(.+)'$", message)
    if unexpected and not unexpected[1].startswith(("end of", "begin of")):
        next_step = "join values and words with ~, put words in quotes, and write names with _ for blanks"
        return f"{unexpected[1]!r} does not fit here", next_step
    return f"this can't be read: {line.strip()[:60]!r}", "compare it with docs/templates.md"


def _line_of(text: str, number: int) -> str:
    lines = text.split("\n")
    return lines[number - 1] if 0 < number <= len(lines) else ""
