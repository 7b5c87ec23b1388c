"""A journal is made once, belongs to one project and mode, and says clearly when it cannot be used."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest
from journal_making import batch, opened, plan
from sqlalchemy import text

from pakdee.domain.errors import JournalError
from pakdee.domain.vocabulary import Mode


def test_what_was_written_is_there_after_opening_again(url):
    """A journal outlives its process."""
    first = opened(url)
    plan(first, batch(["ada"]))
    first.close()

    again = opened(url)
    assert list(again.memory("a", "z").contacts["customer_id"]) == ["ada"]
    again.close()


def test_two_who_make_the_journal_wait_for_each_other(tmp_path):
    """Somebody else is about to write the new file: opening waits, where SQLite itself gives up at once."""
    file = tmp_path / "journal.sqlite"
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.2, other.close)
    release.start()

    journal = opened(f"sqlite:///{file}")
    release.join()
    assert journal.stops() == []
    journal.close()


@pytest.mark.parametrize("other", [{"project": "neighbour"}, {"mode": Mode.LIVE}])
def test_the_journal_of_another_project_or_mode_is_refused(url, other):
    """Sent mails are never mixed between projects, nor between the twin and the real SendGrid."""
    opened(url).close()

    with pytest.raises(JournalError, match=r"this journal has (project|mode)"):
        opened(url, **other)


def test_a_journal_of_another_schema_version_is_refused(url):
    """A newer program's journal is not touched."""
    journal = opened(url)
    with journal._engine.begin() as connection:
        connection.execute(text("UPDATE meta SET schema_version = 99"))
    journal.close()

    with pytest.raises(JournalError, match="schema version 99"):
        opened(url)


def test_a_database_of_something_else_is_refused_and_left_alone(url):
    """Our tables are never added to another program's database."""
    journal = opened(url)
    with journal._engine.begin() as connection:
        for name in (
            "offer",
            "handover",
            "attempt",
            "message",
            "batch",
            "canary",
            "verdict_count",
            "run",
            "meta",
        ):
            connection.execute(text(f"DROP TABLE {name}"))
    journal.close()

    with pytest.raises(JournalError, match="no journal of Pakdee"):
        opened(url)


def test_two_processes_may_make_the_journal_at_once(url):
    """One of them makes the schema, all of them can use it."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[2]); from journal_making import opened, batch, plan;"
        "j = opened(sys.argv[1]); plan(j, batch([sys.argv[3]], sys.argv[3])); j.close()"
    )
    here = str(Path(__file__).parent)
    children = [subprocess.Popen([sys.executable, "-c", code, url, here, name]) for name in "ab"]
    assert [child.wait() for child in children] == [0, 0]

    journal = opened(url)
    assert len(journal.memory("a", "z").contacts) == 2
    journal.close()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("mysql://x/y", "mysql is no database"),
        ("rubbish", "cannot be read"),
        ("sqlite://", "in memory"),
        ("postgresql://nobody@/none?host=/nowhere", "onnection"),
    ],
)
def test_an_address_that_leads_nowhere_is_explained(address, said):
    """The message names the setting or the server."""
    with pytest.raises(JournalError, match=said):
        opened(address)


def test_a_password_is_not_shown():
    """Errors about a server name it without its password."""
    with pytest.raises(JournalError) as error:
        opened("postgresql://pakdee:secret@/none?host=/nowhere")

    assert "secret" not in str(error.value)


def test_a_file_that_is_no_database_is_refused(tmp_path):
    """A text file is not overwritten."""
    file = tmp_path / "journal.sqlite"
    file.write_text("minutes of the meeting\n" * 100)

    with pytest.raises(JournalError, match="not a database"):
        opened(f"sqlite:///{file}")
    assert file.read_text().startswith("minutes")


# Root may write anywhere, so root becomes someone else, once all that is needed is loaded.
_OPEN_AS_SOMEONE = """
import os, sys
sys.path.insert(0, sys.argv[2])
from journal_making import opened
opened(f"sqlite:///{sys.argv[3]}/first.sqlite").close()
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
opened(sys.argv[1])
"""


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_journal_that_cannot_be_written_is_refused(what, tmp_path):
    """Read-only is found out on opening, before anything is planned."""
    with tempfile.TemporaryDirectory(prefix="pakdee-readonly-") as name:
        folder = Path(name)
        file = folder / "journal.sqlite"
        opened(f"sqlite:///{file}").close()
        if what == "folder":
            file.unlink()
        file.touch()
        for left in folder.iterdir():
            left.chmod(0o444)
        if what == "folder":
            file.unlink()
        folder.chmod(0o555)
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                _OPEN_AS_SOMEONE,
                f"sqlite:///{file}",
                str(Path(__file__).parent),
                str(tmp_path),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        folder.chmod(0o755)

    assert "JournalError" in done.stderr
    assert "let the user who runs Pakdee write" in done.stderr
