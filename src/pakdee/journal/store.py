"""What every part of the journal stands on: transactions, the clock, and errors people can act on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from pakdee.domain.errors import JournalError, JournalUnfit
from pakdee.journal.dialect import Dialect
from pakdee.journal.instants import stored
from pakdee.journal.statements import statement


class Store:
    """An open journal database. Each public method is one transaction, or several that each stand alone."""

    def __init__(
        self,
        engine: Engine,
        dialect: Dialect,
        clock: Callable[[], dt.datetime],
        beside: Path | None = None,
    ) -> None:
        self._engine, self._dialect, self._clock, self._beside = engine, dialect, clock, beside
        self._writer = engine.execution_options(writes=True)
        self._soon = engine.execution_options(writes=True, waits_for_disk=False)

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def _now(self) -> int:
        return stored(self._clock())

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._dialect.turn(), speaking(self._engine), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def _writing_soon(self) -> Iterator[Connection]:
        """Write what is on disk with the next commit that waits for it; every end of a run and claim does.

        For what a power cut may take back: a plan that is not finished is made anew, and a request that was
        accepted is found being sent, and settled by its events. A process that dies takes nothing back.
        """
        with self._dialect.turn(), speaking(self._engine), self._soon.begin() as connection:
            self._dialect.hurry(connection)
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with speaking(self._engine), self._engine.begin() as connection:
            yield connection

    def _rows(self, name: str, **values: Any) -> list[RowMapping]:
        with self._reading() as connection:
            return rows(connection, name, values)


def rows(connection: Connection, name: str, values: Mapping[str, Any]) -> list[RowMapping]:
    """All rows of the named query."""
    return list(connection.execute(statement(name), values).mappings())


def changed(connection: Connection, name: str, values: Mapping[str, Any]) -> int:
    """How many rows the named statement changed."""
    return connection.execute(statement(name), values).rowcount


@contextmanager
def speaking(engine: Engine) -> Iterator[None]:
    """Tell database errors as JournalError: what, where, and what to do."""
    try:
        yield
    except DBAPIError as error:
        raise journal_error(engine, error) from error


def place(engine: Engine) -> str:
    """The journal's address, without a password."""
    return engine.url.database or "" if engine.name == "sqlite" else engine.url.render_as_string()


def journal_error(engine: Engine, error: DBAPIError) -> JournalError:
    """The JournalError for what a database driver said; a JournalUnfit where asking again cannot help."""
    # The first line only: a DETAIL after it may quote customers.
    said = str(error.orig or error).strip().split("\n")[0]
    next_step = next((step for words, step in _NEXT_STEPS if words in said), _LOOK)
    # A lock, a full disk, a server that restarts: drivers tell these apart from files and statements.
    may_pass = isinstance(error, OperationalError | InterfaceError)
    return (JournalError if may_pass else JournalUnfit)(
        said, where=f"journal {place(engine)}", next_step=next_step
    )


_LOOK = "read the message of the database above; nothing of this step was stored."
_NEXT_STEPS = (
    ("not a database", "this file is no journal: name another, or restore the journal from a backup."),
    ("malformed", "the file is damaged: stop all workers and restore the journal from a backup."),
    ("readonly", "let the user who runs Pakdee write to this file and its folder."),
    ("unable to open", "let the user who runs Pakdee write to this file and its folder."),
    ("locked", "another process holds the journal for long: find it, then try again."),
    ("disk is full", "make room on the disk, then run the same command again."),
    ("disk I/O", "the disk cannot be read or written: look at its health before going on."),
    ("database system is", "wait until the database server is up, then run the same command again."),
    (
        "server closed",
        "the server went away: start it again, then run the same command; nothing is half done.",
    ),
    ("terminating", "the server went away: start it again, then run the same command; nothing is half done."),
    ("password", "correct user and password in PAKDEE_JOURNAL_URL."),
    ("onnection", "start the database server, or correct PAKDEE_JOURNAL_URL."),
)
