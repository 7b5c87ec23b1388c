"""P01: SpamAssassin is asked where it is installed, weighed by its points, and never waited for in vain."""

from __future__ import annotations

from pathlib import Path

import pytest
from lint_making import ABOUT, a_mail

from pakdee.rendering.lint import RULES, Severity
from pakdee.rendering.lint.spam import spam

ANSWER = """#!/bin/sh
cat > "$(dirname "$0")/message"
cat <<END
Received: from localhost
X-Spam-Status: No, score={points} required=5.0 tests=HTML_MESSAGE,SUBJ_ALL_CAPS
\tautolearn=no version=4.0.1

 pts rule name              description
---- ---------------------- --------------------------------------------------
 0.5 SUBJ_ALL_CAPS          Subject is all capitals
 1.7 HTML_IMAGE_ONLY_04     BODY: HTML: images with 0-400 bytes of words
 1.7 HTML_IMAGE_ONLY_04     BODY: HTML: images with 0-400 bytes of words
-0.1 DKIM_VALID             Message has a valid signature
END
"""


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A program of that name, first on the path."""
    program = folder / "spamassassin"
    program.write_text(script, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


@pytest.mark.parametrize(
    ("points", "severity"),
    [
        ("-0.1", Severity.INFO),
        (RULES["P01"].good, Severity.INFO),
        ("2.0", Severity.WARNING),
        ("3.9", Severity.WARNING),
        (RULES["P01"].bad, Severity.ERROR),
    ],
)
def test_points_are_weighed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, points: str, severity: Severity):
    """An error from 4 on, a warning from 2 on; the tests that give most are named."""
    install(tmp_path, monkeypatch, ANSWER.replace("{points}", points))
    (finding,) = spam(a_mail(), ABOUT)

    assert (finding.rule, finding.severity) == ("P01", severity)
    assert finding.what.endswith("points: HTML_IMAGE_ONLY_04 1.7, SUBJ_ALL_CAPS 0.5")


def test_the_whole_mail_is_shown_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Subject and both parts, as one message."""
    install(tmp_path, monkeypatch, ANSWER.replace("{points}", "0"))
    spam(a_mail(subject="Tea\r\nBcc: a@example.com"), ABOUT)
    message = (tmp_path / "message").read_text(encoding="utf-8")

    assert "Subject: Tea Bcc: a@example.com" in message
    assert "text/plain" in message
    assert "text/html" in message


@pytest.mark.parametrize("script", ["#!/bin/sh\nexit 3\n", "#!/bin/sh\necho hello\n", "no program at all"])
def test_one_that_does_not_answer_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str):
    """It stops nothing."""
    install(tmp_path, monkeypatch, script)
    (finding,) = spam(a_mail(), ABOUT)
    assert (finding.severity, finding.what) == (
        Severity.INFO,
        "SpamAssassin is installed and gives no answer",
    )


def test_without_it_there_is_nothing_to_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """It is no part of Pakdee."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert spam(a_mail(), ABOUT) == []
