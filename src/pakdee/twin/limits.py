"""What SendGrid's pages allow in one Mail Send request; the twin refuses everything else.

Written down here on its own, not taken from the room that sends, so that a slip there meets a refusal.
[ERR] is the page "Mail Send errors", [OV] "Mail Send API overview", [OAI] the published OpenAPI document.
"""

from __future__ import annotations

PERSONALIZATIONS = 1000  # [ERR] [OAI]
RECIPIENTS = 1000  # to, cc and bcc of all personalizations together [ERR] [OV]
SUBSTITUTIONS = 150  # per personalization [ERR]
SUBSTITUTION_BYTES = 10_000  # per personalization [OAI]
CUSTOM_ARGS_BYTES = 10_000  # merged, per personalization [OV] [OAI]
CATEGORIES = 10  # [ERR] [OAI]
CATEGORY_LENGTH = 255  # [ERR] [OAI]
REQUEST_BYTES = 30_000_000  # [OV]
SCHEDULE_SECONDS = 72 * 3600  # [ERR]
RESERVED_HEADERS = frozenset({
    "x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type", "content-transfer-encoding",
    "to", "from", "subject", "reply-to", "cc", "bcc",
})  # fmt: skip  # [ERR]
FIELDS = frozenset({
    "personalizations", "from", "reply_to", "subject", "content", "categories", "custom_args", "headers",
    "send_at", "batch_id", "asm", "ip_pool_name", "mail_settings", "tracking_settings",
})  # fmt: skip  # of [OAI]; templates, sections, attachments and lists of reply addresses are not in the twin
PERSONALIZATION_FIELDS = frozenset({
    "to", "cc", "bcc", "from", "subject", "headers", "substitutions", "custom_args", "send_at",
})  # fmt: skip
