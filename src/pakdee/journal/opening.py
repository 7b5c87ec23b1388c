"""Opening a journal: make its schema once, under a lock, and refuse what is not ours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, inspect, make_url
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import ArgumentError

from pakdee.domain.errors import JournalError
from pakdee.domain.vocabulary import Mode
from pakdee.journal import schema
from pakdee.journal.dialect import Dialect
from pakdee.journal.instants import stored
from pakdee.journal.postgresql import Postgresql
from pakdee.journal.sqlite import Sqlite
from pakdee.journal.store import place, speaking

DIALECTS: dict[str, type[Dialect]] = {"sqlite": Sqlite, "postgresql": Postgresql}


def opened(url: str, *, project: str, mode: Mode, clock: Callable[[], dt.datetime]) -> tuple[Engine, Dialect]:
    """A checked connection to the journal at `url`, made if it is not there. Raises JournalError."""
    engine, dialect = connected(url)
    try:
        with speaking(engine), engine.execution_options(writes=True).begin() as connection:
            dialect.lock_schema(connection)
            make_or_check(connection, place(engine), project, mode, stored(clock()))
    except BaseException:
        engine.dispose()
        raise
    return engine, dialect


def connected(url: str) -> tuple[Engine, Dialect]:
    """A way to the database at `url`, nothing asked of it yet. Raises JournalError."""
    address, dialect = _understood(url)
    return _connected(address, dialect), dialect


def make_or_check(connection: Connection, where: str, project: str, mode: Mode, now: int) -> None:
    """Make the tables where there are none; else see that they are this project's and mode's."""
    tables = inspect(connection).get_table_names()
    if schema.meta.name in tables:
        found = connection.execute(schema.meta.select()).mappings().one_or_none()
        _check(found, where, project, mode)
        return
    if tables:
        raise _no_journal(where, f"it holds {len(tables)} tables of something else")
    schema.METADATA.create_all(connection, checkfirst=False)
    values = {"one": 1, "project": project, "mode": mode, "schema_version": schema.VERSION, "created_at": now}
    connection.execute(schema.meta.insert(), values)


def _understood(url: str) -> tuple[URL, Dialect]:
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise _not_an_address("it cannot be read") from error
    kind = DIALECTS.get(address.get_backend_name())
    if kind is None:
        raise _not_an_address(f"{address.get_backend_name()} is no database the journal knows")
    dialect = kind()
    if address.get_backend_name() == "postgresql":
        return address.set(drivername="postgresql+psycopg"), dialect
    if address.database in {None, "", ":memory:"}:
        raise _not_an_address("a journal in memory would forget what was sent")
    return address, dialect


def _connected(address: URL, dialect: Dialect) -> Engine:
    try:
        if address.get_backend_name() == "sqlite":
            Path(str(address.database)).parent.mkdir(parents=True, exist_ok=True)
        return dialect.engine(address)
    except OSError as error:
        raise JournalError(
            f"its folder cannot be made: {error.strerror}",
            where=f"journal {address.database}",
            next_step="let the user who runs Pakdee write there, or name another file.",
        ) from error
    except ModuleNotFoundError as error:
        raise JournalError(
            "the driver for PostgreSQL is not installed",
            where="PAKDEE_JOURNAL_URL",
            next_step="pip install 'pakdee[postgresql]'",
        ) from error


def _check(found: RowMapping | None, where: str, project: str, mode: Mode) -> None:
    if found is None:
        raise _no_journal(where, "its meta row is missing")
    wanted = {"project": project, "mode": str(mode), "schema_version": schema.VERSION}
    for name, ours in wanted.items():
        if found[name] != ours:
            raise JournalError(
                f"this journal has {name.replace('_', ' ')} {found[name]!r}, not {ours!r}",
                where=f"journal {where}",
                next_step=_NEXT_STEP[name],
            )


_NEXT_STEP = {
    "project": "open the journal of this project; a journal never serves two, or customers would be mixed.",
    "mode": "keep a journal for each SendGrid mode, so that what the twin took never counts as sent.",
    "schema_version": "use the version of Pakdee that made this journal, or start a new one.",
}


def _no_journal(where: str, why: str) -> JournalError:
    return JournalError(
        f"this is no journal of Pakdee: {why}",
        where=f"journal {where}",
        next_step="give the journal a file or database of its own.",
    )


def _not_an_address(why: str) -> JournalError:
    return JournalError(
        f"not an address of a journal: {why}",
        where="PAKDEE_JOURNAL_URL",
        next_step="write for example sqlite:///var/journal.sqlite or postgresql://user@host/pakdee",
    )
