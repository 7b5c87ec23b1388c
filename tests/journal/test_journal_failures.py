"""Disks that are full, files that are damaged, servers that go away: clear errors, and nothing is half done."""

from __future__ import annotations

import os
import shutil
import sqlite3
from itertools import count

import psycopg
import pytest
from journal_making import DAY, MINUTE, NINE, Clock, batch, claim, customers_in, opened, plan, start
from postgresql_server import CannotStart, made_server
from sqlalchemy import event, text

from pakdee.domain.errors import JournalError, JournalUnfit
from pakdee.domain.message import Receipt
from pakdee.domain.vocabulary import Mode
from pakdee.journal import Journal

_NUMBERS = count()
WHOLE = """
    SELECT COUNT(*) FROM batch b
    WHERE b.size <> (SELECT COUNT(*) FROM message m WHERE m.batch_id = b.id)
"""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "journal.sqlite"


def filled(file):
    """A journal of thirty batches, closed; all of it in the one file."""
    journal = opened(f"sqlite:///{file}")
    plan(journal, *(batch([f"c{n:04}" for n in range(k, k + 100)]) for k in range(0, 3000, 100)))
    journal.close()
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.close()


def use(file):
    """Open it and read all that a day reads."""
    journal = opened(f"sqlite:///{file}")
    try:
        journal.memory("a", "z")
        while claimed := claim(journal):
            journal.accepted(claimed, Receipt("x", 202))
    finally:
        journal.close()


# ── a full disk ────────────────────────────────────────────────────────────────────────────────────


def test_a_full_disk_stops_planning_with_whole_batches_and_room_lets_it_go_on(file):
    """What was confirmed is there, what failed is not, and the same run goes on."""
    journal = opened(f"sqlite:///{file}")
    (pages,) = journal._engine.raw_connection().driver_connection.execute("PRAGMA page_count").fetchone()
    most = [pages + 60]

    def limit(connection, _record, _proxy):
        connection.execute(f"PRAGMA max_page_count = {most[0]}").close()

    event.listen(journal._engine, "checkout", limit)
    run, written = start(journal), []

    def fill():
        for number in range(1000):
            journal.enqueue(run, batch([f"c{number}-{n}" for n in range(50)]), due_on=DAY)
            written.append(number)

    with pytest.raises(JournalError, match="full") as error:
        fill()
    assert type(error.value) is JournalError, "it passes once there is room"
    assert "make room" in str(error.value)
    assert written
    with journal._reading() as connection:
        assert connection.execute(text(WHOLE)).scalar_one() == 0
        assert connection.execute(text("SELECT COUNT(*) FROM batch")).scalar_one() == len(written)

    most[0] = 1 << 30
    again = len(written)
    assert not journal.enqueue(run, batch([f"c{again}-{n}" for n in range(50)]), due_on=DAY)
    journal.finish_run(run)
    assert claim(journal).size == 50
    journal.close()


# ── a damaged file ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("damage", ["header", "schema page", "pages", "truncated", "emptied in the middle"])
def test_a_damaged_file_is_an_error_and_never_a_wrong_answer(file, damage):
    """It says to restore the journal; nothing of it is sent on a guess."""
    filled(file)
    content = bytearray(file.read_bytes())
    half = len(content) // 2 // 4096 * 4096
    if damage == "header":
        content[:100] = os.urandom(100)
    elif damage == "schema page":
        content[100:4096] = os.urandom(3996)
    elif damage == "pages":
        content[4096 * 12 :] = os.urandom(len(content) - 4096 * 12)
    elif damage == "truncated":
        del content[half:]
    else:
        content[half:] = bytes(len(content) - half)
    file.write_bytes(content)

    with pytest.raises(JournalUnfit) as error:
        use(file)
    assert "restore the journal" in str(error.value)


def test_a_changed_body_is_not_sent(file):
    """Damage that the database cannot see: the body's own hash tells."""
    filled(file)
    connection = sqlite3.connect(file)
    connection.execute(
        "UPDATE batch SET body = CAST(substr(body, 1, 40) || x'00' || substr(body, 42) AS BLOB)"
    )
    connection.commit()
    connection.close()

    with pytest.raises(JournalUnfit, match="not what was frozen"):
        use(file)


def test_a_journal_that_lost_its_last_changes_is_found_out(file, tmp_path):
    """The file beside the database, with what was not yet written into it, was removed after a crash."""
    clock, beside = Clock(), tmp_path / "journal.epoch"

    def journal_at(place):
        return Journal.open(
            f"sqlite:///{place}", project="pakdee", mode=Mode.TWIN, clock=clock, beside=beside
        )

    filled(file)
    journal = journal_at(file)
    assert claim(journal) is not None
    crashed = tmp_path / "crashed.sqlite"
    shutil.copy(file, crashed)  # without its -wal
    journal.close()

    again = journal_at(crashed)
    with pytest.raises(JournalUnfit, match="older than what was sent"):
        claim(again)
    again.close()


def test_a_journal_that_is_gone_is_not_begun_anew_without_a_word(file, tmp_path):
    """An empty one would plan and send everything again."""
    beside = tmp_path / "journal.epoch"

    def journal_at():
        return Journal.open(
            f"sqlite:///{file}", project="pakdee", mode=Mode.TWIN, clock=Clock(), beside=beside
        )

    journal = journal_at()
    plan(journal, batch(["ada"]))
    journal.close()
    file.unlink()

    again = journal_at()
    with pytest.raises(JournalUnfit, match="older than what was sent"):
        start(again)
    again.close()


# ── a server that goes away ────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def server():
    try:
        with made_server() as found:
            yield found
    except CannotStart as error:
        pytest.skip(f"PostgreSQL cannot be started here: {error}")


@pytest.fixture
def remote(server):
    name = f"journal_{next(_NUMBERS)}"
    with psycopg.connect(server.address, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    journal = opened(f"{server.address}&options=-csearch_path%3D{name}")
    yield journal
    journal.close()


def cut_after(journal, server, fragment):
    """End all connections to the server right after the next statement that contains `fragment`."""

    def cut(_connection, _cursor, sql, *_more):
        if fragment in sql:
            event.remove(journal._engine, "after_cursor_execute", cut)
            with psycopg.connect(server.address, autocommit=True) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                )

    event.listen(journal._engine, "after_cursor_execute", cut)


@pytest.mark.parametrize(
    ("act", "fragment"),
    [
        ("enqueue", "UPDATE run"),  # before the batch
        ("enqueue", "INSERT INTO batch"),  # within COPY
        ("claim", "SELECT b.id, b.run_id"),
        ("claim", "INSERT INTO attempt"),  # at its commit
        ("record", "UPDATE batch"),
        ("record", "UPDATE attempt"),
    ],
)
def test_a_connection_lost_inside_a_transaction_is_told_and_the_next_call_works(
    remote, server, act, fragment
):
    """Nothing of the call was stored; asked again, it is done once."""
    plan(remote, batch(["ada"]))
    run = start(remote)
    claimed = claim(remote) if act == "record" else None
    remote.keep_in_step()
    acts = {
        "enqueue": lambda: not remote.enqueue(run, batch(["ben", "cat"]), due_on=DAY),
        "claim": lambda: customers_in(claim(remote)) == ["ada"],
        "record": lambda: remote.accepted(claimed, Receipt("x", 202)),
    }
    cut_after(remote, server, fragment)

    with pytest.raises(JournalError) as error:
        acts[act]()
    assert "start" in str(error.value)
    assert acts[act]()


def test_a_server_that_is_gone_and_comes_back_goes_on_where_it_was(remote, server):
    """An error that says to start it; afterwards the same journal object works."""
    plan(remote, batch(["ada"]), batch(["ben"], not_before=NINE - MINUTE))
    first = claim(remote)
    assert first is not None
    server.stop()

    for _ in range(2):
        with pytest.raises(JournalError) as error:
            remote.accepted(first, Receipt("x", 202))
        assert "start" in str(error.value)
    with pytest.raises(JournalError):
        opened(server.address)

    server.start()
    assert remote.accepted(first, Receipt("x", 202))
    second = claim(remote)
    assert sorted(customers_in(first) + customers_in(second)) == ["ada", "ben"]
    assert remote.day_status(DAY).messages == {"birthday": {"accepted": 1, "sending": 1}}
