"""The database connection; SQLite and PostgreSQL are meant by the same code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, create_engine

WAIT_SECONDS = 5  # for a connection, a lock or a statement; then the caller is told, not left waiting
_RAISED = "P0001"  # what a trigger of PostgreSQL says with RAISE
_POSTGRESQL = f"-c lock_timeout={WAIT_SECONDS}s -c statement_timeout={2 * WAIT_SECONDS}s -c idle_in_transaction_session_timeout=60s"


def engine_of(url: str) -> Engine:
    """An engine for the URL; an SQLite file's folder is made, its foreign keys and triggers are enforced."""
    if url.startswith("sqlite"):
        return _sqlite(url)
    limits: dict[str, Any] = {
        "connect_timeout": WAIT_SECONDS,
        "options": _POSTGRESQL,
        "tcp_user_timeout": 1000 * WAIT_SECONDS,  # a peer that went silent is given up
    }
    return create_engine(url, pool_pre_ping=True, pool_size=4, max_overflow=0, pool_timeout=WAIT_SECONDS, connect_args=limits)


def _sqlite(url: str) -> Engine:
    if url.startswith("sqlite:///") and ":memory:" not in url:
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": WAIT_SECONDS})

    @event.listens_for(engine, "connect")
    def _enforce(connection, _record):  # type: ignore[no-untyped-def]
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA recursive_triggers = ON")  # else REPLACE deletes rows without asking the trigger

    return engine


def is_refusal(error: Exception) -> bool:
    """Whether the database is there and says no: a constraint or a trigger, not a fault."""
    return isinstance(error, IntegrityError) or (isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == _RAISED)


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
