"""What SendGrid's answer means: taken, not taken, or not to be known.

| answer | taken? | becomes |
|---|---|---|
| 202 with X-Message-Id | yes | Receipt |
| 400, 404, 405, 406, 415 and other 4xx | no | DeliveryRefused, with SendGrid's words and places |
| 401, 403 | no | KeyRefused |
| 413 | no | TooLarge |
| 429 | no | DeliveryDelayed |
| 408, 5xx, 3xx, other 2xx, 202 without X-Message-Id | not to be known | DeliveryUnknown |

5xx: "the request you made was valid, but an error occurred when SendGrid attempted to process it".
200 is the sandbox, where nothing is sent; we never ask for it, so something else answered. A redirect is
no answer that SendGrid documents; followed, it would turn the POST into a GET and look like success.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from pakdee.delivery.privacy import scrub
from pakdee.domain.errors import (
    DeliveryDelayed,
    DeliveryError,
    DeliveryRefused,
    DeliveryUnknown,
    KeyRefused,
    TooLarge,
)
from pakdee.domain.message import Receipt

_LONGEST_WAIT = 3600.0  # seconds; a Reset further away is taken for a broken clock
_WORDS = 500  # characters of an answer that are kept
_PLACE = re.compile(r"personalizations(?:\.|\[)([0-9]{1,4})(?![0-9])")
# Where all messages of a request are told the same, so that none of them can pass.
_SHARED = frozenset(
    (
        "asm",
        "attachments",
        "batch_id",
        "categories",
        "content",
        "from",
        "ip_pool_name",
        "mail_settings",
        "reply_to",
        "reply_to_list",
        "send_at",
        "subject",
        "template_id",
        "tracking_settings",
    )
)
_ABOUT_THE_CALL = {404, 405, 406, 415}  # its address, method and headers, which no message is to blame for


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; names of `headers` are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def judge(answer: Answer, *, where: str, backoff: float) -> Receipt:
    """The receipt of an accepted request.

    Args:
        backoff: seconds to wait after a 429 that does not say how long.

    Raises:
        DeliveryError: one of its family, by the table above.
    """
    provider_id = answer.headers.get("x-message-id", "").strip()
    if answer.status == 202 and provider_id:
        return Receipt(provider_id, answer.status)
    raise problem(answer, where=where, backoff=backoff)


def unknown(what: str, *, where: str, status: int | None = None) -> DeliveryUnknown:
    """The request may have been taken."""
    return DeliveryUnknown(
        what,
        where=where,
        next_step="nothing: a mail is never repeated on a guess, all else is asked again with the next run",
        status=status,
    )


def problem(answer: Answer, *, where: str, backoff: float, permission: str = "Mail Send") -> DeliveryError:
    """What an answer means that is not the one hoped for.

    Args:
        permission: what the key must be allowed to do.
    """
    status, words = answer.status, words_of(answer.body)
    said = f"SendGrid answered {status}: {words}" if words else f"SendGrid answered {status}"
    if status in {401, 403}:
        step = f"check SENDGRID_API_KEY: it needs the permission {permission}; then run again"
        return KeyRefused(said, where=where, next_step=step, status=status)
    if status == 429:
        wait = _wait(answer.headers, backoff)
        step = f"nothing: it is tried again after {wait:.0f} s"
        return DeliveryDelayed(said, where=where, next_step=step, retry_after=wait)
    if 400 <= status < 500 and status != 408:
        return _refusal(said, where, answer)
    if status == 202:
        said = "SendGrid answered 202 but named no X-Message-Id"
    return unknown(said, where=where, status=status)


def _refusal(said: str, where: str, answer: Answer) -> DeliveryRefused:
    fields = [str(found.get("field") or "") for found in _errors(answer.body)]
    kind, step = DeliveryRefused, "mend what SendGrid names; this request is never sent again as it is"
    if answer.status == 413:
        kind, step = TooLarge, "lower [delivery] batch_size in pakdee.toml"
    return kind(
        said,
        where=where,
        next_step=step,
        status=answer.status,
        positions=tuple(sorted({int(place[1]) for field in fields if (place := _PLACE.match(field))})),
        is_shared=answer.status in _ABOUT_THE_CALL or _are_shared(fields),
    )


def _are_shared(fields: list[str]) -> bool:
    return bool(fields) and all(re.split(r"[.\[]", field)[0] in _SHARED for field in fields)


def words_of(body: bytes) -> str:
    """SendGrid's own words: each error with the field it names, without addresses, cut to 500 characters."""
    told = [f"{e['message']} ({e['field']})" if e.get("field") else str(e["message"]) for e in _errors(body)]
    return scrub("; ".join(told or [body.decode("utf-8", "replace").strip()]))[:_WORDS]


def _errors(body: bytes) -> list[dict[str, Any]]:
    """The errors of an answer that is as documented; none of any other."""
    try:
        errors = orjson.loads(body)["errors"]
    except (ValueError, TypeError, KeyError):
        return []
    is_documented = isinstance(errors, list) and all(isinstance(e, dict) and "message" in e for e in errors)
    return errors if is_documented else []


def _wait(headers: Mapping[str, str], backoff: float) -> float:
    """Seconds to wait after a 429.

    X-RateLimit-Reset is a point in time; the answer's own Date is subtracted, so our clock does not matter.
    """
    try:
        reset = float(headers["x-ratelimit-reset"])
        wait = reset - parsedate_to_datetime(headers["date"]).timestamp()
    except (KeyError, ValueError, TypeError):
        return backoff
    return wait if 0 < wait <= _LONGEST_WAIT else backoff
