"""The command line as a whole: quick, documented, and readable by programs."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from pakdee.cli import app
from pakdee.cli.show import plain
from tests.jobs.conftest import DAY

HEAVY = (
    "duckdb",
    "pandas",
    "numpy",
    "pyarrow",
    "sqlalchemy",
    "jinja2",
    "fastapi",
    "prefect",
    "sendgrid",
    "scipy",
)
COMMANDS = {command.name: command.callback for command in app.registered_commands}
SERVING = {"up", "web", "twin", "desk"}


def pakdee(*words, **given):
    return subprocess.run([sys.executable, "-m", "pakdee", *words], capture_output=True, text=True, **given)


def test_help_loads_nothing_heavy():
    """`pakdee --help` opens no room, or it would not answer at once."""
    code = "import sys, pakdee.cli; print([name for name in sys.argv[1:] if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code, *HEAVY], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_what_it_does_and_takes_a_project(name):
    """A sentence of help, --json where something is printed, --project where there is one."""
    assert (COMMANDS[name].__doc__ or "").strip().endswith(".")
    options = set(COMMANDS[name].__annotations__)
    assert name in SERVING or "json" in options
    assert name in {"init", "demo"} or "project" in options


def test_the_guide_lists_every_command():
    """`pakdee --help` shows them all."""
    shown = pakdee("--help").stdout
    assert all(f"  {name} " in shown for name in COMMANDS)


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("features", "birthday"),
        ("segment", "birthday_this_week", "--as-of", str(DAY)),
        ("preview", "birthday", "--customer", "a1", "--as-of", str(DAY)),
        ("plan", "--as-of", str(DAY)),
        ("explain", "a1", "--as-of", str(DAY)),
        ("status", "--day", str(DAY)),
        ("status", "--unknown"),
        ("settle",),
        ("export", "unsubscribes", "--since", str(DAY)),
        ("stop", "birthday", "--because", "test"),
        ("resume", "birthday", "--because", "test"),
        ("metrics", "--as-of", str(DAY)),
        ("new", "campaign", "copied", "--from", "birthday"),
    ],
    ids=lambda words: words[0],
)
def test_json_is_one_document(project, words, commands):
    """With --json a command, started anew, prints one JSON document and nothing else; without it, sentences."""

    def forked(*words):
        return commands.run([*words, "--project", project], os.environ, timeout=60).stdout

    if words[0] == "resume":
        forked("stop", "birthday", "--because", "test")
    done = pakdee(*words, "--json", "--project", project)
    assert done.returncode in (0, 1), done.stderr
    assert json.loads(done.stdout) is not None
    if words[0] not in ("new", "resume"):
        assert forked(*words).strip()


def test_a_wrong_day_is_a_usage_error():
    """Exit code 2 and an example."""
    done = pakdee("plan", "--as-of", "tomorrow")
    assert done.returncode == 2
    assert "2026-06-15" in done.stderr


def test_json_speaks_money_days_and_pairs():
    """Exact money as text, days as ISO dates, pairs as one key."""
    from datetime import date
    from decimal import Decimal

    assert plain({("a", "b"): Decimal("1.50"), "day": date(2026, 6, 15)}) == {
        "a b": "1.50",
        "day": "2026-06-15",
    }
