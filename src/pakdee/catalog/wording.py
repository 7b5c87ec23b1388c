"""What a model's refusal means, in words for the person who wrote the file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from pakdee.catalog import later
from pakdee.catalog.lines import LineFinder, Steps
from pakdee.domain.brand import Colours, Sender
from pakdee.domain.errors import Problem
from pakdee.domain.program.block import Slip, Slips
from pakdee.domain.segment import NAME
from pakdee.domain.settings import Settings

_SYNONYMS = {
    "on": "when", "schedule": "when", "filter": "where", "condition": "where", "who": "where", "if": "where",
    "exclude": "except",
    "name": "title", "audience": "segment", "reason": "why_you", "start": "from", "end": "until",
    "time": "at", "day": "every", "colors": "colours", "control": "holdout", "reply-to": "reply_to",
}  # fmt: skip


def _pattern(model: type[BaseModel], field: str) -> str:
    metadata = model.model_fields[field].metadata
    return str(next(m.pattern for m in metadata if getattr(m, "pattern", None)))


_PATTERNS: Mapping[str, tuple[str, str]] = {
    NAME: ("is no name", "use small letters a-z, digits and _, beginning with a letter, at most 48"),
    _pattern(Colours, "primary"): ("is no colour", "write for example '#8a1c4a', in quotes"),
    _pattern(Sender, "email"): ("is no e-mail address", "write for example hello@example.com"),
    r"^https://[^\s\"'<>]+$": ("is no https address", "write the whole address, beginning with https://"),
    r"^[A-Z]{3}$": ("is no currency", "write its three capital letters, for example THB"),
    r"^[a-z]{2}$": ("is no language code", "write two small letters, for example th"),
    _pattern(Settings, "project"): ("is no project name", "use small letters, digits and -"),
}


def problems_of(error: ValidationError, model: type[BaseModel], finder: LineFinder) -> list[Problem]:
    """Every refusal in `error` as a Problem with line and next step."""
    found: list[tuple[Steps, Problem]] = []
    for entry in error.errors(include_url=False):
        steps, own = _steps(entry["loc"]), entry.get("ctx", {}).get("error")
        if isinstance(own, Slips):
            found += [(steps, _slip(slip, steps, finder)) for slip in own.slips]
        else:
            found.append((steps[:-1], _problem(dict(entry), steps, model, finder)))
    return _without_echoes(found)


def _slip(slip: Slip, steps: Steps, finder: LineFinder) -> Problem:
    return finder.problem(*steps, *slip.steps, what=slip.what, next_step=slip.next_step)


def _without_echoes(problems: Sequence[tuple[Steps, Problem]]) -> list[Problem]:
    """Without the word that a key is missing where its block has it under another name."""
    renamed = {(block, near[1]) for block, p in problems if (near := _RENAMED.fullmatch(p.next_step))}
    missing = [(block, found and found[1]) for block, p in problems for found in [_MISSING.fullmatch(p.what)]]
    return [p for (_, p), key in zip(problems, missing, strict=True) if key not in renamed]


_RENAMED, _MISSING = re.compile("write '(.+)'"), re.compile("'(.+)' is missing")


def python_names(data: Any, model: type[BaseModel], steps: Steps = ()) -> Iterator[Steps]:
    """Paths of keys such as `except_`, which the models understand and no file may hold."""
    if not isinstance(data, dict):
        return
    fields = keys_of(model)
    for key, value in data.items():
        if key not in fields and key in model.model_fields:
            yield (*steps, key)
        inner = block_of(fields[key].annotation) if key in fields else None
        if inner:
            yield from python_names(value, inner, (*steps, key))


def _problem(entry: dict[str, Any], steps: Steps, model: type[BaseModel], finder: LineFinder) -> Problem:
    what, next_step = _words(entry, steps, *_place(model, steps))
    return finder.problem(*steps, what=what, next_step=next_step)


def _steps(loc: Sequence[Any]) -> Steps:
    return tuple(step for step in loc if step not in {"root", "[key]"})


def _words(
    entry: dict[str, Any], steps: tuple[Any, ...], owner: type[BaseModel], field: FieldInfo | None
) -> tuple[str, str]:
    kind, value, context = entry["type"], entry["input"], entry.get("ctx", {})
    key = next((str(step) for step in reversed(steps) if isinstance(step, str)), "")
    if kind == "extra_forbidden":
        return _unknown_key(key, owner)
    if kind == "missing":
        return f"'{key}' is missing", f"add a line  {key}: …  ({_described(field)})"
    if kind in {"enum", "literal_error"}:
        return _unknown_value(key, value, owner, field)
    if kind == "string_pattern_mismatch":
        text, next_step = _PATTERNS.get(context["pattern"], ("is not written as expected", _described(field)))
        return f"{key}: '{value}' {text}", next_step
    if kind == "value_error":
        return _own_words(key, str(context["error"]))
    return f"{key}: {_shape(kind, context)}", f"correct it ({_described(field)})"


def _own_words(key: str, message: str) -> tuple[str, str]:
    """Our models say what is wrong, then a semicolon and what to write instead."""
    if message.startswith(("write ", "give ")):
        return f"{key or 'this file'}: something is missing or too much here", message
    what, _, advice = message.partition("; ")
    return (f"{key}: {what}" if key else what), advice or "correct it"


_NUMBER = "this must be a number, for example 1.5"


def _shape(kind: str, context: Mapping[str, Any]) -> str:
    known = {
        "string_type": "this must be text; put it in quotes",
        "model_type": "this must be a block of 'key: value' lines",
        "model_attributes_type": "this must be a block of 'key: value' lines",
        "dict_type": "this must be a block of 'key: value' lines",
        "tuple_type": "this must be a list such as [a, b]",
        "list_type": "this must be a list such as [a, b]",
        **dict.fromkeys(("decimal_type", "decimal_parsing", "float_type", "float_parsing"), _NUMBER),
        "finite_number": _NUMBER,
        "bool_type": "this must be true or false",
        "bool_parsing": "this must be true or false",
        "int_parsing": "this must be a whole number",
        "int_type": "this must be a whole number",
        "int_from_float": "this must be a whole number",
        "too_short": f"at least {context.get('min_length')} are needed",
        "greater_than": f"this must be more than {context.get('gt')}",
        "greater_than_equal": f"this must be {context.get('ge')} or more",
        "less_than_equal": f"this must be {context.get('le')} or less",
    }
    if kind.startswith("date"):
        return "this is no date of the calendar; write year-month-day, for example 2026-11-27"
    return known.get(kind, "this is not what is expected here")


def _described(field: FieldInfo | None) -> str:
    return (field.description if field and field.description else "see docs/files.md").rstrip(".")


def keys_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The keys a file may hold for `model`, as they are written there."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _unknown_key(key: str, owner: type[BaseModel]) -> tuple[str, str]:
    if key in later.KEYS.get(owner, ()):
        return f"'{key}' is not built yet, so it would do nothing", "remove it"
    # A name that is the file's is no key of the file.
    known = [name for name, field in keys_of(owner).items() if "file name" not in _described(field)]
    near = _SYNONYMS.get(key) if _SYNONYMS.get(key) in known else None
    near = near or next(iter(get_close_matches(key, known, n=1, cutoff=0.6)), None)
    if near:
        return f"there is no key '{key}' here", f"write '{near}'"
    return f"there is no key '{key}' here", f"use one of: {', '.join(known)}"


def _unknown_value(key: str, value: Any, owner: type[BaseModel], field: FieldInfo | None) -> tuple[str, str]:
    if str(value) in later.VALUES.get((owner.__name__, key), ()):
        return f"{key}: '{value}' is not built yet, so it would do nothing", "use another value or remove it"
    allowed = list(choices(field.annotation)) if field else []
    near = get_close_matches(str(value), allowed, n=1, cutoff=0.6)
    return f"{key}: '{value}' is not known here", (
        f"write '{near[0]}'" if near else f"use one of: {', '.join(allowed)}"
    )


def choices(annotation: Any) -> Iterator[str]:
    """The closed list of values of an annotation, empty where it is open."""
    if get_origin(annotation) is Literal:
        yield from map(str, get_args(annotation))
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        yield from (str(member.value) for member in annotation)
    else:
        for part in get_args(annotation):
            yield from choices(part)


def _place(model: type[BaseModel], steps: tuple[Any, ...]) -> tuple[type[BaseModel], FieldInfo | None]:
    """The block in which the last key of `steps` stands, and its field if it has one."""
    field: FieldInfo | None = None
    names = [step for step in steps if isinstance(step, str)]
    for number, name in enumerate(names):
        field = keys_of(model).get(name)
        inner = block_of(field.annotation) if field else None
        if inner is None or number == len(names) - 1:
            break
        model = inner
    return model, field


def block_of(annotation: Any) -> type[BaseModel] | None:
    """The model of the block that an annotation asks for, None for plain values."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := block_of(part))), None)
