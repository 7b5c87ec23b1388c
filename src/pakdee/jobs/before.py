"""What happened to one customer before, in lines for people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pakdee.domain.campaign import FIRST_STEP, label
from pakdee.domain.message import ONLY, MessageKey

if TYPE_CHECKING:
    from pakdee.journal import History


def before(history: History) -> Iterator[dict[str, object]]:
    """What the journal knows of a customer, a line for each: day, campaign, occasion, what, then."""
    events: dict[str, list[str]] = {message.message_id: [] for message in history.messages}
    for event in history.events:
        events[event.message_id].append(str(event.kind))
    for message in history.messages:
        known = ", ".join(sorted(set(events[message.message_id])))
        subject = "" if message.variant == ONLY else f", subject {message.variant}"
        told = {"what": f"mail {message.state}{subject}", "then": known or message.reason or ""}
        yield {
            "day": message.due_on,
            "campaign": label(message.key.campaign, message.key.step),
            "occasion": message.key.occasion,
        } | told
    for answer in history.answers:
        comment = "with a comment" if answer.comment else ""
        told = {"what": f"answered {answer.kind} {answer.score}", "then": comment}
        yield {"day": answer.at.date(), "campaign": answer.campaign, "occasion": ""} | told
    for one in history.not_mailed:
        what = "held out" if one.is_held_out else "to be told by another channel"
        if one.is_held_out and one.key.step != FIRST_STEP:
            what = "step called off"
        yield _line(one.due_on, what, f"gets {one.offer.grant}" if one.offer else "", one.key)
    for gift in history.used:
        yield _line(gift.day, f"redeemed {gift.grant}", "", gift.key)
    for entry in history.consents:
        yield _line(entry.at.date(), f"consent {entry.state}", entry.source)


def _line(day: dt.date, what: str, then: str, key: MessageKey | None = None) -> dict[str, object]:
    campaign, occasion = (label(key.campaign, key.step), key.occasion) if key else ("", "")
    return {"day": day, "campaign": campaign, "occasion": occasion, "what": what, "then": then}
