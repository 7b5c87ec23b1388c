"""What all messages of a request share: sender, category, tracking and content."""

from __future__ import annotations

import re

import orjson

from pakdee.delivery import limits
from pakdee.domain.errors import RenderError
from pakdee.domain.message import Envelope

_TRACKING = {
    # In the plain part rewritten links are unreadable, and `clicktracking=off` does not help there.
    "click_tracking": {"enable": True, "enable_text": False},
    "open_tracking": {"enable": True},
    # Ours are the List-Unsubscribe headers and the footer; SendGrid would add its own of both.
    "subscription_tracking": {"enable": False},
}


def shared_part(envelope: Envelope, text: str, html: str) -> bytes:
    """Everything of a request but the messages, as the inside of a JSON object.

    Raises:
        RenderError: there is no content, or the campaign's name cannot be a category.
    """
    blocks = (("text/plain", text), ("text/html", html))  # this order is required (RFC 1341, 7.2)
    content = [{"type": kind, "value": value} for kind, value in blocks if value]
    if not content:
        raise unusable(envelope.campaign, "the mail has no content", "write something in the template's body")
    name = _clean_name(envelope.from_name)
    sender = {"email": envelope.from_email} | ({"name": name} if name else {})
    shared = {
        "from": sender,
        "reply_to": {"email": envelope.reply_to},
        "categories": [_category(envelope.campaign)],
        "tracking_settings": _TRACKING,
        "content": content,
    }
    return orjson.dumps(shared)[1:-1]


def unusable(where: str, what: str, next_step: str) -> RenderError:
    """A mail that cannot become a request."""
    return RenderError(what, where=where, next_step=f"{next_step}. Nothing was sent.")


def _category(campaign: str) -> str:
    if not campaign or not campaign.isascii() or len(campaign) > limits.CATEGORY_LENGTH:
        raise unusable(campaign, "this name cannot be a SendGrid category", "use at most 255 ASCII letters")
    return campaign


def _clean_name(name: str) -> str:
    """`;` and `,` separate addresses at SendGrid, also inside names; line breaks would end the header."""
    return " ".join(re.sub(r"[;,\x00-\x1f\x7f]", " ", name).split())
