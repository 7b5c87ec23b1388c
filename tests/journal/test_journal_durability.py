"""Which commits wait for the disk: all but a plan's, which count only once their run is finished."""

from __future__ import annotations

from contextlib import AbstractContextManager

from sqlalchemy import Connection

from pakdee.journal import Journal


def waits(transaction: AbstractContextManager[Connection]) -> bool:
    """Whether a transaction's commit is on disk when it returns."""
    with transaction as connection:
        if connection.dialect.name == "sqlite":
            return connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
        return connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"


def test_only_a_plan_does_not_wait_for_the_disk(journal: Journal) -> None:
    """Whatever connection the pool hands out, one that was hurried before included."""
    assert waits(journal._writing())
    for _ in range(2):
        assert not waits(journal._drafting())
        assert waits(journal._writing())
