"""What a reader gets from a request: substitutions put in, headers and arguments merged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as its reader gets it. `headers` are the sender's own, `custom_args` both levels merged."""

    to: str
    sender: str
    reply_to: str | None
    subject: str
    text: str
    html: str
    headers: Mapping[str, str]
    categories: tuple[str, ...]
    custom_args: Mapping[str, str]


def replace(text: str, substitutions: Mapping[str, str]) -> str:
    """SendGrid's substitution: one tag after the other, everywhere, nothing escaped.

    A tag that an earlier value brought in is replaced as well.
    """
    for tag, value in substitutions.items():
        text = text.replace(tag, value)
    return text


def subject_of(request: Mapping[str, Any], personalization: Mapping[str, Any]) -> str:
    """The subject as it arrives."""
    subject = personalization.get("subject") or request["subject"]
    return replace(subject, personalization.get("substitutions", {}))


def expand(request: Mapping[str, Any], position: int) -> Mail:
    """The mail of the personalization at `position`, counted from 0."""
    one = request["personalizations"][position]
    slots = one.get("substitutions", {})
    content = {block["type"]: replace(block["value"], slots) for block in request["content"]}
    return Mail(
        to=_written(one["to"][0]),
        sender=_written({**request["from"], **one.get("from", {})}),
        reply_to=_written(request["reply_to"]) if "reply_to" in request else None,
        subject=subject_of(request, one),
        text=content.get("text/plain", ""),
        html=content.get("text/html", ""),
        headers={**request.get("headers", {}), **one.get("headers", {})},
        categories=tuple(request.get("categories", ())),
        custom_args={**request.get("custom_args", {}), **one.get("custom_args", {})},
    )


def _written(address: Mapping[str, str]) -> str:
    return f"{address['name']} <{address['email']}>" if address.get("name") else address["email"]
