"""Which commits wait for the disk: all but those that a power cut may take back."""

from __future__ import annotations

from contextlib import AbstractContextManager

import pytest
from journal_making import batch, claim, plan
from sqlalchemy import Connection

from pakdee.domain.message import Receipt
from pakdee.journal import Journal


def waits(transaction: AbstractContextManager[Connection]) -> bool:
    """Whether a transaction's commit is on disk when it returns."""
    with transaction as connection:
        if connection.dialect.name == "sqlite":
            return connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
        return connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"


def test_a_transaction_says_whether_its_commit_waits_for_the_disk(journal: Journal) -> None:
    """Whatever connection the pool hands out. A server that crashes alone must never forget a commit."""
    assert waits(journal._writing())
    for _ in range(2):
        with journal._reading() as connection:
            can_crash_alone = connection.dialect.name == "postgresql"
        assert waits(journal._writing_soon()) == can_crash_alone
        assert waits(journal._writing())


def test_a_claim_waits_for_the_disk_and_so_does_all_that_stands_in_its_way(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An attempt must be known before its request is sent; that it was accepted, its events tell as well."""
    hurried: list[str] = []
    begin = type(journal)._writing_soon

    def noted(self: Journal) -> AbstractContextManager[Connection]:
        hurried.append(step)
        return begin(self)

    monkeypatch.setattr(type(journal), "_writing_soon", noted)
    step = "plan"
    plan(journal, batch(["ada"]), batch(["ben"]))
    step = "claim"
    first, second = claim(journal), claim(journal)
    step = "accepted"
    journal.accepted(first, Receipt("p1", 202))
    step = "unknown"
    journal.unknown(second, "no answer")
    assert set(hurried) == {"plan", "accepted"}
