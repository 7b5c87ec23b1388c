"""Judges a Mail Send request by SendGrid's documented limits, in SendGrid's style of answer."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from pakdee.twin import limits

_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_HEADER_NAME = re.compile(r"[\x21-\x39\x3b-\x7e]+")
_MOST_TOLD = 50


class Problem(NamedTuple):
    """One entry of `errors`. `field` names the place, e.g. personalizations.0.to.0.email."""

    message: str
    field: str | None = None


# Where a value has the wrong JSON type SendGrid says no more than this.
BAD_REQUEST = Problem("Bad Request")


def problems(request: object, *, now: float) -> list[Problem]:
    """Everything wrong with a parsed body, at most 50 findings; empty when it would be taken.

    `now` is in unix seconds.
    """
    if not isinstance(request, dict):
        return [BAD_REQUEST]
    try:
        return list(islice(_all(request, now), _MOST_TOLD))
    except (TypeError, AttributeError, KeyError):
        return [BAD_REQUEST]


def _all(request: dict[str, Any], now: float) -> Iterator[Problem]:
    yield from _objects(request)
    yield from _unknown(request, limits.FIELDS, None)
    yield from _sender(request)
    yield from _content(request.get("content"))
    yield from _categories(request.get("categories"))
    yield from _headers(request.get("headers", {}), "headers")
    yield from _send_at(request.get("send_at"), now, "send_at")
    if not isinstance(request.get("batch_id", ""), str):
        yield BAD_REQUEST
    yield from _personalizations(request, now)


def refused(request: Mapping[str, Any], addresses: Collection[str], *, unnamed: bool) -> list[Problem]:
    """What is said of a request to one of `addresses` (lower case); `unnamed` does not say which it is."""
    found = [
        Problem("Does not contain a valid address.", f"personalizations.{index}.to.0.email")
        for index, one in enumerate(request["personalizations"])
        if one["to"][0]["email"].lower() in addresses
    ]
    return [BAD_REQUEST] if found and unnamed else found


def _unknown(found: Mapping[str, Any], known: frozenset[str], field: str | None) -> Iterator[Problem]:
    for name in found.keys() - known:
        yield Problem(f"Additional property {name} is not allowed", field)


def _objects(request: dict[str, Any]) -> Iterator[Problem]:
    """Nothing is null, and settings are objects."""
    if None in request.values() or any(None in one.values() for one in request.get("personalizations", ())):
        yield BAD_REQUEST
    for name in ("asm", "mail_settings", "tracking_settings"):
        settings = request.get(name, {})
        inner = settings.values() if name != "asm" and isinstance(settings, dict) else ()
        if not isinstance(settings, dict) or not all(isinstance(value, dict) for value in inner):
            yield BAD_REQUEST
    if not isinstance(request.get("subject", ""), str):
        yield BAD_REQUEST


def _sender(request: dict[str, Any]) -> Iterator[Problem]:
    if not isinstance(request.get("from"), dict) or not request["from"].get("email"):
        told = "The from object must be provided for every email send. It requires the email parameter"
        yield Problem(f"{told}, but may also contain a name parameter.", "from.email")
    else:
        yield from _address(request["from"], "from")
    if "reply_to" in request:
        yield from _address(request["reply_to"], "reply_to")


def _address(found: dict[str, Any], field: str) -> Iterator[Problem]:
    if not _ADDRESS.fullmatch(found["email"]):
        yield Problem("Does not contain a valid address.", f"{field}.email")
    if re.search("[;,]", found.get("name", "")):
        yield Problem("The name must not contain commas or semicolons.", f"{field}.name")


def _content(content: Any) -> Iterator[Problem]:
    if not content:
        told = "Unless a valid template_id is provided, the content parameter is required."
        yield Problem(f"{told} There must be at least one defined content block.", "content")
        return
    kinds = [block["type"] for block in content]
    for index, block in enumerate(content):
        if not isinstance(block["value"], str) or not block["value"]:
            told = "The content value must be a string at least one character in length."
            yield Problem(told, f"content.{index}.value")
    rank = {"text/plain": 0, "text/html": 1}
    ranks = [rank.get(kind, 2) for kind in kinds]
    if ranks != sorted(ranks):
        told = "If present, text/plain must come first, followed by text/html, followed by any other content."
        yield Problem(told, "content")
    if any(kinds.count(kind) > 1 for kind in rank):
        yield Problem("If present, text/plain and text/html may only be provided once.", "content")


def _categories(categories: Any) -> Iterator[Problem]:
    if categories is None:
        return
    if not isinstance(categories, list) or not all(isinstance(c, str) for c in categories):
        yield BAD_REQUEST
        return
    if len(categories) > limits.CATEGORIES:
        yield Problem("You can have at most 10 categories per message.", "categories")
    if len(set(categories)) < len(categories):
        yield Problem("The categories must be unique.", "categories")
    for index, category in enumerate(categories):
        if len(category) > limits.CATEGORY_LENGTH or not category.isascii():
            told = "A category must be an ASCII string of at most 255 characters."
            yield Problem(told, f"categories.{index}")


def _headers(headers: dict[str, Any], field: str) -> Iterator[Problem]:
    seen = set()
    for name, value in headers.items():
        if not isinstance(value, str) or re.search(r"[\r\n]", value):
            yield Problem("The header value must be a string.", f"{field}.{name}")
        if not _HEADER_NAME.fullmatch(name):
            told = "Header names must be ASCII without spaces or special characters."
            yield Problem(told, f"{field}.{name}")
        if name.lower() in limits.RESERVED_HEADERS:
            yield Problem(f"The header {name} is reserved and cannot be set.", f"{field}.{name}")
        if name.lower() in seen:
            yield Problem("Header names must be unique, whatever their case.", f"{field}.{name}")
        seen.add(name.lower())


def _send_at(send_at: Any, now: float, field: str) -> Iterator[Problem]:
    if send_at is None:
        return
    if not isinstance(send_at, int) or isinstance(send_at, bool):
        yield Problem("The send_at parameter must be an integer.", field)
    elif send_at > now + limits.SCHEDULE_SECONDS:
        yield Problem("Scheduling more than 72 hours in advance is forbidden.", field)


def _personalizations(request: dict[str, Any], now: float) -> Iterator[Problem]:
    found = request.get("personalizations")
    if not found or not isinstance(found, list):
        told = "The personalizations field is required and must have at least one personalization."
        yield Problem(told, "personalizations")
        return
    if len(found) > limits.PERSONALIZATIONS:
        yield Problem("There is a limit of 1000 personalizations per API request.", "personalizations")
    yield from _recipients(found)
    has_subject = bool(request.get("subject"))
    yield from _args(request.get("custom_args"), "custom_args")
    for index, one in enumerate(found):
        field = f"personalizations.{index}"
        yield from _unknown(one, limits.PERSONALIZATION_FIELDS, field)
        if "from" in one:
            yield from _address(one["from"], f"{field}.from")
        if not isinstance(one.get("subject", ""), str):
            yield BAD_REQUEST
        if not (one.get("subject") or (has_subject and "subject" not in one)):
            told = (
                "The subject is required: in the message or in every personalization, one character at least."
            )
            yield Problem(told, f"{field}.subject")
        yield from _substitutions(one.get("substitutions"), f"{field}.substitutions")
        yield from _args(one.get("custom_args"), f"{field}.custom_args", request.get("custom_args"))
        yield from _headers(one.get("headers", {}), f"{field}.headers")
        yield from _send_at(one.get("send_at"), now, f"{field}.send_at")


def _recipients(found: list[dict[str, Any]]) -> Iterator[Problem]:
    """Each `to` is there and valid; no address twice in the request, whatever its case."""
    seen: set[str] = set()
    for index, one in enumerate(found):
        if not one.get("to"):
            told = "The to array is required for all personalization objects, and must have at least one"
            yield Problem(f"{told} email object with a valid email address.", f"personalizations.{index}.to")
        for kind in ("to", "cc", "bcc"):
            for place, recipient in enumerate(one.get(kind, ())):
                yield from _address(recipient, f"personalizations.{index}.{kind}.{place}")
                address = recipient["email"].lower()
                if address in seen:
                    told = f"Each email address should be unique. We found a duplicate of [{address}] in the"
                    yield Problem(
                        f"{told} personalizations.{index}.{kind} field.", f"personalizations.{index}"
                    )
                seen.add(address)
    if len(seen) > limits.RECIPIENTS:
        yield Problem("There is a limit of 1000 total recipients per API request.", "personalizations")


def _substitutions(found: Any, field: str) -> Iterator[Problem]:
    if found is None:
        return
    if "" in found or not all(type(value) is str for value in found.values()):
        yield BAD_REQUEST
        return
    if len(found) > limits.SUBSTITUTIONS:
        yield Problem("You can have at most 150 substitutions per personalization.", field)
    if len("".join((*found, *found.values())).encode()) > limits.SUBSTITUTION_BYTES:
        yield Problem("Substitutions are limited to 10000 bytes per personalization block.", field)


def _args(found: Any, field: str, shared: Mapping[str, str] | None = None) -> Iterator[Problem]:
    if found is None:
        return
    if not found or not all(type(value) is str for value in found.values()):
        yield Problem("Custom args must be an object of strings, and not empty.", field)
        return
    merged = {**(shared or {}), **found}
    if len("".join((*merged, *merged.values())).encode()) > limits.CUSTOM_ARGS_BYTES:
        yield Problem("Custom args are limited to 10000 bytes.", field)
