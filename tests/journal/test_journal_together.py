"""Rows of threads that wait at the same time share one commit; each thread learns what became of its own."""

from __future__ import annotations

import threading

import pytest
from journal_making import NINE, batch, opened, plan

from pakdee.domain.errors import JournalError
from pakdee.journal import sqlite
from pakdee.journal.together import MOST, Together


def in_threads(count, work):
    threads = [threading.Thread(target=work, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_deliveries_of_many_threads_are_all_kept(journal):
    """Each once, whoever wrote it."""

    def store(thread):
        for number in range(20):
            journal.store_webhook(f"{thread} {number}".encode(), received_at=NINE)

    in_threads(8, store)
    kept = [body for _, _, body in journal.inbox(1000)]
    assert sorted(kept) == sorted(f"{t} {n}".encode() for t in range(8) for n in range(20))


def test_threads_take_turns_and_never_find_the_journal_locked(new_url, clock, monkeypatch):
    """They wait for each other, not for SQLite to look again whether it is free."""
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0)
    journal, failed = opened(new_url(), clock), []

    def write(thread):
        try:
            for number in range(20):
                plan(journal, batch([f"{thread}-{number}"]))
        except JournalError as error:
            failed.append(error)

    in_threads(4, write)
    journal.close()
    assert not failed


def test_those_who_wait_while_one_writes_go_together():
    """One slow write, then one for all the others; nobody returns before its own row is written."""
    written, all_wait, may_write = [], threading.Event(), threading.Event()

    def write(rows):
        if not written:
            all_wait.set()
            assert may_write.wait(10)
        written.append(sorted(rows))

    together = Together(write)
    first = threading.Thread(target=together.write, args=(("first",),))
    first.start()
    assert all_wait.wait(10)
    others = [threading.Thread(target=together.write, args=((f"other {n}",),)) for n in range(5)]
    for thread in others:
        thread.start()
    while len(together._waiting) < 5:
        pass
    may_write.set()
    for thread in [first, *others]:
        thread.join()

    assert written == [[("first",)], [(f"other {n}",) for n in range(5)]]


def test_an_error_reaches_everyone_whose_row_was_not_written():
    """And the next write works."""
    told = []

    def write(rows):
        if ("bad",) in rows:
            raise OSError("disk full")
        told.extend(rows)

    together = Together(write)
    with pytest.raises(OSError, match="disk full"):
        together.write(("bad",))
    together.write(("good",))
    assert told == [("good",)]
    assert MOST > 1
