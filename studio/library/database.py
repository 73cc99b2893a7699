"""One way to reach the database, whether it is a SQLite file or a PostgreSQL server.

Every change runs in a transaction of `Database.write`. On SQLite that is BEGIN IMMEDIATE: a deferred transaction that
reads and then writes fails with "database is locked" whatever busy_timeout says, because its snapshot is stale.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite

from studio.errors import StorageError

# FULL keeps what was committed also through a power cut; the price is one fsync for each commit.
SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON")

FULL = 256 * 1024
"""Bytes of free space below which SQLite can no longer make the files it works with."""

MENDABLE = {
    "disk is full": "disk_full",
    "readonly database": "data_unwritable",
    "unable to open database file": "data_unwritable",
    "disk i/o error": "data_unwritable",
    "not a database": "database_broken",
    "malformed": "database_broken",
    "database is locked": "database_busy",
    "no such table": "database_gone",
    "connection refused": "database_away",
    "could not translate host name": "database_away",
    "no space left on device": "disk_full",
}
"""What a database driver says, and the code of the words a person is told instead."""


class Database:
    """A pool of connections with a transaction for reading and one for writing."""

    def __init__(self, url: str) -> None:
        """Connect to nothing yet; raises StorageError for an address that names no known database."""
        self.url = url
        try:
            self.address = sa.make_url(url)
            self._reader = _engine(self.address)
        except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ImportError) as error:
            raise StorageError("database_url_refused", {"reason": str(error)[:200]}) from error
        if self.address.get_backend_name() == "sqlite" and self.address.database in (None, "", ":memory:"):
            raise StorageError("database_url_refused", {"reason": "SQLite in memory forgets everything"})
        self._writer = self._reader.execution_options(write=True)

    @property
    def postgres(self) -> bool:
        """Whether rows are locked one by one rather than the whole database."""
        return self._reader.dialect.name == "postgresql"

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """Run a transaction that only reads; it sees one moment of the database."""
        with _told_plainly(self.address), self._reader.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """Run a transaction that may write: all of it happens or nothing; raises StorageError when it cannot."""
        with _told_plainly(self.address), self._writer.begin() as connection:
            yield connection

    def now(self, connection: sa.Connection) -> float:
        """Return the seconds since the epoch by the one clock all workers share."""
        if self.postgres:
            return float(connection.scalar(sa.text("select extract(epoch from clock_timestamp())")) or 0)
        return time.time()  # a SQLite file has all its processes on one machine

    def insert_or_ignore(self, connection: sa.Connection, table: sa.Table, **values: Any) -> None:
        """Insert a row unless one with the same unique values is there."""
        insert = postgresql.insert(table) if self.postgres else sqlite.insert(table)
        connection.execute(insert.values(**values).on_conflict_do_nothing())

    def close(self) -> None:
        """Close every connection."""
        self._reader.dispose()


def lock_digest(connection: sa.Connection, digest: str) -> None:
    """Serialise placing and collecting one file until the transaction ends.

    SQLite needs nothing, a write transaction being exclusive; PostgreSQL takes an advisory lock.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(int(digest[:15], 16))))


def lock_queue(connection: sa.Connection) -> None:
    """Let one transaction at a time enter or end steps, so that each sees all that was done before it.

    SQLite needs nothing. On PostgreSQL two that enter the same steps might deadlock, and two that end the last steps of
    a job would each see the other's still open.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(-1)))


def _engine(address: sa.URL) -> sa.Engine:
    if address.get_backend_name() != "sqlite":
        return sa.create_engine(address, pool_pre_ping=True)
    engine = sa.create_engine(address, pool_size=16, connect_args={"timeout": 10, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver never emits a BEGIN of its own
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        immediate = connection.get_execution_options().get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return engine


@contextmanager
def _told_plainly(address: sa.URL) -> Iterator[None]:
    """Turn what a person can mend about the database into a StorageError; let every other failure through."""
    try:
        yield
    except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
        place = {"place": address.render_as_string(hide_password=True)}
        if isinstance(error, sa.exc.TimeoutError):  # every connection is waiting for the database
            raise StorageError("database_busy", place) from error
        said = str(error.orig).lower()
        code = next((code for words, code in MENDABLE.items() if words in said), None)
        if code is None:
            raise
        if code == "data_unwritable" and _is_full(address):  # SQLite cannot tell the one from the other
            code = "disk_full"
        raise StorageError(code, place) from error


def _is_full(address: sa.URL) -> bool:
    folder = Path(address.database or "").parent
    return address.get_backend_name() == "sqlite" and folder.is_dir() and shutil.disk_usage(folder).free < FULL
