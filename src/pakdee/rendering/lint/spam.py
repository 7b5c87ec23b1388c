"""P01: what SpamAssassin thinks of a mail, where it is installed; only on request, as it is slow."""

from __future__ import annotations

import re
import shutil
import subprocess
from email.message import EmailMessage
from email.policy import SMTP

from pakdee.domain.message import Rendered
from pakdee.rendering.lint.model import About, Finding, Severity

PROGRAM = "spamassassin"
NOTABLE, TOO_MANY = 2.0, 4.0
_POINTS = re.compile(r"^X-Spam-Status:.*?score=(-?[\d.]+)", re.MULTILINE | re.DOTALL)
_TEST = re.compile(r"^\s*(-?\d+\.\d+)\s+([A-Z][A-Z0-9_]+)\s+(.+)$", re.MULTILINE)
_MOST_TESTS = 3
_SECONDS = 30


def spam(mail: Rendered, about: About) -> list[Finding]:
    """The points a mail gets, with the tests that give most; nothing where SpamAssassin is not installed.

    Only tests without a network are run. The message is made of the mail alone: it has no sender's record,
    so tests of headers say little, and points below 2 nothing.
    """
    program = shutil.which(PROGRAM)
    if program is None:
        return []
    try:
        said = subprocess.run(  # noqa: S603 -- the operator's own program, with our own arguments
            [program, "-L", "-t"], input=_message(mail), capture_output=True, timeout=_SECONDS, check=True
        ).stdout.decode("utf-8", "replace")
    except (OSError, subprocess.SubprocessError):
        said = ""
    found = _POINTS.search(said)
    if found is None:
        what = "SpamAssassin is installed and gives no answer"
        return [Finding("P01", Severity.INFO, about.where, 1, what, "run spamassassin --lint")]
    points = float(found[1])
    # Told twice for a mail that is taken for spam: in a header and in the report.
    tests = sorted({(float(p), name) for p, name, _ in _TEST.findall(said) if float(p) > 0}, reverse=True)
    named = ", ".join(f"{name} {p:g}" for p, name in tests[:_MOST_TESTS])
    what = f"SpamAssassin gives {points:g} points{f': {named}' if named else ''}"
    return [
        Finding(
            "P01",
            _severity(points),
            about.where,
            1,
            what,
            "change what those tests name, or leave it below 2",
        )
    ]


def _severity(points: float) -> Severity:
    if points < NOTABLE:
        return Severity.INFO
    return Severity.WARNING if points < TOO_MANY else Severity.ERROR


def _message(mail: Rendered) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"] = "Shop <shop@example.com>"
    message["To"] = "Reader <reader@example.com>"
    message["Subject"] = " ".join(mail.subject.split())
    message["Date"] = "Mon, 01 Jun 2026 09:00:00 +0700"
    message["Message-ID"] = "<lint@example.com>"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message.as_bytes()
