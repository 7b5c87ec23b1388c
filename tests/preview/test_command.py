"""`pakdee preview` as people type it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pakdee.cli import app, previewing


@pytest.fixture
def opened(monkeypatch):
    """What was shown in the browser; there is a display."""
    shown: list[str] = []
    monkeypatch.setattr("webbrowser.open", shown.append)
    monkeypatch.setenv("DISPLAY", ":0")
    return shown


def preview(house, *words):
    return CliRunner().invoke(app, ["preview", *words, "--project", str(house.directory)])


def test_a_sample_customers_mail_is_printed(untouched):
    """In the shop's language, for the first of them, unless somebody else is asked for."""
    shown = preview(untouched, "birthday", "--persona", "no_name", "--locale", "en", "--html").stdout
    assert shown.startswith("[sample customer no_name, en]")
    assert "<html" in shown
    said = json.loads(preview(untouched, "birthday", "--json").stdout)
    assert (said["campaign"], said["reader"], said["locale"]) == ("birthday", "regular", "th")
    assert "List-Unsubscribe" in said["headers"]


def test_a_page_is_made_and_opened_and_its_place_is_always_said(house, opened, monkeypatch):
    """With the project's state; without a display it is only said."""
    page = house.pages / "campaign-birthday.html"

    assert f"Page: {page}" in preview(house, "birthday", "--open").stdout
    assert page.is_file()
    assert opened == [page.as_uri()]
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    previewing._open("file:///x")
    assert len(opened) == 1
    monkeypatch.setattr("sys.platform", "darwin")
    previewing._open("file:///x")
    assert len(opened) == 2


def test_the_gallery_is_one_command(house):
    """Its place and its counts, for programs too."""
    said = json.loads(preview(house, "--all", "--json").stdout)

    assert Path(said["page"]) == house.pages / "gallery.html"
    assert Path(said["page"]).is_file()
    assert [row["name"] for row in said["campaigns"]] == ["birthday", "welcome", "newsletter"]
    assert said["mails"] == sum(row["mails"] for row in said["campaigns"])
    assert said["unreadable"] == 0


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "name a campaign"),
        (("birthday", "--all"), 2, "name a campaign"),
        (("--all", "--customer", "a1"), 2, "goes with a campaign"),
        (("birthday", "--customer", "a1", "--persona", "regular"), 2, "without --persona"),
        (("birthday", "--watch", "--json"), 2, "--watch"),
    ],
)
def test_what_does_not_go_together_is_said(untouched, words, code, told):
    """Before anything is made."""
    done = preview(untouched, *words)

    assert done.exit_code == code
    assert told in " ".join(done.output.replace("│", " ").split())


def test_ctrl_c_ends_the_watch_cleanly(house):
    """A process of its own: exit code 0, and a word that it is over."""
    words = ["preview", "welcome", "--watch", "--project", str(house.directory)]
    bare = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    with subprocess.Popen(
        [sys.executable, "-m", "pakdee", *words], stdout=subprocess.PIPE, text=True, env=bare
    ) as child:
        assert "http://127.0.0.1:" in child.stdout.readline()
        child.send_signal(signal.SIGINT)
        said, _ = child.communicate(timeout=60)

    assert child.returncode == 0
    assert "No longer watching." in said
