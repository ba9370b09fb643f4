"""The database connection; SQLite and PostgreSQL are meant by the same code."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, NullPool, event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, create_engine

from app.tables.storage.lock_wait import LOCK_SECONDS

WAIT_SECONDS: float = LOCK_SECONDS
CONNECTIONS = 9  # of one process: four changes at once, two of keys, one that asks, one that reads, one that writes what was seen
_RAISED = "P0001"  # what a trigger of PostgreSQL says with RAISE
_FULL = "53100"
_LOCKED = "55P03"  # and that a lock was not to be had in time


def engine_of(url: str, wait_seconds: float | None = None) -> Engine:
    """An engine for the URL; an SQLite file's folder is made, its foreign keys and triggers are enforced."""
    wait = WAIT_SECONDS if wait_seconds is None else wait_seconds
    if url.startswith("sqlite"):
        return _sqlite(url, wait)
    milliseconds, seconds = round(1000 * wait), max(1, round(wait))
    limits: dict[str, Any] = {
        "connect_timeout": seconds,
        "options": f"-c lock_timeout={milliseconds} -c statement_timeout={2 * milliseconds} -c idle_in_transaction_session_timeout=60s",
        "tcp_user_timeout": milliseconds,  # a peer that went silent is given up, also while it is waited for
        "keepalives_idle": seconds,
        "keepalives_interval": 1,
    }
    return create_engine(url, pool_pre_ping=True, pool_size=CONNECTIONS, max_overflow=0, pool_timeout=wait, connect_args=limits)


def _sqlite(url: str, wait: float) -> Engine:
    kept: dict[str, Any] = {}
    if url.startswith("sqlite:///") and ":memory:" not in url:
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        kept = {"poolclass": NullPool}  # the file is opened each time: one that was moved away or put back is noticed
    engine = create_engine(url, connect_args={"timeout": wait}, **kept)

    @event.listens_for(engine, "connect")
    def _enforce(connection, _record):  # type: ignore[no-untyped-def]
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA recursive_triggers = ON")  # else REPLACE deletes rows without asking the trigger

    return engine


def is_read_only(session: Session) -> bool:
    """Whether the database takes no changes: a standby, one that is set so, a file or folder that cannot be written."""
    if session.get_bind().dialect.name != "sqlite":
        return bool(session.connection().exec_driver_sql("SHOW transaction_read_only").scalar_one() == "on")
    path = session.connection().exec_driver_sql("PRAGMA database_list").first()[2]  # type: ignore[index]  # there is always one
    return bool(path) and not all(os.access(place, os.W_OK) for place in (path, Path(path).parent))


def is_refusal(error: Exception) -> bool:
    """Whether the database is there and says no: a constraint or a trigger, not a fault."""
    return isinstance(error, IntegrityError) or (isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == _RAISED)


def is_locked(error: Exception) -> bool:
    """Whether somebody else held a lock for longer than anybody waits."""
    said = error.orig if isinstance(error, DBAPIError) else None
    return getattr(said, "sqlstate", None) == _LOCKED or str(said) == "database is locked"


def is_full(error: Exception) -> bool:
    """Whether the disk of the database, or what the database may take of it, is full."""
    said = error.orig if isinstance(error, DBAPIError) else None
    return getattr(said, "sqlstate", None) == _FULL or getattr(said, "sqlite_errorname", None) in {"SQLITE_FULL", "SQLITE_IOERR_WRITE"}


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that sees one moment of the database, however many statements it takes."""
    if engine.dialect.name == "sqlite":
        with Session(engine) as session:
            session.connection().exec_driver_sql("BEGIN")  # the driver begins by itself only when something is written
            yield session
    else:
        with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection, Session(connection) as session:
            yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session whose transaction is the only one that writes; it is committed at the end, or undone."""
    with Session(engine, expire_on_commit=False) as session:
        # What is read from now on cannot change before it is acted on.
        lock = "BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else "SELECT one FROM audit_head FOR UPDATE"
        session.connection().exec_driver_sql(lock)
        yield session
        session.commit()
